/* JSON at the edges (base/json.h): what is refused, pointers, and the field tables that fill structs. */
#include "unit.h"

#include "base/json.h"

static char *nested(struct arena *a, const char *open, const char *close, int depth)
{
    struct strbuf b;

    strbuf_init(&b, a, 1 << 22);
    for (int i = 0; i < depth; i++)
        strbuf_add(&b, open);
    strbuf_add(&b, "1");
    for (int i = 0; i < depth; i++)
        strbuf_add(&b, close);
    return b.text;
}

static int parse(struct arena *a, const char *text, json_t **ret, struct error *err)
{
    return json_parse(a, text, strlen(text), ret, err);
}

static const char *const not_json[] = {
    "",
    " ",
    "{",
    "[1",
    "{\"a\":1",
    "{\"a\"}",
    "[1,]",
    "{\"a\":1,}",
    "{a:1}",
    "'a'",
    "nul",
    "tru",
    "01",
    "1.",
    ".5",
    "+1",
    "0x1",
    "NaN",
    "Infinity",
    "-",
    "1e",
    "\"a",
    "\"\x01\"",
    "\"\\x\"",
    "\"\\u12\"",
    "\"\\ud800\"",
    "\"\\udc00\"",
    "\"\\u0000\"",
    "{\"a\\u0000\":1}",
    "1 2",
    "{} {}",
    "{\"a\":1,\"a\":2}",
    "{\"x\":{\"a\":1,\"b\":2,\"a\":1}}",
    "\"\xff\"",
    "\"\xc3\"",
    "\"\xed\xa0\x80\"",
    "\"\xc0\x80\"",
    "{\"\xff\":1}",
    "\xef\xbb\xbf{}",
    "// x\n1",
    "/**/1",
    "99999999999999999999",
    "-9223372036854775809",
    "1e999",
    "\"tab\there\"",
};

static void test_refused(void **state)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();

    (void)state;
    for (size_t i = 0; i < COUNT(not_json); i++) {
        struct error err = ERROR_INIT;
        json_t *json = NULL;
        if (parse(a, not_json[i], &json, &err) != -1)
            fail_msg("'%s' is JSON", not_json[i]);
        assert_int_equal(err.code, ERROR_INVALID);
        assert_non_null(strstr(err.message, "line"));
        assert_null(json);
    }
    struct error err = ERROR_INIT;
    json_t *json;
    expect_error(json_parse(a, "\"a\0b\"", 5, &json, &err), ERROR_INVALID);
    expect_error(json_parse(a, "1\0", 2, &json, &err), ERROR_INVALID);
    expect_error(json_parse(a, "[1]]", 4, &json, &err), ERROR_INVALID);
    expect_ok(json_parse(a, "[1]]", 3, &json, &err)); /* the length counts, not the NUL */
}

static void test_depth(void **state)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct error err = ERROR_INIT;
    json_t *json;

    (void)state;
    expect_ok(parse(a, nested(a, "[", "]", JSON_DEPTH_MAX), &json, &err));
    expect_error(parse(a, nested(a, "[", "]", JSON_DEPTH_MAX + 1), &json, &err), ERROR_INVALID);
    expect_ok(parse(a, nested(a, "{\"k\":", "}", JSON_DEPTH_MAX), &json, &err));
    expect_error(parse(a, nested(a, "{\"k\":", "}", JSON_DEPTH_MAX + 1), &json, &err), ERROR_INVALID);
    expect_error(parse(a, nested(a, "[", "", 1000000), &json, &err), ERROR_INVALID);
    /* brackets within strings are text, behind escaped quotes too */
    expect_ok(parse(a, "[\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\"]", &json, &err));
    expect_ok(parse(a, "[\"\\\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\"]", &json, &err));
    expect_ok(
        json_parse_foreign(a, nested(a, "[", "]", 100), 201, &json, &err)); /* no limit of ours on foreign answers */
    const char *bomb = nested(a, "[", "", 1000000);
    expect_error(json_parse_foreign(a, bomb, strlen(bomb), &json, &err), ERROR_INVALID);
}

