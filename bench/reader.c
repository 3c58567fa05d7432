/* GET of one path by many clients for some seconds: reader URL TOKEN CLIENTS SECONDS. Each client is a thread with a connection that it
 * keeps. Prints how many answers of 200 came a second; ends with 1 when any other came. */
#include <curl/curl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { CLIENTS_MAX = 512, HEADER_MAX = 512 };

static struct {
    const char *url;
    char header[HEADER_MAX];
    double seconds;
    atomic_long good, bad;
} run;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static size_t drop(char *data, size_t size, size_t count, void *ctx)
{
    (void)data, (void)ctx;
    return size * count;
}

static void *client(void *ctx)
{
    CURL *h = curl_easy_init();
    struct curl_slist *headers = curl_slist_append(NULL, run.header);
    double end = now() + run.seconds;

    (void)ctx;
    curl_easy_setopt(h, CURLOPT_URL, run.url);
    curl_easy_setopt(h, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(h, CURLOPT_WRITEFUNCTION, drop);
    curl_easy_setopt(h, CURLOPT_NOSIGNAL, 1L);
    while (now() < end) {
        long status = 0;
        if (curl_easy_perform(h) == CURLE_OK)
            curl_easy_getinfo(h, CURLINFO_RESPONSE_CODE, &status);
        atomic_fetch_add(status == 200 ? &run.good : &run.bad, 1);
    }
    curl_slist_free_all(headers);
    curl_easy_cleanup(h);
    return NULL;
}

int main(int argc, char **argv)
{
    pthread_t threads[CLIENTS_MAX];
    int clients = argc == 5 ? atoi(argv[3]) : 0;

    if (clients < 1 || clients > CLIENTS_MAX) {
        fprintf(stderr, "usage: reader URL TOKEN CLIENTS SECONDS\n");
        return 2;
    }
    run.url = argv[1];
    run.seconds = atof(argv[4]);
    snprintf(run.header, sizeof run.header, "Authorization: Bearer %s", argv[2]);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    double begin = now();
    for (int i = 0; i < clients; i++)
        if (pthread_create(&threads[i], NULL, client, NULL) != 0)
            abort();
    for (int i = 0; i < clients; i++)
        pthread_join(threads[i], NULL);
    printf("%.1f\n", (double)atomic_load(&run.good) / (now() - begin));
    return atomic_load(&run.bad) > 0;
}
