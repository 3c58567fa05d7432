/* The command line: parsing, suggestions, the request that is made, and that help and completions know every command. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/json.h"
#include "base/str.h"
#include "base/yaml.h"
#include "cmd/cli_api.h"
#include "cmd/cli_args.h"
#include "cmd/cli_commands.h"
#include "cmd/cli_help.h"
#include "cmd/cli_report.h"
#include "cmd/cli_suggest.h"

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
    assert_true(parse_well("plan plan create x --cpu 1 --memory 1Gi --storage 1Gi").dry_run);
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

/* --- what a problem is about --- */

/* --- what the API's routes take --- */

struct query {
    const char *method, *path, *operation, *names;
};

/* What the command line has in another way, or not at all. */
static const char *const query_exceptions[][3] = {
    { "changePassword", "dryRun", "both passwords would be asked for to learn nothing" },
    { "redeemLink", "dryRun", "it asks for a new password, of which a dry run would tell nothing" },
    { "createRelease", "dryRun", "it would send all files to learn what is known before: a new release" },
    { "listEvents", "after", "what `-w` follows by" },
    { "listEvents", "sort", "the newest event comes last, as in a log" },
};

static bool is_exception(const char *operation, const char *name)
{
    for (size_t i = 0; i < sizeof query_exceptions / sizeof query_exceptions[0]; i++)
        if (str_eq(query_exceptions[i][0], operation) && str_eq(query_exceptions[i][1], name))
            return true;
    return false;
}

/* The route's path, whose braces hold other words than the command's. */
static bool same_form(const char *a, const char *b)
{
    for (; *a && *a == *b; a++, b++)
        if (*a == '{') {
            a += strcspn(a, "}");
            b += strcspn(b, "}");
        }
    return *a == *b;
}

static bool command_takes(const struct cli_command *c, const char *name)
{
    if (str_eq(name, "dryRun"))
        return (c->traits & CLI_DRY) != 0;
    if (str_eq(name, "cursor")) /* pages are fetched until there are enough */
        return true;
    for (const struct cli_param *p = c->params; p->name; p++)
        if ((p->place == CLI_QUERY && str_eq(p->field, name)) || (str_eq(name, "limit") && str_eq(p->name, "limit")))
            return true;
    return false;
}

/* Every query parameter of a route is an option of each command of that route: what the API can, the command line can. */
static void test_queries(void **state)
{
    static const struct query routes[] = {
#define ROUTE(method, path, id, handler, access, query) { method, path, id, query },
#include "api/routes.def"
#undef ROUTE
    };
    size_t taken = 0, left_out = 0;

    (void)state;
    for (const struct query *r = routes; r < routes + sizeof routes / sizeof routes[0]; r++)
        for (char **name = str_split(arena, r->names, ',', NULL); *name; name++) {
            bool found = false;
            if (!(*name)[0])
                continue;
            for (const struct cli_command *c = cli_commands; c->noun; c++) {
                if (!str_eq(c->method, r->method) || !same_form(c->path, r->path))
                    continue;
                if (!command_takes(c, *name) && !is_exception(r->operation, *name))
                    fail_msg("'%s %s' has no option for %s of %s", c->noun, c->verb, *name, r->operation);
                found = found || command_takes(c, *name);
            }
            if (found == is_exception(r->operation, *name))
                fail_msg("%s of %s: %s", *name, r->operation, found ? "is no exception any more" : "no command has it");
            taken += found;
            left_out += !found;
        }
    assert_int_equal(left_out, sizeof query_exceptions / sizeof query_exceptions[0]);
    assert_true(taken > 90);
}

/* And no command sends what its route does not take. */
static void test_queries_known(void **state)
{
    (void)state;
    for (const struct cli_command *c = cli_commands; c->noun; c++)
        for (const struct cli_param *p = c->params; p->name; p++) {
            const char *names = NULL;
#define ROUTE(route_method, route_path, id, handler, access, query)                                                    \
    if (str_eq(c->method, route_method) && same_form(c->path, route_path))                                             \
        names = "," query ",";
#include "api/routes.def"
#undef ROUTE
            if (p->place == CLI_QUERY && (!names || !strstr(names, arena_printf(arena, ",%s,", p->field))))
                fail_msg("'%s %s' sends %s, which its route does not take", c->noun, c->verb, p->field);
        }
}

/* How many options of the command have the words that the API's description has for this parameter. */
static size_t count_words(const struct cli_command *c, const json_t *doc, const json_t *parameter)
{
    const json_t *schema = json_object_get(parameter, "schema"), *word, *list;
    const char *ref = json_str_at(schema, "/$ref"), *all = "";
    size_t i, count = 0;

    list = json_object_get(ref ? json_at(doc, ref + 1) : schema, "enum");
    json_array_foreach(list, i, word) all = arena_printf(arena, "%s%s%s", all, i ? "|" : "", json_string_value(word));
    for (const struct cli_param *p = c->params; list && p->name; p++)
        if (p->place == CLI_QUERY && str_eq(p->field, json_str_at(parameter, "/name"))) {
            assert_string_equal(p->complete, all);
            count++;
        }
    return count;
}

static void test_words_of_queries(void **state)
{
    struct error err = ERROR_INIT;
    json_t *doc, *item, *parameter;
    size_t len, i, count = 0;
    const char *path;
    char *text;

    (void)state;
    assert_int_equal(file_read(arena, OPENAPI_FILE, 4 << 20, &text, &len, &err), 0);
    assert_int_equal(yaml_to_json(arena, text, len, &doc, &err), 0);
    for (const struct cli_command *c = cli_commands; c->noun; c++) {
        const char *pointer = arena_printf(arena, "/%s/parameters", str_lower(arena, c->method));
        json_object_foreach(json_object_get(doc, "paths"), path, item)
        {
            if (!same_form(c->path, path))
                continue;
            json_array_foreach(json_at(item, pointer), i, parameter)
            {
                count += count_words(c, doc, parameter);
            }
        }
    }
    assert_true(count > 20);
}

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
        cmocka_unit_test_setup_teardown(test_queries, setup, teardown),
        cmocka_unit_test_setup_teardown(test_queries_known, setup, teardown),
        cmocka_unit_test_setup_teardown(test_words_of_queries, setup, teardown),
        cmocka_unit_test_setup_teardown(test_pointers, setup, teardown),
        cmocka_unit_test_setup_teardown(test_distance, setup, teardown),
        cmocka_unit_test_setup_teardown(test_help, setup, teardown),
        cmocka_unit_test_setup_teardown(test_completions, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
