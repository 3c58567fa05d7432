/* The pure parts of the command line: parsing, suggestions, cells and tables, YAML, problems, events, archives, and that
 * help and completions know every command. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/id.h"
#include "base/json.h"
#include "base/str.h"
#include "base/yaml.h"
#include "cmd/cli_api.h"
#include "cmd/cli_args.h"
#include "cmd/cli_commands.h"
#include "cmd/cli_config.h"
#include "cmd/cli_help.h"
#include "cmd/cli_report.h"
#include "cmd/cli_sse.h"
#include "cmd/cli_suggest.h"
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

/* --- parsing --- */

/* Splits at blanks; a word '' is empty. */
static int parse(struct cli *cli, const char *line, struct error *err)
{
    size_t count;
    char **words = str_split(arena, line, ' ', &count);
    char **argv = arena_array(arena, count + 2, sizeof *argv);

    argv[0] = arena_strdup(arena, "berth");
    for (size_t i = 0; i < count; i++)
        argv[i + 1] = str_eq(words[i], "''") ? words[i] + 2 : words[i];
    *cli = (struct cli){ .arena = arena, .program = "berth" };
    *err = ERROR_INIT;
    return cli_parse(cli, (int)count + 1, argv, err);
}

static struct cli parse_well(const char *line)
{
    struct cli cli;
    struct error err;

    if (parse(&cli, line, &err) < 0)
        fail_msg("%s: %s", line, err.message);
    return cli;
}

static void parse_badly(const char *line, const char *message)
{
    struct cli cli;
    struct error err;

    if (parse(&cli, line, &err) == 0)
        fail_msg("'%s' is taken", line);
    assert_true(cli.usage_error);
    if (!strstr(err.message, message))
        fail_msg("'%s' gives \"%s\", not \"%s\"", line, err.message, message);
}

static void test_parse(void **state)
{
    struct cli cli = parse_well("customer create example --plan small --name=--x --wait --timeout 7 -qv");

    (void)state;
    assert_string_equal(cli.command->verb, "create");
    assert_string_equal(cli_get(&cli, "ID"), "example");
    assert_string_equal(cli_get(&cli, "plan"), "small");
    assert_string_equal(cli_get(&cli, "name"), "--x");
    assert_true(cli.wait && cli.quiet && cli.verbose && !cli.dry_run);
    assert_int_equal(cli.timeout_s, 7);
    cli = parse_well("-ojson --server http://localhost customer list");
    assert_int_equal(cli.format, CLI_JSON);
    assert_string_equal(cli_get(&cli, "server"), "http://localhost");
    cli = parse_well("customer show -- -x");
    assert_string_equal(cli_get(&cli, "ID"), "-x");
    cli = parse_well("login --token-file -");
    assert_string_equal(cli_get(&cli, "token-file"), "-");
    cli = parse_well("site deploy . --site x");
    assert_true(cli.wait);
    assert_int_equal(cli.timeout_s, 300);
    cli = parse_well("site deploy . --site x --no-wait");
    assert_false(cli.wait);
    cli = parse_well("customer create --help");
    assert_true(cli.help);
    assert_string_equal(cli.command->verb, "create");
}

static void test_parse_plan(void **state)
{
    struct cli cli = parse_well("plan customer create x --plan small");

    (void)state;
    assert_true(cli.dry_run);
    assert_string_equal(cli.command->noun, "customer");
    cli = parse_well("plan -- customer create x --plan small");
    assert_true(cli.dry_run);
    cli = parse_well("plan create x --cpu 1 --memory 1Gi --storage 1Gi");
    assert_false(cli.dry_run);
    assert_string_equal(cli.command->noun, "plan");
    parse_badly("plan plan create x --cpu 1 --memory 1Gi --storage 1Gi", "cannot be planned");
    parse_badly("plan customer list", "cannot be planned");
    parse_badly("plan site deploy x --site y", "cannot be planned");
    for (const struct cli_noun *n = cli_nouns; n->name; n++) /* else `plan X` would have two meanings */
        assert_null(cli_find_command("plan", n->name));
}

