/* The HTTP server (base/httpd.h) against clients that send raw bytes: limits, uploads, streams, and clients that behave badly. */
#include "peer.h"

#include "base/httpd.h"
#include "base/id.h"

struct server {
    struct httpd *httpd;
    unsigned port;
    atomic_int handled, done, errors, opened, aborted, streamed, stream_ended;
    atomic_size_t sunk;
};

/* Says back what it got, by the path. */
static bool tick(void *ctx, struct httpd_request *req, char *out, size_t cap, size_t *ret_len)
{
    struct server *s = ctx;

    if (httpd_stopping(req)) {
        atomic_fetch_add(&s->stream_ended, 1);
        return false;
    }
    clock_sleep_ms(20);
    int n = snprintf(out, cap, "tick %d\n", atomic_fetch_add(&s->streamed, 1));
    *ret_len = (size_t)n;
    return true;
}

/* Says its last word and ends at once. */
static bool last_word(void *ctx, struct httpd_request *req, char *out, size_t cap, size_t *ret_len)
{
    struct server *s = ctx;

    (void)req;
    *ret_len = (size_t)snprintf(out, cap, "the end %d", atomic_fetch_add(&s->streamed, 1));
    return false;
}

static void handle(void *ctx, struct httpd_request *req, struct httpd_response *res)
{
    struct server *s = ctx;
    struct arena *a = httpd_arena(req);
    size_t len;
    const char *body = httpd_body(req, &len), *path = httpd_path(req), *text;

    atomic_fetch_add(&s->handled, 1);
    if (str_eq(path, "/stream")) {
        *res = (struct httpd_response){
            .status = 200, .content_type = "text/event-stream", .stream = tick, .stream_ctx = s
        };
        return;
    }
    if (str_eq(path, "/last")) {
        *res = (struct httpd_response){ .status = 200, .stream = last_word, .stream_ctx = s };
        return;
    }
    if (str_eq(path, "/slow"))
        clock_sleep_ms(400);
    if (str_starts(path, "/upload"))
        text = arena_printf(a, "sunk %zu", atomic_load(&s->sunk));
    else if (str_eq(path, "/length"))
        text = arena_printf(a, "%zu %d", len, len ? body[len - 1] : -1);
    else
        text = arena_printf(a, "%s %s q=%s id=%s cookie=%s body=%s", httpd_method(req), path,
                            httpd_query(req, "q") ? httpd_query(req, "q") : "-", httpd_id(req),
                            httpd_cookie(req, "c") ? httpd_cookie(req, "c") : "-", body);
    httpd_add_header(req, "X-Test", "yes");
    *res = (struct httpd_response){
        .status = 200, .content_type = "text/plain", .body = text, .body_len = strlen(text)
    };
}

static void on_error(void *ctx, struct httpd_request *req, const struct error *err, struct httpd_response *res)
{
    struct server *s = ctx;

    atomic_fetch_add(&s->errors, 1);
    const char *text = arena_printf(httpd_arena(req), "error: %s", err->message);
    *res = (struct httpd_response){ .status = error_status(err->code), .body = text, .body_len = strlen(text) };
}

static void on_done(void *ctx, struct httpd_request *req, int status)
{
    struct server *s = ctx;

    (void)req, (void)status;
    atomic_fetch_add(&s->done, 1);
}

static int sink_write(void *ctx, const char *data, size_t len, struct error *err)
{
    struct server *s = ctx;

    if (memchr(data, '!', len))
        return error_set(err, ERROR_UNPROCESSABLE, "no exclamation marks");
    atomic_fetch_add(&s->sunk, len);
    return 0;
}

static void sink_abort(void *ctx)
{
    struct server *s = ctx;

    atomic_fetch_add(&s->aborted, 1);
}

static int open_sink(void *ctx, struct httpd_request *req, const struct httpd_sink **ret_sink, void **ret_sink_ctx,
                     struct error *err)
{
    static const struct httpd_sink sink = { sink_write, sink_abort };
    struct server *s = ctx;

