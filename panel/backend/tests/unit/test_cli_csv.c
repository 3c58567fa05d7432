/* `berth mailbox import`: CSV as it comes, what the columns become, how much goes into a request, and lines in place of pointers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/str.h"
#include "cmd/cli_csv.h"
#include "cmd/cli_import.h"

static struct arena *arena;

static int setup(void **state)
{
    (void)state;
    arena = arena_new();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static struct cli_csv csv_of(const char *text)
{
    struct error err = ERROR_INIT;
    struct cli_csv csv;

    if (cli_csv_read(arena, text, strlen(text), &csv, &err) < 0)
        fail_msg("%s: %s", text, err.message);
    return csv;
}

static struct cli_import import_of(const char *text)
{
    struct error err = ERROR_INIT;
    struct cli_import in;

    if (cli_import_read(arena, text, strlen(text), &in, &err) < 0)
        fail_msg("%s: %s", text, err.message);
    return in;
}

static void expect_refused(const char *text, size_t len, const char *says)
{
    struct error err = ERROR_INIT;
    struct cli_import in;

    assert_int_equal(cli_import_read(arena, text, len, &in, &err), -1);
    assert_int_equal(err.code, ERROR_INVALID);
    if (!strstr(err.message, says))
        fail_msg("'%s' is not in: %s", says, err.message);
}

static void test_rows_and_lines(void **state)
{
    (void)state;
    struct cli_csv csv = csv_of("\xef\xbb\xbf"
                                "a,b\r\n\r\n\"one\r\ntwo\",\"say \"\"x\"\", y\"\r\n Ä ,\r\n,last");

    assert_int_equal(csv.count, 4);
    assert_string_equal(csv.rows[0].cells[0], "a");
    assert_int_equal(csv.rows[1].line, 3);
    assert_string_equal(csv.rows[1].cells[0], "one\r\ntwo");
    assert_string_equal(csv.rows[1].cells[1], "say \"x\", y");
    assert_int_equal(csv.rows[2].line, 5);
    assert_string_equal(csv.rows[2].cells[0], " Ä ");
    assert_string_equal(csv.rows[2].cells[1], "");
    assert_int_equal(csv.rows[3].line, 6);
    assert_string_equal(csv.rows[3].cells[0], "");
    assert_string_equal(csv.rows[3].cells[1], "last");
    csv = csv_of("a\rb\rc\r");
    assert_int_equal(csv.count, 3);
    assert_int_equal(csv.rows[2].line, 3);
}

static void test_columns_are_fields(void **state)
{
    (void)state;
    struct cli_import in = import_of("keep,address,passwordHash,active,forwards,autoReply/on,autoReply/text,name\n"
                                     "true,anna@a.example,{X}$,false,x@b.example  y@b.example,true,\"Away,\nsoon\",\n"
                                     "\n,bob@a.example,{Y}$,,,,,Bob\n");

    assert_int_equal(json_array_size(in.items), 2);
    assert_string_equal(
        json_text(arena, json_array_get(in.items, 0)),
        "{\"active\":false,\"address\":\"anna@a.example\",\"autoReply\":{\"on\":true,\"text\":\"Away,\\n"
        "soon\"},\"forwards\":[\"x@b.example\",\"y@b.example\"],\"keep\":true,\"passwordHash\":\"{X}$\"}");
    assert_string_equal(json_text(arena, json_array_get(in.items, 1)),
                        "{\"address\":\"bob@a.example\",\"name\":\"Bob\",\"passwordHash\":\"{Y}$\"}");
    assert_int_equal(in.lines[0], 2);
    assert_int_equal(in.lines[1], 5);
}

static void test_what_is_refused(void **state)
{
    static const struct {
        const char *text, *says;
    } bad[] = {
        { "", "it is empty" },
        { "\n\n", "it is empty" },
        { "address,name\n", "no mailbox below the header" },
        { "adress,name\nx,y\n",
          "line 1: there is no column 'adress'; there are address, passwordHash, password, name" },
        { "address;name\nx;y\n", "there is no column 'address;name'" },
        { "name\nx\n", "line 1: there is no column 'address'" },
        { "address,address\nx,y\n", "the column 'address' is there twice" },
        { "address,name\nx,y\n\nx\n", "line 4: its number of fields is 1, and the header's is 2" },
        { "address,name\nx,y,z\n", "line 2: its number of fields is 3" },
        { "address,name\nx,y\"z\n", "line 2: a quote stands within a field" },
        { "address,name\nx,\"y\"z\n", "line 2: a quote stands within a field" },
        { "address,name\nx,y\nx,\"y\n\n", "line 3: the quote that begins a field is not ended" },
        { "address,active\nx,yes\n", "line 2: active: must be true or false" },
        { "address,name\nx,\xff\n", "it is not UTF-8" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        expect_refused(bad[i].text, strlen(bad[i].text), bad[i].says);
    expect_refused("address\nx\0y\n", 12, "it is not UTF-8");
}

/* A file of so many lines, each with this behind its address. */
static struct cli_import many(const char *column, const char *value, size_t count)
{
    struct strbuf b;

    strbuf_init(&b, arena, 16 << 20);
    strbuf_addf(&b, "address,%s\n", column);
    for (size_t i = 0; i < count; i++)
        strbuf_addf(&b, "u%zu@a.example,%s\n", i, value);
    return import_of(b.text);
}

static void test_requests_are_bounded(void **state)
{
    const char *long_text = str_replace(arena, "xxxxxxxxxxxxxxxx", "x",
                                        "0123456789012345678901234567890123456789012345678901234567890123456789");
    struct cli_import in = many("passwordHash", "{X}$", 2500);

    (void)state;
    assert_int_equal(cli_import_some(arena, &in, 0), 1000);
    assert_int_equal(cli_import_some(arena, &in, 2000), 500);
    assert_int_equal(cli_import_some(arena, &in, 2500), 0);
    in = many("password", "correct horse battery", 150);
    assert_int_equal(cli_import_some(arena, &in, 0), 100);
    assert_int_equal(cli_import_some(arena, &in, 100), 50);
    in = many("autoReply/text", long_text, 1000);
    size_t some = cli_import_some(arena, &in, 0);
    assert_in_range(some, 700, 950); /* of a MiB */
    assert_int_equal(cli_import_some(arena, &in, some), 1000 - some);
}

static void test_pointers_become_lines(void **state)
{
    struct cli_import in = import_of("address\na@a.example\n\nb@a.example\nc@a.example\n");
    struct error err = ERROR_INIT;

    (void)state;
    error_field(&err, "/items/0/address", "is wrong");
    error_field(&err, "/items/1/autoReply/text", "is wrong");
    error_field(&err, "/items", "are too many");
    error_field(&err, "/items/7/address", "is none of the file's");
    cli_import_name_lines(&in, 1, &err);
    assert_string_equal(err.fields[0].pointer, "line 4: address");
    assert_string_equal(err.fields[1].pointer, "line 5: autoReply/text");
    assert_string_equal(err.fields[2].pointer, "all lines");
    assert_string_equal(err.fields[3].pointer, "all lines");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows_and_lines),        cmocka_unit_test(test_columns_are_fields),
        cmocka_unit_test(test_what_is_refused),       cmocka_unit_test(test_requests_are_bounded),
        cmocka_unit_test(test_pointers_become_lines),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
