/* The program `berth` against a real API: what it prints, where, and how it ends. */
#include "cli_fixture.h"

static const char *settings_path(const struct fixture *f)
{
    return arena_printf(f->arena, "%s/settings/berth/config.json", f->dir);
}

/* --- signing in --- */

static void test_login(void **state)
{
    struct fixture *f = *state;
    struct stat st;
    struct ran r = berth(f, "whoami");

    expect_ran(&r, 4, "", "berth: you are not signed in\nsign in with: berth login URL\n");
    r = berth_with(f, "berth_wrong\n", NULL, "login", server_url(f));
    expect_ran(&r, 4, "", NULL);
    assert_int_equal(stat(settings_path(f), &st), -1); /* what does not work is not kept */
    r = berth_with(f, arena_printf(f->arena, "%s\n", f->token), NULL, "login", server_url(f));
    expect_ran(&r, 0, arena_printf(f->arena, "signed in to %s as admin (admin)\n", server_url(f)), "");
    assert_int_equal(stat(settings_path(f), &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    r = berth(f, "whoami", "-o", "name");
    expect_ran(&r, 0, "admin\n", "");
    r = berth(f, "version");
    expect_in(r.out, "server ");
    r = berth(f, "logout");
    expect_ran(&r, 0, NULL, "");
    r = berth(f, "whoami");
    expect_ran(&r, 4, "", NULL);
    r = berth_with(f, NULL, arena_printf(f->arena, "BERTH_TOKEN=%s", f->token), "whoami");
    expect_ran(&r, 0, NULL, "");
    r = berth_with(f, arena_printf(f->arena, "%s\n", f->token), NULL, "login"); /* the URL is known */
    expect_ran(&r, 0, NULL, "");
}

/* A stored token is for the server that it was stored for. */
static void test_other_server(void **state)
{
    struct fixture *f = *state;
    const char *other = arena_printf(f->arena, "http://panel.localhost:%u", api_port(f->api));

    sign_in(f);
    struct ran r = berth(f, "whoami", "--server", other);
    expect_ran(&r, 4, "", NULL);
    r = berth(f, "whoami", "--server", other, "--token", f->token); /* *.localhost is this machine */
    expect_ran(&r, 0, NULL, "");
    r = berth(f, "whoami", "--server", "http://panel.example.com");
    expect_ran(&r, 1, "", NULL);
    expect_in(r.err, "unencrypted");
    r = berth(f, "login", server_url(f), "--token-file", "/dev/null");
    expect_ran(&r, 1, "", "berth: the token is empty\n");
    r = berth(f, "-v", "whoami");
    expect_in(r.err, "> GET http://127.0.0.1");
    expect_in(r.err, "< 200");
    assert_null(strstr(r.err, f->token));
}

/* --- changes --- */

static void test_create_and_wait(void **state)
{
    struct fixture *f = *state;

    sign_in(f);
    engine_begin(f);
    struct ran r = berth(f, "customer", "create", "example", "--name", "Example GmbH", "--plan", "small", "--wait");
    expect_ran(&r, 0, "customer/example made\n", ""); /* no terminal: silent until the end */
    r = berth(f, "domain", "add", "hello.localhost", "--customer", "example", "--wait", "--timeout", "30");
    expect_ran(&r, 0, NULL, "");
    expect_in(r.out, "domain/hello.localhost added\n  site/s");
    expect_in(r.out, " at https://hello.localhost:8443\n  to be delegated to: ns1.berth.localhost\n");
    r = berth(f, "customer", "suspend", "example", "--reason", "unpaid", "--wait", "-o", "json");
    expect_ran(&r, 0, NULL, "");
    expect_in(r.out, "\"state\": \"done\"");
    expect_in(r.out, "\"suspendReason\": \"unpaid\"");
    r = berth(f, "reconcile", "example", "--wait");
    expect_ran(&r, 0, "customer/example is as it should be\n", "");
    stand_in_end(f);
    r = berth(f, "customer", "show", "example");
    expect_ran(&r, 0, NULL, "");
    expect_in(r.out, "Name        Example GmbH\n");
    expect_in(r.out, "web        customer/example  true");
    r = berth(f, "customer", "conditions", "example", "-o", "name");
    expect_ran(&r, 0, "namespace\nweb\n", "");
    r = berth(f, "event", "list", "--limit", "2", "-o", "json");
    assert_true(strstr(r.out, "Waiting") < strstr(r.out, "\"Ready\"")); /* the newest comes last */
    r = berth(f, "customer", "resume", "example", "-o", "name");
    expect_ran(&r, 0, "example\n", "");
}

static void test_wait_in_vain(void **state)
{
    struct fixture *f = *state;

    sign_in(f);
    struct ran r = berth(f, "customer", "create", "slow", "--plan", "small", "--wait", "--timeout", "1");
    expect_ran(&r, 1, "", NULL);
    expect_in(r.err, "berth: customer/slow is not done after 1 s; the work goes on: berth op watch op-");
    expect_in(r.err, "\n  reconciler: has not looked at it yet");
    assert_true(look_once_as(f, false));
    r = berth(f, "op", "list", "--customer", "slow", "-o", "name");
    const char *op = str_trim(f->arena, r.out);
    r = berth(f, "op", "wait", op, "--timeout", "1");
    expect_ran(&r, 1, "", NULL);
    expect_in(r.err, "\n  web customer/slow: 0 of 1 pods are ready\n");
    struct error err = ERROR_INIT;
    assert_int_equal(store_operation_finish(f->store, op, OPERATION_FAILED, "boom", "", &err), 0);
    r = berth(f, "op", "wait", op);
    expect_ran(&r, 1, "", NULL);
    expect_in(r.err, "berth: customer.create of customer/slow has failed: boom\n");
    r = berth(f, "op", "watch", op);
    expect_ran(&r, 1, NULL, "berth: customer.create of customer/slow has failed: boom\n");
    expect_in(r.out, "web        customer/slow            false   WaitingForPods: 0 of 1 pods are ready\n");
}

static void test_problems(void **state)
{
    struct fixture *f = *state;

    sign_in(f);
    struct ran r = berth(f, "customer", "create", "example", "--plan", "huge");
    expect_ran(&r, 1, "", NULL);
    expect_in(r.err, "berth: --plan: there is no plan 'huge'\n(request req-");
    r = berth(f, "customer", "create", "-o", "json", "--plan", "small", "--", "-X");
    expect_ran(&r, 1, "", NULL);
    expect_in(r.err, "berth: ID: ");
    r = berth(f, "customer", "create", "Bad", "--plan", "small", "--name", "a\tb");
    expect_in(r.err, "berth: 2 values are not valid:\n  ID: ");
    expect_in(r.err, "\n  --name: may not hold control characters\n");
    r = berth(f, "site", "show", "nothing.example");
    expect_ran(&r, 1, "", NULL);
    r = berth(f, "customer", "update", "example");
    expect_ran(&r, 2, "", NULL);
    r = berth(f, "customr", "list");
    expect_ran(&r, 2, "", "berth: there is no command 'customr'; did you mean 'customer'?\n");
    r = berth(f, "customer", "list", "--limit", "x");
    expect_ran(&r, 2, "", NULL);
    r = berth_with(f, NULL, NULL, "customer", "list");
    expect_ran(&r, 0, "", "there are none\n");
    r = berth(f, "customer", "list", "-q");
    expect_ran(&r, 0, "", "");
}

/* --- what would change, and what differs --- */

static void test_dry_run(void **state)
{
    static const char changes[] =
        "{\"changes\":[{\"plane\":\"kubernetes\",\"action\":\"update\",\"object\":\"cust-xx/Deployment/s\","
        "\"fields\":[\"/spec/replicas: 1 -> 0\",\"/spec/x: 1 -> 2\"]}]}";
    struct fixture *f = *state;
    const char *table = "PLANE       ACTION  OBJECT                FIELDS\n"
                        "kubernetes  update  cust-xx/Deployment/s  /spec/replicas: 1 -> 0\n"
                        "                                          /spec/x: 1 -> 2\n";

    sign_in(f);
    reconciler_start(f, changes);
    struct ran r = berth(f, "customer", "create", "xx", "--plan", "small", "--dry-run");
    expect_ran(&r, 0, table, "");
    r = berth(f, "plan", "customer", "create", "xx", "--plan", "small");
    expect_ran(&r, 0, table, "");
    r = berth(f, "customer", "list", "-o", "name");
    expect_ran(&r, 0, "", ""); /* nothing was made */
    r = berth(f, "customer", "create", "xx", "--plan", "small");
    expect_ran(&r, 0, NULL, "");
    expect_in(r.out, "customer/xx: accepted as op-");
    r = berth(f, "diff", "xx");
    expect_ran(&r, 1, table, "");
    r = berth(f, "customer", "delete", "xx", "--purge", "--dry-run", "-o", "name");
    expect_ran(&r, 0, "cust-xx/Deployment/s\n", "");
    stand_in_end(f);
    reconciler_start(f, "{\"changes\":[]}");
    r = berth(f, "diff", "xx");
    expect_ran(&r, 0, "", "all is as it should be\n");
    stand_in_end(f);
    r = berth(f, "diff", "none");
    expect_ran(&r, 1, "", NULL);
}

/* --- deleting --- */

/* What no plane sees has a dry run too. */
static void test_dry_run_at_once(void **state)
{
    struct fixture *f = *state;

    sign_in(f);
    struct ran r = berth(f, "plan", "plan", "delete", "medium");
    expect_ran(&r, 0, NULL, "");
    expect_in(r.out, "delete");
    r = berth(f, "plan", "show", "medium", "-o", "name");
    expect_ran(&r, 0, "medium\n", "");
    r = berth(f, "token", "create", "ci", "--scope", "read", "--dry-run");
    expect_ran(&r, 0, NULL, "");
    expect_in(r.out, "create");
    assert_null(strstr(r.out, "berth_"));
    r = berth(f, "user", "delete", "admin", "--dry-run"); /* what is only planned needs no --yes */
    assert_int_not_equal(r.code, 2);
}

static void test_lists(void **state)
{
    struct fixture *f = *state;

    sign_in(f);
    make_domain(f, "aaa", "one.localhost");
    make_domain(f, "bbb", "two.localhost");
    struct ran r = berth(f, "customer", "list", "--sort", "-id", "-o", "name");
    expect_ran(&r, 0, "bbb\naaa\n", "");
    r = berth(f, "customer", "list", "--ready", "false", "--search", "bb", "-o", "name");
    expect_ran(&r, 0, "bbb\n", "");
    r = berth(f, "domain", "list", "--search", "one", "-o", "name");
    expect_ran(&r, 0, "one.localhost\n", "");
    r = berth(f, "customer", "list", "--sort", "-nam");
    expect_ran(&r, 2, "", NULL);
    expect_in(r.err, "did you mean '-name'?");
}

static void test_delete(void **state)
{
    struct fixture *f = *state;

    sign_in(f);
    struct ran r = berth(f, "domain", "add", "gone.localhost", "--customer", "gone");
    expect_ran(&r, 0, NULL, "");
    r = berth(f, "site", "delete", "gone.localhost");
    expect_ran(&r, 2, "", NULL);
    expect_in(r.err, "say --yes");
    r = berth(f, "domain", "delete", "gone.localhost", "--yes");
    expect_ran(&r, 1, "", NULL); /* a site has a hostname in it */
    r = berth(f, "site", "delete", "gone.localhost", "--yes");
    expect_ran(&r, 0, NULL, "");
    r = berth(f, "domain", "delete", "gone.localhost", "--yes");
    expect_ran(&r, 0, NULL, "");
    r = berth(f, "customer", "delete", "gone"); /* can be undone, so it does not ask */
    expect_ran(&r, 0, NULL, "");
    expect_in(r.out, "; until then: berth customer restore gone\n");
    r = berth(f, "customer", "delete", "gone", "--purge");
    expect_ran(&r, 2, "", NULL);
    r = berth(f, "customer", "list", "--state", "trashed", "-o", "name");
    expect_ran(&r, 0, "gone\n", "");
    r = berth(f, "customer", "delete", "gone", "--purge", "--yes");
    expect_ran(&r, 0, NULL, "");
    r = berth(f, "customer", "list", "--state", "erasing", "-o", "name");
    expect_ran(&r, 0, "gone\n", "");
}

/* --- plans, hostnames, lists --- */

/* Records, one by one and by a zone file. */
static void test_records(void **state)
{
    struct fixture *f = *state;

    sign_in(f);
    make_domain(f, "example", "example.localhost");
    struct ran r = berth(f, "record", "set", "example.localhost", "@", "MX", "10 mail.example.net", "--ttl", "600");
    expect_ran(&r, 0, NULL, "");
    expect_in(r.out, "domain/example.localhost: accepted as op-");
    r = berth(f, "record", "show", "example.localhost", "@", "MX");
    expect_ran(&r, 0, NULL, "");
    expect_in(r.out, "10 mail.example.net.");
    r = berth(f, "record", "set", "example.localhost", "@", "A", "192.0.2.1");
    expect_ran(&r, 1, "", NULL);
    expect_in(r.err, "is kept by the site");
    r = berth_with(f, "@ NS other.\nmail A 192.0.2.1\n", NULL, "domain", "import", "example.localhost", "-", "--mode",
                   "replace");
    expect_ran(&r, 0, NULL, NULL);
    expect_in(r.err, "left out: example.localhost NS: it is kept by Berth");
    expect_in(r.err, "1 written, 1 deleted, 0 unchanged");
    r = berth_with(f, "mail A nonsense\n", NULL, "domain", "import", "example.localhost", "-");
    expect_ran(&r, 1, "", NULL);
    expect_in(r.err, "line/1");
    r = berth(f, "record", "delete", "example.localhost", "mail.example.localhost", "A");
    expect_ran(&r, 0, NULL, "");
    r = berth(f, "record", "show", "example.localhost", "mail.example.localhost", "A");
    expect_ran(&r, 1, "", NULL);
}

static void test_plans_and_hostnames(void **state)
{
    struct fixture *f = *state;

    sign_in(f);
    struct ran r = berth(f, "plan", "create", "tiny", "--cpu", "100m", "--memory", "128Mi", "--storage", "1Gi",
                         "--sites", "3");
    expect_ran(&r, 0, "plan/tiny made\n", "");
    r = berth(f, "plan", "update", "tiny", "--storage", "2Gi"); /* what is left out stays */
    expect_ran(&r, 0, "plan/tiny changed\n", "");
    r = berth(f, "plan", "show", "tiny", "-o", "yaml");
    expect_in(r.out, "cpu: \"100m\"\n");
    expect_in(r.out, "storage: \"2Gi\"\n");
    expect_in(r.out, "sites: 3\n");
    r = berth(f, "plan", "delete", "tiny");
    expect_ran(&r, 0, "plan/tiny deleted\n", "");
    r = berth(f, "domain", "add", "names.localhost", "--customer", "names");
    expect_ran(&r, 0, NULL, "");
    r = berth(f, "site", "update", "names.localhost", "--add-hostname", "a.names.localhost", "--remove-hostname",
              "www.names.localhost");
    expect_ran(&r, 0, NULL, "");
    r = berth(f, "site", "list", "--customer", "names");
    expect_in(r.out, "names.localhost, a.names.localhost  no");
    r = berth(f, "site", "update", "names.localhost", "--remove-hostname", "b.names.localhost");
    expect_ran(&r, 1, "", "berth: --remove-hostname: the site has no hostname 'b.names.localhost'\n");
    r = berth(f, "site", "update", "names.localhost", "--hostname", "b.names.localhost", "--hostname",
              "c.names.localhost", "--replicas", "2", "-o", "json");
    expect_in(r.out, "\"replicas\": 2");
    r = berth(f, "site", "show", "c.names.localhost");
    expect_in(r.out, "Hostnames   b.names.localhost, c.names.localhost\n");
}

static void test_long_list(void **state)
{
    struct fixture *f = *state;
    const char *all = "";

    sign_in(f);
    for (int i = 0; i < 203; i++) { /* more than a page */
        struct answer w = ask(f, "POST", "/api/v1/customers",
                              arena_printf(f->arena, "{\"id\":\"c%03d\",\"plan\":\"small\"}", i));
        expect(&w, 202);
        all = arena_printf(f->arena, "%sc%03d\n", all, i);
    }
    struct ran r = berth(f, "customer", "list", "-o", "name");
    expect_ran(&r, 0, all, "");
    r = berth(f, "customer", "list", "-o", "name", "--limit", "2");
    expect_ran(&r, 0, "c000\nc001\n", "");
    r = berth(f, "op", "list", "-o", "name", "--limit", "201");
    assert_int_equal(strlen(r.out), 201 * strlen("op-4kq2n8d0w7c1x5zb\n"));
}

static void test_watch(void **state)
{
    struct fixture *f = *state;
    char *const argv[] = { (char[]){ "berth" }, (char[]){ "customer" }, (char[]){ "list" },
                           (char[]){ "-w" },    (char[]){ "-ojson" },   NULL };
    const char *out = arena_printf(f->arena, "%s/watched", f->dir), *err = arena_printf(f->arena, "%s/errors", f->dir);

    sign_in(f);
    make_domain(f, "one", "one.localhost");
    pid_t pid = start_program(f, BERTH_PROGRAM, argv, NULL, NULL, out, err);
    for (int i = 0; i < 500 && !strchr(content(f, out), '\n'); i++)
        clock_sleep_ms(20);
    make_domain(f, "two", "two.localhost");
    for (int i = 0; i < 500 && !strstr(content(f, out), "\"two\""); i++)
        clock_sleep_ms(20);
    kill(pid, SIGTERM);
    assert_int_equal(end_of(pid), -1);
    char **lines = str_split(f->arena, str_trim(f->arena, content(f, out)), '\n', NULL);
    expect_in(lines[0], "\"id\":\"one\"");
    expect_in(lines[1], "\"id\":\"two\"");
    assert_null(lines[2]); /* only what is new or has changed */
}

/* --- the reference, and completions --- */

static void test_reference(void **state)
{
    struct fixture *f = *state;
    struct ran r = berth(f, "help", "--markdown");

    if (!str_eq(r.out, content(f, CLI_REFERENCE)))
        fail_msg("docs/CLI.md differs; write it anew: build/src/berth help --markdown > docs/CLI.md");
    r = berth(f, "help", "--man");
    expect_in(r.out, ".TH BERTH 1");
    r = berth(f, "customer", "create", "--help");
    expect_in(r.out, "usage: berth customer create ID --plan PLAN");
    struct ran same = berth(f, "help", "customer", "create");
    assert_string_equal(r.out, same.out);
    const char *link = arena_printf(f->arena, "%s/kubectl-berth", f->dir);
    assert_int_equal(symlink(BERTH_PROGRAM, link), 0);
    r = run_program(f, link, NULL, NULL, (const char *const[]){ "help", "customer", NULL });
    expect_in(r.out, "usage: kubectl berth customer VERB");
}

/* What bash would offer behind "berth " and these words. */
static const char *completed(struct fixture *f, const char *words)
{
    const char *script = arena_printf(f->arena,
                                      "source <(berth completion bash); COMP_WORDS=(berth %s); "
                                      "COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); __berth; echo \"${COMPREPLY[*]}\"",
                                      words);
    struct ran r = run_program(f, "/bin/bash", NULL, NULL, (const char *const[]){ "-c", script, NULL });

    expect_ran(&r, 0, NULL, "");
    return str_trim(f->arena, r.out);
}

static void test_completion(void **state)
{
    struct fixture *f = *state;

    sign_in(f);
    make_domain(f, "example", "hello.localhost");
    assert_string_equal(completed(f, "cust"), "customer");
    assert_string_equal(completed(f, "customer re"), "resume restore");
    assert_string_equal(completed(f, "customer create x --pl"), "--plan");
    assert_string_equal(completed(f, "customer create x --plan ''"), "large medium small");
    assert_string_equal(completed(f, "customer create x --plan = sm"), "small");
    assert_string_equal(completed(f, "customer show e"), "example");
    assert_string_equal(completed(f, "-o json customer show --server x e"), "example");
    assert_string_equal(completed(f, "customer list -o j"), "json");
    assert_string_equal(completed(f, "plan customer del"), "delete");
    assert_string_equal(completed(f, "help customer sus"), "suspend");
    assert_string_equal(completed(f, "domain records h"), "hello.localhost");
    assert_string_equal(completed(f, "explain customer"), "customer");
    assert_string_equal(completed(f, "explain audit"), "audit-row audit-verdict");
    assert_string_equal(completed(f, "site deploy /etc/hostn"), "/etc/hostname");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_up, cli_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_login),        TEST(test_other_server),    TEST(test_create_and_wait),
        TEST(test_wait_in_vain), TEST(test_problems),        TEST(test_dry_run),
        TEST(test_delete),       TEST(test_records),         TEST(test_plans_and_hostnames),
        TEST(test_long_list),    TEST(test_watch),           TEST(test_reference),
        TEST(test_completion),   TEST(test_dry_run_at_once), TEST(test_lists),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