    if (str_eq(httpd_path(req), "/upload/refused"))
        return error_set(err, ERROR_FORBIDDEN, "not you");
    if (str_starts(httpd_path(req), "/upload")) {
        atomic_fetch_add(&s->opened, 1);
        *ret_sink = &sink;
        *ret_sink_ctx = s;
    }
    return 0;
}

static int up(void **state)
{
    struct server *s = unit_new(sizeof *s);
    struct error err = ERROR_INIT;
    const struct httpd_config config = { .address = "127.0.0.1:0",
                                         .max_connections = 8,
                                         .max_body = 1000,
                                         .open_sink = open_sink,
                                         .handler = handle,
                                         .on_error = on_error,
                                         .on_done = on_done,
                                         .ctx = s };

    expect_ok(id_init(&err));
    expect_ok(httpd_start(&config, &s->httpd, &err));
    s->port = httpd_port(s->httpd);
    *state = s;
    return 0;
}

static int down(void **state)
{
    struct server *s = *state;

    httpd_stop(s->httpd, 1000);
    assert_int_equal(atomic_load(&s->opened) - atomic_load(&s->aborted) >= 0, 1);
    free(s);
    return 0;
}

static void say(int fd, const char *text)
{
    size_t len = strlen(text);

    assert_int_equal(send(fd, text, len, MSG_NOSIGNAL), len);
}

/* One whole answer with a Content-Length; "" when the server closed instead. */
static char *hear(struct arena *a, int fd)
{
    char *text = arena_alloc(a, 65536);
    size_t len = 0;

    for (;;) {
        ssize_t n = recv(fd, text + len, 1, 0);
        if (n <= 0)
            return text;
        len++;
        char *end = strstr(text, "\r\n\r\n");
        if (!end)
            continue;
        const char *size = strcasestr(text, "content-length:");
        if (len >= (size_t)(end + 4 - text) + (size ? strtoul(size + 15, NULL, 10) : 0))
            return text;
    }
}

static char *ask(struct arena *a, struct server *s, const char *request)
{
    int fd = peer_connect(s->port);

    say(fd, request);
    char *text = hear(a, fd);
    close(fd);
    return text;
}

static bool eventually(const atomic_int *n, int want)
{
    for (int i = 0; i < 300 && atomic_load(n) != want; i++)
        clock_sleep_ms(10);
    return atomic_load(n) == want;
}

static void test_keep_alive(void **state)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct server *s = *state;
    int fd = peer_connect(s->port);

    for (int i = 0; i < 5; i++) {
        say(fd, "GET /x?q=1 HTTP/1.1\r\nHost: h\r\n\r\n");
        const char *text = hear(a, fd);
        assert_true(str_starts(text, "HTTP/1.1 200"));
        assert_non_null(strstr(text, "\r\nX-Test: yes\r\n"));
        assert_non_null(strstr(text, "GET /x q=1"));
    }
    say(fd, "GET /1 HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HTTP/1.1\r\nHost: h\r\n\r\n"); /* both at once */
    assert_non_null(strstr(hear(a, fd), "GET /1"));
    assert_non_null(strstr(hear(a, fd), "GET /2"));
    close(fd);
    assert_true(eventually(&s->done, 7)); /* once a request */
}

