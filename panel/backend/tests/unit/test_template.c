/* The real templates of k8s/tenants/templates (reconcile/template.h, reconcile/objects.h): each can be filled in, no
 * placeholder is left, and values are data. */
#include "unit.h"

#include <ctype.h>

#include "base/json.h"
#include "reconcile/objects.h"
#include "reconcile/template.h"

#define TEMPLATES REPOSITORY "/k8s/tenants/templates"

static const char *const site_templates[] = { "deployment", "service", "ingress", "helper-pod" };
static const char *const all_templates[] = {
    "namespace",   "resourcequota",   "limitrange", "networkpolicy", "networkpolicy-helper",
    "rolebinding", "configmap-hosts", "pvc",        "deployment",    "service",
    "ingress",     "helper-pod"
};

static const char *hostnames[] = { "example.com", "www.example.com", "shop.example.com" };
static struct site site = { .id = "saaaaaaaa",
                            .customer = "example",
                            .runtime = "static",
                            .replicas = 2,
                            .hostname_count = 3,
                            .hostnames = hostnames };
static const struct settings settings = { .storage_class = "longhorn",
                                          .image_static = "registry.example/web-static:1",
                                          .image_helper = "registry.example/helper:1" };

struct world {
    struct arena *arena;
    struct templates *templates;
    struct tenant tenant;
    struct planes planes;
    struct step_ctx *ctx;
};

static int world_up(void **state)
{
    struct arena *a = arena_new();
    struct world *w = arena_alloc(a, sizeof *w);
    struct error err = ERROR_INIT;

    w->arena = a;
    expect_ok(templates_load(TEMPLATES, &w->templates, &err));
    w->tenant = (struct tenant){
        .customer = { .id = "example", .uid = "0000-uid", .state = CUSTOMER_ACTIVE },
        .plan = { .id = "small", .cpu = "500m", .memory = "512Mi", .storage = "10Gi", .volumes = 2, .sites = 2 },
        .site_count = 1,
        .sites = &site
    };
    w->planes = (struct planes){ .settings = &settings, .templates = w->templates };
    w->ctx = arena_alloc(a, sizeof *w->ctx);
    w->ctx->arena = a;
    w->ctx->tenant = &w->tenant;
    w->ctx->planes = &w->planes;
    *state = w;
    return 0;
}

static int world_down(void **state)
{
    struct world *w = *state;

    templates_free(w->templates);
    arena_free(w->arena);
    return 0;
}

/* As the steps fill it in; the helper pod gets its release's values besides, and the list of hosts its text. */
static json_t *filled(struct world *w, const char *name)
{
    static const char *const extra[] = { "RELEASE_URL", "RELEASE_TOKEN", "RELEASE_ID", "RELEASE_SHA256", "HOSTNAMES" };
    bool more = str_eq(name, "helper-pod") || str_eq(name, "configmap-hosts");
    struct error err = ERROR_INIT;
    bool of_site = false;
    json_t *json;
    size_t n;

    for (size_t i = 0; i < COUNT(site_templates); i++)
        of_site |= str_eq(site_templates[i], name);
    struct placeholder *v = object_values(w->ctx, of_site ? &site : NULL, COUNT(extra), &n);
    for (size_t i = 0; more && i < COUNT(extra); i++)
        v[n++] = (struct placeholder){ .name = extra[i], .text = arena_printf(w->arena, "value-%zu", i) };
    expect_ok(template_fill(w->templates, w->arena, name, v, n, &json, &err));
    return json;
}

/* Words of capitals and underscores are placeholders, but for the names of environment variables and protocols. */
static void no_placeholder_in(const char *template, const char *s)
{
    while (*s) {
        size_t len = strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789");
        bool camel = islower((unsigned char)s[len]);
        if (len >= 4 && isupper((unsigned char)s[0]) && !camel && !str_starts(s, "BERTH_") && !str_starts(s, "HTTP"))
            fail_msg("%s: '%.*s' is left", template, (int)len, s);
        s += len ? len : 1;
    }
}

static void no_placeholder(const char *template, const json_t *tree)
{
    const char *key;
    json_t *item;
    size_t i;

    if (json_is_string(tree))
        no_placeholder_in(template, json_string_value(tree));
    json_object_foreach((json_t *)(uintptr_t)tree, key, item)
    {
        no_placeholder_in(template, key);
        no_placeholder(template, item);
    }
    json_array_foreach(tree, i, item) no_placeholder(template, item);
}

static void test_every_template(void **state)
{
    struct world *w = *state;

    for (size_t i = 0; i < COUNT(all_templates); i++) {
        const json_t *json = filled(w, all_templates[i]);
        no_placeholder(all_templates[i], json);
        int kind = kube_kind_parse(json_str_at(json, "/kind"));
        assert_true(kind >= 0); /* a kind that the client can write */
        assert_non_null(json_str_at(json, "/apiVersion"));
        /* what the watches select, what the backup selects, and whose it is (k8s/backup) */
        assert_string_equal(json_str_at(json, "/metadata/labels/app.kubernetes.io~1managed-by"), "berth");
        assert_string_equal(json_str_at(json, "/metadata/labels/backup"), "true");
        assert_string_equal(json_str_at(json, "/metadata/labels/customer-id"), "example");
        if (kind == KUBE_NAMESPACE)
            assert_string_equal(json_str_at(json, "/metadata/name"), "cust-example");
        else
            assert_string_equal(json_str_at(json, "/metadata/namespace"), "cust-example");
    }
}

