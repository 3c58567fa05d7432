/* reconcile/mailrows.h: which rows a customer should have, and what differs from those that are there. */
#include "unit.h"

#include "reconcile/mailrows.h"

static struct arena *arena;

static struct mailbox boxes[3];
static struct mail_alias aliases[2];
static struct dkim_key keys[3];
static struct domain domain;
static struct tenant tenant;

static int up(void **state)
{
    static const char *targets[] = { "ann@a.example", "x@elsewhere.example" }, *all[] = { "bob@a.example" };

    (void)state;
    arena = arena_new();
    boxes[0] = (struct mailbox){ .domain = "a.example",
                                 .local = "ann",
                                 .password = "{ARGON2ID}$1",
                                 .quota = 1000,
                                 .active = true,
                                 .keep = true,
                                 .created_ms = 11 };
    boxes[1] = (struct mailbox){
        .domain = "a.example", .local = "bob", .password = "", .quota = 2000, .created_ms = 12
    };
    aliases[0] = (struct mail_alias){ .local = "info", .target_count = 2, .targets = targets };
    aliases[1] = (struct mail_alias){ .local = "*", .target_count = 1, .targets = all };
    keys[0] = (struct dkim_key){ .selector = "old", .state = DKIM_RETIRED };
    keys[1] = (struct dkim_key){ .selector = "r", .state = DKIM_SIGNING, .algorithm = DKIM_RSA };
    keys[2] = (struct dkim_key){ .selector = "next", .state = DKIM_PUBLISHED, .algorithm = DKIM_ED25519 };
    domain = (struct domain){ .name = "a.example",
                              .ownership = OWNERSHIP_PROVEN,
                              .mail = true,
                              .mailbox_count = 2,
                              .mailboxes = boxes,
                              .alias_count = 1,
                              .aliases = aliases,
                              .dkim_key_count = 3,
                              .dkim_keys = keys };
    tenant = (struct tenant){ .customer = { .id = "one", .state = CUSTOMER_ACTIVE, .spam = { 5, 12 } },
                              .plan = { .mailboxes = 50 },
                              .domain_count = 1,
                              .domains = &domain };
    return 0;
}