static void test_request_facts(void **state)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct server *s = *state;

    assert_non_null(strstr(ask(a, s, "GET /a%2Fb%20c?q=x%26y+z HTTP/1.1\r\nHost: h\r\nCookie: b=1; c=2\r\n\r\n"),
                           "GET /a/b c q=x&y z"));
    assert_non_null(strstr(ask(a, s, "GET / HTTP/1.1\r\nHost: h\r\nCookie: b=1; c=2\r\n\r\n"), "cookie=2"));
    assert_non_null(strstr(ask(a, s, "GET /?q HTTP/1.1\r\nHost: h\r\n\r\n"), "q= id")); /* without a value */
    assert_non_null(strstr(ask(a, s, "GET /?p=1 HTTP/1.1\r\nHost: h\r\n\r\n"), "q=- id"));
    assert_non_null(
        strstr(ask(a, s, "GET / HTTP/1.1\r\nHost: h\r\nX-Request-Id: good-id.123\r\n\r\n"), "id=good-id.123"));
    assert_non_null(strstr(ask(a, s, "GET / HTTP/1.1\r\nHost: h\r\nX-Request-Id: good-id.123\r\n\r\n"),
                           "X-Request-Id: good-id.123"));
    assert_non_null(
        strstr(ask(a, s, "GET / HTTP/1.1\r\nHost: h\r\nX-Request-Id: \"bad\",\"x\":\"y\"\r\n\r\n"), "id=req-"));
    assert_non_null(strstr(ask(a, s, "GET / HTTP/1.1\r\nHost: h\r\nX-Request-Id: short\r\n\r\n"), "id=req-"));
}

/* A NUL in a path or a value never cuts it: /customers/a%00b is not /customers/a. */
static void test_nul(void **state)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct server *s = *state;
    const char *text = ask(a, s, "GET /a%00b HTTP/1.1\r\nHost: h\r\n\r\n");

    assert_null(strstr(text, "GET /a q"));
    assert_true(str_starts(text, "HTTP/1.1 "));
    text = ask(a, s, "GET /?q=a%00b HTTP/1.1\r\nHost: h\r\n\r\n");
    assert_null(strstr(text, "q=a id"));
}