static void test_values_in_place(void **state)
{
    struct world *w = *state;
    const json_t *json = filled(w, "deployment");

    assert_true(json_is_integer(json_at(json, "/spec/replicas"))); /* a number, not text */
    assert_int_equal(json_int_at(json, "/spec/replicas", -1), 2);
    assert_string_equal(json_str_at(json, "/metadata/name"), "site-saaaaaaaa");
    assert_string_equal(json_str_at(json, "/spec/template/spec/containers/0/image"), settings.image_static);
    json = filled(w, "helper-pod");
    assert_string_equal(json_str_at(json, "/spec/containers/0/image"), settings.image_helper);
    assert_string_equal(json_str_at(json, "/metadata/name"), "deploy-value-2");
    json = filled(w, "namespace");
    assert_string_equal(json_str_at(json, "/metadata/annotations/berth.dev~1customer-uid"), "0000-uid");
    json = filled(w, "configmap-hosts");
    assert_string_equal(json_str_at(json, "/data/hosts"), "value-4");
    json = filled(w, "pvc");
    assert_string_equal(json_str_at(json, "/spec/storageClassName"), "longhorn");
    json = filled(w, "resourcequota");
    assert_string_equal(json_str_at(json, "/spec/hard/requests.storage"), "10Gi");
    assert_string_equal(json_str_at(json, "/spec/hard/services.nodeports"), "0");
}

/* A site of a customer that is not served runs nowhere. */
static void test_suspended_has_no_replicas(void **state)
{
    struct world *w = *state;

    w->tenant.customer.state = CUSTOMER_SUSPENDED;
    assert_int_equal(json_int_at(filled(w, "deployment"), "/spec/replicas", -1), 0);
}

/* The element that holds DOMAIN stands once for each hostname, in their order, each with the rest of the element. */
static void test_list_is_repeated(void **state)
{
    struct world *w = *state;
    const json_t *rules = json_at(filled(w, "ingress"), "/spec/rules"), *rule;
    size_t i;

    assert_int_equal(json_array_size(rules), 3);
    json_array_foreach(rules, i, rule)
    {
        assert_string_equal(json_str_at(rule, "/host"), hostnames[i]);
        assert_string_equal(json_str_at(rule, "/http/paths/0/backend/service/name"), "site-saaaaaaaa");
    }
    site.hostname_count = 0;
    assert_int_equal(json_array_size(json_at(filled(w, "ingress"), "/spec/rules")), 0);
    site.hostname_count = 3;
}

/* Values are data: what looks like a placeholder within one is left alone, and the order of the values does not matter. */
static void test_values_are_data(void **state)
{
    struct world *w = *state;
    struct error err = ERROR_INIT;
    const struct placeholder forward[] = {
        { .name = "IMAGE", .text = "web" },           { .name = "HELPER_IMAGE", .text = "CUSTOMER_ID-IMAGE" },
        { .name = "CUSTOMER_ID", .text = "RELEASE" }, { .name = "RELEASE_ID", .text = "r1" },
        { .name = "RELEASE_SHA256", .text = "00" },   { .name = "RELEASE_TOKEN", .text = "a: {b}\n\"HELPER_IMAGE\"" },
        { .name = "RELEASE_URL", .text = "u" },       { .name = "SITE_ID", .text = "s" },
    };
    struct placeholder backward[COUNT(forward)];
    json_t *one, *two;

    for (size_t i = 0; i < COUNT(forward); i++)
        backward[COUNT(forward) - 1 - i] = forward[i];
    expect_ok(template_fill(w->templates, w->arena, "helper-pod", forward, COUNT(forward), &one, &err));
    expect_ok(template_fill(w->templates, w->arena, "helper-pod", backward, COUNT(forward), &two, &err));
    assert_string_equal(json_text(w->arena, one), json_text(w->arena, two));
    assert_string_equal(json_str_at(one, "/spec/containers/0/image"), "CUSTOMER_ID-IMAGE");
    assert_string_equal(json_str_at(one, "/metadata/namespace"), "cust-RELEASE");
    const json_t *env = json_at(one, "/spec/containers/0/env"), *item;
    bool seen = false;
    size_t i;
    json_array_foreach(env, i, item) seen |= str_eq(json_str_at(item, "/value"), "a: {b}\n\"HELPER_IMAGE\"");
    assert_true(seen);
}

/* Filling in leaves the template as it was: the next customer gets nothing of this one. */
static void test_fill_twice(void **state)
{
    struct world *w = *state;
    const char *before = json_text(w->arena, filled(w, "ingress"));

    w->tenant.customer.id = "other";
    assert_null(strstr(json_text(w->arena, filled(w, "ingress")), "cust-example"));
    w->tenant.customer.id = "example";
    assert_string_equal(json_text(w->arena, filled(w, "ingress")), before);
}

static void test_faults(void **state)
{
    struct world *w = *state;
    struct error err = ERROR_INIT;
    struct templates *t = NULL;
    json_t *json;

    expect_error(template_fill(w->templates, w->arena, "absent", NULL, 0, &json, &err), ERROR_INTERNAL);
    assert_int_equal(templates_load("/nonexistent", &t, &err), -1);
    assert_int_equal(err.code, ERROR_NOT_FOUND);
    assert_non_null(strstr(err.message, "/nonexistent/namespace.yaml"));
    assert_null(t);
    templates_free(NULL);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, world_up, world_down)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_every_template),   TEST(test_values_in_place), TEST(test_suspended_has_no_replicas),
        TEST(test_list_is_repeated), TEST(test_values_are_data), TEST(test_fill_twice),
        TEST(test_faults),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
