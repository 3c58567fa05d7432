/* The reference for writing: posts prepared objects to the API server as fast as its threads can, over kept connections,
 * and does nothing else. Prints one JSON line: tenants, seconds, and the CPU that this process used for a tenant.
 *
 *   writer URL CA_FILE CERT_FILE KEY_FILE THREADS FILE
 *
 * FILE holds requests: a line "TENANT PATH LENGTH" and LENGTH bytes of JSON behind it, the objects of a tenant in order. A
 * thread takes a tenant at a time. 403 (a quota whose status is not filled yet) is tried again, as any controller must. */
#include <curl/curl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { TRIES_MAX = 200, TRY_PAUSE_US = 20000, PATH_BYTES = 512 };

struct request {
    long tenant;
    char path[PATH_BYTES];
    char *body;
    long length;
};

static struct request *requests;
static size_t request_count;
static long tenant_count;
static const char *base_url, *ca_file, *cert_file, *key_file;
static atomic_long next_tenant, failures;

static size_t drop(char *data, size_t size, size_t count, void *ctx)
{
    (void)data;
    (void)ctx;
    return size * count;
}

static int load(const char *name)
{
    FILE *f = fopen(name, "r");
    size_t room = 0;
    struct request r;

    if (!f)
        return -1;
    while (fscanf(f, "%ld %511s %ld\n", &r.tenant, r.path, &r.length) == 3) {
        r.body = malloc((size_t)r.length + 1);
        if (!r.body || fread(r.body, 1, (size_t)r.length, f) != (size_t)r.length)
            return -1;
        r.body[r.length] = '\0';
        if (request_count == room) {
            room = room ? room * 2 : 1024;
            requests = realloc(requests, room * sizeof *requests);
            if (!requests)
                return -1;
        }
        requests[request_count++] = r;
        if (r.tenant >= tenant_count)
            tenant_count = r.tenant + 1;
    }
    fclose(f);
    return request_count ? 0 : -1;
}

static void post(CURL *curl, const struct request *r)
{
    char url[PATH_BYTES + 256];
    long status = 0;

    snprintf(url, sizeof url, "%s%s", base_url, r->path);
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, r->body);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, r->length);
    for (int i = 0; i < TRIES_MAX; i++) {
        if (curl_easy_perform(curl) != CURLE_OK)
            break;
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
        if (status != 403)
            break;
        nanosleep(&(struct timespec){ .tv_nsec = TRY_PAUSE_US * 1000L }, NULL);
    }
    if (status != 201)
        atomic_fetch_add(&failures, 1);
}

static void *write_tenants(void *ctx)
{
    CURL *curl = curl_easy_init();
    struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/json");

    (void)ctx;
    curl_easy_setopt(curl, CURLOPT_CAINFO, ca_file);
    curl_easy_setopt(curl, CURLOPT_SSLCERT, cert_file);
    curl_easy_setopt(curl, CURLOPT_SSLKEY, key_file);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, drop);
    for (;;) {
        long t = atomic_fetch_add(&next_tenant, 1);
        if (t >= tenant_count)
            break;
        for (size_t i = 0; i < request_count; i++)
            if (requests[i].tenant == t)
                post(curl, &requests[i]);
    }
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
    return NULL;
}

static double seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
    int thread_count = argc == 7 ? atoi(argv[5]) : 0; // NOLINT: a benchmark's own argument
    struct rusage used;

    if (thread_count < 1 || load(argv[6]) < 0) {
        fprintf(stderr, "usage: writer URL CA_FILE CERT_FILE KEY_FILE THREADS FILE\n");
        return 2;
    }
    base_url = argv[1];
    ca_file = argv[2];
    cert_file = argv[3];
    key_file = argv[4];
    curl_global_init(CURL_GLOBAL_DEFAULT);
    pthread_t *threads = calloc((size_t)thread_count, sizeof *threads);
    double begin = seconds();
    for (int i = 0; i < thread_count; i++)
        pthread_create(&threads[i], NULL, write_tenants, NULL);
    for (int i = 0; i < thread_count; i++)
        pthread_join(threads[i], NULL);
    double took = seconds() - begin;
    getrusage(RUSAGE_SELF, &used);
    double cpu_ms = (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1e3 +
                    (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e3;
    printf("{\"tenants\": %ld, \"seconds\": %.3f, \"cpu_ms_a_tenant\": %.3f, \"failures\": %ld}\n", tenant_count, took,
           cpu_ms / (double)tenant_count, atomic_load(&failures));
    free(threads);
    return atomic_load(&failures) ? 1 : 0;
}