static void test_parse_faults(void **state)
{
    (void)state;
    parse_badly("custmer list", "did you mean 'customer'?");
    parse_badly("xyzzyplugh", "'berth help' lists them");
    parse_badly("customer lst", "did you mean 'customer list'?");
    parse_badly("customer rm x", "did you mean 'customer delete'?");
    parse_badly("domain create x", "did you mean 'domain add'?");
    parse_badly("customer", "needs a verb: list, show");
    parse_badly("customer qqqq", "'customer' has: list");
    parse_badly("-q", "a command is missing");
    parse_badly("customer create", "needs ID");
    parse_badly("customer create a", "needs --plan PLAN");
    parse_badly("customer create a b --plan c", "one argument too many");
    parse_badly("customer create a --pln c", "did you mean --plan?");
    parse_badly("customer create a --plan", "--plan needs a value");
    parse_badly("customer create a --plan --wait", "--plan needs a value");
    parse_badly("customer create a --plan ''", "--plan may not be empty");
    parse_badly("customer create a --plan=", "--plan may not be empty");
    parse_badly("customer create '' --plan b", "ID may not be empty");
    parse_badly("customer create a --plan b --plan c", "--plan is given twice");
    parse_badly("customer create a --plan b --wait=yes", "--wait takes no value");
    parse_badly("customer create a --plan b --timeout 5", "goes with --wait");
    parse_badly("customer create a --plan b --wait --timeout 0", "must be from 1");
    parse_badly("customer create a --plan b --wait --timeout x", "not a whole number");
    parse_badly("customer create a --plan b --wait --dry-run", "do not go together");
    parse_badly("customer create a --plan b -w", "has no option -w");
    parse_badly("customer list --wait", "has no option --wait");
    parse_badly("--wait customer list", "has no option --wait");
    parse_badly("customer list -o jsn", "did you mean 'json'?");
    parse_badly("customer list --state odd", "not one of active, suspended");
    parse_badly("-x customer list", "there is no option -x");
    parse_badly("completion tcsh", "not one of bash, zsh, fish");
    parse_badly("site create --customer x", "needs HOSTNAME");
}

static void test_request(void **state)
{
    struct cli cli = parse_well("site create a.example b.example --customer x --replicas 3");

    (void)state;
    assert_string_equal(json_text(arena, cli_request_body(&cli)),
                        "{\"customerId\":\"x\",\"hostnames\":[\"a.example\",\"b.example\"],\"replicas\":3}");
    assert_string_equal(cli_request_path(&cli), "/api/v1/sites");
    cli = parse_well("plan customer delete a/b?c --purge");
    assert_string_equal(cli_request_path(&cli), "/api/v1/customers/a%2Fb%3Fc?purge=true&dryRun=true");
    assert_null(cli_request_body(&cli));
    cli = parse_well("customer list --search x&y --state active");
    assert_string_equal(cli_request_path(&cli), "/api/v1/customers?q=x%26y&state=active");
}

/* Every command can be written down as its own usage says, and every parameter and option is explained. */
static void test_table(void **state)
{
    (void)state;
    for (const struct cli_command *c = cli_commands; c->noun; c++) {
        assert_ptr_equal(cli_find_command(c->noun, c->verb), c);
        assert_true(c->verb[0] == '\0' || cli_find_noun(c->noun));
        assert_non_null(c->run);
        assert_true(c->help[0] != '\0' && c->example);
        for (const struct cli_param *p = c->params; p->name; p++) {
            assert_non_null(p->help);
            for (const struct cli_param *o = cli_shared; o->name && cli_is_option(p); o++)
                if (cli_takes(c, o))
                    assert_string_not_equal(o->name, p->name);
            if (p->place == CLI_PATH)
                assert_non_null(strstr(c->path, arena_printf(arena, "{%s}", p->name)));
        }
        for (char **line = str_split(arena, c->example, '\n', NULL); *line; line++) {
            char *plain = str_replace(arena, *line, " > ", "\001");
            plain[strcspn(plain, "\001|'")] = '\0'; /* redirections and quotes are the shell's */
            if (strlen(plain) == strlen(*line))
                assert_ptr_equal(parse_well(str_trim(arena, plain)).command, c);
        }
    }
}

/* --- suggestions --- */

