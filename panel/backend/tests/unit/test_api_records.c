/* The records of a zone over real HTTP: written, read, deleted, and refused. */
#include "api_fixture.h"

#define RECORDS "/api/v1/domains/zone.localhost/records/"

static struct answer put(struct fixture *f, const char *where, const char *body)
{
    return ask(f, "PUT", arena_printf(f->arena, RECORDS "%s", where), body);
}

static void test_life(void **state)
{
    struct fixture *f = *state;

    make_domain(f, "zone", "zone.localhost");
    struct answer w = put(f, "mail.zone.localhost/A", "{\"values\":[\"192.0.2.2\",\"192.0.2.1\"]}");
    expect(&w, 202);
    assert_string_equal(json_str_at(w.json, "/operation/kind"), "domain.set-record");
    assert_string_equal(json_str_at(w.json, "/operation/subject"), "domain/zone.localhost");
    assert_string_equal(json_str_at(w.json, "/record/values/0"), "192.0.2.1");
    assert_int_equal(json_int_at(w.json, "/record/ttl", 0), 300);
    const char *first = arena_strdup(f->arena, http_header(&w.http, "etag"));

    w = ask(f, "GET", RECORDS "MAIL.zone.localhost./a", NULL); /* in any spelling */
    expect(&w, 200);
    assert_string_equal(http_header(&w.http, "etag"), first);
    assert_string_equal(json_str_at(w.json, "/name"), "mail.zone.localhost");

    w = ask_with(f, "PUT", RECORDS "mail.zone.localhost/A", "{\"values\":[\"192.0.2.3\"],\"ttl\":60}",
                 arena_printf(f->arena, "If-Match: %s", first));
    expect(&w, 202);
    assert_string_not_equal(http_header(&w.http, "etag"), first);
    w = ask_with(f, "PUT", RECORDS "mail.zone.localhost/A", "{\"values\":[\"192.0.2.4\"]}",
                 arena_printf(f->arena, "If-Match: %s", first));
    expect_problem(&w, 412, NULL);
    w = ask_with(f, "PUT", RECORDS "new.zone.localhost/A", "{\"values\":[\"192.0.2.4\"]}", "If-Match: *");
    expect_problem(&w, 412, NULL);
    w = ask_with(f, "DELETE", RECORDS "mail.zone.localhost/A", NULL, arena_printf(f->arena, "If-Match: %s", first));
    expect_problem(&w, 412, NULL);

    w = put(f, "@/TXT", "{\"values\":[\"v=spf1 -all\"]}");
    expect(&w, 202);
    assert_string_equal(json_str_at(w.json, "/record/name"), "zone.localhost");
    assert_string_equal(json_str_at(w.json, "/record/values/0"), "\"v=spf1 -all\"");

    w = ask(f, "DELETE", RECORDS "mail.zone.localhost/A", NULL);
    expect(&w, 202);
    assert_string_equal(json_str_at(w.json, "/operation/kind"), "domain.delete-record");
    w = ask(f, "GET", RECORDS "mail.zone.localhost/A", NULL);
    expect_problem(&w, 404, NULL);
    w = ask(f, "DELETE", RECORDS "mail.zone.localhost/A", NULL);
    expect_problem(&w, 404, NULL);
}

