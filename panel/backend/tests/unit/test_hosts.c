/* The list of a customer's hostnames (reconcile/hosts.h), against a stand-in for the API server that holds one ConfigMap:
 * what is listed at each moment, and which requests are sent. */
#include "store_fixture.h"

#include "base/file.h"
#include "base/httpd.h"
#include "base/json.h"
#include "reconcile/hosts.h"
#include "reconcile/seen.h"
#include "reconcile/template.h"

#define TEMPLATES REPOSITORY "/k8s/tenants/templates"

static const char *hostnames[3];
static struct site sites[2] = { { .id = "sa", .hostnames = hostnames }, { .id = "sb", .hostnames = hostnames + 2 } };

struct world {
    struct fixture *f;
    struct arena *arena;
    struct httpd *httpd;
    struct planes planes;
    struct settings settings;
    struct tenant tenant;
    struct step_ctx *ctx;
    const char *listed; /* what the server's ConfigMap lists; NULL: there is none */
    char log[256]; /* each write, as what it lists from then on */
};

static void serve(void *ctx, struct httpd_request *req, struct httpd_response *res)
{
    struct world *w = ctx;
    struct arena *a = httpd_arena(req);
    struct error err = ERROR_INIT;
    size_t len;
    const char *body = httpd_body(req, &len);
    json_t *json;

    if (!str_eq(httpd_method(req), "GET")) {
        expect_ok(json_parse(a, body, len, &json, &err));
        w->listed = arena_strdup(w->arena, json_str_at(json, "/data/hosts"));
        (void)snprintf(w->log + strlen(w->log), sizeof w->log - strlen(w->log), "%s[%s] ", httpd_method(req),
                       w->listed);
    }
    const char *text = "{\"kind\":\"Status\",\"reason\":\"NotFound\",\"message\":\"not found\"}";
    if (w->listed)
        text = arena_printf(a,
                            "{\"kind\":\"ConfigMap\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"tenant-hosts\","
                            "\"namespace\":\"cust-one\",\"uid\":\"u\",\"resourceVersion\":\"1\",\"labels\":{\"backup\":"
                            "\"true\",\"customer-id\":\"one\",\"app.kubernetes.io/managed-by\":\"berth\"}},"
                            "\"data\":{\"hosts\":\"%s\"}}",
                            w->listed);
    *res = (struct httpd_response){ .status = w->listed ? 200 : 404, .body = text, .body_len = strlen(text) };
}

static void on_error(void *ctx, struct httpd_request *req, const struct error *err, struct httpd_response *res)
{
    (void)ctx, (void)req, (void)err;
    *res = (struct httpd_response){ .status = 500 };
}

static int up(void **state)
{
    struct world *w = unit_new(sizeof *w);
    struct error err = ERROR_INIT;
    void *fixture;

    assert_int_equal(fixture_up(&fixture), 0);
    w->f = fixture;
    w->arena = w->f->arena;
    const struct httpd_config config = { .address = "127.0.0.1:0", .handler = serve, .on_error = on_error, .ctx = w };
    expect_ok(httpd_start(&config, &w->httpd, &err));
    const char *file = arena_printf(w->arena, "%s/kubeconfig", w->f->dir);
    const char *text = arena_printf(w->arena,
                                    "{current-context: c, contexts: [{name: c, context: {cluster: c}}], clusters: "
                                    "[{name: c, cluster: {server: \"http://127.0.0.1:%u\"}}]}",
                                    httpd_port(w->httpd));
    expect_ok(file_write(file, text, strlen(text), 0600, &err));
    expect_ok(kube_new(file, &w->planes.kube, &err));
    expect_ok(templates_load(TEMPLATES, &w->planes.templates, &err));
    w->planes.store = w->f->store;
    w->planes.settings = &w->settings;
    w->planes.seen = seen_new(w->planes.kube, w->planes.store);
    w->tenant = (struct tenant){
        .customer = { .id = "one", .uid = "uid", .state = CUSTOMER_ACTIVE },
        .plan = { .id = "small", .cpu = "500m", .memory = "512Mi", .storage = "10Gi", .volumes = 2, .sites = 2 },
        .site_count = 2,
        .sites = sites
    };
    w->ctx = arena_alloc(w->arena, sizeof *w->ctx);
    w->ctx->arena = w->arena;
    w->ctx->tenant = &w->tenant;
    w->ctx->planes = &w->planes;
    *state = w;
    return 0;
}

static int down(void **state)
{
    struct world *w = *state;
    void *fixture = w->f;

    httpd_stop(w->httpd, 500);
    seen_stop(w->planes.seen);
    kube_free(w->planes.kube);
    templates_free(w->planes.templates);
    free(w);
    return fixture_down(&fixture);
}