static void test_distance(void **state)
{
    (void)state;
    assert_int_equal(cli_distance("", ""), 0);
    assert_int_equal(cli_distance("abc", ""), 3);
    assert_int_equal(cli_distance("list", "lsit"), 1);
    assert_int_equal(cli_distance("kitten", "sitting"), 3);
    assert_int_equal(cli_distance("plan", "plan"), 0);
    char long_word[200];
    memset(long_word, 'a', sizeof long_word);
    long_word[sizeof long_word - 1] = '\0';
    assert_true(cli_distance(long_word, "a") == SIZE_MAX);
    struct cli_nearest near = { .word = "cust" };
    cli_nearest_offer(&near, "customer");
    assert_string_equal(near.best, "customer");
    near = (struct cli_nearest){ .word = "x" };
    cli_nearest_offer(&near, "event");
    assert_null(near.best);
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
    rewind(file);
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

static void test_pointers(void **state)
{
    struct cli cli = parse_well("site create a.example B --customer x");

    (void)state;
    assert_string_equal(cli_pointer_name(&cli, "/customerId"), "--customer");
    assert_string_equal(cli_pointer_name(&cli, "/hostnames/1"), "HOSTNAME 2 (B)");
    assert_string_equal(cli_pointer_name(&cli, "/hostnames/7"), "HOSTNAME");
    assert_string_equal(cli_pointer_name(&cli, "/hostnames"), "HOSTNAME");
    assert_string_equal(cli_pointer_name(&cli, "/host"), "/host");
    assert_string_equal(cli_pointer_name(&cli, ""), "");
    assert_string_equal(cli_pointer_name(&cli, "/dryRun"), "--dry-run");
    cli = parse_well("customer list --search x");
    assert_string_equal(cli_pointer_name(&cli, "/q"), "--search");
    assert_string_equal(cli_pointer_name(&cli, "/limit"), "--limit");
}

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

/* --- help and completions --- */

static const char *written(void (*write)(FILE *out))
{
    char *text = NULL;
    size_t len;
    FILE *out = open_memstream(&text, &len);

    assert_non_null(out);
    write(out);
    (void)fclose(out);
    const char *copy = arena_strdup(arena, text);
    free(text);
    return copy;
}

static void write_all_help(FILE *out)
{
    cli_help_all(out, "berth");
    for (const struct cli_noun *n = cli_nouns; n->name; n++)
        cli_help_noun(out, "berth", n->name);
    for (const struct cli_command *c = cli_commands; c->noun; c++)
        cli_help_command(out, "berth", c);
}

static void write_bash(FILE *out)
{
    cli_completion_write(out, "bash");
}

static void write_zsh(FILE *out)
{
    cli_completion_write(out, "zsh");
}

static void write_fish(FILE *out)
{
    cli_completion_write(out, "fish");
}

static void expect_word(const char *text, const char *word)
{
    if (!strstr(text, word))
        fail_msg("'%s' is missing", word);
}

static void test_help(void **state)
{
    const char *help = written(write_all_help), *markdown = written(cli_manual_markdown),
               *man = written(cli_manual_man);

    (void)state;
    for (const struct cli_command *c = cli_commands; c->noun; c++) {
        expect_word(help, c->verb[0] ? arena_printf(arena, "usage: berth %s %s", c->noun, c->verb) : c->noun);
        expect_word(markdown, arena_printf(arena, "### berth %s%s%s\n", c->noun, c->verb[0] ? " " : "", c->verb));
        expect_word(man, arena_printf(arena, ".SS %s", c->noun));
        for (const struct cli_param *p = c->params; p->name; p++)
            expect_word(markdown, arena_printf(arena, cli_is_option(p) ? "- `--%s" : "- `%s`", p->name));
    }
    for (char **line = str_split(arena, help, '\n', NULL); *line; line++)
        if (strlen(*line) > 100)
            fail_msg("too long for a terminal: %s", *line);
    assert_null(strstr(help, "(null)"));
    assert_null(strstr(markdown, "(null)"));
}

static void test_completions(void **state)
{
    const char *bash = written(write_bash), *zsh = written(write_zsh), *fish = written(write_fish);

    (void)state;
    for (const struct cli_command *c = cli_commands; c->noun; c++) {
        const char *name = arena_printf(arena, "%s%s%s", c->noun, c->verb[0] ? " " : "", c->verb);
        expect_word(bash, arena_printf(arena, "    \"%s\") echo \"", name));
        expect_word(zsh, arena_printf(arena, "    \"%s\") echo \"", name));
        expect_word(fish, arena_printf(arena, " -a %s -d ", c->verb[0] ? c->verb : c->noun));
        for (const struct cli_param *p = c->params; p->name; p++)
            if (cli_is_option(p)) {
                expect_word(bash, arena_printf(arena, "--%s", p->name));
                expect_word(fish, arena_printf(arena, " -l %s ", p->name));
            }
    }
    for (const struct cli_param *o = cli_shared; o->name; o++)
        expect_word(fish, arena_printf(arena, " -l %s", o->name));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_parse, setup, teardown),
        cmocka_unit_test_setup_teardown(test_parse_plan, setup, teardown),
        cmocka_unit_test_setup_teardown(test_parse_faults, setup, teardown),
        cmocka_unit_test_setup_teardown(test_request, setup, teardown),
        cmocka_unit_test_setup_teardown(test_table, setup, teardown),
        cmocka_unit_test_setup_teardown(test_distance, setup, teardown),
        cmocka_unit_test_setup_teardown(test_cells, setup, teardown),
        cmocka_unit_test_setup_teardown(test_tables, setup, teardown),
        cmocka_unit_test_setup_teardown(test_yaml, setup, teardown),
        cmocka_unit_test_setup_teardown(test_pointers, setup, teardown),
        cmocka_unit_test_setup_teardown(test_problem, setup, teardown),
        cmocka_unit_test_setup_teardown(test_server_check, setup, teardown),
        cmocka_unit_test_setup_teardown(test_open_steps, setup, teardown),
        cmocka_unit_test_setup_teardown(test_events, setup, teardown),
        cmocka_unit_test_setup_teardown(test_endless_event, setup, teardown),
        cmocka_unit_test_setup_teardown(test_help, setup, teardown),
        cmocka_unit_test_setup_teardown(test_completions, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
