/* The client of PowerDNS (provider/pdns.h) against a scripted bad one. The real one is in tests/component. */
#include "peer.h"

#include "base/file.h"
#include "provider/pdns.h"

struct world {
    struct arena *arena;
    const char *dir;
    struct peer *peer;
    struct pdns *pdns;
    struct peer_answer answer;
};

static int up(void **state)
{
    struct arena *a = arena_new();
    struct world *w = arena_alloc(a, sizeof *w);
    struct error err = ERROR_INIT;

    w->arena = a;
    w->dir = unit_folder(a);
    expect_ok(file_write(arena_printf(a, "%s/key", w->dir), "the-key\n", 8, 0600, &err));
    *state = w;
    return 0;
}

static int down(void **state)
{
    struct world *w = *state;

    pdns_free(w->pdns);
    if (w->peer)
        peer_stop(w->peer);
    unit_remove(w->dir);
    arena_free(w->arena);
    return 0;
}

static void answer(struct world *w, const char *status, const char *body)
{
    struct error err = ERROR_INIT;

    pdns_free(w->pdns);
    if (w->peer)
        peer_stop(w->peer);
    w->answer = (struct peer_answer){ .keep = true };
    w->answer.bytes = status ? arena_printf(w->arena, "HTTP/1.1 %s\r\nContent-Length: %zu\r\n\r\n%s", status,
                                            strlen(body), body)
                             : body;
    w->answer.keep = status != NULL;
    w->peer = peer_start(&w->answer, 1);
    expect_ok(pdns_new(arena_printf(w->arena, "http://127.0.0.1:%u", w->peer->port),
                       arena_printf(w->arena, "%s/key", w->dir), &w->pdns, &err));
}

static void test_codes(void **state)
{
    static const struct {
        const char *status, *body;
        enum error_code code;
        const char *words;
    } rows[] = {
        { "401 Unauthorized", "Unauthorized", ERROR_FORBIDDEN, "no reason given" },
        { "403 Forbidden", "{\"error\":\"why\"}", ERROR_FORBIDDEN, "why" },
        { "404 Not Found", "Not Found", ERROR_NOT_FOUND, "no reason given" },
        { "409 Conflict", "{\"error\":\"why\"}", ERROR_CONFLICT, "why" },
        { "400 Bad Request", "{\"error\":\"why\"}", ERROR_UNPROCESSABLE, "why" },
        { "422 Unprocessable Entity", "{\"error\":\"why\"}", ERROR_UNPROCESSABLE, "why" },
        { "429 Too Many Requests", "", ERROR_RATE, "no reason given" },
        { "500 Internal Server Error", "{\"error\":\"why\"}", ERROR_UNAVAILABLE, "why" },
        { "503 Service Unavailable", "<html>", ERROR_UNAVAILABLE, "no reason given" },
        { "302 Found", "", ERROR_BAD_GATEWAY, "no reason given" },
        { "200 OK", "{\"rrsets\":[{\"na", ERROR_BAD_GATEWAY, "not valid JSON" },
        { "200 OK", "", ERROR_BAD_GATEWAY, "" },
        { NULL, "", ERROR_UNAVAILABLE, "" },
        { NULL, "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{\"rrsets\"", ERROR_UNAVAILABLE, "" },
        { NULL, "not HTTP at all", ERROR_UNAVAILABLE, "" },
    };
    struct world *w = *state;

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct error err = ERROR_INIT;
        struct zone z = { .rrset_count = 77 };
        answer(w, rows[i].status, rows[i].body);
        assert_int_equal(pdns_zone_get(w->pdns, w->arena, "example.com", &z, &err), -1);
        if (err.code != rows[i].code)
            fail_msg("row %zu: %s: %s", i, error_name(err.code), err.message);
        if (!strstr(err.message, rows[i].words) || !strstr(err.message, "PowerDNS: GET "))
            fail_msg("row %zu: %s", i, err.message);
        assert_int_equal(z.rrset_count, 77);
    }
}

