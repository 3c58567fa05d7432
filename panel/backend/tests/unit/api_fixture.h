/* A real API on a port of its own, with a fresh store (database.h), for the tests of api/; and a stand-in for the reconciler that
 * answers looks. */
#ifndef BERTH_TESTS_API_FIXTURE_H
#define BERTH_TESTS_API_FIXTURE_H

#include <ftw.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "api/api.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/http.h"
#include "base/id.h"
#include "base/json.h"
#include "base/log.h"
#include "base/str.h"
#include "database.h"

#define PUBLIC_URL "https://panel.berth.localhost:8443"

struct fixture {
    struct arena *arena;
    char dir[64];
    struct store *store;
    struct spool *spool;
    struct metrics *metrics;
    struct api *api;
    struct http_client *client; /* with the admin's token */
    struct http_client *bare; /* without */
    const char *token;
    pthread_t reconciler;
    atomic_bool stop;
    atomic_int answered;
    const char *answer; /* of a look; NULL: it fails */
    const char *last_input;
};

static inline void *answer_looks(void *ctx)
{
    struct fixture *f = ctx;

    while (!atomic_load(&f->stop)) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        struct error err = ERROR_INIT;
        struct operation op;
        bool found = false;
        if (store_look_claim(f->store, a, &op, &found, &err) == 0 && found) {
            free((void *)(uintptr_t)f->last_input);
            f->last_input = strdup(op.input);
            assert_int_equal(store_operation_finish(f->store, op.id, f->answer ? OPERATION_DONE : OPERATION_FAILED,
                                                    f->answer ? "" : "the API server does not answer",
                                                    f->answer ? f->answer : "", &err),
                             0);
            atomic_fetch_add(&f->answered, 1);
        } else {
            clock_sleep_ms(5);
        }
    }
    return NULL;
}

static inline void reconciler_start(struct fixture *f, const char *answer)
{
    f->answer = answer;
    atomic_store(&f->stop, false);
    assert_int_equal(pthread_create(&f->reconciler, NULL, answer_looks, f), 0);
}

static inline void reconciler_stop(struct fixture *f)
{
    atomic_store(&f->stop, true);
    pthread_join(f->reconciler, NULL);
}

static inline int fixture_up(void **state)
{
    static const char *const nameservers[] = { "ns1.berth.localhost", NULL };
    static const char *const free_domains[] = { "localhost" };
    struct fixture *f = calloc(1, sizeof *f);
    struct error err = ERROR_INIT;
    char *token;

    log_set_level(LOG_LEVEL_ERROR);
    assert_int_equal(id_init(&err), 0);
    f->arena = arena_new();
    snprintf(f->dir, sizeof f->dir, "/tmp/berth-api-XXXXXX");
    assert_non_null(mkdtemp(f->dir));
    f->metrics = metrics_new();
    assert_int_equal(store_open(database_new(f->arena, f->dir, "berth"), true, &f->store, &err), 0);
    const struct spool_config spool = { .data_dir = f->dir, .url = "" };
    if (spool_new(&spool, &f->spool, &err) < 0)
        fail_msg("%s", err.message);
    const struct api_config config = { .listen = "127.0.0.1:0",
                                       .free_domain_count = 1,
                                       .free_domains = free_domains,
                                       .platform_domain = "berth.localhost",
                                       .mail_host = "mail.berth.localhost",
                                       .public_url = PUBLIC_URL,
                                       .data_dir = f->dir,
                                       .spool = f->spool,
                                       .openapi_file = OPENAPI_FILE,
                                       .public_https_port = 8443,
                                       .nameservers = nameservers,
                                       .nameserver_count = 1,
                                       .trash_hours = 24,
                                       .answer_ms = 1000,
                                       .store = f->store,
                                       .metrics = f->metrics };
    if (api_start(&config, &f->api, &err) < 0)
        fail_msg("%s", err.message);
    assert_int_equal(file_read(f->arena, arena_printf(f->arena, "%s/admin-token", f->dir), 4096, &token, NULL, &err),
                     0);
    f->token = token;
    const char *base = arena_printf(f->arena, "http://127.0.0.1:%u", api_port(f->api));
    const struct http_client_config with = { .base_url = base, .bearer = token, .crash_name = "test" },
                                    without = { .base_url = base, .crash_name = "test" };
    assert_int_equal(http_client_new(&with, &f->client, &err), 0);
    assert_int_equal(http_client_new(&without, &f->bare, &err), 0);
    *state = f;
    return 0;
}

