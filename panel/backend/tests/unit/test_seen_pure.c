/* What needs no server of what the watches know (reconcile/seen.h): keys, and when an object is ready. */
#include "unit.h"

#include "base/id.h"
#include "base/json.h"
#include "reconcile/seen.h"

static void test_ready(void **state)
{
    static const struct {
        enum kube_kind kind;
        const char *object;
        bool ready;
    } rows[] = {
        { KUBE_DEPLOYMENT,
          "{\"metadata\":{\"generation\":2},\"spec\":{\"replicas\":2},\"status\":{\"observedGeneration\":2,"
          "\"updatedReplicas\":2,\"availableReplicas\":2}}",
          true },
        { KUBE_DEPLOYMENT,
          "{\"metadata\":{\"generation\":2},\"spec\":{\"replicas\":2},\"status\":{\"observedGeneration\":1,"
          "\"updatedReplicas\":2,\"availableReplicas\":2}}",
          false },
        { KUBE_DEPLOYMENT,
          "{\"metadata\":{\"generation\":2},\"spec\":{\"replicas\":2},\"status\":{\"observedGeneration\":2,"
          "\"updatedReplicas\":1,\"availableReplicas\":2}}",
          false },
        { KUBE_DEPLOYMENT,
          "{\"metadata\":{\"generation\":2},\"spec\":{\"replicas\":2},\"status\":{\"observedGeneration\":2,"
          "\"updatedReplicas\":2,\"availableReplicas\":1}}",
          false },
        { KUBE_DEPLOYMENT,
          "{\"metadata\":{\"generation\":1},\"spec\":{\"replicas\":0},\"status\":{\"observedGeneration\":1}}", true },
        { KUBE_DEPLOYMENT, "{\"metadata\":{\"generation\":1},\"spec\":{}}", false }, /* one replica is the default */
        { KUBE_QUOTA, "{\"spec\":{\"hard\":{\"pods\":\"1\"}},\"status\":{\"hard\":{\"pods\":\"1\"}}}", true },
        { KUBE_QUOTA, "{\"spec\":{\"hard\":{\"pods\":\"1\"}},\"status\":{\"hard\":{\"pods\":\"2\"}}}", false },
        { KUBE_QUOTA, "{\"spec\":{\"hard\":{\"pods\":\"1\"}},\"status\":{}}", false },
        { KUBE_QUOTA, "{\"spec\":{\"hard\":{\"pods\":\"1\"}}}", false },
        { KUBE_SERVICE, "{}", true },
    };
    CLEANUP(arena_freep) struct arena *a = arena_new();

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct error err = ERROR_INIT;
        json_t *json;
        expect_ok(json_parse(a, rows[i].object, strlen(rows[i].object), &json, &err));
        if (object_ready(rows[i].kind, json) != rows[i].ready)
            fail_msg("row %zu", i);
    }
}

static void test_keys(void **state)
{
    (void)state;
    uint64_t key = seen_key(KUBE_SERVICE, "cust-a", "b-c");
    assert_true(key == seen_key(KUBE_SERVICE, "cust-a", "b-c"));
    assert_false(key == seen_key(KUBE_SERVICE, "cust-a-b", "c")); /* dashes do not join */
    assert_false(key == seen_key(KUBE_INGRESS, "cust-a", "b-c"));
    assert_false(seen_key(KUBE_NAMESPACE, NULL, "x") == seen_key(KUBE_NAMESPACE, "x", ""));
    assert_true(seen_key(KUBE_NAMESPACE, NULL, "x") != 0);
}

static int up(void **state)
{
    struct error err = ERROR_INIT;

    (void)state;
    expect_ok(id_init(&err));
    return 0;
}

int main(void)
{
    static const struct CMUnitTest tests[] = { cmocka_unit_test(test_ready), cmocka_unit_test(test_keys) };

    return cmocka_run_group_tests(tests, up, NULL);
}
