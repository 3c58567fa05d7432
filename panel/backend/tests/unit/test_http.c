/* The HTTP client (base/http.h) against a scripted peer: what is a success, what is which failure, and streams. */
#include "peer.h"

#include <fcntl.h>

#include "base/file.h"
#include "base/http.h"
#include "base/http_pool.h"

#define OK(body) "HTTP/1.1 200 OK\r\nContent-Length: " body

static struct http_client *client_of(struct arena *a, unsigned port, struct http_client_config config)
{
    struct error err = ERROR_INIT;
    struct http_client *c;

    config.base_url = arena_printf(a, "http://127.0.0.1:%u", port);
    config.crash_name = "test";
    expect_ok(http_client_new(&config, &c, &err));
    return c;
}

static int get(struct http_client *c, struct arena *a, const char *path, struct http_response *res, struct error *err)
{
    return http_do(c, a, &(struct http_request){ .method = "GET", .path = path }, res, err);
}

static void test_answer(void **state)
{
    static const struct peer_answer answers[] = {
        { "HTTP/1.1 100 Continue\r\nX-Interim: 1\r\n\r\nHTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nX-One:   "
          "spaced  "
          "\r\nContent-Length: 5\r\n\r\nhello",
          .keep = true },
        { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", .keep = true },
        { "HTTP/1.1 204 No Content\r\n\r\n", .keep = true },
        { "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", .keep = true },
    };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct peer *p = peer_start(answers, COUNT(answers));
    struct http_client *c = client_of(a, p->port, (struct http_client_config){ 0 });
    struct error err = ERROR_INIT;
    struct http_response res;

    (void)state;
    expect_ok(get(c, a, "/a?b=c", &res, &err)); /* any status is a success here */
    assert_true(str_starts(p->last, "GET /a?b=c HTTP/1.1\r\n"));
    assert_int_equal(res.status, 404);
    assert_string_equal(res.body, "hello");
    assert_string_equal(res.content_type, "text/plain");
    assert_string_equal(http_header(&res, "x-one"), "spaced");
    assert_null(http_header(&res, "x-interim"));
    expect_ok(get(c, a, "/", &res, &err));
    assert_string_equal(res.body, "abcde");
    expect_ok(get(c, a, "/", &res, &err));
    assert_int_equal(res.status, 204);
    assert_string_equal(res.body, "");
    assert_null(res.content_type);
    expect_ok(get(c, a, "/", &res, &err));
    assert_int_equal(res.status, 302); /* and it is not followed */
    assert_int_equal(http_client_requests(c), 4);
    assert_int_equal(atomic_load(&p->connections), 1); /* kept alive */
    http_client_free(c);
    peer_stop(p);
}

static void test_request(void **state)
{
    static const struct peer_answer answers[] = { { OK("0") "\r\n\r\n", .keep = true } };
    static const char *const every[] = { "X-Every: 1", NULL }, *const extra[] = { "X-Extra: 2", NULL };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct peer *p = peer_start(answers, 1);
    struct http_client *c = client_of(a, p->port, (struct http_client_config){ .headers = every, .bearer = "secret" });
    struct error err = ERROR_INIT;
    struct http_response res;
    struct http_request req = { .method = "PATCH",
                                .path = "/p",
                                .content_type = "application/merge-patch+json",
                                .body = "{\"a\":1}",
                                .body_len = 7,
                                .headers = extra };

    (void)state;
    expect_ok(http_do(c, a, &req, &res, &err));
    assert_true(str_starts(p->last, "PATCH /p HTTP/1.1\r\n"));
    assert_non_null(strstr(p->last, "\r\nX-Every: 1\r\n"));
    assert_non_null(strstr(p->last, "\r\nX-Extra: 2\r\n"));
    assert_non_null(strstr(p->last, "\r\nAuthorization: Bearer secret\r\n"));
    assert_non_null(strstr(p->last, "\r\nContent-Type: application/merge-patch+json\r\n"));
    assert_null(strcasestr(p->last, "Expect:"));
    assert_true(str_ends(p->last, "\r\n\r\n{\"a\":1}"));
    req = (struct http_request){ .method = "POST", .path = "/empty" };
    expect_ok(http_do(c, a, &req, &res, &err));
    assert_non_null(strcasestr(p->last, "Content-Length: 0")); /* or a server waits for a body */
    req = (struct http_request){ .method = "HEAD", .path = "/h" };
    expect_ok(http_do(c, a, &req, &res, &err));
    assert_true(str_starts(p->last, "HEAD /h"));
    req = (struct http_request){ .method = "DELETE", .path = "/d" };
    expect_ok(http_do(c, a, &req, &res, &err));
    assert_true(str_starts(p->last, "DELETE /d"));
    http_client_free(c);
    peer_stop(p);
}

/* After its deadline a request is not sent; what is left of it bounds the wait for the answer. */
static void test_deadline(void **state)
{
    static const struct peer_answer answers[] = { { OK("2") "\r\n\r\nok", .keep = true }, { "", .before_ms = 2000 } };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct peer *p = peer_start(answers, 2);
    struct http_client *c = client_of(a, p->port, (struct http_client_config){ .timeout_ms = 5000 });
    struct error err = ERROR_INIT;
    struct http_response res;
    struct http_request req = { .method = "GET", .path = "/d", .deadline_ms = clock_mono_ms() + 1000 };

    (void)state;
    expect_ok(http_do(c, a, &req, &res, &err));
    req.deadline_ms = clock_mono_ms();
    expect_error(http_do(c, a, &req, &res, &err), ERROR_TIMEOUT);
    assert_int_equal(atomic_load(&p->requests), 1);
    int64_t begin = clock_mono_ms();
    req.deadline_ms = begin + 200;
    expect_error(http_do(c, a, &req, &res, &err), ERROR_TIMEOUT);
    assert_in_range(clock_mono_ms() - begin, 150, 1500);
    http_client_free(c);
    peer_stop(p);
}

static void test_body_from_file(void **state)
{
    static const struct peer_answer answers[] = { { OK("0") "\r\n\r\n", .keep = true } };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct peer *p = peer_start(answers, 1);
    struct http_client *c = client_of(a, p->port, (struct http_client_config){ .timeout_ms = 2000 });
    struct error err = ERROR_INIT;
    struct http_response res;
    FILE *f = tmpfile();

    (void)state;
    for (int i = 0; i < 3000; i++)
        fprintf(f, "%d,", i % 10);
    fflush(f);
    struct http_request req = { .method = "PUT", .path = "/f", .body_fd = fileno(f), .body_len = 6000 };
    for (int i = 0; i < 2; i++) { /* from its start each time */
        expect_ok(http_do(c, a, &req, &res, &err));
        const char *body = strstr(p->last, "\r\n\r\n") + 4;
        assert_int_equal(strlen(body), 6000);
        assert_true(str_starts(body, "0,1,2,"));
        assert_true(str_starts(p->last, "PUT /f"));
    }
    req.body_len = 6001; /* shorter than was said */
    assert_int_equal(http_do(c, a, &req, &res, &err), -1);
    fclose(f);
    http_client_free(c);
    peer_stop(p);
}

/* A token file that is rotated is read again; one that is gone is a failure that names it. */
static void test_bearer_file(void **state)
{
    static const struct peer_answer answers[] = { { OK("0") "\r\n\r\n", .keep = true } };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const char *dir = unit_folder(a), *file = arena_printf(a, "%s/token", dir);
    struct peer *p = peer_start(answers, 1);
    struct http_client *c = client_of(a, p->port, (struct http_client_config){ .bearer_file = file });
    struct error err = ERROR_INIT;
    struct http_response res;

    (void)state;
    expect_error(get(c, a, "/", &res, &err), ERROR_NOT_FOUND);
    for (int i = 0; i < 3; i++) {
        const char *token = arena_printf(a, "token-%d\n", i);
        expect_ok(file_write(file, token, strlen(token), 0600, &err));
        expect_ok(get(c, a, "/", &res, &err));
        assert_non_null(strstr(p->last, arena_printf(a, "Authorization: Bearer token-%d\r\n", i)));
        clock_sleep_ms(10); /* another modification time */
    }
    http_client_free(c);
    peer_stop(p);
    unit_remove(dir);
}

/* Each way in which a peer can fail, and the code that it gives. */
static void test_failures(void **state)
{
    static const struct {
        struct peer_answer answer;
        enum error_code code;
    } rows[] = {
        { { "" }, ERROR_UNAVAILABLE }, /* closed without a word */
        { { OK("100") "\r\n\r\nonly this" }, ERROR_UNAVAILABLE }, /* cut off */
        { { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab" }, ERROR_UNAVAILABLE },
        { { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n" }, ERROR_UNAVAILABLE },
        { { "HTTP/1.1 200 OK\r\nContent-Le" }, ERROR_UNAVAILABLE },
        { { "SSH-2.0-OpenSSH\r\n" }, ERROR_UNAVAILABLE },
        { { "", .before_ms = 3000 }, ERROR_TIMEOUT },
        { { OK("100") "\r\n\r\nslow", .after_ms = 3000 }, ERROR_TIMEOUT },
        { { OK("2000") "\r\n\r\n", .after_ms = 1 }, ERROR_UNAVAILABLE },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        struct peer *p = peer_start(&rows[i].answer, 1);
        struct http_client *c = client_of(a, p->port, (struct http_client_config){ .timeout_ms = 300 });
        struct error err = ERROR_INIT;
        struct http_response res = { .status = -7 };
        int64_t begin = clock_mono_ms();
        if (get(c, a, "/", &res, &err) != -1 || err.code != rows[i].code)
            fail_msg("row %zu: %s: %s", i, error_name(err.code), err.message);
        assert_true(clock_mono_ms() - begin < 2000);
        assert_int_equal(res.status, -7); /* outputs stay as they were */
        assert_non_null(strstr(err.message, "http://127.0.0.1")); /* says whom it asked */
        http_client_free(c);
        peer_stop(p);
    }
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct http_client *c = client_of(a, peer_free_port(), (struct http_client_config){ 0 });
    struct error err = ERROR_INIT;
    struct http_response res;
    expect_error(get(c, a, "/", &res, &err), ERROR_UNAVAILABLE); /* nobody listens */
    http_client_free(c);
    expect_ok(http_client_new(&(struct http_client_config){ .base_url = "file:///etc" }, &c, &err));
    expect_error(get(c, a, "/passwd", &res, &err), ERROR_UNAVAILABLE); /* http and https alone */
    http_client_free(c);
}

static void test_answer_limit(void **state)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const struct peer_answer answers[] = { { arena_printf(a, OK("1000") "\r\n\r\n%01000d", 1), .keep = true } };
    struct peer *p = peer_start(answers, 1);
    struct http_client *c = client_of(a, p->port, (struct http_client_config){ 0 });
    struct http_request req = { .method = "GET", .path = "/", .max_response = 1000 };
    struct error err = ERROR_INIT;
    struct http_response res;

    (void)state;
    expect_ok(http_do(c, a, &req, &res, &err));
    assert_int_equal(res.body_len, 1000);
    req.max_response = 999;
    expect_error(http_do(c, a, &req, &res, &err), ERROR_TOO_LARGE);
    req.max_response = 1000;
    expect_ok(http_do(c, a, &req, &res, &err)); /* the client is of use afterwards */
    http_client_free(c);
    peer_stop(p);
}

/* A kept connection that the server has closed meanwhile is no failure: another one is opened. */
static void test_stale_connection(void **state)
{
    static const struct peer_answer answers[] = { { OK("2") "\r\n\r\nok" } };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct peer *p = peer_start(answers, 1);
    struct http_client *c = client_of(a, p->port, (struct http_client_config){ 0 });
    struct error err = ERROR_INIT;
    struct http_response res;

    (void)state;
    for (int i = 0; i < 5; i++) {
        expect_ok(get(c, a, "/", &res, &err));
        assert_string_equal(res.body, "ok");
        clock_sleep_ms(20);
    }
    assert_int_equal(atomic_load(&p->connections), 5);
    http_client_free(c);
    peer_stop(p);
}

/* --- streams --- */

struct sink {
    char text[4096];
    size_t len, end_at;
    bool stop;
};

static bool take(void *ctx, const char *data, size_t len)
{
    struct sink *s = ctx;

    memcpy(s->text + s->len, data, len);
    s->len += len;
    return s->end_at == 0 || s->len < s->end_at;
}

static int stream(struct peer *p, struct arena *a, struct sink *s, long idle_ms, long *status, struct error *err)
{
    struct http_client *c = client_of(a, p->port, (struct http_client_config){ .timeout_ms = 100 });
    int rc = http_stream(c, &(struct http_request){ .method = "GET", .path = "/watch" }, idle_ms, &s->stop, take, s,
                         status, err);

    http_client_free(c);
    return rc;
}

static void test_stream(void **state)
{
    static const struct peer_answer answers[] = {
        { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", .before_ms = 300 },
        { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n" }, /* closed in the middle */
        { "HTTP/1.1 410 Gone\r\nContent-Length: 7\r\n\r\nexpired" },
        { "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabcdef", .after_ms = 5000 },
    };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct peer *p = peer_start(answers, COUNT(answers));
    struct error err = ERROR_INIT;
    struct sink s = { 0 };
    long status;

    (void)state;
    expect_ok(stream(p, a, &s, 5000, &status, &err)); /* may last longer than a request may */
    assert_int_equal(status, 200);
    assert_string_equal(s.text, "abcde");
    s = (struct sink){ 0 };
    expect_error(stream(p, a, &s, 5000, &status, &err), ERROR_UNAVAILABLE);
    assert_string_equal(s.text, "abc");
    s = (struct sink){ 0 };
    expect_ok(stream(p, a, &s, 5000, &status, &err));
    assert_int_equal(status, 410);
    assert_int_equal(s.len, 0); /* another status is not streamed */
    s = (struct sink){ .end_at = 6 };
    expect_ok(stream(p, a, &s, 5000, &status, &err)); /* the receiver had enough */
    peer_stop(p);
}

static void *stop_soon(void *ctx)
{
    struct sink *s = ctx;

    clock_sleep_ms(200);
    *(volatile bool *)&s->stop = true;
    return NULL;
}

static void test_stream_idle_and_stop(void **state)
{
    static const struct peer_answer silent[] = { { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n",
                                                   .after_ms = 8000 } };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct error err = ERROR_INIT;
    struct sink s = { 0 };
    pthread_t thread;
    long status;

    (void)state;
    struct peer *p = peer_start(silent, 1);
    int64_t begin = clock_mono_ms();
    expect_error(stream(p, a, &s, 500, &status, &err), ERROR_TIMEOUT);
    assert_in_range(clock_mono_ms() - begin, 500, 3000);
    peer_stop(p);
    p = peer_start(silent, 1);
    assert_int_equal(pthread_create(&thread, NULL, stop_soon, &s), 0);
    begin = clock_mono_ms();
    expect_ok(stream(p, a, &s, 8000, &status, &err));
    assert_true(clock_mono_ms() - begin < 2500);
    pthread_join(thread, NULL);
    peer_stop(p);
}

/* What a burst left behind is closed, and the one that is used again and again stays. */
static void test_pool(void **state)
{
    struct http_pool p = { 0 }, unused;
    CURL *burst[3];

    (void)state;
    assert_null(http_pool_take(&p));
    for (size_t i = 0; i < COUNT(burst); i++)
        assert_true(http_pool_give(&p, burst[i] = curl_easy_init()));
    http_pool_trim(&p, &unused); /* all were in use since the trim before */
    assert_int_equal(unused.count, 0);
    CURL *busy = http_pool_take(&p);
    assert_ptr_equal(busy, burst[2]);
    assert_true(http_pool_give(&p, busy));
    http_pool_trim(&p, &unused);
    assert_int_equal(unused.count, 2);
    http_pool_close(&unused);
    http_pool_trim(&p, &unused); /* the last one is kept */
    assert_int_equal(unused.count, 0);
    assert_ptr_equal(http_pool_take(&p), busy);
    assert_null(http_pool_take(&p));
    p = (struct http_pool){ .count = HTTP_POOL_MAX };
    assert_false(http_pool_give(&p, busy));
    curl_easy_cleanup(busy);
}

/* A connection at rest is closed by a trim but for one, over which the next request goes. */
static void test_trim(void **state)
{
    static const struct peer_answer answers[] = { { OK("0\r\n\r\n"), .keep = true } };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct peer *p = peer_start(answers, COUNT(answers));
    struct http_client *c = client_of(a, p->port, (struct http_client_config){ 0 });
    struct http_response res;
    struct error err = ERROR_INIT;

    (void)state;
    for (int i = 0; i < 3; i++) {
        expect_ok(get(c, a, "/", &res, &err));
        http_client_trim(c);
    }
    assert_int_equal(atomic_load(&p->connections), 1);
    http_client_free(c);
    peer_stop(p);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answer),       cmocka_unit_test(test_request),
        cmocka_unit_test(test_deadline),     cmocka_unit_test(test_body_from_file),
        cmocka_unit_test(test_bearer_file),  cmocka_unit_test(test_failures),
        cmocka_unit_test(test_answer_limit), cmocka_unit_test(test_stale_connection),
        cmocka_unit_test(test_stream),       cmocka_unit_test(test_stream_idle_and_stop),
        cmocka_unit_test(test_pool),         cmocka_unit_test(test_trim),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