static int down(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static struct maildb_rows want(const struct maildb_rows *have)
{
    static const struct maildb_rows nothing;

    return mailrows_want(arena, &tenant, have ? have : &nothing, "ops@berth.example");
}

/* All aliases, as "local>destination" in order. */
static const char *alias_text(struct maildb_rows *w)
{
    struct maildb_rows nothing = { 0 };
    const char *text = "";

    (void)mailrows_compare(arena, "one", &nothing, w); /* sorts */
    for (size_t i = 0; i < w->alias_count; i++)
        text = arena_printf(arena, "%s%s%s>%s", text, i ? " " : "", w->aliases[i].local, w->aliases[i].destination);
    return text;
}

static void test_a_customers_rows(void **state)
{
    struct maildb_rows w = want(NULL);

    (void)state;
    assert_true(w.there && w.customer.sending);
    assert_int_equal(w.customer.hourly_limit, 1000);
    assert_string_equal(w.customer.spam_header, "5.00");
    assert_string_equal(w.customer.spam_reject, "12.00");
    assert_int_equal(w.domain_count, 1);
    assert_true(w.domains[0].active);
    assert_int_equal(w.user_count, 2);
    assert_string_equal(w.users[0].password, "{ARGON2ID}$1");
    assert_int_equal(w.users[0].created_ms, 11);
    assert_true(w.users[0].active && !w.users[1].active);
    assert_string_equal(w.users[1].sieve, "");
    assert_int_equal(w.selector_count, 1);
    assert_string_equal(w.selectors[0].selector, "r");
    assert_string_equal(w.selectors[0].algorithm, "rsa");
    assert_string_equal(alias_text(&w), "abuse>ann@a.example info>ann@a.example info>x@elsewhere.example "
                                        "postmaster>ann@a.example");
}

static void test_forwards(void **state)
{
    static const char *out[] = { "c@d.example", "e@f.example" };
    struct maildb_rows w;

    (void)state;
    domain.alias_count = 0;
    boxes[0].forward_count = 2;
    boxes[0].forwards = out;
    w = want(NULL);
    assert_string_equal(alias_text(&w), "abuse>ann@a.example ann>ann@a.example ann>c@d.example ann>e@f.example "
                                        "postmaster>ann@a.example");
    boxes[0].keep = false;
    w = want(NULL);
    assert_string_equal(alias_text(&w), "abuse>ops@berth.example ann>c@d.example ann>e@f.example "
                                        "postmaster>ops@berth.example");
}

/* Mail to these is read by somebody: by whom the customer says, or who was there first. */
static void test_postmaster_and_abuse(void **state)
{
    static const struct domain empty = { .name = "b.example", .ownership = OWNERSHIP_PROVEN, .mail = true };
    struct domain two[] = { domain, empty };
    struct maildb_rows nothing = { 0 }, w;

    (void)state;
    domain.alias_count = 0;
    two[0].alias_count = 0;
    boxes[1].keep = true;
    boxes[1].created_ms = 10;
    w = want(NULL);
    assert_string_equal(alias_text(&w), "abuse>bob@a.example postmaster>bob@a.example");
    tenant.domains = two;
    tenant.domain_count = 2;
    w = want(NULL);
    assert_string_equal(alias_text(&w), "abuse>bob@a.example postmaster>bob@a.example abuse>bob@a.example "
                                        "postmaster>bob@a.example");
    assert_string_equal(w.aliases[2].domain, "b.example");
    boxes[0].local = "abuse";
    aliases[0].local = "postmaster";
    domain.alias_count = tenant.domain_count = 1;
    tenant.domains = &domain;
    w = want(NULL);
    assert_string_equal(alias_text(&w), "postmaster>ann@a.example postmaster>x@elsewhere.example");
    domain = empty;
    w = mailrows_want(arena, &tenant, &nothing, NULL);
    assert_int_equal(w.alias_count, 0);
}

/* With a catch-all each mailbox names itself, but one whose mail goes elsewhere. */
static void test_catch_all(void **state)
{
    static const char *out[] = { "c@d.example" };
    struct maildb_rows w;

    (void)state;
    domain.alias_count = 2;
    w = want(NULL);
    assert_string_equal(alias_text(&w), ">bob@a.example ann>ann@a.example bob>bob@a.example info>ann@a.example "
                                        "info>x@elsewhere.example");
    boxes[1].forward_count = 1;
    boxes[1].forwards = out;
    w = want(NULL);
    assert_string_equal(alias_text(&w), ">bob@a.example ann>ann@a.example bob>c@d.example info>ann@a.example "
                                        "info>x@elsewhere.example");
}

static void test_an_auto_reply_answers_for_the_aliases_too(void **state)
{
    (void)state;
    domain.alias_count = 2;
    boxes[0].reply = (struct auto_reply){ .on = true, .subject = "s", .text = "t" };
    boxes[1].reply = boxes[0].reply;
    struct maildb_rows w = want(NULL);
    assert_non_null(strstr(w.users[0].sieve, ":addresses [\"info@a.example\"]"));
    assert_null(strstr(w.users[1].sieve, ":addresses")); /* nor for the catch-all */
    assert_non_null(strstr(w.users[1].sieve, "text:\r\nt\r\n"));
}

static void test_an_auto_reply_answers_for_aliases_of_the_customers_other_domains(void **state)
{
    static const char *targets[] = { "x@elsewhere.example", "ann@a.example" };
    struct mail_alias other = { .local = "shop", .target_count = 2, .targets = targets };
    struct domain both[] = { domain, { .name = "b.example", .alias_count = 1, .aliases = &other } };

    (void)state;
    boxes[0].reply = (struct auto_reply){ .on = true, .text = "t" };
    tenant.domains = both;
    tenant.domain_count = 2;
    struct maildb_rows w = want(NULL);
    assert_non_null(strstr(w.users[0].sieve, ":addresses [\"info@a.example\", \"shop@b.example\"]"));
}

static void test_states(void **state)
{
    static const struct {
        enum customer_state state;
        bool sending, active;
        int64_t limit;
    } cases[] = { { CUSTOMER_ACTIVE, true, true, 1000 },
                  { CUSTOMER_SUSPENDED, false, true, 1000 },
                  { CUSTOMER_TRASHED, false, false, 0 } };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        tenant.customer.state = cases[i].state;
        struct maildb_rows w = want(NULL);
        assert_int_equal(w.customer.sending, cases[i].sending);
        assert_int_equal(w.domains[0].active, cases[i].active);
        assert_int_equal(w.customer.hourly_limit, cases[i].limit);
        assert_int_equal(w.user_count, 2);
    }
}

