/* Bad input to the HTTP API: each is answered 4xx with the field's name, and changes nothing. */
#include "api_fixture.h"

static void test_json(void **state)
{
    static const struct {
        const char *body, *pointer;
        int status;
    } rows[] = {
        { "", NULL, 400 },
        { "{\"id\":\"trunc", NULL, 400 },
        { "{\"id\":\"aa\",\"id\":\"bb\",\"plan\":\"small\"}", NULL, 400 },
        { "{\"id\":\"aa\",\"plan\":\"small\"} x", NULL, 400 },
        { "{\"id\":\"a\\u0000b\",\"plan\":\"small\"}", NULL, 400 },
        { "{\"id\":\"a\xff\",\"plan\":\"small\"}", NULL, 400 },
        { "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", NULL, 400 },
        { "[]", "", 422 },
        { "{}", "/id", 422 },
        { "{\"id\":7,\"plan\":\"small\"}", "/id", 422 },
        { "{\"id\":\"aa\",\"plan\":null}", "/plan", 422 },
        { "{\"id\":\"aa\",\"plan\":\"small\",\"extra\":1}", "/extra", 422 },
        { "{\"id\":\"aa\",\"plan\":\"small\",\"a/b~c\":1}", "/a~1b~0c", 422 },
        { "{\"id\":\"aa\",\"plan\":\"none\"}", "/plan", 422 },
        { "{\"id\":\"Upper\",\"plan\":\"small\"}", "/id", 422 },
        { "{\"id\":\"-x\",\"plan\":\"small\"}", "/id", 422 },
        { "{\"id\":\"a--b\",\"plan\":\"small\"}", "/id", 422 },
        { "{\"id\":\"a-very-long-id-that-has-more-than-forty-bytes\",\"plan\":\"small\"}", "/id", 422 },
        { "{\"id\":\"bulk\",\"plan\":\"small\"}", "/id", 422 },
        { "{\"id\":\"aa\",\"plan\":\"small\",\"name\":\"\"}", "/name", 422 },
        { "{\"id\":\"aa\",\"plan\":\"small\",\"name\":\"two\\nlines\"}", "/name", 422 },
    };
    struct fixture *f = *state;
    const char *before = snapshot(f);

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct answer w = ask(f, "POST", "/api/v1/customers", rows[i].body);
        expect_problem(&w, rows[i].status, rows[i].pointer);
    }
    assert_string_equal(snapshot(f), before);
}

static void test_all_faults_at_once(void **state)
{
    struct fixture *f = *state;
    struct answer w = ask(f, "POST", "/api/v1/customers", "{\"id\":\"Bad Id\",\"name\":7,\"other\":true}");

    expect_problem(&w, 422, "/id");
    expect_problem(&w, 422, "/name");
    expect_problem(&w, 422, "/plan");
    expect_problem(&w, 422, "/other");
}

static void test_huge_and_types(void **state)
{
    enum { SIZE = (1 << 20) + 100 };
    struct fixture *f = *state;
    static const char *const plain[] = { "Content-Type: text/plain", NULL };
    char *huge = arena_alloc(f->arena, SIZE + 1);

    memset(huge, ' ', SIZE);
    struct answer w = ask(f, "POST", "/api/v1/customers", huge);
    expect_problem(&w, 413, NULL);
    struct http_request req = {
        .method = "POST", .path = "/api/v1/customers", .body = "{}", .body_len = 2, .headers = plain
    };
    struct error err = ERROR_INIT;
    assert_int_equal(http_do(f->client, f->arena, &req, &w.http, &err), 0);
    assert_int_equal(w.http.status, 415);
}

static char *repeated(struct fixture *f, const char *part, size_t times, const char *end)
{
    struct strbuf b;

    strbuf_init(&b, f->arena, 1 << 16);
    while (times-- > 0)
        strbuf_add(&b, part);
    strbuf_add(&b, end);
    return b.text;
}

