/* Comparing objects by what Berth owns of them (reconcile/owned.h): differences, patches and hashes over many shapes. */
#include "unit.h"

#include "base/id.h"
#include "base/json.h"
#include "reconcile/owned.h"

static json_t *parse(struct arena *a, const char *text)
{
    struct error err = ERROR_INIT;
    json_t *json;

    if (json_parse(a, text, strlen(text), &json, &err) < 0)
        fail_msg("%s: %s", text, err.message);
    return json;
}

/* RFC 7396, section 2: what the API server does with the patch. */
static json_t *merge(json_t *target, const json_t *patch)
{
    const char *key;
    json_t *value;

    if (!json_is_object(patch))
        return json_deep_copy(patch);
    json_t *out = json_is_object(target) ? json_deep_copy(target) : json_object();
    json_object_foreach((json_t *)(uintptr_t)patch, key, value)
    {
        if (json_is_null(value))
            json_object_del(out, key);
        else
            json_object_set_new(out, key, merge(json_object_get(out, key), value));
    }
    return out;
}

static size_t differences(struct arena *a, const json_t *want, const json_t *have)
{
    size_t count;

    (void)owned_diff(a, want, have, &count);
    return count;
}

/* The property that all of reconciling rests on: a patch says something if and only if the difference does, and once it
 * was applied there is none left; fields that the wanted tree does not name stay as they were. */
static void holds(struct arena *a, const json_t *want, json_t *have)
{
    json_t *patch = owned_patch(a, want, have);

    if ((patch != NULL) != (differences(a, want, have) > 0))
        fail_msg("patch and difference disagree: %s and %s", json_text(a, want), have ? json_text(a, have) : "nothing");
    if (!patch)
        return;
    json_t *after = json_own(a, merge(have, patch));
    if (differences(a, want, after) || owned_patch(a, want, after))
        fail_msg("%s onto %s leaves %s", json_text(a, patch), have ? json_text(a, have) : "nothing",
                 json_text(a, after));
}

static const char *const shapes[] = {
    "null",
    "true",
    "false",
    "0",
    "1",
    "1.5",
    "\"\"",
    "\"x\"",
    "\"500m\"",
    "\"1Gi\"",
    "{}",
    "[]",
    "[{}]",
    "[1]",
    "[1,2]",
    "[{\"a\":1}]",
    "[{\"a\":1,\"b\":2}]",
    "[{\"b\":2},{\"a\":1}]",
    "{\"a\":1}",
    "{\"a\":{}}",
    "{\"a\":{\"b\":{}}}",
    "{\"a\":{\"b\":1},\"c\":[1]}",
    "{\"a\":{\"b\":2,\"x\":3},\"c\":[1,2],\"d\":null}",
    "{\"a\":null}",
    "{\"a\":[{\"b\":null}]}",
    "{\"a\":\"0.5\"}",
    "{\"selector\":{\"a\":\"1\"}}",
    "{\"selector\":{\"a\":\"1\",\"b\":{\"c\":1}},\"x\":1}",
    "{\"from\":[{\"podSelector\":{}}]}",
    "{\"from\":[{\"podSelector\":{\"x\":{\"y\":\"z\"}},\"d\":1}]}",
    "{\"a/b\":1,\"a~b\":2,\"\":3}",
    "{\"metadata\":{\"labels\":{\"tenant\":\"true\"}},\"spec\":{\"replicas\":2}}",
    "{\"metadata\":{\"labels\":{\"tenant\":\"false\",\"x\":\"y\"},\"uid\":\"u\"},\"spec\":{\"replicas\":0,\"paused\":"
    "false}}",
};

static void test_patch_leaves_no_difference(void **state)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();

    (void)state;
    for (size_t i = 0; i < COUNT(shapes); i++)
        for (size_t j = 0; j < COUNT(shapes); j++)
            holds(a, parse(a, shapes[i]), parse(a, shapes[j]));
    for (size_t i = 0; i < COUNT(shapes); i++) /* and within an object, where the server's part is absent too */
        for (size_t j = 0; j < COUNT(shapes); j++) {
            const char *want = arena_printf(a, "{\"k\":%s,\"l\":[%s]}", shapes[i], shapes[j]);
            holds(a, parse(a, want), parse(a, "{\"other\":1}"));
            holds(a, parse(a, want), parse(a, arena_printf(a, "{\"l\":%s,\"k\":[%s]}", shapes[i], shapes[j])));
        }
}