static void test_taken(void **state)
{
    static const char *const rows[] = { "null",
                                        "true",
                                        "0",
                                        "-0",
                                        "1.5e3",
                                        "\"\"",
                                        "\"\\u00e4\\n\"",
                                        "\"\\ud83d\\ude00\"",
                                        "[]",
                                        "{}",
                                        " {\"a\" : [ 1 , null ] }\n",
                                        "9223372036854775807",
                                        "\"\xf0\x9f\x98\x80\"",
                                        "{\"\":1}" };
    CLEANUP(arena_freep) struct arena *a = arena_new();

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct error err = ERROR_INIT;
        json_t *once, *again;
        expect_ok(parse(a, rows[i], &once, &err));
        expect_ok(parse(a, json_text(a, once), &again, &err));
        assert_true(json_equal(once, again));
    }
}

static void test_pointers(void **state)
{
    static const char text[] = "{\"a\":[10,{\"b\":\"x\"}],\"\":1,\"m/n\":2,\"p~q\":3,\"~1\":4,\"yes\":true,\"01\":5}";
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct error err = ERROR_INIT;
    json_t *json;

    (void)state;
    expect_ok(parse(a, text, &json, &err));
    assert_ptr_equal(json_at(json, ""), json);
    assert_int_equal(json_int_at(json, "/a/0", -1), 10);
    assert_string_equal(json_str_at(json, "/a/1/b"), "x");
    assert_int_equal(json_int_at(json, "/", -1), 1);
    assert_int_equal(json_int_at(json, "/m~1n", -1), 2);
    assert_int_equal(json_int_at(json, "/p~0q", -1), 3);
    assert_int_equal(json_int_at(json, "/~01", -1), 4);
    assert_int_equal(json_int_at(json, "/01", -1), 5);
    assert_true(json_bool_at(json, "/yes", false));
    static const char *const absent[] = { "a",     "/b",     "/a/2", "/a/-", "/a/00", "/a/01",        "/a/-1",
                                          "/a/+1", "/a/0/x", "/a/",  "/~",   "/~2",   "/a/9999999999" };
    for (size_t i = 0; i < COUNT(absent); i++)
        if (json_at(json, absent[i]))
            fail_msg("%s is there", absent[i]);
    assert_null(json_str_at(json, "/a/0"));
    assert_int_equal(json_int_at(json, "/yes", 7), 7);
    assert_null(json_at(NULL, "/a"));
    char *longest = arena_printf(a, "/%0300d", 1);
    assert_null(json_at(json, longest));
}

struct example {
    const char *name;
    int64_t count;
    bool flag, has_flag;
    struct json_strings list;
    json_t *any;
};

static const struct json_field fields[] = {
    { "name", JSON_KIND_STRING, true, offsetof(struct example, name), JSON_NO_HAS, 1, 5 },
    { "count", JSON_KIND_INT, false, offsetof(struct example, count), JSON_NO_HAS, 1, 10 },
    { "flag", JSON_KIND_BOOL, false, offsetof(struct example, flag), offsetof(struct example, has_flag), 0, 0 },
    { "list", JSON_KIND_STRINGS, false, offsetof(struct example, list), JSON_NO_HAS, 1, 3 },
    { "any", JSON_KIND_ANY, false, offsetof(struct example, any), JSON_NO_HAS, 0, 0 },
};

static int read_example(struct arena *a, const char *text, struct example *ret, struct error *err)
{
    json_t *json;

    if (parse(a, text, &json, err) < 0)
        fail_msg("%s: %s", text, err->message);
    return json_read(a, json, fields, COUNT(fields), ret, err);
}

static void test_fields(void **state)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct error err = ERROR_INIT;
    struct example e = { .count = 42, .has_flag = true };

    (void)state;
    expect_ok(read_example(a, "{\"name\":\"abcde\",\"list\":[\"x\",\"y\"],\"any\":{\"z\":[1]}}", &e, &err));
    assert_string_equal(e.name, "abcde");
    assert_int_equal(e.count, 42); /* absent: untouched */
    assert_false(e.has_flag);
    assert_int_equal(e.list.count, 2);
    assert_string_equal(e.list.items[1], "y");
    assert_int_equal(json_int_at(e.any, "/z/0", 0), 1);
    expect_ok(read_example(a, "{\"name\":\"a\",\"count\":10,\"flag\":false}", &e, &err));
    assert_true(e.has_flag);
    assert_int_equal(e.count, 10);
}