/* What is there is kept while it may be wanted again; what is not there is not made. */
static void test_domains_without_mail(void **state)
{
    static const struct {
        bool mail, boxes, there;
        enum ownership ownership;
        size_t count;
        bool active;
    } cases[] = {
        { true, true, false, OWNERSHIP_PLATFORM, 1, true }, { true, true, false, OWNERSHIP_PENDING, 0, false },
        { true, true, true, OWNERSHIP_PENDING, 1, false },  { true, false, true, OWNERSHIP_PENDING, 1, false },
        { false, true, false, OWNERSHIP_PROVEN, 0, false }, { false, true, true, OWNERSHIP_PROVEN, 1, false },
        { false, false, true, OWNERSHIP_PROVEN, 0, false }, { false, false, false, OWNERSHIP_PROVEN, 0, false },
    };
    struct maildb_domain row = { "a.example", true };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct maildb_rows have = { .there = true, .domain_count = cases[i].there, .domains = &row };
        domain.mail = cases[i].mail;
        domain.ownership = cases[i].ownership;
        domain.mailbox_count = cases[i].boxes ? 2 : 0;
        struct maildb_rows w = want(&have);
        if (w.domain_count != cases[i].count || w.there != (cases[i].count > 0) ||
            (w.domain_count && w.domains[0].active != cases[i].active))
            fail_msg("case %zu", i);
    }
}

static void test_limits(void **state)
{
    static const int64_t cases[][2] = { { 0, 200 }, { 5, 200 }, { 100, 2000 }, { 1000000, 5000 }, { INT64_MAX, 5000 } };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        tenant.plan.mailboxes = cases[i][0];
        assert_int_equal(want(NULL).customer.hourly_limit, cases[i][1]);
    }
}

/* --- comparing --- */

static const char *lines_text(const struct mailrows_diff *d)
{
    const char *text = "";

    for (size_t i = 0; i < d->count; i++) {
        text = arena_printf(arena, "%s%s%s %s", text, i ? "; " : "", d->lines[i].action, d->lines[i].object);
        for (size_t j = 0; j < d->lines[i].field_count; j++)
            text = arena_printf(arena, "%s [%s]", text, d->lines[i].fields[j]);
    }
    return text;
}

static void test_the_same_is_no_difference(void **state)
{
    (void)state;
    domain.alias_count = 2;
    struct maildb_rows have = want(NULL), w = want(NULL);
    struct maildb_user first = have.users[0]; /* in another order */
    have.users[0] = have.users[1];
    have.users[1] = first;
    struct mailrows_diff d = mailrows_compare(arena, "one", &have, &w);
    assert_string_equal(lines_text(&d), "");
    assert_false(d.change.erase);
}