static void test_refused(void **state)
{
    static const struct {
        const char *where, *body, *pointer;
        int status;
    } rows[] = {
        { "a.zone.localhost/A", "{\"values\":[\"1.2.3\"]}", "/values/0", 422 },
        { "a.zone.localhost/A", "{\"values\":[\"192.0.2.1\",7]}", "/values/1", 422 },
        { "a.zone.localhost/A", "{\"values\":[]}", "/values", 422 },
        { "a.zone.localhost/A", "{\"values\":\"192.0.2.1\"}", "/values", 422 },
        { "a.zone.localhost/A", "{\"values\":[\"192.0.2.1\"],\"ttl\":1}", "/ttl", 422 },
        { "a.zone.localhost/A", "{\"values\":[\"192.0.2.1\"],\"colour\":1}", "/colour", 422 },
        { "a.zone.localhost/A", "{}", "/values", 422 },
        { "a.zone.localhost/SOA", "{\"values\":[\"x\"]}", "/type", 422 },
        { "a.other.localhost/A", "{\"values\":[\"192.0.2.1\"]}", "/name", 422 },
        { "zone.localhost/CNAME", "{\"values\":[\"x.example.\"]}", "/type", 422 },
        { "zone.localhost/A", "{\"values\":[\"192.0.2.1\"]}", "/name", 409 }, /* the site's */
        { "zone.localhost/NS", "{\"values\":[\"ns.example.\"]}", "/name", 409 },
        { "www.zone.localhost/AAAA", "{\"values\":[\"2001:db8::1\"]}", "/name", 409 },
        { "mx.zone.localhost/MX", "{\"values\":[\"10 192.0.2.1\"]}", "/values/0", 422 },
        { "t.zone.localhost/CNAME", "{\"values\":[\"x.example.\"]}", "/type", 409 }, /* beside the text */
    };
    struct fixture *f = *state;

    make_domain(f, "zone", "zone.localhost");
    struct answer w = put(f, "t.zone.localhost/TXT", "{\"values\":[\"x\"]}");
    expect(&w, 202);
    const char *before = snapshot(f);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        w = put(f, rows[i].where, rows[i].body);
        expect_problem(&w, rows[i].status, rows[i].pointer);
    }
    w = ask(f, "DELETE", RECORDS "zone.localhost/NS", NULL);
    expect_problem(&w, 409, "/name");
    w = ask(f, "PUT", "/api/v1/domains/absent.localhost/records/absent.localhost/TXT", "{\"values\":[\"x\"]}");
    expect_problem(&w, 404, NULL);
    assert_string_equal(snapshot(f), before);
}

/* A hostname or a domain does not hide a record that is there, and a domain that is deleted takes its records along. */
static void test_beside_sites_and_domains(void **state)
{
    struct fixture *f = *state;

    make_domain(f, "zone", "zone.localhost");
    struct answer w = put(f, "shop.zone.localhost/CNAME", "{\"values\":[\"shop.example.\"]}");
    expect(&w, 202);
    w = ask(f, "POST", "/api/v1/sites", "{\"customerId\":\"zone\",\"hostnames\":[\"shop.zone.localhost\"]}");
    expect_problem(&w, 409, "/hostnames/0");
    w = ask(f, "POST", "/api/v1/domains", "{\"customerId\":\"zone\",\"domain\":\"shop.zone.localhost\"}");
    expect_problem(&w, 409, "/domain");
    w = ask(f, "GET", "/api/v1/sites/zone.localhost", NULL);
    w = ask(f, "DELETE", arena_printf(f->arena, "/api/v1/sites/%s", json_str_at(w.json, "/id")), NULL);
    expect(&w, 202);
    w = ask(f, "DELETE", "/api/v1/domains/zone.localhost", NULL);
    expect(&w, 202);
    make_domain(f, "zone", "zone.localhost");
    w = ask(f, "GET", RECORDS "shop.zone.localhost/CNAME", NULL);
    expect_problem(&w, 404, NULL);
}

/* The trash keeps the records, and none is written meanwhile. */
static void test_trash(void **state)
{
    struct fixture *f = *state;

    make_domain(f, "zone", "zone.localhost");
    struct answer w = put(f, "a.zone.localhost/A", "{\"values\":[\"192.0.2.1\"]}");
    expect(&w, 202);
    w = ask(f, "DELETE", "/api/v1/customers/zone", NULL);
    expect(&w, 202);
    w = put(f, "a.zone.localhost/A", "{\"values\":[\"192.0.2.2\"]}");
    expect_problem(&w, 409, NULL);
    w = ask(f, "POST", "/api/v1/customers/zone/restore", NULL);
    expect(&w, 202);
    w = ask(f, "GET", RECORDS "a.zone.localhost/A", NULL);
    expect(&w, 200);
    assert_string_equal(json_str_at(w.json, "/values/0"), "192.0.2.1");
}

static void test_dry_run(void **state)
{
    struct fixture *f = *state;

    make_domain(f, "zone", "zone.localhost");
    reconciler_start(f, "{\"changes\":[]}");
    struct answer w = put(f, "a.zone.localhost/A?dryRun=true", "{\"values\":[\"192.0.2.1\"]}");
    reconciler_stop(f);
    expect(&w, 200);
    assert_non_null(strstr(f->last_input, "\"192.0.2.1\"")); /* the plan's state has it */
    w = ask(f, "GET", RECORDS "a.zone.localhost/A", NULL);
    expect_problem(&w, 404, NULL);
}

/* --- zone files --- */