/* A pseudo-random tree; the seed makes a failure repeatable. */
static json_t *tree(unsigned *seed, int depth)
{
    static const char *const keys[] = { "a", "b", "c", "d" };
    unsigned pick = (unsigned)rand_r(seed) % (depth > 3 ? 5 : 8);

    if (pick == 0)
        return json_integer(rand_r(seed) % 3);
    if (pick == 1)
        return json_string(rand_r(seed) % 2 ? "1" : "1000m");
    if (pick <= 3)
        return json_boolean(rand_r(seed) % 2);
    if (pick == 4)
        return json_string(keys[rand_r(seed) % 4]);
    json_t *out = pick == 5 ? json_array() : json_object();
    for (int n = rand_r(seed) % 4; n > 0; n--) {
        json_t *item = tree(seed, depth + 1);
        if (pick == 5)
            json_array_append_new(out, item);
        else
            json_object_set_new(out, keys[rand_r(seed) % 4], item);
    }
    return out;
}

static void test_random_trees(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 5000; i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        unsigned seed = i;
        json_t *want = json_own(a, tree(&seed, 0)), *have = json_own(a, tree(&seed, 0));
        holds(a, want, have);
        assert_int_equal(differences(a, want, want), 0);
    }
}

static void test_what_is_ours(void **state)
{
    static const struct {
        const char *want, *have, *line; /* NULL: no difference */
    } rows[] = {
        { "{\"a\":1}", "{\"a\":1,\"b\":2}", NULL }, /* fields of others */
        { "{\"a\":1}", "{\"a\":2}", "/a: 2 -> 1" },
        { "{\"a\":1}", "{}", "/a: (none) -> 1" },
        { "{\"a\":\"x\"}", "{\"a\":\"y\"}", "/a: y -> x" },
        { "{\"a\":\"500m\"}", "{\"a\":\"0.5\"}", NULL },
        { "{\"a\":\"1000m\"}", "{\"a\":\"1\"}", NULL },
        { "{\"a\":\"1Gi\"}", "{\"a\":\"1024Mi\"}", NULL },
        { "{\"a\":\"1Gi\"}", "{\"a\":\"1G\"}", "/a: 1G -> 1Gi" },
        { "{\"a\":\"true\"}", "{\"a\":true}", "/a: true -> true" }, /* text is no boolean */
        { "{\"a\":[1]}", "{\"a\":[1,2]}", "/a: [1,2] -> [1]" }, /* lists are owned whole */
        { "{\"a\":[]}", "{\"a\":[1]}", "/a: [1] -> []" },
        { "{\"a\":[{\"n\":1}]}", "{\"a\":[{\"n\":1,\"default\":true}]}", NULL }, /* defaults in an element */
        { "{\"a\":[{\"n\":1}]}", "{\"a\":[{\"n\":2,\"default\":true}]}", "/a/0/n: 2 -> 1" },
        { "{\"a\":{}}", "{}", NULL }, /* an empty map may be left out */
        /* one label more in a selector selects other pods */
        { "{\"selector\":{\"a\":\"1\"}}", "{\"selector\":{\"a\":\"1\",\"b\":\"2\"}}", "/selector/b: 2 -> (none)" },
        { "{\"podSelector\":{}}", "{\"podSelector\":{\"matchLabels\":{\"b\":\"2\"}}}",
          "/podSelector/matchLabels: {\"b\":\"2\"} -> (none)" },
        { "{\"from\":[{\"podSelector\":{}}]}", "{\"from\":[{\"podSelector\":{\"x\":{}}}]}",
          "/from/0/podSelector/x: {} -> (none)" },
        { "{\"a\":{}}", "{\"a\":{\"b\":1}}", NULL },
        { "{\"a\":{\"b\":1}}", "{\"a\":3}", "/a: 3 -> {\"b\":1}" },
        { "{\"a\":null}", "{}", NULL }, /* null is absence */
        { "{\"a\":null}", "{\"a\":null}", NULL },
        { "{\"a\":null}", "{\"a\":1}", "/a: 1 -> (none)" },
        { "{\"a/b\":1}", "{\"a/b\":2}", "/a~1b: 2 -> 1" },
        { "{\"a~b\":1}", "{\"a~b\":2}", "/a~0b: 2 -> 1" },
    };
    CLEANUP(arena_freep) struct arena *a = arena_new();

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        size_t count;
        const char **lines = owned_diff(a, parse(a, rows[i].want), parse(a, rows[i].have), &count);
        if (count != (rows[i].line ? 1 : 0))
            fail_msg("%s and %s: %zu differences", rows[i].want, rows[i].have, count);
        if (rows[i].line)
            assert_string_equal(lines[0], rows[i].line);
    }
}

