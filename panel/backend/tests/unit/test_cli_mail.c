/* The program `berth` against a real API: mailboxes and aliases. What is asked for is looked up in the store. */
#include "cli_fixture.h"

#include "store/mailbox.h"

#include <sodium.h>

static const char *const scheme = "{ARGON2ID}";

static void add_domain(struct fixture *f)
{
    sign_in(f);
    struct ran r = berth(f, "domain", "add", "a.localhost", "--customer", "example", "--mail", "--mailbox", "anna",
                         "--mailbox", "bob");
    expect_ran(&r, 0, NULL, "");
}

static struct mailbox mailbox_of(struct fixture *f, const char *local)
{
    struct error err = ERROR_INIT;
    struct mailbox m;

    if (store_mailbox_get(f->store, NULL, f->arena, "a.localhost", local, &m, &err) < 0)
        fail_msg("%s", err.message);
    return m;
}

static void expect_password(struct fixture *f, const char *local, const char *password)
{
    struct mailbox m = mailbox_of(f, local);

    assert_int_equal(strncmp(m.password, scheme, strlen(scheme)), 0);
    assert_int_equal(crypto_pwhash_str_verify(m.password + strlen(scheme), password, strlen(password)), 0);
}

static void test_mail_is_switched(void **state)
{
    struct fixture *f = *state;

    add_domain(f);
    struct ran r = berth(f, "mailbox", "list", "--domain", "a.localhost", "-o", "name");
    expect_ran(&r, 0, "anna@a.localhost\nbob@a.localhost\n", "");
    r = berth(f, "domain", "update", "a.localhost");
    expect_ran(&r, 2, "", NULL);
    expect_in(r.err, "--mail or --dnssec");
    r = berth(f, "domain", "update", "a.localhost", "--mail", "off");
    expect_ran(&r, 1, "", NULL);
    expect_in(r.err, "the domain has 2 mailboxes");
    r = berth(f, "domain", "update", "a.localhost", "--mail", "on", "--force");
    expect_ran(&r, 2, "", NULL);
    r = berth(f, "domain", "update", "a.localhost", "--dnssec", "on");
    expect_ran(&r, 0, NULL, "");
    r = berth(f, "domain", "show", "a.localhost", "-o", "json");
    expect_in(r.out, "\"mail\": true");
}

/* From a pipe, a file, as a hash, made here, or none; never two of them. */
static void test_passwords(void **state)
{
    struct fixture *f = *state;
    struct error err = ERROR_INIT;
    static const char hash[] = "{BLF-CRYPT}$2y$10$abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0";
    const char *file = arena_printf(f->arena, "%s/hash", f->dir);

    add_domain(f);
    struct ran r = berth_with(f, "from a long pipe\n", NULL, "mailbox", "create", "p@a.localhost", "--quota", "2Gi");
    expect_ran(&r, 0, NULL, "");
    expect_password(f, "p", "from a long pipe");
    assert_true(mailbox_of(f, "p").quota == 2LL << 30);
    r = berth(f, "mailbox", "passwd", "p@a.localhost", "--generate");
    expect_ran(&r, 0, NULL, "its password, which is shown once:\n");
    const char *made = strrchr(str_trim(f->arena, r.out), '\n');
    assert_non_null(made);
    assert_int_equal(strlen(made + 1), 23); /* four groups of five */
    expect_password(f, "p", made + 1);
    r = berth(f, "mailbox", "create", "j@a.localhost", "--generate", "-o", "json");
    expect_ran(&r, 0, NULL, "");
    const char *told = strstr(r.out, "\"password\": \"");
    assert_non_null(told);
    expect_password(f, "j", arena_strndup(f->arena, told + strlen("\"password\": \""), 23));
    assert_int_equal(file_write(file, hash, strlen(hash), 0600, &err), 0);
    r = berth(f, "mailbox", "create", "h@a.localhost", "--password-hash-file", file);
    expect_ran(&r, 0, NULL, "");
    assert_string_equal(mailbox_of(f, "h").password, hash);
    assert_null(strstr(r.out, "$2y$"));
    r = berth(f, "mailbox", "create", "n@a.localhost", "--no-password");
    expect_ran(&r, 0, NULL, "");
    assert_string_equal(mailbox_of(f, "n").password, "");
    r = berth(f, "mailbox", "create", "x@a.localhost", "--no-password", "--generate");
    expect_ran(&r, 2, "", NULL);
    r = berth_with(f, "short\n", NULL, "mailbox", "create", "x@a.localhost");
    expect_ran(&r, 1, "", NULL);
    expect_in(r.err, "must have 12 to 256 bytes");
    r = berth(f, "mailbox", "create", "x+y@a.localhost", "--no-password");
    expect_ran(&r, 1, "", NULL);
    expect_in(r.err, "ADDRESS");
}