static void test_domains(void **state)
{
    struct fixture *f = *state;
    const char *label64 = repeated(f, "a", 64, ".localhost"), *over = repeated(f, "abcdefg.", 31, "abcdef");
    const char *const bad[] = { "",
                                label64,
                                over,
                                "under_score.localhost",
                                "two..dots.localhost",
                                ".lead.localhost",
                                "trail.localhost.",
                                "Upper.localhost",
                                "b\xc3\xbc\x63her.localhost",
                                "xn--0.localhost",
                                "-a.localhost",
                                "com",
                                "co.uk",
                                "localhost",
                                "10.0.0.1",
                                "::1",
                                "berth.localhost",
                                "panel.berth.localhost",
                                "a.b.berth.localhost",
                                "a b.localhost",
                                "*.localhost" };

    assert_int_equal(strlen(over), 254);
    make_domain(f, "owner", "taken.localhost");
    const char *before = snapshot(f);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct answer w = ask(f, "POST", "/api/v1/domains",
                              arena_printf(f->arena, "{\"customerId\":\"other\",\"domain\":\"%s\"}", bad[i]));
        if (w.status != 422)
            fail_msg("'%s' was answered %d: %s", bad[i], w.status, w.http.body);
        expect_problem(&w, 422, "/domain");
    }
    static const char *const used[] = { "taken.localhost", "below.taken.localhost", "www.taken.localhost" };
    for (size_t i = 0; i < 3; i++) {
        struct answer w = ask(f, "POST", "/api/v1/domains",
                              arena_printf(f->arena, "{\"customerId\":\"other\",\"domain\":\"%s\"}", used[i]));
        expect_problem(&w, 409, "/domain");
    }
    struct answer w = ask(f, "POST", "/api/v1/domains", "{\"customerId\":\"owner\",\"domain\":\"taken.localhost\"}");
    expect_problem(&w, 409, "/domain");
    w = ask(f, "POST", "/api/v1/domains", "{\"customerId\":\"owner\",\"domain\":\"x.localhost\",\"plan\":\"large\"}");
    expect_problem(&w, 409, "/plan");
    assert_string_equal(snapshot(f), before);
}

static void test_hostnames(void **state)
{
    struct fixture *f = *state;

    make_domain(f, "first", "first.localhost");
    make_domain(f, "second", "second.localhost");
    const char *before = snapshot(f);
    static const struct {
        const char *hostnames, *pointer;
        int status;
    } rows[] = {
        { "[]", "/hostnames", 422 },
        { "[7]", "/hostnames/0", 422 },
        { "[\"a.second.localhost\",\"a.second.localhost\"]", "/hostnames/1", 422 },
        { "[\"ok.second.localhost\",\"elsewhere.example.com\"]", "/hostnames/1", 422 },
        { "[\"a.first.localhost\"]", "/hostnames/0", 409 },
        { "[\"www.second.localhost\"]", "/hostnames/0", 409 },
        { "[\"panel.berth.localhost\"]", "/hostnames/0", 422 },
        { "[\"ns1.berth.localhost\"]", "/hostnames/0", 422 },
        { "[\"a.b.berth.localhost\"]", "/hostnames/0", 422 },
        { "[\"berth.localhost\"]", "/hostnames/0", 422 },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct answer w = ask(
            f, "POST", "/api/v1/sites",
            arena_printf(f->arena, "{\"customerId\":\"second\",\"hostnames\":%s}", rows[i].hostnames));
        expect_problem(&w, rows[i].status, rows[i].pointer);
    }
    struct answer w = ask(
        f, "POST", "/api/v1/sites",
        "{\"customerId\":\"second\",\"hostnames\":[\"x.second.localhost\"],\"replicas\":11,\"runtime\":\"cobol\"}");
    expect_problem(&w, 422, "/replicas");
    expect_problem(&w, 422, "/runtime");
    w = ask(f, "POST", "/api/v1/sites", "{\"customerId\":\"nobody\",\"hostnames\":[\"x.second.localhost\"]}");
    expect_problem(&w, 422, "/customerId");
    assert_string_equal(snapshot(f), before);
}