static void test_zone(void **state)
{
    struct world *w = *state;
    struct error err = ERROR_INIT;
    struct zone z;

    answer(w, "200 OK",
           "{\"name\":\"example.com.\",\"rrsets\":["
           "{\"name\":\"example.com.\",\"type\":\"NS\",\"ttl\":300,\"records\":[{\"content\":\"ns2.x.\",\"disabled\":"
           "false},"
           "{\"content\":\"ns1.x.\",\"disabled\":false}],\"comments\":[{\"account\":\"berth\",\"content\":\"c\"}]},"
           "{\"name\":\"a.example.com.\",\"type\":\"A\",\"ttl\":60,\"records\":[{\"content\":\"192.0.2.1\","
           "\"disabled\":false}],\"comments\":[{\"account\":\"other\"}]},"
           "{},7,{\"name\":1,\"records\":\"x\",\"comments\":{}}]}");
    expect_ok(pdns_zone_get(w->pdns, w->arena, "example.com", &z, &err));
    assert_true(str_starts(w->peer->last, "GET /api/v1/servers/localhost/zones/example.com. "));
    assert_non_null(strstr(w->peer->last, "X-API-Key: the-key\r\n"));
    assert_string_equal(z.rrsets[0].name, "example.com"); /* without the API's dot */
    assert_string_equal(z.rrsets[0].values[0], "ns1.x."); /* sorted */
    assert_true(z.rrsets[0].owned);
    assert_false(z.rrsets[1].owned);
    assert_int_equal(z.rrsets[1].ttl, 60);
    assert_int_equal(z.rrset_count, 5); /* odd ones are empty, not a crash */
    assert_string_equal(z.rrsets[2].name, "");
    assert_int_equal(z.rrsets[4].value_count, 0);
    answer(w, "200 OK", "{\"rrsets\":{}}");
    expect_ok(pdns_zone_get(w->pdns, w->arena, "example.com", &z, &err));
    assert_int_equal(z.rrset_count, 0);
}

static void test_writes(void **state)
{
    const char *values[] = { "192.0.2.1", "192.0.2.2" };
    const struct rrset list[] = { { "a.example.com", "A", 300, 2, values, true },
                                  { "old.example.com", "A", 300, 0, NULL, true } };
    struct world *w = *state;
    struct error err = ERROR_INIT;

    answer(w, "204 No Content", "");
    w->answer.bytes = "HTTP/1.1 204 No Content\r\n\r\n";
    expect_ok(pdns_zone_patch(w->pdns, w->arena, "example.com", list, 2, &err));
    assert_true(str_starts(w->peer->last, "PATCH /api/v1/servers/localhost/zones/example.com. "));
    assert_non_null(strstr(w->peer->last, "\"name\":\"a.example.com.\""));
    assert_non_null(strstr(w->peer->last, "\"changetype\":\"REPLACE\""));
    assert_non_null(strstr(w->peer->last, "\"changetype\":\"DELETE\""));
    assert_non_null(strstr(w->peer->last, "\"account\":\"berth\"")); /* known again */
    expect_ok(pdns_zone_create(w->pdns, w->arena, "example.com", list, 1, &err));
    assert_true(str_starts(w->peer->last, "POST /api/v1/servers/localhost/zones "));
    assert_non_null(strstr(w->peer->last, "\"kind\":\"Native\""));
    assert_null(strstr(w->peer->last, "changetype"));
    expect_ok(pdns_zone_delete(w->pdns, w->arena, "a/b?c", &err));
    assert_true(str_starts(w->peer->last, "DELETE /api/v1/servers/localhost/zones/a%2Fb%3Fc. ")); /* one segment */
}

static void test_key_file(void **state)
{
    struct world *w = *state;
    struct error err = ERROR_INIT;
    struct pdns *p;

    assert_int_equal(pdns_new("http://127.0.0.1:1", "/nonexistent/key", &p, &err), -1);
    assert_int_equal(err.code, ERROR_NOT_FOUND);
    assert_non_null(strstr(err.message, "API key"));
    (void)w;
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, up, down)

int main(void)
{
    static const struct CMUnitTest tests[] = { TEST(test_codes), TEST(test_zone), TEST(test_writes),
                                               TEST(test_key_file) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