static void test_update(void **state)
{
    struct fixture *f = *state;

    add_domain(f);
    struct ran r = berth(f, "mailbox", "update", "anna@a.localhost", "--forward", "x@elsewhere.example", "--forward",
                         "bob@a.localhost", "--keep", "off", "--active", "off");
    expect_ran(&r, 0, NULL, "");
    struct mailbox m = mailbox_of(f, "anna");
    assert_true(m.forward_count == 2 && !m.keep && !m.active);
    r = berth(f, "mailbox", "update", "anna@a.localhost", "--no-forwards", "--active", "on");
    expect_ran(&r, 0, NULL, "");
    m = mailbox_of(f, "anna");
    assert_true(m.forward_count == 0 && m.keep && m.active);
    r = berth(f, "mailbox", "update", "anna@a.localhost", "--reply", "on", "--reply-text", "Back soon.",
              "--reply-subject", "Away");
    expect_ran(&r, 0, NULL, "");
    r = berth(f, "mailbox", "update", "anna@a.localhost", "--reply", "off"); /* what it was is kept */
    expect_ran(&r, 0, NULL, "");
    m = mailbox_of(f, "anna");
    assert_false(m.reply.on);
    assert_string_equal(m.reply.text, "Back soon.");
    assert_string_equal(m.reply.subject, "Away");
    r = berth(f, "mailbox", "update", "anna@a.localhost");
    expect_ran(&r, 2, "", NULL);
    r = berth(f, "mailbox", "update", "anna@a.localhost", "--no-forwards", "--forward", "b@c.example");
    expect_ran(&r, 2, "", NULL);
    r = berth(f, "mailbox", "show", "anna@a.localhost");
    expect_in(r.out, "Back soon.");
    r = berth(f, "mailbox", "delete", "anna@a.localhost");
    expect_ran(&r, 2, "", NULL); /* asks, and there is nobody to answer */
    r = berth(f, "mailbox", "delete", "anna@a.localhost", "--yes");
    expect_ran(&r, 0, NULL, "");
    r = berth(f, "mailbox", "show", "anna@a.localhost");
    expect_ran(&r, 1, "", NULL);
    expect_in(r.err, "there is no mailbox 'anna@a.localhost'");
}

static void test_aliases(void **state)
{
    struct fixture *f = *state;

    add_domain(f);
    struct ran r = berth(f, "alias", "create", "info@a.localhost", "anna@a.localhost", "bob@a.localhost");
    expect_ran(&r, 0, NULL, "");
    r = berth(f, "alias", "create", "*@a.localhost", "info@a.localhost");
    expect_ran(&r, 0, NULL, "");
    r = berth(f, "alias", "list", "-o", "name");
    expect_ran(&r, 0, "*@a.localhost\ninfo@a.localhost\n", "");
    r = berth(f, "alias", "update", "info@a.localhost", "nobody@a.localhost");
    expect_ran(&r, 1, "", NULL);
    expect_in(r.err, "leads back to this address");
    r = berth(f, "alias", "update", "info@a.localhost", "bob@a.localhost");
    expect_ran(&r, 0, NULL, "");
    r = berth(f, "alias", "show", "info@a.localhost", "-o", "json");
    expect_in(r.out, "bob@a.localhost");
    assert_null(strstr(r.out, "anna"));
    r = berth(f, "alias", "delete", "*@a.localhost");
    expect_ran(&r, 0, NULL, "");
    r = berth(f, "alias", "list", "-o", "name");
    expect_ran(&r, 0, "info@a.localhost\n", "");
}