static struct answer import(struct fixture *f, const char *query, const char *text)
{
    const char *path = arena_printf(f->arena, "/api/v1/domains/zone.localhost/zone%s", query);
    struct http_request req = {
        .method = "POST", .path = path, .content_type = "text/plain", .body = text, .body_len = strlen(text)
    };
    struct error err = ERROR_INIT;
    struct answer w = { 0 };
    json_t *json;

    assert_int_equal(http_do(f->client, f->arena, &req, &w.http, &err), 0);
    w.status = (int)w.http.status;
    assert_int_equal(json_parse_foreign(f->arena, w.http.body, w.http.body_len, &json, &err), 0);
    w.json = json;
    return w;
}

static void test_import(void **state)
{
    static const char text[] = "$TTL 1h\n@ SOA ns1 h 1 2 3 4 5\n@ NS ns.other.\n@ A 192.0.2.1\nwww CNAME @\n"
                               "@ MX 10 mail\nmail A 192.0.2.2\n";
    struct fixture *f = *state;

    make_domain(f, "zone", "zone.localhost");
    struct answer w = put(f, "old.zone.localhost/TXT", "{\"values\":[\"x\"]}");
    expect(&w, 202);
    w = import(f, "", text);
    expect(&w, 202);
    assert_string_equal(json_str_at(w.json, "/operation/subject"), "domain/zone.localhost");
    assert_int_equal(json_int_at(w.json, "/import/written", -1), 2);
    assert_int_equal(json_int_at(w.json, "/import/deleted", -1), 0);
    assert_int_equal(json_array_size(json_at(w.json, "/import/skipped")), 3); /* NS, A and www are Berth's */
    w = ask(f, "GET", RECORDS "@/MX", NULL);
    expect(&w, 200);
    assert_string_equal(json_str_at(w.json, "/values/0"), "10 mail.zone.localhost.");
    assert_int_equal(json_int_at(w.json, "/ttl", 0), 3600);

    w = import(f, "?mode=replace", text);
    expect(&w, 202);
    assert_int_equal(json_int_at(w.json, "/import/written", -1), 0);
    assert_int_equal(json_int_at(w.json, "/import/unchanged", -1), 2);
    assert_int_equal(json_int_at(w.json, "/import/deleted", -1), 1);
    w = ask(f, "GET", RECORDS "old.zone.localhost/TXT", NULL);
    expect_problem(&w, 404, NULL);

    const char *before = snapshot(f);
    w = import(f, "", "a A 192.0.2.1\nb A x\n");
    expect_problem(&w, 422, "/line/2");
    w = import(f, "", "mail CNAME x\n");
    expect_problem(&w, 409, "/zone");
    w = import(f, "?mode=other", text);
    expect_problem(&w, 400, "/mode");
    w = ask(f, "POST", "/api/v1/domains/zone.localhost/zone", "{}"); /* says that it is JSON */
    expect_problem(&w, 415, NULL);
    assert_string_equal(snapshot(f), before);
    reconciler_start(f, "{\"changes\":[]}");
    w = import(f, "?mode=replace&dryRun=true", "@ MX 10 mail\n");
    reconciler_stop(f);
    expect(&w, 200);
    assert_int_equal(json_int_at(w.json, "/import/deleted", -1), 1);
    w = ask(f, "GET", RECORDS "mail.zone.localhost/A", NULL);
    expect(&w, 200);
}

static void test_export(void **state)
{
    struct fixture *f = *state;

    make_domain(f, "zone", "zone.localhost");
    reconciler_start(
        f, "{\"records\":[{\"name\":\"zone.localhost\",\"type\":\"MX\",\"ttl\":60,\"values\":[\"10 a.\",\"20 b.\"]}]}");
    struct answer w = ask(f, "GET", "/api/v1/domains/zone.localhost/zone", NULL);
    reconciler_stop(f);
    expect(&w, 200);
    assert_string_equal(w.http.content_type, "text/plain; charset=utf-8");
    assert_string_equal(w.http.body, "$ORIGIN zone.localhost.\n$TTL 300\nzone.localhost.\t60\tIN\tMX\t10 a.\n"
                                     "zone.localhost.\t60\tIN\tMX\t20 b.\n");
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, fixture_up, fixture_down)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_life),  TEST(test_refused), TEST(test_beside_sites_and_domains),
        TEST(test_trash), TEST(test_dry_run), TEST(test_import),
        TEST(test_export)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
