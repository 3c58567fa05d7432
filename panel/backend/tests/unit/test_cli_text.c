/* The command line: cells and tables, YAML, problems, servers, and events as they come over the wire. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/str.h"
#include "base/yaml.h"
#include "cmd/cli_api.h"
#include "cmd/cli_commands.h"
#include "cmd/cli_config.h"
#include "cmd/cli_sse.h"
#include "cmd/cli_wait.h"

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

static json_t *parsed_json(const char *text)
{
    struct error err = ERROR_INIT;
    json_t *json;

    if (json_parse_foreign(arena, text, strlen(text), &json, &err) < 0)
        fail_msg("%s: %s", text, err.message);
    return json;
}

/* --- cells, tables, YAML --- */

static const char *cell(const char *json, const char *pointer, enum cli_cell kind)
{
    const struct cli_column c = { "Name", pointer, kind, false, false };

    return cli_cell_text(arena, parsed_json(json), &c, 1735689600000LL /* 2025-01-01T00:00:00Z */);
}

static void test_cells(void **state)
{
    (void)state;
    assert_string_equal(cell("{\"a\":true}", "/a", CELL_TEXT), "yes");
    assert_string_equal(cell("{\"a\":{\"b\":-3}}", "/a/b", CELL_TEXT), "-3");
    assert_string_equal(cell("{\"a\":[\"x\",2]}", "/a", CELL_TEXT), "x, 2");
    assert_string_equal(cell("{\"a\":[\"x\",\"y\"]}", "/a", CELL_LINES), "x\ny");
    assert_string_equal(cell("{}", "/a", CELL_TEXT), "");
    assert_string_equal(cell("{\"a\":1023}", "/a", CELL_BYTES), "1023 B");
    assert_string_equal(cell("{\"a\":1572864}", "/a", CELL_BYTES), "1.5 MiB");
    assert_string_equal(cell("{\"a\":\"2024-12-31T23:59:30Z\"}", "/a", CELL_AGE), "30s");
    assert_string_equal(cell("{\"a\":\"2024-12-31T21:00:00Z\"}", "/a", CELL_AGE), "3h");
    assert_string_equal(cell("{\"a\":\"2025-01-08T00:00:00Z\"}", "/a", CELL_AGE), "in 7d");
    assert_string_equal(cell("{\"a\":\"odd\"}", "/a", CELL_AGE), "odd");
    /* what a customer chose does not steer an administrator's terminal */
    assert_string_equal(cell("{\"a\":\"x\\u001b[2J\\u009by\"}", "/a", CELL_TEXT), "x?[2J\?\?y");
    assert_string_equal(cli_clean(arena, "Müller é"), "Müller é");
}

/* What a function prints to stdout. */
static const char *printed(void (*print)(void *ctx), void *ctx)
{
    FILE *file = tmpfile();
    int keep = dup(STDOUT_FILENO);
    static char text[1 << 16];

    assert_non_null(file);
    (void)fflush(stdout);
    assert_true(dup2(fileno(file), STDOUT_FILENO) >= 0);
    print(ctx);
    (void)fflush(stdout);
    assert_true(dup2(keep, STDOUT_FILENO) >= 0);
    close(keep);
    assert_int_equal(fseek(file, 0, SEEK_SET), 0);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    (void)fclose(file);
    return text;
}

static void print_plans(void *ctx)
{
    static const char items[] =
        "[{\"id\":\"small\",\"cpu\":\"500m\",\"memory\":\"1Gi\",\"storage\":\"2Gi\",\"sites\":1},"
        "{\"id\":\"x\",\"cpu\":\"1\",\"memory\":\"16Gi\",\"storage\":\"2Gi\",\"sites\":20}]";
    struct cli *cli = ctx;
    struct error err = ERROR_INIT;

    assert_int_equal(cli_print_list(cli, parsed_json(items), &cli_plan_view, true, &err), 0);
}

static void print_site(void *ctx)
{
    static const char site[] = "{\"id\":\"s1\",\"hostnames\":[\"a.x\",\"b.x\"],\"ready\":false,\"replicas\":2}",
                      conditions[] =
                          "[{\"type\":\"web\",\"subject\":\"site/s1\",\"status\":\"false\",\"reason\":\"Wait\","
                          "\"message\":\"0 of 2\"}]";
    struct cli *cli = ctx;
    struct error err = ERROR_INIT;

    assert_int_equal(cli_print_item(cli, parsed_json(site), &cli_site_view, parsed_json(conditions), &err), 0);
}