#define HASH "{BLF-CRYPT}$2y$10$abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0"

/* A file or stdin; what is wrong is told by its line, and nothing is made then. */
static void test_import(void **state)
{
    struct fixture *f = *state;

    add_domain(f);
    struct ran r = berth_with(f,
                              "address,passwordHash,name,forwards\r\nmeg@a.localhost," HASH ",\"Meg, M.\",\r\n"
                              "tom@a.localhost," HASH ",,x@elsewhere.example\r\n",
                              NULL, "mailbox", "import", "-");
    expect_ran(&r, 0, NULL, "");
    expect_in(r.out, "customer/example: 2 mailboxes: accepted as op-");
    assert_string_equal(mailbox_of(f, "meg").name, "Meg, M.");
    assert_string_equal(mailbox_of(f, "tom").forwards[0], "x@elsewhere.example");
    r = berth_with(
        f, "address,passwordHash\nnew@a.localhost," HASH "\nmeg@a.localhost," HASH "\ntom@a.localhost," HASH "\n", NULL,
        "mailbox", "import", "-");
    expect_ran(&r, 1, "", NULL);
    expect_in(r.err, "  line 3: address: there is a mailbox 'meg@a.localhost' already; leave it out\n"
                     "  line 4: address: there is a mailbox");
    expect_in(r.err, "-: 2 values are not right; nothing was made");
    r = berth(f, "mailbox", "show", "new@a.localhost");
    expect_ran(&r, 1, "", NULL);
    r = berth_with(f, "address,secret\nnew@a.localhost,x\n", NULL, "mailbox", "import", "-");
    expect_ran(&r, 1, "", NULL);
    expect_in(r.err, "-: line 1: there is no column 'secret'; there are address, passwordHash");
    r = berth(f, "mailbox", "import", "/nowhere.csv");
    expect_ran(&r, 1, "", NULL);
    r = berth_with(f, "address,passwordHash\nn1@a.localhost," HASH "\n", NULL, "mailbox", "import", "-", "-o", "name");
    expect_ran(&r, 0, NULL, "");
    assert_int_equal(strncmp(r.out, "op-", 3), 0);
}

/* More than a request takes: what was made before the one that failed is told. */
static void test_long_import(void **state)
{
    struct fixture *f = *state;
    struct strbuf b;

    add_domain(f);
    struct ran r = berth(f, "plan", "create", "room", "--cpu", "1", "--memory", "1Gi", "--storage", "1Gi",
                         "--mailboxes", "1100", "--mail-storage", "2Ti");
    expect_ran(&r, 0, NULL, "");
    r = berth(f, "customer", "update", "example", "--plan", "room");
    expect_ran(&r, 0, NULL, "");
    strbuf_init(&b, f->arena, 1 << 20);
    strbuf_add(&b, "address,passwordHash\n");
    for (int i = 0; i < 1050; i++)
        strbuf_addf(&b, "%s%d@a.localhost," HASH "\n", i == 1020 ? "BAD" : "u", i);
    r = berth_with(f, b.text, NULL, "mailbox", "import", "-");
    expect_ran(&r, 1, NULL, NULL);
    expect_in(r.out, "customer/example: 1000 mailboxes: accepted as op-");
    expect_in(r.err, "1000 of 1050\n");
    expect_in(r.err, "the 1000 mailboxes up to line 1001 were made, and none from line 1002 on");
    expect_in(r.err, "  line 1022: address: ");
    (void)mailbox_of(f, "u999");
    r = berth(f, "mailbox", "show", "u1000@a.localhost");
    expect_ran(&r, 1, "", NULL);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_mail_is_switched, fixture_up, cli_down),
        cmocka_unit_test_setup_teardown(test_passwords, fixture_up, cli_down),
        cmocka_unit_test_setup_teardown(test_update, fixture_up, cli_down),
        cmocka_unit_test_setup_teardown(test_aliases, fixture_up, cli_down),
        cmocka_unit_test_setup_teardown(test_import, fixture_up, cli_down),
        cmocka_unit_test_setup_teardown(test_long_import, fixture_up, cli_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