static void test_all_is_made_and_all_is_taken_away(void **state)
{
    struct maildb_rows nothing = { 0 }, w = want(NULL);

    (void)state;
    struct mailrows_diff d = mailrows_compare(arena, "one", &nothing, &w);
    assert_string_equal(lines_text(&d), "create Mail/one; create MailDomain/a.example; create Mailbox/ann@a.example; "
                                        "create Mailbox/bob@a.example; create Alias/abuse@a.example [destination: "
                                        "ann@a.example]; create Alias/info@a.example [destination: "
                                        "ann@a.example]; create Alias/info@a.example [destination: "
                                        "x@elsewhere.example]; create Alias/postmaster@a.example [destination: "
                                        "ann@a.example]; create Selector/r._domainkey.a.example [algorithm: rsa]");
    assert_int_equal(d.change.add.user_count, 2);
    d = mailrows_compare(arena, "one", &w, &nothing);
    assert_true(d.change.erase);
    assert_int_equal(d.count, 9);
    assert_int_equal(d.change.gone.domain_count, 1);
    assert_int_equal(d.change.gone.user_count, 2);
    assert_int_equal(d.change.gone.alias_count, 4);
    assert_int_equal(d.change.gone.selector_count, 1);
    assert_int_equal(d.change.add.user_count + d.change.set.user_count, 0);
}

static void test_what_differs_is_told_and_nothing_else_is_written(void **state)
{
    struct maildb_rows have = want(NULL);

    (void)state;
    boxes[0].password = "{ARGON2ID}$2";
    boxes[0].quota = 5;
    boxes[1].active = true;
    boxes[1].reply = (struct auto_reply){ .on = true, .text = "t" };
    tenant.customer.state = CUSTOMER_SUSPENDED;
    keys[1].algorithm = DKIM_ED25519;
    struct maildb_rows w = want(NULL);
    struct mailrows_diff d = mailrows_compare(arena, "one", &have, &w);
    assert_string_equal(
        lines_text(&d),
        "update Mail/one [sending: 1 -> 0]; update Mailbox/ann@a.example [quota_bytes: 1000 -> 5] [password: changed]; "
        "update Mailbox/bob@a.example [active: 0 -> 1] [sieve: changed]; create Selector/r._domainkey.a.example "
        "[algorithm: ed25519]; delete Selector/r._domainkey.a.example [algorithm: rsa]");
    assert_null(strstr(lines_text(&d), "$2"));
    assert_int_equal(d.change.set.user_count, 2);
    assert_int_equal(d.change.set.domain_count + d.change.add.domain_count + d.change.gone.domain_count, 0);
    assert_int_equal(d.change.add.alias_count + d.change.gone.alias_count, 0);
    assert_false(d.change.customer.sending);
}

/* Deleted and made again between two passes: another mailbox, which must not inherit the first one's mail. */
static void test_a_mailbox_made_again_is_another(void **state)
{
    struct maildb_rows have = want(NULL);

    (void)state;
    boxes[0].created_ms = 99;
    struct maildb_rows w = want(NULL);
    struct mailrows_diff d = mailrows_compare(arena, "one", &have, &w);
    assert_string_equal(lines_text(&d), "delete Mailbox/ann@a.example; create Mailbox/ann@a.example");
    assert_int_equal(d.change.gone.users[0].created_ms, 11);
    assert_int_equal(d.change.add.users[0].created_ms, 99);
}

/* A destination that is asked for twice is one row. */
static void test_doubles(void **state)
{
    static const char *twice[] = { "x@y.example", "x@y.example" };
    struct maildb_rows nothing = { 0 };

    (void)state;
    aliases[0].targets = twice;
    struct maildb_rows w = want(NULL);
    struct mailrows_diff d = mailrows_compare(arena, "one", &nothing, &w);
    assert_int_equal(d.change.add.alias_count, 3);
}

#undef TEST
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, up, down)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_a_customers_rows),
        TEST(test_forwards),
        TEST(test_postmaster_and_abuse),
        TEST(test_catch_all),
        TEST(test_an_auto_reply_answers_for_the_aliases_too),
        TEST(test_an_auto_reply_answers_for_aliases_of_the_customers_other_domains),
        TEST(test_states),
        TEST(test_domains_without_mail),
        TEST(test_limits),
        TEST(test_the_same_is_no_difference),
        TEST(test_all_is_made_and_all_is_taken_away),
        TEST(test_what_differs_is_told_and_nothing_else_is_written),
        TEST(test_a_mailbox_made_again_is_another),
        TEST(test_doubles),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