static inline int remove_one(const char *path, const struct stat *st, int kind, struct FTW *where)
{
    (void)st, (void)kind, (void)where;
    return remove(path);
}

static inline int fixture_down(void **state)
{
    struct fixture *f = *state;

    http_client_free(f->client);
    http_client_free(f->bare);
    api_stop(f->api, 1000);
    spool_free(f->spool);
    store_close(f->store);
    metrics_free(f->metrics);
    (void)nftw(f->dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    free((void *)(uintptr_t)f->last_input);
    arena_free(f->arena);
    free(f);
    return 0;
}

/* --- requests --- */

struct answer {
    int status;
    const json_t *json; /* NULL: it was none */
    struct http_response http;
};

static inline struct answer ask_as(struct fixture *f, struct http_client *client, const char *method, const char *path,
                                   const char *body, const char *const *headers)
{
    struct http_request req = { .method = method,
                                .path = path,
                                .content_type = body ? "application/json" : NULL,
                                .body = body,
                                .body_len = body ? strlen(body) : 0,
                                .headers = headers };
    struct error err = ERROR_INIT;
    struct answer w = { 0 };
    json_t *json;

    if (http_do(client, f->arena, &req, &w.http, &err) < 0)
        fail_msg("%s %s: %s", method, path, err.message);
    w.status = (int)w.http.status;
    if (w.http.body_len && json_parse_foreign(f->arena, w.http.body, w.http.body_len, &json, &err) == 0)
        w.json = json;
    return w;
}

static inline struct answer ask(struct fixture *f, const char *method, const char *path, const char *body)
{
    return ask_as(f, f->client, method, path, body, NULL);
}

static inline struct answer ask_with(struct fixture *f, const char *method, const char *path, const char *body,
                                     const char *header)
{
    const char *const headers[] = { header, NULL };
    return ask_as(f, f->client, method, path, body, headers);
}

static inline void expect(const struct answer *w, int status)
{
    if (w->status != status)
        fail_msg("%d in place of %d: %s", w->status, status, w->http.body);
}

/* A problem in its full shape; pointer NULL: names no field. */
static inline void expect_problem(const struct answer *w, int status, const char *pointer)
{
    expect(w, status);
    assert_string_equal(w->http.content_type, "application/problem+json");
    assert_int_equal(json_int_at(w->json, "/status", 0), status);
    assert_non_null(json_str_at(w->json, "/title"));
    assert_string_equal(json_str_at(w->json, "/requestId"), http_header(&w->http, "x-request-id"));
    if (!pointer)
        return;
    const json_t *errors = json_object_get(w->json, "errors"), *entry;
    size_t i;
    json_array_foreach(errors, i, entry) if (str_eq(json_str_at(entry, "/pointer"), pointer)) return;
    fail_msg("no fault at %s: %s", pointer, w->http.body);
}

static inline void make_domain(struct fixture *f, const char *customer, const char *domain)
{
    struct answer w = ask(f, "POST", "/api/v1/domains",
                          arena_printf(f->arena, "{\"customerId\":\"%s\",\"domain\":\"%s\"}", customer, domain));
    expect(&w, 202);
}

/* All of the desired state as one text: equal before and after whatever is refused. */
static inline const char *snapshot(struct fixture *f)
{
    static const char *const lists[] = { "/api/v1/plans", "/api/v1/customers", "/api/v1/sites", "/api/v1/domains",
                                         "/api/v1/operations" };
    const char *all = "";

    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
        all = arena_printf(f->arena, "%s%s\n", all, ask(f, "GET", lists[i], NULL).http.body);
    return all;
}

#endif
