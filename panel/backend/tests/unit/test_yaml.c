/* YAML to a JSON tree (base/yaml.h): the core schema, and what is refused. */
#include "unit.h"

#include "base/json.h"
#include "base/yaml.h"

static const char *as_json(struct arena *a, const char *text)
{
    struct error err = ERROR_INIT;
    json_t *json;

    if (yaml_to_json(a, text, strlen(text), &json, &err) < 0)
        fail_msg("%s: %s", text, err.message);
    return json_text(a, json);
}

static void test_values(void **state)
{
    static const struct {
        const char *yaml, *json;
    } rows[] = {
        { "a: 1", "{\"a\":1}" },
        { "a: -12", "{\"a\":-12}" },
        { "a: 1.5", "{\"a\":1.5}" },
        { "a: true\nb: False\nc: TRUE", "{\"a\":true,\"b\":false,\"c\":true}" },
        { "a: yes\nb: no\nc: on\nd: y",
          "{\"a\":\"yes\",\"b\":\"no\",\"c\":\"on\",\"d\":\"y\"}" }, /* YAML 1.1's are text */
        { "a:\nb: ~\nc: null", "{\"a\":null,\"b\":null,\"c\":null}" },
        { "a: \"1\"\nb: 'true'\nc: \"\"", "{\"a\":\"1\",\"b\":\"true\",\"c\":\"\"}" },
        { "a: 500m\nb: 512Mi\nc: 1.2.3", "{\"a\":\"500m\",\"b\":\"512Mi\",\"c\":\"1.2.3\"}" },
        { "a: 0.0.0.0/0\nb: 2026-01-01\nc: 12:30", "{\"a\":\"0.0.0.0/0\",\"b\":\"2026-01-01\",\"c\":\"12:30\"}" },
        { "b: +\nc: .\nd: e", "{\"b\":\"+\",\"c\":\".\",\"d\":\"e\"}" },
        { "a: 99999999999999999999", "{\"a\":1e20}" },
        { "- 1\n- [a, b]\n- {c: d}\n", "[1,[\"a\",\"b\"],{\"c\":\"d\"}]" },
        { "a: |\n  x\n  y\nb: >-\n  p\n  q\n", "{\"a\":\"x\\ny\\n\",\"b\":\"p q\"}" },
        { "# comment\n---\na: 1 # more\n", "{\"a\":1}" },
        { "a: {}\nb: []", "{\"a\":{},\"b\":[]}" },
        { "a: \"\\u00e4\\n\"", "{\"a\":\"\xc3\xa4\\n\"}" },
        { "a: 1\n---\na: 2\n", "{\"a\":1}" }, /* the first document */
        { "text", "\"text\"" },
        { "{\"a\": [1, null, true]}", "{\"a\":[1,null,true]}" }, /* JSON is YAML */
    };
    CLEANUP(arena_freep) struct arena *a = arena_new();

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct error err = ERROR_INIT;
        json_t *want, *have;
        expect_ok(json_parse(a, rows[i].json, strlen(rows[i].json), &want, &err));
        expect_ok(yaml_to_json(a, rows[i].yaml, strlen(rows[i].yaml), &have, &err));
        if (!json_equal(want, have))
            fail_msg("%s became %s", rows[i].yaml, json_text(a, have));
    }
    assert_string_equal(as_json(a, "a: 1"), "{\"a\":1}");
}

static void test_refused(void **state)
{
    static const char *const rows[] = {
        "a: &x 1\nb: *x\n",
        "a: &x 1\n",
        "&x a: 1\n",
        "a: &x {b: 1}\n",
        "a: &x [1]\n",
        "a: *x\n",
        "a: &a [*a]\n",
        "a: {<<: *x}\n",
        "a: 1\na: 2\n",
        "{a: 1, b: 2, a: 3}",
        "? [a]\n: 1\n",
        "? {a: 1}\n: 1\n",
        "",
        "# nothing\n",
        "a: [1",
        "a: {b",
        "a: \"x",
        "a: b: c",
        "a:\n\t- 1",
        "- a\nb: 1",
        "a: \"\\xZZ\"",
        "%YAML 3.0\n---\na: 1\n",
        "a: \"x\\0y\"\n",
        "\"a\\0b\": 1\n",
        "a: \xff\n",
    };
    CLEANUP(arena_freep) struct arena *a = arena_new();

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct error err = ERROR_INIT;
        json_t *json = NULL;
        if (yaml_to_json(a, rows[i], strlen(rows[i]), &json, &err) != -1)
            fail_msg("row %zu, %s, became %s", i, rows[i], json_text(a, json));
        assert_int_equal(err.code, ERROR_INVALID);
        assert_non_null(strstr(err.message, "line"));
        assert_null(json);
    }
}

static void test_depth(void **state)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct error err = ERROR_INIT;
    struct strbuf b;
    json_t *json;

    (void)state;
    strbuf_init(&b, a, 1 << 20);
    for (int i = 0; i < 50; i++)
        strbuf_add(&b, "[");
    strbuf_add(&b, "1");
    for (int i = 0; i < 50; i++)
        strbuf_add(&b, "]");
    expect_ok(yaml_to_json(a, b.text, b.len, &json, &err));
    strbuf_init(&b, a, 1 << 20);
    for (int i = 0; i < 5000; i++)
        strbuf_add(&b, "[");
    expect_error(yaml_to_json(a, b.text, b.len, &json, &err), ERROR_INVALID);
    strbuf_init(&b, a, 1 << 20);
    for (int i = 0; i < 200; i++)
        strbuf_addf(&b, "%*sa:\n", i, "");
    expect_error(yaml_to_json(a, b.text, b.len, &json, &err), ERROR_INVALID);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_depth),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
