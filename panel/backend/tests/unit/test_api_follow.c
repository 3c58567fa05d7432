/* The HTTP API over real HTTP: releases that are uploaded and gone back to, and operations and events that are followed. */
#include "api_fixture.h"

/* --- releases --- */

static struct answer upload(struct fixture *f, const char *site, const char *type, const char *body, size_t len,
                            const char *header)
{
    const char *const headers[] = { header, NULL };
    const struct http_request req = { .method = "POST",
                                      .path = arena_printf(f->arena, "/api/v1/sites/%s/releases", site),
                                      .content_type = type,
                                      .body = body,
                                      .body_len = len,
                                      .headers = header ? headers : NULL };
    struct error err = ERROR_INIT;
    struct answer w = { 0 };
    json_t *json;

    if (http_do(f->client, f->arena, &req, &w.http, &err) < 0)
        fail_msg("%s", err.message);
    w.status = (int)w.http.status;
    if (json_parse_foreign(f->arena, w.http.body, w.http.body_len, &json, &err) == 0)
        w.json = json;
    return w;
}

static void test_upload(void **state)
{
    enum { SIZE = 3 << 20 };
    struct fixture *f = *state;
    char *archive = arena_alloc(f->arena, SIZE);
    struct id_sha256 *sum = id_sha256_new();
    struct stat st;

    memset(archive, 'x', SIZE);
    id_sha256_add(sum, archive, SIZE);
    const char *hex = id_sha256_hex(sum, f->arena);
    make_domain(f, "files", "files.localhost");
    struct answer w = upload(f, "files.localhost", "application/x-tar", archive, SIZE,
                             arena_printf(f->arena, "X-Content-SHA256: %s", hex));
    expect(&w, 202);
    assert_string_equal(json_str_at(w.json, "/release/sha256"), hex);
    assert_string_equal(json_str_at(w.json, "/release/state"), "uploaded");
    assert_string_equal(json_str_at(w.json, "/operation/kind"), "site.deploy");
    assert_int_equal(stat(arena_printf(f->arena, "%s/spool/%s", f->dir, hex), &st), 0);
    assert_int_equal(st.st_size, SIZE);
    const char *release = json_str_at(w.json, "/release/id");
    w = ask(f, "GET", "/api/v1/sites/files.localhost", NULL);
    assert_string_equal(json_str_at(w.json, "/release"), release);
    w = ask(f, "GET", "/api/v1/sites/files.localhost/releases", NULL);
    assert_int_equal(json_array_size(json_object_get(w.json, "items")), 1);
    const char *before = snapshot(f);
    w = upload(f, "files.localhost", "application/x-tar", archive, 10,
               arena_printf(f->arena, "X-Content-SHA256: %s", hex));
    expect_problem(&w, 422, "/X-Content-SHA256");
    w = upload(f, "files.localhost", "text/plain", archive, 10, NULL);
    expect_problem(&w, 415, NULL);
    w = upload(f, "nothing.localhost", "application/zip", archive, 10, NULL);
    expect_problem(&w, 404, NULL);
    w = upload(f, "files.localhost", "application/zip", "", 0, NULL);
    expect_problem(&w, 400, NULL);
    assert_string_equal(snapshot(f), before);
}

static void test_rollback(void **state)
{
    struct fixture *f = *state;
    struct error err = ERROR_INIT;
    const char *ids[2];

    make_domain(f, "back", "back.localhost");
    for (int i = 0; i < 2; i++) {
        struct answer w = upload(f, "back.localhost", "application/gzip", i ? "two" : "one", 3, NULL);
        expect(&w, 202);
        ids[i] = json_str_at(w.json, "/release/id");
        assert_int_equal(store_release_state(f->store, NULL, ids[i], RELEASE_CURRENT, "", &err), 0);
        clock_sleep_ms(2);
    }
    struct answer w = ask(f, "POST", "/api/v1/sites/back.localhost/rollback", NULL);
    expect(&w, 202);
    assert_string_equal(json_str_at(w.json, "/site/release"), ids[0]);
    w = ask(f, "POST", "/api/v1/sites/back.localhost/rollback", NULL);
    expect_problem(&w, 409, NULL);
    w = ask(f, "POST", "/api/v1/sites/back.localhost/rollback", arena_printf(f->arena, "{\"release\":\"%s\"}", ids[1]));
    expect(&w, 202);
    w = ask(f, "POST", "/api/v1/sites/back.localhost/rollback", "{\"release\":\"rabcdefghij\"}");
    expect_problem(&w, 422, "/release");
}

/* --- operations and events --- */

struct received {
    struct fixture *f;
    const char *operation;
    struct strbuf text;
    bool finished;
};

static bool on_event(void *ctx, const char *data, size_t len)
{
    struct received *r = ctx;
    struct error err = ERROR_INIT;

    strbuf_add_n(&r->text, data, len);
    if (!r->finished)
        assert_int_equal(store_operation_finish(r->f->store, r->operation, OPERATION_DONE, "", "", &err), 0);
    r->finished = true;
    return true;
}