static void test_field_faults(void **state)
{
    static const struct {
        const char *text, *pointer, *words;
    } rows[] = {
        { "{}", "/name", "missing" },
        { "{\"name\":\"\"}", "/name", "empty" },
        { "{\"name\":\"abcdef\"}", "/name", "at most 5" },
        { "{\"name\":\"\xc3\xa4\xc3\xa4\xc3\xa4\"}", "/name", "at most 5" }, /* bytes, not characters */
        { "{\"name\":1}", "/name", "string" },
        { "{\"name\":null}", "/name", "string" },
        { "{\"name\":\"a\",\"count\":0}", "/count", "between 1 and 10" },
        { "{\"name\":\"a\",\"count\":1.0}", "/count", "whole number" },
        { "{\"name\":\"a\",\"count\":\"1\"}", "/count", "whole number" },
        { "{\"name\":\"a\",\"flag\":1}", "/flag", "true or false" },
        { "{\"name\":\"a\",\"list\":\"x\"}", "/list", "list of strings" },
        { "{\"name\":\"a\",\"list\":[]}", "/list", "between 1 and 3" },
        { "{\"name\":\"a\",\"list\":[\"a\",\"b\",\"c\",\"d\"]}", "/list", "between 1 and 3" },
        { "{\"name\":\"a\",\"list\":[\"a\",7]}", "/list/1", "string" },
        { "{\"name\":\"a\",\"list\":[\"\"]}", "/list/0", "1 to 512" },
        { "{\"name\":\"a\",\"nome\":1}", "/nome", "not a known field" },
        { "{\"name\":\"a\",\"a/b~c\":1}", "/a~1b~0c", "not a known field" },
        { "[]", "", "object" },
        { "7", "", "object" },
    };
    CLEANUP(arena_freep) struct arena *a = arena_new();

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct error err = ERROR_INIT;
        struct example e = { .name = "before" };
        if (read_example(a, rows[i].text, &e, &err) != -1)
            fail_msg("%s is taken", rows[i].text);
        assert_int_equal(err.code, ERROR_UNPROCESSABLE);
        assert_int_equal(err.field_count, 1);
        assert_string_equal(err.fields[0].pointer, rows[i].pointer);
        if (!strstr(err.fields[0].message, rows[i].words))
            fail_msg("%s: %s", rows[i].text, err.fields[0].message);
        assert_string_equal(e.name, "before"); /* outputs stay as they were */
    }
}

static void test_all_faults_at_once(void **state)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct error err = ERROR_INIT;
    struct example e;
    struct strbuf b;

    (void)state;
    assert_int_equal(read_example(a, "{\"count\":99,\"flag\":\"x\",\"odd\":1}", &e, &err), -1);
    assert_int_equal(err.field_count, 4);
    strbuf_init(&b, a, 1 << 20);
    for (int i = 0; i < 1000; i++)
        strbuf_addf(&b, "\"k%d\":1,", i);
    err = ERROR_INIT;
    assert_int_equal(read_example(a, arena_printf(a, "{%s\"name\":\"a\"}", b.text), &e, &err), -1);
    assert_int_equal(err.field_count, ERROR_FIELDS_MAX);
}

/* An unknown field's name goes into the answer: cut, but never within a character. */
static void test_long_names(void **state)
{
    static const char *const characters[] = { "a", "\xc3\xa4", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "~", "/" };
    CLEANUP(arena_freep) struct arena *a = arena_new();

    (void)state;
    for (size_t i = 0; i < COUNT(characters); i++)
        for (int shift = 0; shift < 4; shift++) {
            struct error err = ERROR_INIT;
            struct example e;
            struct strbuf b;
            strbuf_init(&b, a, 4096);
            for (int j = 0; j < shift; j++)
                strbuf_add(&b, "x");
            for (int j = 0; j < 200; j++)
                strbuf_add(&b, characters[i]);
            assert_int_equal(read_example(a, arena_printf(a, "{\"name\":\"a\",\"%s\":1}", b.text), &e, &err), -1);
            const char *pointer = err.fields[0].pointer;
            if (!str_has_utf8(pointer, strlen(pointer)) || !str_has_utf8(err.message, strlen(err.message)))
                fail_msg("cut within a character: %s", pointer);
            if (pointer[strlen(pointer) - 1] == '~')
                fail_msg("cut within an escape: %s", pointer);
        }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_depth),
        cmocka_unit_test(test_taken),
        cmocka_unit_test(test_pointers),
        cmocka_unit_test(test_fields),
        cmocka_unit_test(test_field_faults),
        cmocka_unit_test(test_all_faults_at_once),
        cmocka_unit_test(test_long_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