static void test_tables(void **state)
{
    struct cli cli = { .arena = arena, .format = CLI_TABLE };

    (void)state;
    assert_string_equal(printed(print_plans, &cli),
                        "ID     CPU   MEMORY  STORAGE  SITES  DOMAINS  MAILBOXES  DATABASES  CUSTOMERS\n"
                        "small  500m  1Gi     2Gi      1\n"
                        "x      1     16Gi    2Gi      20\n");
    assert_string_equal(printed(print_site, &cli), "Id         s1\nHostnames  a.x, b.x\nReady      no\nReplicas   2\n\n"
                                                   "STEP  SUBJECT  STATUS  SINCE  REASON  MESSAGE\n"
                                                   "web   site/s1  false          Wait    0 of 2\n");
    cli.out_color = true;
    assert_non_null(strstr(printed(print_site, &cli), "\033[31mno"));
    cli.format = CLI_NAME;
    assert_string_equal(printed(print_plans, &cli), "small\nx\n");
    cli.format = CLI_JSON;
    assert_int_equal(json_array_size(json_object_get(parsed_json(printed(print_plans, &cli)), "items")), 2);
}

/* YAML is read back as the same JSON, also where a plain word would be taken for something else. */
static void test_yaml(void **state)
{
    static const char text[] =
        "{\"a\":[],\"b\":{},\"c\":[1,-2,true,false,null,1.5],\"d\":\"yes\",\"e\":\"12\",\"f\":\"a: b # c\",\"g\":\"\","
        "\"h\":\"two\\nlines\",\"i\":{\"j\":[{\"k\":\"null\"},{\"l\":\"~\"}]},\"m\":\"- "
        "x\",\"n\":\"2026-01-01T00:00:00Z\","
        "\"o\":\"M\\u00fcller GmbH\",\"y\":\"0x1F\",\"p q\":\"@x\",\"r\":\"a,b\",\"s\":\"x\\ty\",\"t\":\"trailing \"}";
    struct error err = ERROR_INIT;
    json_t *back;

    (void)state;
    const char *yaml = cli_yaml(arena, parsed_json(text));
    if (yaml_to_json(arena, yaml, strlen(yaml), &back, &err) < 0)
        fail_msg("%s\n%s", err.message, yaml);
    if (!json_equal(parsed_json(text), back))
        fail_msg("%s", yaml);
    assert_non_null(strstr(yaml, "d: \"yes\"\n"));
    assert_string_equal(cli_yaml(arena, parsed_json("{\"id\":\"small\",\"count\":3}")), "id: small\ncount: 3\n");
}

/* --- problems --- */

static void test_problem(void **state)
{
    static const char body[] =
        "{\"type\":\"about:blank\",\"title\":\"A field is not valid\",\"status\":422,"
        "\"requestId\":\"r1\",\"errors\":[{\"pointer\":\"/plan\",\"message\":\"no\"},{\"bad\":1}]}";
    static const struct http_header headers[] = { { "retry-after", "7" }, { "x-request-id", "r2" } };
    struct cli cli = { .arena = arena, .server = "https://x" };
    struct http_response res = {
        .status = 422, .body = body, .body_len = strlen(body), .header_count = 2, .headers = headers
    };
    struct error err = ERROR_INIT;

    (void)state;
    assert_int_equal(cli_problem(&cli, &res, &err), -1);
    assert_int_equal(err.code, ERROR_UNPROCESSABLE);
    assert_string_equal(err.message, "A field is not valid");
    assert_int_equal(err.field_count, 1);
    assert_string_equal(err.fields[0].pointer, "/plan");
    assert_string_equal(cli.request_id, "r1");
    assert_int_equal(err.retry_after_s, 7);
    res = (struct http_response){
        .status = 418, .body = "<html>", .body_len = 6, .header_count = 2, .headers = headers
    };
    assert_int_equal(cli_problem(&cli, &res, &err), -1);
    assert_non_null(strstr(err.message, "https://x answered 418"));
    assert_string_equal(cli.request_id, "r2");
}