static void test_stream(void **state)
{
    struct fixture *f = *state;
    struct answer w = ask(f, "POST", "/api/v1/customers", "{\"id\":\"live\",\"plan\":\"small\"}");
    struct received r = { .f = f, .operation = json_str_at(w.json, "/operation/id") };
    const char *const far[] = { "Last-Event-ID: 9000000000000", NULL };
    struct http_request req = { .method = "GET",
                                .path = arena_printf(f->arena, "/api/v1/operations/%s/stream", r.operation) };
    struct error err = ERROR_INIT;
    long status = 0;

    strbuf_init(&r.text, f->arena, 1 << 20);
    assert_int_equal(http_stream(f->client, &req, 5000, NULL, on_event, &r, &status, &err), 0);
    assert_int_equal(status, 200);
    assert_non_null(strstr(r.text.text, "event: operation\ndata: {"));
    assert_non_null(strstr(r.text.text, "\"state\":\"accepted\""));
    assert_non_null(strstr(r.text.text, "\"state\":\"done\""));
    /* Who has seen the end gets nothing but the end. */
    req.headers = far;
    strbuf_init(&r.text, f->arena, 1 << 20);
    assert_int_equal(http_stream(f->client, &req, 5000, NULL, on_event, &r, &status, &err), 0);
    assert_int_equal(r.text.len, 0);
}

static void test_events(void **state)
{
    enum { COUNT = 7 };
    struct fixture *f = *state;
    struct error err = ERROR_INIT;
    struct event events[COUNT];
    struct lease lease;
    bool found;
    int64_t next;
    struct answer w = ask(f, "POST", "/api/v1/customers", "{\"id\":\"noisy\",\"plan\":\"small\"}");

    expect(&w, 202);
    w = ask(f, "GET", "/api/v1/customers/noisy/conditions?status=unknown", NULL);
    assert_string_equal(json_str_at(w.json, "/items/0/type"), "namespace");
    assert_string_equal(json_str_at(w.json, "/items/0/reason"), "NotObserved");
    assert_true(json_array_size(json_object_get(w.json, "items")) > 10);
    w = ask(f, "GET", "/api/v1/customers/noisy/conditions?status=true", NULL);
    assert_int_equal(json_array_size(json_object_get(w.json, "items")), 0);
    for (size_t i = 0; i < COUNT; i++)
        events[i] = (struct event){ .customer = "noisy",
                                    .type = "Normal",
                                    .reason = "Test",
                                    .object = "",
                                    .message = arena_printf(f->arena, "%zu", i + 1) };
    const struct condition seen = {
        .step = "web", .subject = "", .status = CONDITION_TRUE, .reason = "Done", .message = ""
    };
    const struct pass_result result = {
        .ready = true, .condition_count = 1, .conditions = &seen, .event_count = COUNT, .events = events
    };
    assert_int_equal(store_claim(f->store, f->arena, "test", 1000, &lease, &found, &next, &err), 0);
    assert_true(found);
    assert_int_equal(store_pass_end(f->store, &lease, &result, &err), 0);
    w = ask(f, "GET", "/api/v1/events?customer=noisy&limit=3", NULL);
    assert_string_equal(json_str_at(w.json, "/items/0/message"), "7");
    w = ask(
        f, "GET",
        arena_printf(f->arena, "/api/v1/events?customer=noisy&limit=3&cursor=%s", json_str_at(w.json, "/nextCursor")),
        NULL);
    assert_string_equal(json_str_at(w.json, "/items/0/message"), "4");
    w = ask(
        f, "GET",
        arena_printf(f->arena, "/api/v1/events?customer=noisy&limit=3&cursor=%s", json_str_at(w.json, "/nextCursor")),
        NULL);
    assert_string_equal(json_str_at(w.json, "/items/0/message"), "1");
    assert_null(json_str_at(w.json, "/nextCursor"));
    w = ask(f, "GET", "/api/v1/events?customer=noisy&after=0&limit=3", NULL);
    assert_string_equal(json_str_at(w.json, "/items/0/message"), "1");
    w = ask(f, "GET", "/api/v1/customers/noisy/conditions", NULL);
    assert_string_equal(json_str_at(w.json, "/items/0/subject"), "customer/noisy");
    w = ask(f, "GET", "/api/v1/operations?customer=noisy&state=done", NULL);
    assert_int_equal(json_array_size(json_object_get(w.json, "items")), 1);
    w = ask(f, "GET", "/api/v1/customers/noisy", NULL);
    assert_true(json_bool_at(w.json, "/ready", false));
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, fixture_up, fixture_down)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_upload),
        TEST(test_rollback),
        TEST(test_stream),
        TEST(test_events),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