static void test_bodies(void **state)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct server *s = *state;

    assert_non_null(strstr(ask(a, s, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello"), "body=hello"));
    assert_non_null(strstr(
        ask(a, s, "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"),
        "body=abcde"));
    assert_non_null(strstr(ask(a, s, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n"), "body="));
    assert_non_null(
        strstr(ask(a, s, arena_printf(a, "POST /length HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\n%01000d", 7)),
               "1000 55"));
    int before = atomic_load(&s->handled);
    int fd = peer_connect(s->port);
    say(fd, arena_printf(a, "POST /length HTTP/1.1\r\nHost: h\r\nContent-Length: 1001\r\n\r\n%01001d", 7));
    assert_true(str_starts(hear(a, fd), "HTTP/1.1 413"));
    assert_int_equal(atomic_load(&s->handled), before); /* the handler never saw it */
    say(fd, "GET /after HTTP/1.1\r\nHost: h\r\n\r\n");
    assert_non_null(strstr(hear(a, fd), "GET /after")); /* the connection is of use afterwards */
    close(fd);
    assert_int_equal(atomic_load(&s->errors), 1);
    const char *huge = arena_printf(a, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999999999999999\r\n\r\n");
    const char *text = ask(a, s, huge);
    assert_true(text[0] == '\0' || str_starts(text, "HTTP/1.1 4"));
}

static void test_uploads(void **state)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct server *s = *state;

    assert_non_null(strstr(
        ask(a, s, arena_printf(a, "POST /upload HTTP/1.1\r\nHost: h\r\nContent-Length: 50000\r\n\r\n%050000d", 1)),
        "sunk 50000"));
    assert_int_equal(atomic_load(&s->aborted), 0);
    /* refused when the headers are known */
    assert_true(str_starts(ask(a, s, "POST /upload/refused HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc"),
                           "HTTP/1.1 403"));
    assert_int_equal(atomic_load(&s->opened), 1);
    /* a fault of the sink half way: the error is the answer, the sink is aborted once, the rest is dropped */
    int before = atomic_load(&s->handled);
    const char *text = ask(
        a, s, arena_printf(a, "POST /upload HTTP/1.1\r\nHost: h\r\nContent-Length: 20001\r\n\r\n!%020000d", 1));
    assert_true(str_starts(text, "HTTP/1.1 422"));
    assert_non_null(strstr(text, "no exclamation marks"));
    assert_int_equal(atomic_load(&s->aborted), 1);
    assert_int_equal(atomic_load(&s->handled), before);
    /* the client goes away */
    int fd = peer_connect(s->port);
    say(fd, "POST /upload HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\nonly this");
    clock_sleep_ms(50);
    close(fd);
    assert_true(eventually(&s->aborted, 2));
    assert_int_equal(atomic_load(&s->handled), before);
}

/* What is no HTTP, or too much of it, is answered 4xx or hung up on; the server goes on. */
static void test_nonsense(void **state)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct server *s = *state;
    const char *const rows[] = {
        "\r\n\r\n\r\n\r\n",
        "nonsense\r\n\r\n",
        "GET\r\n\r\n",
        "GET / HTTP/9.9\r\nHost: h\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n", /* no Host */
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: -5\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: x\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        "\x16\x03\x01\x02\x01\x01\r\n\r\n", /* TLS */
        arena_printf(a, "GET /%060000d HTTP/1.1\r\nHost: h\r\n\r\n", 1),
        arena_printf(a, "GET / HTTP/1.1\r\nHost: h\r\nX-Long: %0100000d\r\n\r\n", 1),
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        int fd = peer_connect(s->port);
        int before = atomic_load(&s->handled);
        (void)send(fd, rows[i], strlen(rows[i]), MSG_NOSIGNAL);
        (void)shutdown(fd, SHUT_WR);
        const char *text = hear(a, fd);
        if (text[0] && !str_starts(text, "HTTP/1.1 4") && !str_starts(text, "HTTP/1.1 505") &&
            !str_starts(text, "HTTP/1.0 4"))
            fail_msg("row %zu: %s", i, text);
        assert_int_equal(atomic_load(&s->handled), before);
        close(fd);
        assert_non_null(strstr(ask(a, s, "GET /alive HTTP/1.1\r\nHost: h\r\n\r\n"), "GET /alive"));
    }
}

/* Clients that dawdle over their headers keep nobody else waiting. */
static void test_slow_clients(void **state)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct server *s = *state;
    int slow[4];

    for (size_t i = 0; i < COUNT(slow); i++) {
        slow[i] = peer_connect(s->port);
        say(slow[i], "GET /slow");
    }
    int64_t begin = clock_mono_ms();
    for (int i = 0; i < 20; i++) {
        assert_non_null(strstr(ask(a, s, "GET /quick HTTP/1.1\r\nHost: h\r\n\r\n"), "GET /quick"));
        say(slow[i % 4], "-"); /* a byte now and then */
    }
    assert_true(clock_mono_ms() - begin < 3000);
    say(slow[0], " HTTP/1.1\r\nHost: h\r\n\r\n");
    assert_non_null(strstr(hear(a, slow[0]), "GET /slow-----"));
    for (size_t i = 0; i < COUNT(slow); i++)
        close(slow[i]);
}

/* More connections than are allowed: the rest is turned away, and there is room again afterwards. */
static void test_connection_limit(void **state)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct server *s = *state;
    int fds[20];
    int served = 0;

    for (size_t i = 0; i < COUNT(fds); i++) {
        fds[i] = peer_connect(s->port);
        const struct timeval brief = { .tv_usec = 50000 };
        (void)setsockopt(fds[i], SOL_SOCKET, SO_RCVTIMEO, &brief, sizeof brief);
        (void)send(fds[i], "GET / HTTP/1.1\r\nHost: h\r\n\r\n", 27, MSG_NOSIGNAL);
        served += hear(a, fds[i])[0] != '\0';
    }
    assert_int_equal(served, 8);
    for (size_t i = 0; i < COUNT(fds); i++)
        close(fds[i]);
    bool again = false;
    for (int i = 0; i < 100 && !again; i++) {
        again = ask(a, s, "GET / HTTP/1.1\r\nHost: h\r\n\r\n")[0] != '\0';
        clock_sleep_ms(20);
    }
    assert_true(again);
}

static void test_streams(void **state)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct server *s = *state;
    char buf[256] = "";

    int fd = peer_connect(s->port);
    say(fd, "GET /stream HTTP/1.1\r\nHost: h\r\n\r\n");
    for (int i = 0; i < 5; i++)
        assert_true(recv(fd, buf, sizeof buf - 1, 0) > 0); /* as it comes, not at the end */
    close(fd); /* gone: the stream ends by itself */
    assert_true(eventually(&s->done, 1));
    int before = atomic_load(&s->streamed);
    clock_sleep_ms(100);
    assert_int_equal(atomic_load(&s->streamed), before);
    /* data and the end in one call: the data is sent, and the stream is not called again */
    atomic_store(&s->streamed, 0);
    fd = peer_connect(s->port);
    say(fd, "GET /last HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    char *all = arena_alloc(a, 4096);
    for (ssize_t n, len = 0; (n = recv(fd, all + len, (size_t)(4095 - len), 0)) > 0; len += n)
        ;
    close(fd);
    assert_non_null(strstr(all, "the end 0"));
    assert_true(str_ends(all, "\r\n0\r\n\r\n")); /* ended in good order */
    assert_int_equal(atomic_load(&s->streamed), 1);
}

static void *stop_it(void *ctx)
{
    httpd_stop(ctx, 2000);
    return NULL;
}

/* Stopping: running requests are finished, streams end, and no new connection is taken. */
static void test_stop(void **state)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct server *s = *state;
    pthread_t thread;

    int running = peer_connect(s->port), streaming = peer_connect(s->port);
    say(running, "GET /slow HTTP/1.1\r\nHost: h\r\n\r\n");
    say(streaming, "GET /stream HTTP/1.1\r\nHost: h\r\n\r\n");
    clock_sleep_ms(100);
    int64_t begin = clock_mono_ms();
    struct httpd *stopping = s->httpd;
    s->httpd = NULL;
    assert_int_equal(pthread_create(&thread, NULL, stop_it, stopping), 0);
    assert_non_null(strstr(hear(a, running), "GET /slow"));
    pthread_join(thread, NULL);
    assert_in_range(clock_mono_ms() - begin, 200, 2500);
    assert_int_equal(atomic_load(&s->stream_ended), 1);
    close(running);
    close(streaming);
    const struct sockaddr_in at = { .sin_family = AF_INET,
                                    .sin_port = htons((uint16_t)s->port),
                                    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)&at, sizeof at), -1);
    close(fd);
}