static void test_server_check(void **state)
{
    static const char *const good[][2] = {
        { "https://panel.example.com/", "https://panel.example.com" },
        { "HTTPS://x:8443", "https://x:8443" },
        { "http://localhost:1", "http://localhost:1" },
        { "http://panel.berth.localhost", NULL },
        { "http://127.0.0.1:80", NULL },
        { "http://[::1]:80", NULL },
    };
    static const char *const bad[] = { "panel.example.com",
                                       "http://panel.example.com",
                                       "https://",
                                       "https://u@x",
                                       "https://x/api",
                                       "ftp://x",
                                       "",
                                       "https://x?y",
                                       "http://127.0.0.1.evil",
                                       "http://evil-localhost",
                                       "http://localhost@evil" };
    struct error err = ERROR_INIT;
    const char *server;

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        if (cli_server_check(arena, good[i][0], &server, &err) < 0)
            fail_msg("%s", err.message);
        assert_string_equal(server, good[i][1] ? good[i][1] : good[i][0]);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (cli_server_check(arena, bad[i], &server, &err) == 0)
            fail_msg("'%s' is taken", bad[i]);
}

static void test_open_steps(void **state)
{
    const json_t *operation = parsed_json(
        "{\"steps\":[{\"type\":\"quota\",\"subject\":\"customer/x\",\"status\":\"true\"},"
        "{\"type\":\"web\",\"subject\":\"site/s\",\"status\":\"false\",\"reason\":\"R\","
        "\"message\":\"0 of 1\"},{\"type\":\"tls\",\"subject\":\"site/s\","
        "\"status\":\"unknown\",\"reason\":\"\",\"message\":\"\"}]}");
    struct error err = ERROR_INIT;

    (void)state;
    cli_wait_steps(operation, &err);
    assert_int_equal(err.field_count, 2);
    assert_string_equal(err.fields[0].pointer, "web site/s");
    assert_string_equal(err.fields[0].message, "0 of 1");
    assert_string_equal(err.fields[1].message, "not looked at yet");
}

/* --- server-sent events --- */

struct events {
    size_t count;
    char log[512];
};

static bool note(void *ctx, const char *id, const char *data)
{
    struct events *e = ctx;
    size_t len = strlen(e->log);

    (void)snprintf(e->log + len, sizeof e->log - len, "%s=%s;", id, data);
    return ++e->count < 3;
}

static void test_events(void **state)
{
    static const char text[] =
        ": hello\n\nid: 7\nevent: operation\ndata: {\"a\":1}\n\ndata:x\r\ndata: y\r\n\r\nid: 9\ndata: z\n\n"
        "data: behind the end\n\n";

    (void)state;
    for (size_t step = 1; step <= sizeof text; step++) { /* cut anywhere */
        struct events e = { 0 };
        struct cli_sse *s = cli_sse_new(arena, note, &e);
        bool more = true;
        for (size_t at = 0; more && at < sizeof text - 1; at += step)
            more = cli_sse_feed(s, text + at, step < sizeof text - 1 - at ? step : sizeof text - 1 - at);
        assert_false(more);
        assert_string_equal(e.log, "7={\"a\":1};7=x\ny;9=z;");
    }
}

static void test_endless_event(void **state)
{
    struct events e = { 0 };
    struct cli_sse *s = cli_sse_new(arena, note, &e);
    char block[4096];
    int rounds = 0;

    (void)state;
    memset(block, 'a', sizeof block);
    while (cli_sse_feed(s, block, sizeof block))
        assert_true(++rounds < 2000);
    assert_int_equal(e.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_cells, setup, teardown),
        cmocka_unit_test_setup_teardown(test_tables, setup, teardown),
        cmocka_unit_test_setup_teardown(test_yaml, setup, teardown),
        cmocka_unit_test_setup_teardown(test_problem, setup, teardown),
        cmocka_unit_test_setup_teardown(test_server_check, setup, teardown),
        cmocka_unit_test_setup_teardown(test_open_steps, setup, teardown),
        cmocka_unit_test_setup_teardown(test_events, setup, teardown),
        cmocka_unit_test_setup_teardown(test_endless_event, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
