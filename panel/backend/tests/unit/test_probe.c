/* The probes (provider/probe.h): DNS against a scripted UDP server that answers badly, TLS and HTTP against nothing. */
#include "peer.h"

#include "base/clock.h"
#include "provider/probe.h"

enum dns_answer {
    DNS_RIGHT,
    DNS_RIGHT_SECOND, /* the wrong address first, the right one after it */
    DNS_NOT_AUTHORITATIVE,
    DNS_NXDOMAIN,
    DNS_SERVFAIL,
    DNS_WRONG_ADDRESS,
    DNS_EMPTY,
    DNS_CUT, /* in the middle of the answer's record */
    DNS_HEADER_ONLY, /* counts that promise what is not there */
    DNS_TRUNCATED, /* TC set, no record */
    DNS_WRONG_ID,
    DNS_RANDOM_BYTES,
    DNS_SILENT,
};

struct name_server {
    int fd;
    pthread_t thread;
    enum dns_answer answer;
    atomic_int asked;
    char address[32];
};

static size_t put_record(unsigned char *out, size_t n, unsigned char last)
{
    static const unsigned char record[] = { 0xc0, 12, 0, 1, 0, 1, 0, 0, 1, 44, 0, 4, 192, 0, 2 };

    memcpy(out + n, record, sizeof record);
    out[n + sizeof record] = last;
    return n + sizeof record + 1;
}

/* The question with flags and records behind it (RFC 1035, section 4). */
static size_t make_answer(struct name_server *s, const unsigned char *question, size_t len, unsigned char *out)
{
    size_t n = len;

    memcpy(out, question, len);
    out[2] = 0x84; /* QR, AA */
    out[3] = 0;
    out[7] = 1; /* ANCOUNT */
    switch (s->answer) {
    case DNS_RIGHT:
        return put_record(out, n, 7);
    case DNS_RIGHT_SECOND:
        out[7] = 2;
        return put_record(out, put_record(out, n, 8), 7);
    case DNS_NOT_AUTHORITATIVE:
        out[2] = 0x80;
        return put_record(out, n, 7);
    case DNS_NXDOMAIN:
    case DNS_SERVFAIL:
        out[3] = s->answer == DNS_NXDOMAIN ? 3 : 2;
        out[7] = 0;
        return n;
    case DNS_WRONG_ADDRESS:
        return put_record(out, n, 8);
    case DNS_EMPTY:
        out[7] = 0;
        return n;
    case DNS_CUT:
        return put_record(out, n, 7) - 6;
    case DNS_HEADER_ONLY:
        out[7] = 200;
        return 12;
    case DNS_TRUNCATED:
        out[2] |= 0x02;
        out[7] = 0;
        return n;
    case DNS_WRONG_ID:
        out[0] ^= 0xff;
        return put_record(out, n, 7);
    case DNS_RANDOM_BYTES:
        for (size_t i = 2; i < 400; i++)
            out[i] = (unsigned char)(i * 37 + 11);
        return 400;
    case DNS_SILENT:
    default:
        return 0;
    }
}

static void *serve(void *ctx)
{
    struct name_server *s = ctx;
    unsigned char question[512], answer[1024];

    for (;;) {
        struct sockaddr_in from;
        socklen_t from_len = sizeof from;
        ssize_t n = recvfrom(s->fd, question, sizeof question, 0, (struct sockaddr *)&from, &from_len);
        if (n < 12)
            return NULL; /* the test's word to stop */
        atomic_fetch_add(&s->asked, 1);
        size_t len = make_answer(s, question, (size_t)n, answer);
        if (len)
            (void)sendto(s->fd, answer, len, 0, (struct sockaddr *)&from, from_len);
    }
}