static void test_addresses(void **state)
{
    struct server *s = *state;
    struct error err = ERROR_INIT;
    struct httpd_config config = { .handler = handle, .on_error = on_error, .ctx = s };
    static const char *const bad[] = {
        "", "8080", "localhost:8080", "1.2.3.4", "127.0.0.1:99999", "127.0.0.1:x", "[::1", "300.0.0.1:80"
    };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct httpd *d;

    expect_error(httpd_start(&config, &d, &err), ERROR_INVALID);
    for (size_t i = 0; i < COUNT(bad); i++) {
        config.address = bad[i];
        expect_error(httpd_start(&config, &d, &err), ERROR_INVALID);
    }
    config.address = arena_printf(a, "127.0.0.1:%u", s->port); /* in use */
    expect_error(httpd_start(&config, &d, &err), ERROR_IO);
    config.address = "[::1]:0";
    expect_ok(httpd_start(&config, &d, &err));
    assert_true(httpd_port(d) > 0);
    httpd_stop(d, 0);
    httpd_stop(NULL, 0);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, up, down)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_keep_alive), TEST(test_request_facts), TEST(test_nul),          TEST(test_bodies),
        TEST(test_uploads),    TEST(test_nonsense),      TEST(test_slow_clients), TEST(test_connection_limit),
        TEST(test_streams),    TEST(test_stop),          TEST(test_addresses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