static void test_quantities(void **state)
{
    static const struct {
        const char *cpu, *memory, *storage, *pointer;
    } rows[] = {
        { "", "1Gi", "2Gi", "/cpu" },      { "-1", "1Gi", "2Gi", "/cpu" },
        { "1Gi", "1Gi", "2Gi", "/cpu" },   { "1e9", "1Gi", "2Gi", "/cpu" },
        { "1", "500m", "2Gi", "/memory" }, { "1", "1G", "2Gi", "/memory" },
        { "1", "1", "2Gi", "/memory" },    { "1", "99999999999999999999Gi", "2Gi", "/memory" },
        { "1", "1Gi", "0Gi", "/storage" }, { "1", "1Gi", "10 Gi", "/storage" },
    };
    struct fixture *f = *state;
    const char *before = snapshot(f);

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct answer w = ask(f, "POST", "/api/v1/plans",
                              arena_printf(f->arena,
                                           "{\"id\":\"odd\",\"cpu\":\"%s\",\"memory\":\"%s\",\"storage\":\"%s\"}",
                                           rows[i].cpu, rows[i].memory, rows[i].storage));
        expect_problem(&w, 422, rows[i].pointer);
    }
    assert_string_equal(snapshot(f), before);
}

/* An empty condition is not taken for one that was left out, and the change is not made. */
static void test_if_match(void **state)
{
    static const struct {
        const char *header;
        int status;
    } rows[] = {
        { "If-Match;", 400 }, /* curl's way to write an empty one */
        { "If-Match: 1", 400 },
        { "If-Match: \"1", 400 },
        { "If-Match: \"1\" \"2\"", 400 },
        { "If-Match: \"1\",", 400 },
        { "If-Match: , \"1\"", 400 },
        { "If-Match: *, \"1\"", 400 },
        { "If-Match: \"9\"", 412 },
        { "If-Match: W/\"1\"", 412 }, /* the comparison is the strong one */
        { "If-Match: \"9\" , W/\"7\",\"1\"", 202 },
    };
    static const char change[] = "{\"name\":\"other\"}";
    struct fixture *f = *state;
    struct answer w = ask(f, "POST", "/api/v1/customers", "{\"id\":\"match\",\"plan\":\"small\"}");

    expect(&w, 202);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        w = ask_with(f, "PATCH", "/api/v1/customers/match", change, rows[i].header);
        if (rows[i].status == 202)
            expect(&w, 202);
        else
            expect_problem(&w, rows[i].status, rows[i].status == 400 ? "/If-Match" : NULL);
    }
    w = ask(f, "GET", "/api/v1/customers/match", NULL);
    assert_int_equal(json_int_at(w.json, "/generation", 0), 2);
}

/* What a path of the API has word for word is no id. */
static void test_words_of_paths(void **state)
{
    struct fixture *f = *state;
    struct answer w = ask(f, "GET", "/api/v1/customers/bulk", NULL);

    expect_problem(&w, 405, NULL);
    assert_string_equal(http_header(&w.http, "allow"), "POST");
    w = ask(f, "DELETE", "/api/v1/sites/bulk", NULL);
    expect_problem(&w, 405, NULL);
    w = ask(f, "POST", "/api/v1/domains", "{\"customerId\":\"bulk\",\"domain\":\"a.localhost\"}");
    expect_problem(&w, 422, "/customerId");
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, fixture_up, fixture_down)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_json),      TEST(test_all_faults_at_once), TEST(test_huge_and_types), TEST(test_domains),
        TEST(test_hostnames), TEST(test_quantities),         TEST(test_if_match),       TEST(test_words_of_paths),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