/* The first site has the first two names, the second site the third; NULL: none. */
static void want(const char *first, const char *second, const char *third)
{
    hostnames[0] = first;
    hostnames[1] = second;
    hostnames[2] = third;
    sites[0].hostname_count = (size_t)(first != NULL) + (second != NULL);
    sites[1].hostname_count = third != NULL;
}

/* What is written by the two halves, a stroke between them. */
static const char *both(struct world *w)
{
    struct error err = ERROR_INIT;

    w->log[0] = '\0';
    assert_int_equal(hosts_add(w->ctx, &err), STEP_DONE);
    (void)snprintf(w->log + strlen(w->log), sizeof w->log - strlen(w->log), "| ");
    assert_int_equal(hosts_settle(w->ctx, &err), STEP_DONE);
    return w->log;
}

static void test_union(void **state)
{
    static const struct {
        const char *have, *want, *out;
    } rows[] = {
        { "", "", NULL },        { "a", "", NULL },       { "a b", "b", NULL },      { "b a", "a b", NULL },
        { "", "a", "a" },        { "a", "a b", "a b" },   { "a b", "b c", "b c a" }, { "a  b ", "c", "c a b" },
        { "a.x", "a", "a a.x" }, { "x", "a b", "a b x" },
    };
    struct world *w = *state;

    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *out = hosts_union(w->arena, rows[i].have, rows[i].want);
        if (!str_eq(out, rows[i].out))
            fail_msg("row %zu: %s", i, out ? out : "NULL");
    }
}

/* All hostnames of all sites, in one object, before any Ingress. */
static void test_made(void **state)
{
    struct world *w = *state;

    want("a", "b", "c");
    assert_string_equal(both(w), "POST[a b c] | ");
    w->listed = NULL;
    want(NULL, NULL, NULL);
    assert_string_equal(both(w), "POST[] | ");
}

/* Added before the Ingresses, struck off behind them: in between both hold. */
static void test_changed(void **state)
{
    struct world *w = *state;

    w->listed = "a b";
    want("a", "b", "c");
    assert_string_equal(both(w), "PATCH[a b c] | ");
    assert_string_equal(both(w), "| ");
    want("b", NULL, "d");
    assert_string_equal(both(w), "PATCH[b d a c] | PATCH[b d] ");
    want("d", NULL, NULL);
    assert_string_equal(both(w), "| PATCH[d] ");
}

/* Nobody may route a suspended customer's hosts; they come back with it. */
static void test_suspended(void **state)
{
    struct world *w = *state;

    w->listed = "a";
    want("a", NULL, NULL);
    w->tenant.customer.state = CUSTOMER_SUSPENDED;
    assert_string_equal(both(w), "| PATCH[] ");
    w->tenant.customer.state = CUSTOMER_ACTIVE;
    assert_string_equal(both(w), "PATCH[a] | ");
}

/* When all had been right, what differs is somebody else's doing: it goes at once, by one repair. */
static void test_repaired(void **state)
{
    struct world *w = *state;

    w->ctx->repair = true;
    want("a", NULL, NULL);
    w->listed = "victim";
    assert_string_equal(both(w), "PATCH[a] | ");
    w->listed = "a victim";
    assert_string_equal(both(w), "PATCH[a] | ");
}

static void test_planned(void **state)
{
    struct world *w = *state;

    w->ctx->dry = true;
    w->listed = "a b";
    want("b", NULL, "c");
    assert_string_equal(both(w), "| ");
    assert_int_equal(w->ctx->change_count, 1);
    assert_string_equal(w->ctx->changes[0].object, "cust-one/ConfigMap/tenant-hosts");
    assert_string_equal(w->ctx->changes[0].fields[0], "/data/hosts: a b -> b c");
}

/* A deleted site's Ingress is perhaps still there: its hostnames stay listed until the site is seen to be gone. */
static void test_site_going(void **state)
{
    struct world *w = *state;
    struct error err = ERROR_INIT;

    add_customer(w->f, "one");
    add_site(w->f, "one", "sx", "x");
    struct store_tx *tx = begin(w->f);
    expect_ok(store_site_delete(tx, "sx", &err));
    commit(tx);
    w->listed = "a x";
    want("a", NULL, NULL);
    assert_int_equal(hosts_add(w->ctx, &err), STEP_DONE);
    assert_int_equal(hosts_settle(w->ctx, &err), STEP_WAIT);
    assert_string_equal(w->log, "");
    expect_ok(store_tombstone_clear(w->planes.store, NULL, "one", "site", "sx", &err));
    assert_string_equal(both(w), "| PATCH[a] ");
}

#undef TEST
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, up, down)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_union),    TEST(test_made),    TEST(test_changed),    TEST(test_suspended),
        TEST(test_repaired), TEST(test_planned), TEST(test_site_going),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
