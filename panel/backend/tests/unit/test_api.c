/* The HTTP API over real HTTP: signing in, and the life of plans, customers, sites and domains. */
#include "api_fixture.h"

static void test_first_token(void **state)
{
    struct fixture *f = *state;
    struct stat st;
    int64_t count;
    struct error err = ERROR_INIT;

    assert_int_equal(stat(arena_printf(f->arena, "%s/admin-token", f->dir), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(store_token_count(f->store, &count, &err), 0);
    assert_int_equal(count, 1);
}

static void test_unauthenticated(void **state)
{
    struct fixture *f = *state;
    static const char *const wrong[] = { "Authorization: Bearer berth_wrong", NULL };
    static const char *const basic[] = { "Authorization: Basic YTpi", NULL };
    struct answer w = ask_as(f, f->bare, "GET", "/api/v1/customers", NULL, NULL);

    expect_problem(&w, 401, NULL);
    assert_non_null(http_header(&w.http, "www-authenticate"));
    w = ask_as(f, f->bare, "GET", "/api/v1/customers", NULL, wrong);
    expect_problem(&w, 401, NULL);
    w = ask_as(f, f->bare, "POST", "/api/v1/sites/sabcdefgh/releases", NULL, basic);
    expect_problem(&w, 401, NULL);
}

static const char *cookie_of(struct fixture *f, const struct answer *w)
{
    const char *set = http_header(&w->http, "set-cookie");

    assert_non_null(set);
    assert_non_null(strstr(set, "HttpOnly"));
    assert_non_null(strstr(set, "Secure"));
    assert_non_null(strstr(set, "SameSite=Strict"));
    return arena_printf(f->arena, "Cookie: %.*s", (int)strcspn(set, ";"), set);
}

static void test_session(void **state)
{
    struct fixture *f = *state;
    const char *body = arena_printf(f->arena, "{\"token\":\"%s\"}", f->token);
    struct answer w = ask_as(f, f->bare, "POST", "/api/v1/session", body, NULL);

    expect(&w, 200);
    assert_string_equal(json_str_at(w.json, "/user"), "admin");
    const char *cookie = cookie_of(f, &w);
    const char *const plain[] = { cookie, NULL }, *const own[] = { cookie, "Origin: " PUBLIC_URL, NULL },
                      *const foreign[] = { cookie, "Origin: https://evil.example", NULL };
    w = ask_as(f, f->bare, "GET", "/api/v1/session", NULL, plain);
    expect(&w, 200);
    assert_true(clock_parse_rfc3339(json_str_at(w.json, "/expiresAt")) > clock_wall_ms());
    const char *customer = "{\"id\":\"cookie\",\"plan\":\"small\"}";
    w = ask_as(f, f->bare, "POST", "/api/v1/customers", customer, plain);
    expect_problem(&w, 403, NULL);
    w = ask_as(f, f->bare, "POST", "/api/v1/customers", customer, foreign);
    expect_problem(&w, 403, NULL);
    w = ask_as(f, f->bare, "POST", "/api/v1/customers", customer, own);
    expect(&w, 202);
    w = ask_as(f, f->bare, "DELETE", "/api/v1/session", NULL, own);
    expect(&w, 204);
    w = ask_as(f, f->bare, "GET", "/api/v1/session", NULL, plain);
    expect_problem(&w, 401, NULL);
    w = ask_as(f, f->bare, "POST", "/api/v1/session", "{\"token\":\"berth_no\"}", NULL);
    expect_problem(&w, 401, NULL);
}

static void test_paths_and_methods(void **state)
{
    struct fixture *f = *state;
    struct answer w = ask(f, "GET", "/api/v1/nothing", NULL);

    expect_problem(&w, 404, NULL);
    w = ask(f, "GET", "/api/v1/customers/%FF%FE", NULL);
    expect_problem(&w, 404, NULL);
    w = ask(f, "PUT", "/api/v1/customers", "{}");
    expect_problem(&w, 405, NULL);
    assert_string_equal(http_header(&w.http, "allow"), "GET, HEAD, POST");
    w = ask(f, "GET", "/api/v1/customers?nonsense=1", NULL);
    expect_problem(&w, 400, "/nonsense");
    w = ask(f, "GET", "/api/v1/customers?limit=0", NULL);
    expect_problem(&w, 400, "/limit");
    w = ask(f, "GET", "/api/v1/customers?limit=2&limit=3", NULL);
    expect_problem(&w, 400, "/limit");
    w = ask(f, "GET", "/api/v1/customers?q=%FF", NULL);
    expect_problem(&w, 400, "/q");
    w = ask(f, "GET", "/api/v1/customers?state=odd", NULL);
    expect_problem(&w, 400, "/state");
    w = ask(f, "GET", "/api/v1/customers?cursor=%21%21", NULL);
    expect_problem(&w, 400, "/cursor");
    w = ask(f, "POST", "/api/v1/customers?dryRun=perhaps", "{\"id\":\"xx\",\"plan\":\"small\"}");
    expect_problem(&w, 400, "/dryRun");
}

static void test_meta(void **state)
{
    struct fixture *f = *state;
    struct answer w = ask_as(f, f->bare, "GET", "/api/v1/openapi.json", NULL, NULL);

    expect(&w, 200);
    assert_string_equal(json_str_at(w.json, "/paths/~1api~1v1~1plans/get/operationId"), "listPlans");
    w = ask_as(f, f->bare, "GET", "/healthz", NULL, NULL);
    expect(&w, 200);
    w = ask_as(f, f->bare, "GET", "/readyz", NULL, NULL);
    expect(&w, 200);
    w = ask_as(f, f->bare, "GET", "/api/v1/version", NULL, NULL);
    assert_non_null(json_str_at(w.json, "/version"));
    w = ask_as(f, f->bare, "GET", "/metrics", NULL, NULL);
    assert_non_null(strstr(w.http.body, "berth_http_requests_total{operation=\"getHealth\",status=\"200\"} 1"));
}

static void test_plans(void **state)
{
    struct fixture *f = *state;
    struct answer w = ask(f, "POST", "/api/v1/plans",
                          "{\"id\":\"tiny\",\"cpu\":\"100m\",\"memory\":\"128Mi\",\"storage\":\"2Gi\",\"sites\":1}");

    expect(&w, 201);
    assert_string_equal(http_header(&w.http, "location"), "/api/v1/plans/tiny");
    assert_int_equal(json_int_at(w.json, "/mailboxes", 0), 10);
    const char *etag = arena_printf(f->arena, "If-Match: %s", http_header(&w.http, "etag"));
    const char *larger = "{\"cpu\":\"200m\",\"memory\":\"128Mi\",\"storage\":\"2Gi\"}";
    w = ask_with(f, "PUT", "/api/v1/plans/tiny", larger, etag);
    expect(&w, 200);
    assert_string_equal(json_str_at(w.json, "/cpu"), "200m");
    w = ask_with(f, "PUT", "/api/v1/plans/tiny", larger, etag);
    expect_problem(&w, 412, NULL);
    w = ask(f, "POST", "/api/v1/customers", "{\"id\":\"one\",\"plan\":\"tiny\"}");
    expect(&w, 202);
    w = ask(f, "DELETE", "/api/v1/plans/tiny", NULL);
    expect_problem(&w, 409, NULL);
    w = ask(f, "POST", "/api/v1/plans", "{\"id\":\"small\",\"cpu\":\"1\",\"memory\":\"1Gi\",\"storage\":\"2Gi\"}");
    expect_problem(&w, 409, "/id");
    w = ask(f, "DELETE", "/api/v1/plans/medium", NULL);
    expect(&w, 204);
    w = ask(f, "GET", "/api/v1/plans/medium", NULL);
    expect_problem(&w, 404, NULL);
    make_domain(f, "one", "one.localhost");
    const char *none = "{\"cpu\":\"200m\",\"memory\":\"128Mi\",\"storage\":\"2Gi\",\"sites\":0}";
    w = ask(f, "PUT", "/api/v1/plans/tiny", none);
    expect_problem(&w, 428, NULL);
    w = ask_with(f, "PUT", "/api/v1/plans/tiny", none, "If-Match: *");
    expect_problem(&w, 409, "/sites");
}

static void test_customer_life(void **state)
{
    struct fixture *f = *state;
    struct answer w = ask(f, "POST", "/api/v1/customers",
                          "{\"id\":\"example\",\"name\":\"Example Ltd\",\"plan\":\"small\"}");

    expect(&w, 202);
    assert_string_equal(json_str_at(w.json, "/operation/kind"), "customer.create");
    assert_string_equal(json_str_at(w.json, "/operation/subject"), "customer/example");
    assert_string_equal(http_header(&w.http, "location"),
                        arena_printf(f->arena, "/api/v1/operations/%s", json_str_at(w.json, "/operation/id")));
    w = ask(f, "POST", "/api/v1/customers", "{\"id\":\"example\",\"plan\":\"small\"}");
    expect_problem(&w, 409, "/id");
    w = ask(f, "POST", "/api/v1/customers/example/suspend", "{\"reason\":\"unpaid\"}");
    expect(&w, 202);
    assert_string_equal(json_str_at(w.json, "/customer/suspendReason"), "unpaid");
    w = ask(f, "DELETE", "/api/v1/customers/example", NULL);
    expect(&w, 202);
    assert_string_equal(json_str_at(w.json, "/customer/state"), "trashed");
    assert_int_equal(clock_parse_rfc3339(json_str_at(w.json, "/customer/eraseAt")) -
                         clock_parse_rfc3339(json_str_at(w.json, "/customer/trashedAt")),
                     24 * 3600 * 1000);
    w = ask(f, "PATCH", "/api/v1/customers/example", "{\"name\":\"x\"}");
    expect_problem(&w, 409, NULL);
    w = ask(f, "POST", "/api/v1/domains", "{\"customerId\":\"example\",\"domain\":\"late.localhost\"}");
    expect_problem(&w, 409, NULL);
    w = ask(f, "POST", "/api/v1/customers/example/restore", NULL);
    expect(&w, 202);
    assert_string_equal(json_str_at(w.json, "/customer/state"), "suspended");
    w = ask(f, "POST", "/api/v1/customers/example/resume", NULL);
    expect(&w, 202);
    assert_null(json_str_at(w.json, "/customer/suspendReason"));
    w = ask(f, "POST", "/api/v1/customers/example/resume", NULL);
    expect_problem(&w, 409, NULL);
    w = ask(f, "POST", "/api/v1/customers/example/reconcile", NULL);
    expect(&w, 202);
    w = ask(f, "DELETE", "/api/v1/customers/example?purge=true", NULL);
    expect(&w, 202);
    assert_string_equal(json_str_at(w.json, "/customer/state"), "erasing");
    w = ask(f, "POST", "/api/v1/customers/example/restore", NULL);
    expect_problem(&w, 409, NULL);
}

static void test_if_match(void **state)
{
    struct fixture *f = *state;
    struct answer w = ask(f, "POST", "/api/v1/customers", "{\"id\":\"match\",\"plan\":\"small\"}");
    const char *etag = arena_printf(f->arena, "If-Match: %s", http_header(&w.http, "etag"));

    w = ask_with(f, "PATCH", "/api/v1/customers/match", "{\"name\":\"new\"}", etag);
    expect(&w, 202);
    w = ask_with(f, "PATCH", "/api/v1/customers/match", "{\"name\":\"newer\"}", etag);
    expect_problem(&w, 412, NULL);
    w = ask(f, "GET", "/api/v1/customers/match", NULL);
    assert_string_equal(json_str_at(w.json, "/name"), "new");
    assert_string_equal(http_header(&w.http, "etag"), "\"2\"");
}

static void test_idempotency(void **state)
{
    struct fixture *f = *state;
    const char *body = "{\"id\":\"once\",\"plan\":\"small\"}";
    struct answer first = ask_with(f, "POST", "/api/v1/customers", body, "Idempotency-Key: k1"),
                  again = ask_with(f, "POST", "/api/v1/customers", body, "Idempotency-Key: k1");

    expect(&first, 202);
    expect(&again, 202);
    assert_string_equal(first.http.body, again.http.body);
    assert_string_equal(http_header(&first.http, "location"), http_header(&again.http, "location"));
    struct answer w = ask_with(f, "POST", "/api/v1/customers", "{\"id\":\"twice\",\"plan\":\"small\"}",
                               "Idempotency-Key: k1");
    expect_problem(&w, 409, NULL);
    w = ask(f, "GET", "/api/v1/customers/twice", NULL);
    expect_problem(&w, 404, NULL);
    w = ask_with(f, "POST", "/api/v1/customers", body, "Idempotency-Key: has blanks");
    expect_problem(&w, 400, NULL);
}

static void test_domain_makes_all(void **state)
{
    struct fixture *f = *state;
    struct answer w = ask(f, "POST", "/api/v1/domains", "{\"customerId\":\"shop\",\"domain\":\"shop.localhost\"}");

    expect(&w, 202);
    assert_string_equal(json_str_at(w.json, "/customer/plan"), "small");
    assert_int_equal(json_int_at(w.json, "/customer/counts/sites", 0), 1);
    assert_string_equal(json_str_at(w.json, "/domain/nameservers/0"), "ns1.berth.localhost");
    assert_string_equal(json_str_at(w.json, "/site/hostnames/1"), "www.shop.localhost");
    assert_string_equal(json_str_at(w.json, "/site/url"), "https://shop.localhost:8443");
    assert_string_equal(json_str_at(w.json, "/operation/subject"), "domain/shop.localhost");
    const char *site = json_str_at(w.json, "/site/id");
    w = ask(f, "GET", "/api/v1/sites/www.shop.localhost", NULL);
    expect(&w, 200);
    assert_string_equal(json_str_at(w.json, "/id"), site);
    w = ask(f, "DELETE", "/api/v1/domains/shop.localhost", NULL);
    expect_problem(&w, 409, NULL);
    w = ask(f, "PATCH", arena_printf(f->arena, "/api/v1/sites/%s", site),
            "{\"hostnames\":[\"shop.berth.localhost\"],\"replicas\":0}");
    expect(&w, 202);
    assert_int_equal(json_int_at(w.json, "/site/replicas", 9), 0);
    w = ask(f, "DELETE", "/api/v1/domains/shop.localhost", NULL);
    expect(&w, 202);
    w = ask(f, "DELETE", arena_printf(f->arena, "/api/v1/sites/%s", site), NULL);
    expect(&w, 202);
    w = ask(f, "GET", arena_printf(f->arena, "/api/v1/sites/%s", site), NULL);
    expect_problem(&w, 404, NULL);
}

static void test_limits(void **state)
{
    struct fixture *f = *state;
    struct answer w;

    make_domain(f, "full", "a.localhost");
    make_domain(f, "full", "b.localhost");
    w = ask(f, "POST", "/api/v1/domains", "{\"customerId\":\"full\",\"domain\":\"c.localhost\"}");
    expect_problem(&w, 422, "/domain");
    assert_non_null(strstr(w.http.body, "allows 2 domains"));
    w = ask(f, "POST", "/api/v1/sites", "{\"customerId\":\"full\",\"hostnames\":[\"x.a.localhost\"]}");
    expect_problem(&w, 422, "/customerId");
    assert_non_null(strstr(w.http.body, "allows 2 sites"));
}

static void test_pages(void **state)
{
    struct fixture *f = *state;
    const char *path = "/api/v1/customers?limit=2", *cursor;
    size_t seen = 0;

    for (int i = 0; i < 5; i++) {
        struct answer made = ask(f, "POST", "/api/v1/customers",
                                 arena_printf(f->arena, "{\"id\":\"page%d\",\"plan\":\"small\"}", i));
        expect(&made, 202);
    }
    for (cursor = ""; cursor;
         path = arena_printf(f->arena, "/api/v1/customers?limit=2&cursor=%s", cursor ? cursor : "")) {
        struct answer w = ask(f, "GET", path, NULL);
        expect(&w, 200);
        assert_string_equal(json_str_at(w.json, "/items/0/id"), arena_printf(f->arena, "page%zu", seen));
        seen += json_array_size(json_object_get(w.json, "items"));
        cursor = json_str_at(w.json, "/nextCursor");
        if (cursor) {
            w = ask(f, "GET", arena_printf(f->arena, "/api/v1/customers?limit=2&q=page&cursor=%s", cursor), NULL);
            expect_problem(&w, 400, "/cursor");
        }
    }
    assert_int_equal(seen, 5);
}

/* --- looks --- */

static void test_dry_run(void **state)
{
    struct fixture *f = *state;
    const char *before = snapshot(f);

    reconciler_start(f, "{\"changes\":[{\"plane\":\"kubernetes\",\"action\":\"create\",\"object\":\"Namespace/"
                        "cust-dry\",\"fields\":[]}]}");
    struct answer w = ask(f, "POST", "/api/v1/domains?dryRun=true",
                          "{\"customerId\":\"dry\",\"domain\":\"dry.localhost\"}");
    reconciler_stop(f);
    expect(&w, 200);
    assert_string_equal(json_str_at(w.json, "/changes/0/object"), "Namespace/cust-dry");
    assert_non_null(strstr(f->last_input, "www.dry.localhost"));
    assert_string_equal(snapshot(f), before);
    w = ask(f, "POST", "/api/v1/domains?dryRun=true", "{\"customerId\":\"dry\",\"domain\":\"dry.localhost\"}");
    expect_problem(&w, 504, NULL);
    assert_string_equal(snapshot(f), before);
}

static void test_records_and_diff(void **state)
{
    struct fixture *f = *state;
    struct answer w;

    make_domain(f, "zone", "zone.localhost");
    reconciler_start(f, "{\"changes\":[],\"records\":[{\"name\":\"zone.localhost\",\"type\":\"A\",\"ttl\":300,"
                        "\"values\":[\"10.77.0.11\"],\"owned\":true},{\"name\":\"www.zone.localhost\",\"type\":\"A\","
                        "\"ttl\":300,\"values\":[\"10.77.0.11\"],\"owned\":true}]}");
    w = ask(f, "GET", "/api/v1/domains/zone.localhost/records?limit=1", NULL);
    expect(&w, 200);
    const char *next = arena_printf(f->arena, "/api/v1/domains/zone.localhost/records?limit=1&cursor=%s",
                                    json_str_at(w.json, "/nextCursor"));
    w = ask(f, "GET", next, NULL);
    expect(&w, 200);
    assert_string_equal(json_str_at(w.json, "/items/0/name"), "zone.localhost"); /* after www: by name */
    assert_null(json_str_at(w.json, "/nextCursor"));
    w = ask(f, "POST", "/api/v1/customers/zone/diff", NULL);
    expect(&w, 200);
    f->answer = NULL;
    w = ask(f, "POST", "/api/v1/customers/zone/diff", NULL);
    expect_problem(&w, 503, NULL);
    reconciler_stop(f);
    w = ask(f, "POST", "/api/v1/customers/zone/diff", NULL);
    expect_problem(&w, 504, NULL);
    w = ask(f, "GET", "/api/v1/domains/zone.localhost/records", NULL);
    expect_problem(&w, 504, NULL);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, fixture_up, fixture_down)

int main(int argc, char **argv)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_first_token),   TEST(test_unauthenticated),
        TEST(test_session),       TEST(test_paths_and_methods),
        TEST(test_meta),          TEST(test_plans),
        TEST(test_customer_life), TEST(test_if_match),
        TEST(test_idempotency),   TEST(test_domain_makes_all),
        TEST(test_limits),        TEST(test_pages),
        TEST(test_dry_run),       TEST(test_records_and_diff),
    };

    /* For check_routes.py. */
    if (argc == 2 && str_eq(argv[1], "--routes")) {
        api_print_routes(stdout);
        return 0;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