static void start(struct name_server *s, enum dns_answer answer)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t len = sizeof at;

    *s = (struct name_server){ .answer = answer, .fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0) };
    assert_int_equal(bind(s->fd, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(getsockname(s->fd, (struct sockaddr *)&at, &len), 0);
    (void)snprintf(s->address, sizeof s->address, "127.0.0.1:%u", ntohs(at.sin_port));
    assert_int_equal(pthread_create(&s->thread, NULL, serve, s), 0);
}

static void stop(struct name_server *s)
{
    struct sockaddr_in at;
    socklen_t len = sizeof at;

    (void)getsockname(s->fd, (struct sockaddr *)&at, &len);
    (void)sendto(s->fd, "x", 1, 0, (struct sockaddr *)&at, len);
    pthread_join(s->thread, NULL);
    close(s->fd);
}

static void test_dns(void **state)
{
    static const struct {
        enum dns_answer answer;
        bool good;
        const char *words;
    } rows[] = {
        { DNS_RIGHT, true, NULL },
        { DNS_RIGHT_SECOND, true, NULL },
        { DNS_NOT_AUTHORITATIVE, false, "not authoritative" },
        { DNS_NXDOMAIN, false, "code 3" },
        { DNS_SERVFAIL, false, "code 2" },
        { DNS_WRONG_ADDRESS, false, "does not hold 192.0.2.7" },
        { DNS_EMPTY, false, "does not hold 192.0.2.7" },
        { DNS_CUT, false, "no DNS message" },
        { DNS_HEADER_ONLY, false, "no DNS message" },
        { DNS_TRUNCATED, false, "does not hold 192.0.2.7" },
        { DNS_RANDOM_BYTES, false, "" },
        { DNS_WRONG_ID, false, "no answer" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        struct error err = ERROR_INIT;
        struct name_server s;
        start(&s, rows[i].answer);
        int rc = probe_dns(a, s.address, "www.example.com", "192.0.2.7", &err);
        stop(&s);
        if ((rc == 0) != rows[i].good)
            fail_msg("row %zu: %d: %s", i, rc, err.message);
        if (rc == 0)
            continue;
        assert_int_equal(err.code, ERROR_UNAVAILABLE);
        if (!strstr(err.message, rows[i].words))
            fail_msg("row %zu: %s", i, err.message);
    }
}

/* Silence: asked twice, and given up within some seconds. */
static void test_dns_silent(void **state)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct error err = ERROR_INIT;
    struct name_server s;

    (void)state;
    start(&s, DNS_SILENT);
    int64_t begin = clock_mono_ms();
    expect_error(probe_dns(a, s.address, "www.example.com", "192.0.2.7", &err), ERROR_UNAVAILABLE);
    assert_in_range(clock_mono_ms() - begin, 3000, 6000);
    assert_int_equal(atomic_load(&s.asked), 2);
    stop(&s);
}

static void test_bad_addresses(void **state)
{
    static const char *const bad[] = {
        "", "x", ":53", "127.0.0.1:", "127.0.0.1:99999", "127.0.0.1:-1", "127.0.0.1:dns"
    };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct error err = ERROR_INIT;
    int64_t expires;
    long status;

    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        expect_error(probe_dns(a, bad[i], "www.example.com", "192.0.2.7", &err), ERROR_INVALID);
        expect_error(probe_tls(a, bad[i], "www.example.com", NULL, &expires, &err), ERROR_INVALID);
        expect_error(probe_http(a, bad[i], "www.example.com", NULL, true, &status, &err), ERROR_INVALID);
    }
    expect_error(probe_dns(a, "127.0.0.1:1", arena_printf(a, "%0300d.com", 1), "192.0.2.7", &err), ERROR_INVALID);
}

static void test_no_ingress(void **state)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct error err = ERROR_INIT;
    int64_t expires;
    long status;

    (void)state;
    const char *nobody = arena_printf(a, "127.0.0.1:%u", peer_free_port());
    expect_error(probe_tls(a, nobody, "www.example.com", NULL, &expires, &err), ERROR_UNAVAILABLE);
    expect_error(probe_http(a, nobody, "www.example.com", NULL, true, &status, &err), ERROR_UNAVAILABLE);
    assert_int_equal(probe_tls(a, nobody, "www.example.com", "/nonexistent", &expires, &err), -1);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dns),
        cmocka_unit_test(test_dns_silent),
        cmocka_unit_test(test_bad_addresses),
        cmocka_unit_test(test_no_ingress),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