/* A patch carries what differs and nothing else, so that it takes no field from others. */
static void test_patch_is_smallest(void **state)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const json_t *want = parse(a, "{\"m\":{\"a\":1,\"b\":{\"c\":2,\"d\":3}},\"l\":[1],\"same\":{\"x\":1}}");
    const json_t *have = parse(
        a, "{\"m\":{\"a\":1,\"b\":{\"c\":9,\"d\":3,\"e\":4}},\"l\":[2],\"same\":{\"x\":1,\"y\":2}}");

    (void)state;
    assert_string_equal(json_text(a, owned_patch(a, want, have)), "{\"l\":[1],\"m\":{\"b\":{\"c\":2}}}");
}

static void test_many_differences(void **state)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    json_t *want = json_own(a, json_object());
    size_t count;

    (void)state;
    for (int i = 0; i < 500; i++)
        json_object_set_new(want, arena_printf(a, "k%d", i), json_integer(i));
    json_object_set_new(want, "long", json_string(arena_printf(a, "%0500d", 1)));
    const char **lines = owned_diff(a, want, parse(a, "{}"), &count);
    assert_int_equal(count, 64); /* enough for a person */
    for (size_t i = 0; i < count; i++)
        assert_true(strlen(lines[i]) < 400);
    assert_int_equal(json_object_size(owned_patch(a, want, parse(a, "{}"))), 501); /* the patch has them all */
}

#define OBJECT                                                                                                         \
    "{\"metadata\":{\"name\":\"x\",\"uid\":\"u\",\"labels\":{\"a\":\"b\"},\"resourceVersion\":\"%s\",\"generation\":%" \
    "s,"                                                                                                               \
    "\"managedFields\":[%s],\"creationTimestamp\":\"%s\"},\"spec\":{\"n\":%s},\"status\":{\"s\":%s}}"

/* What the server changes by itself does not change the hash; everything else does. */
static void test_hash(void **state)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct error err = ERROR_INIT;

    (void)state;
    expect_ok(id_init(&err));
    const char *text = arena_printf(a, OBJECT, "1", "1", "1", "t1", "1", "1");
    json_t *object = parse(a, text);
    uint64_t hash = owned_hash(a, object);
    assert_string_equal(json_text(a, object), json_text(a, parse(a, text))); /* the object is left as it was */
    assert_true(hash == owned_hash(a, parse(a, arena_printf(a, OBJECT, "2", "3", "4", "t5", "1", "7"))));
    assert_true(
        hash ==
        owned_hash(
            a, parse(a, "{\"spec\":{\"n\":1},\"metadata\":{\"labels\":{\"a\":\"b\"},\"uid\":\"u\",\"name\":\"x\"}}")));
    assert_false(hash == owned_hash(a, parse(a, arena_printf(a, OBJECT, "1", "1", "1", "t1", "2", "1"))));
    assert_false(hash == owned_hash(a, parse(a, "{\"spec\":{\"n\":1},\"metadata\":{\"uid\":\"u\",\"name\":\"x\"}}")));
    assert_false(
        hash ==
        owned_hash(
            a, parse(a, "{\"spec\":{\"n\":1},\"metadata\":{\"labels\":{\"a\":\"b\"},\"uid\":\"v\",\"name\":\"x\"}}")));
    /* in a list the API server leaves the kind out, which nobody can change */
    assert_true(
        hash ==
        owned_hash(
            a,
            parse(a, "{\"kind\":\"K\",\"apiVersion\":\"v1\",\"spec\":{\"n\":1},\"metadata\":{\"labels\":{\"a\":\"b\"},"
                     "\"uid\":\"u\",\"name\":\"x\"}}")));
    /* a controller's note is none of ours; every other annotation is somebody's word */
    const char *bare = "{\"metadata\":{\"name\":\"x\"}}";
    const char *noted = "{\"metadata\":{\"name\":\"x\",\"annotations\":{\"deployment.kubernetes.io/revision\":\"1\"}}}";
    const char *ours = "{\"metadata\":{\"name\":\"x\",\"annotations\":{\"berth.dev/customer-uid\":\"u\"}}}";
    assert_true(owned_hash(a, parse(a, bare)) == owned_hash(a, parse(a, noted)));
    assert_false(owned_hash(a, parse(a, bare)) == owned_hash(a, parse(a, ours)));
    (void)owned_hash(a, parse(a, "{}"));
    (void)owned_hash(a, parse(a, "{\"metadata\":7}"));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_patch_leaves_no_difference),
        cmocka_unit_test(test_random_trees),
        cmocka_unit_test(test_what_is_ours),
        cmocka_unit_test(test_patch_is_smallest),
        cmocka_unit_test(test_many_differences),
        cmocka_unit_test(test_hash),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
