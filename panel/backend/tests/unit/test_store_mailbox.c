/* Mailboxes and aliases in the store (store/store.h): kept whole, one owner an address, pages, what a change must know. */
#include "store_fixture.h"

#include "store/mailbox.h"

static const char *const nowhere[] = { NULL };

static struct mailbox a_mailbox(const char *domain, const char *local, const char *customer)
{
    return (struct mailbox){ .domain = domain,
                             .local = local,
                             .customer = customer,
                             .name = "",
                             .password = "",
                             .quota = 1 << 30,
                             .active = true,
                             .forwards = (const char **)(uintptr_t)nowhere,
                             .keep = true,
                             .reply = { .subject = "", .text = "" } };
}

static void add_mailbox(struct fixture *f, const char *domain, const char *local, const char *customer)
{
    struct error err = ERROR_INIT;
    const struct mailbox m = a_mailbox(domain, local, customer);
    struct store_tx *tx = begin(f);

    expect_ok(store_mailbox_insert(tx, &m, &err));
    commit(tx);
}

static void add_alias(struct fixture *f, const char *domain, const char *local, const char *customer,
                      const char *target)
{
    struct error err = ERROR_INIT;
    const struct mail_alias m = {
        .domain = domain, .local = local, .customer = customer, .target_count = 1, .targets = &target
    };
    struct store_tx *tx = begin(f);

    expect_ok(store_alias_insert(tx, &m, &err));
    commit(tx);
}

static void fill(struct fixture *f)
{
    add_customer(f, "one");
    add_customer(f, "two");
    add_domain(f, "one", "example.com");
    add_domain(f, "one", "a.example.org");
    add_domain(f, "two", "example.net");
}

/* Every field comes back as it was written, by get and with the tenant, and a change is one of the customer. */
static void test_mailbox_is_kept_whole(void **state)
{
    struct fixture *f = *state;
    struct error err = ERROR_INIT;
    const char *forwards[] = { "b@example.com", "c@example.net" };
    struct mailbox m = a_mailbox("example.com", "anna", "one"), got;

    fill(f);
    int64_t before = customer_of(f, "one").generation;
    m.name = "Anna \xc3\x84";
    m.password = "{ARGON2ID}$argon2id$x";
    m.quota = 5LL << 40;
    m.active = m.keep = false;
    m.forward_count = 2;
    m.forwards = forwards;
    m.reply = (struct auto_reply){ true, "Away", "Back on\nMonday.", 1000, 2000 };
    struct store_tx *tx = begin(f);
    expect_ok(store_mailbox_insert(tx, &m, &err));
    expect_ok(
        store_mailbox_get(NULL, tx, f->arena, "example.com", "anna", &got, &err)); /* as the transaction sees it */
    struct store *outside = another(f);
    expect_error(store_mailbox_get(outside, NULL, f->arena, "example.com", "anna", &got, &err), ERROR_NOT_FOUND);
    store_close(outside);
    commit(tx);
    expect_ok(store_mailbox_get(f->store, NULL, f->arena, "example.com", "anna", &got, &err));
    assert_string_equal(got.name, m.name);
    assert_string_equal(got.password, m.password);
    assert_string_equal(got.customer, "one");
    assert_true(got.quota == m.quota && !got.active && !got.keep && got.created_ms > 0);
    assert_int_equal(got.forward_count, 2);
    assert_string_equal(got.forwards[1], "c@example.net");
    assert_true(got.reply.on && got.reply.from_ms == 1000 && got.reply.until_ms == 2000);
    assert_string_equal(got.reply.subject, "Away");
    assert_string_equal(got.reply.text, "Back on\nMonday.");
    assert_int_equal(customer_of(f, "one").generation, before + 1);
    assert_int_equal(got.version, before + 1);
    m = a_mailbox("example.com", "anna", "one");
    tx = begin(f);
    expect_ok(store_mailbox_update(tx, &m, &err));
    commit(tx);
    expect_ok(store_mailbox_get(f->store, NULL, f->arena, "example.com", "anna", &got, &err));
    assert_int_equal(got.forward_count, 0);
    assert_true(got.active && got.keep && !got.reply.on && got.reply.text[0] == '\0' && got.password[0] == '\0');
    assert_int_equal(got.version, before + 2);
    tx = begin(f);
    expect_ok(store_mailbox_delete(tx, "example.com", "anna", &err));
    expect_error(store_mailbox_delete(tx, "example.com", "anna", &err), ERROR_NOT_FOUND);
    expect_error(store_mailbox_update(tx, &m, &err), ERROR_NOT_FOUND);
    store_rollback(tx);
    expect_ok(store_mailbox_get(f->store, NULL, f->arena, "example.com", "anna", &got, &err));
}

static void test_alias_is_kept_whole(void **state)
{
    struct fixture *f = *state;
    struct error err = ERROR_INIT;
    const char *targets[] = { "anna@example.com", "x@elsewhere.example" };
    struct mail_alias m = {
        .domain = "example.com", .local = "info", .customer = "one", .target_count = 2, .targets = targets
    };
    struct mail_alias got;

    fill(f);
    struct store_tx *tx = begin(f);
    expect_ok(store_alias_insert(tx, &m, &err));
    commit(tx);
    expect_ok(store_alias_get(f->store, NULL, f->arena, "example.com", "info", &got, &err));
    assert_int_equal(got.target_count, 2);
    assert_string_equal(got.targets[1], "x@elsewhere.example");
    int64_t version = got.version;
    m.target_count = 1;
    tx = begin(f);
    expect_ok(store_alias_update(tx, &m, &err));
    commit(tx);
    expect_ok(store_alias_get(f->store, NULL, f->arena, "example.com", "info", &got, &err));
    assert_int_equal(got.target_count, 1);
    assert_true(got.version > version);
    tx = begin(f);
    expect_ok(store_alias_delete(tx, "example.com", "info", &err));
    commit(tx);
    expect_error(store_alias_get(f->store, NULL, f->arena, "example.com", "info", &got, &err), ERROR_NOT_FOUND);
}

/* An address is one mailbox's or one alias's, whoever came first; a refused one leaves nothing. */
static void test_address_has_one_owner(void **state)
{
    struct fixture *f = *state;
    struct error err = ERROR_INIT;
    const char *target = "anna@example.com";
    const struct mailbox box = a_mailbox("example.com", "anna", "one"), lost = a_mailbox("gone.example", "a", "one"),
                         second = a_mailbox("example.com", "info", "one");
    const struct mail_alias alias = {
        .domain = "example.com", .local = "anna", .customer = "one", .target_count = 1, .targets = &target
    };

    fill(f);
    add_mailbox(f, "example.com", "anna", "one");
    add_alias(f, "example.com", "info", "one", "anna@example.com");
    add_mailbox(f, "a.example.org", "anna", "one"); /* the same name elsewhere is another address */
    int64_t before = customer_of(f, "one").generation;
    const struct mailbox *const boxes[] = { &box, &second, &lost };
    for (size_t i = 0; i < COUNT(boxes); i++) {
        struct store_tx *tx = begin(f);
        err = ERROR_INIT;
        expect_error(store_mailbox_insert(tx, boxes[i], &err), ERROR_CONFLICT);
        store_rollback(tx);
    }
    struct store_tx *tx = begin(f);
    err = ERROR_INIT;
    expect_error(store_alias_insert(tx, &alias, &err), ERROR_CONFLICT);
    store_rollback(tx);
    assert_int_equal(customer_of(f, "one").generation, before);
}

/* The tenant has each address with its domain, in order; domain.mail and the time of a rotation are kept. */
static void test_tenant_has_its_mail(void **state)
{
    struct fixture *f = *state;
    struct error err = ERROR_INIT;
    struct tenant t;

    fill(f);
    add_mailbox(f, "example.com", "zoe", "one");
    add_mailbox(f, "example.com", "anna", "one");
    add_mailbox(f, "a.example.org", "bob", "one");
    add_mailbox(f, "example.net", "eve", "two");
    add_alias(f, "example.com", "*", "one", "anna@example.com");
    add_alias(f, "example.com", "info", "one", "zoe@example.com");
    expect_ok(store_tenant_load(f->store, NULL, f->arena, "one", &t, &err));
    assert_string_equal(t.domains[0].name, "a.example.org");
    assert_int_equal(t.domains[0].mailbox_count, 1);
    assert_int_equal(t.domains[0].alias_count, 0);
    assert_string_equal(t.domains[0].mailboxes[0].local, "bob");
    assert_int_equal(t.domains[1].mailbox_count, 2);
    assert_string_equal(t.domains[1].mailboxes[0].local, "anna");
    assert_string_equal(t.domains[1].mailboxes[1].local, "zoe");
    assert_int_equal(t.domains[1].alias_count, 2);
    assert_string_equal(t.domains[1].aliases[0].local, "*");
    assert_false(t.domains[1].mail);
    t.domains[1].mail = true;
    t.domains[1].dkim_rotate_ms = 77;
    struct store_tx *tx = begin(f);
    expect_ok(store_domain_update(tx, &t.domains[1], &err));
    commit(tx);
    expect_ok(store_tenant_load(f->store, NULL, f->arena, "one", &t, &err));
    assert_true(t.domains[1].mail && !t.domains[0].mail);
    assert_int_equal(t.domains[1].dkim_rotate_ms, 77);
    const struct domain d = { .name = "b.example.org", .customer = "one", .mail = true };
    struct domain got;
    tx = begin(f);
    expect_ok(store_domain_insert(tx, &d, &err));
    expect_ok(store_domain_delete(tx, "example.com", &err)); /* its addresses go with it */
    commit(tx);
    expect_ok(store_domain_get(f->store, f->arena, "b.example.org", &got, &err));
    assert_true(got.mail);
    struct mailbox m;
    struct mail_alias alias;
    expect_error(store_mailbox_get(f->store, NULL, f->arena, "example.com", "zoe", &m, &err), ERROR_NOT_FOUND);
    err = ERROR_INIT;
    expect_error(store_alias_get(f->store, NULL, f->arena, "example.com", "*", &alias, &err), ERROR_NOT_FOUND);
    err = ERROR_INIT;
    expect_ok(store_mailbox_get(f->store, NULL, f->arena, "example.net", "eve", &m, &err));
}

static void test_pages(void **state)
{
    struct fixture *f = *state;
    struct error err = ERROR_INIT;
    struct page page = { "", 3 };
    struct mailbox *list;
    struct mail_alias *aliases;
    size_t count;

    fill(f);
    for (int i = 0; i < 5; i++) {
        const char *domain = i % 2 ? "example.com" : "a.example.org";
        add_mailbox(f, domain, arena_printf(f->arena, "m%d", 4 - i), "one");
    }
    add_mailbox(f, "example.net", "m_x", "two");
    expect_ok(store_mailbox_list(f->store, f->arena, &(struct address_filter){ 0 }, page, &list, &count, &err));
    assert_int_equal(count, 3);
    assert_string_equal(list[0].local, "m0");
    page.after = "m2@a.example.org";
    expect_ok(store_mailbox_list(f->store, f->arena, &(struct address_filter){ 0 }, page, &list, &count, &err));
    assert_int_equal(count, 3);
    assert_string_equal(list[0].local, "m3");
    assert_string_equal(list[2].local, "m_x");
    page = (struct page){ "", 10, .descending = true };
    expect_ok(store_mailbox_list(f->store, f->arena, &(struct address_filter){ .domain = "example.com" }, page, &list,
                                 &count, &err));
    assert_int_equal(count, 2);
    assert_string_equal(list[0].local, "m3");
    expect_ok(store_mailbox_list(f->store, f->arena, &(struct address_filter){ .customer = "two" }, page, &list, &count,
                                 &err));
    assert_int_equal(count, 1);
    expect_ok(store_mailbox_list(f->store, f->arena, &(struct address_filter){ .text = "M_X@" }, page, &list, &count,
                                 &err)); /* _ is no pattern */
    assert_int_equal(count, 1);
    add_alias(f, "example.com", "b", "one", "m1@example.com");
    add_alias(f, "example.com", "a", "one", "m1@example.com");
    page = (struct page){ "a@example.com", 10, .sort = 1, .after_value = "one" };
    expect_ok(store_alias_list(f->store, f->arena, &(struct address_filter){ .text = "example" }, page, &aliases,
                               &count, &err));
    assert_int_equal(count, 1);
    assert_string_equal(aliases[0].local, "b");
}

static void test_place_and_hops(void **state)
{
    struct fixture *f = *state;
    struct error err = ERROR_INIT;
    struct mail_place place;
    struct mail_hop hop;

    fill(f);
    add_mailbox(f, "example.com", "anna", "one");
    add_mailbox(f, "a.example.org", "anna", "one");
    add_alias(f, "example.com", "info", "one", "anna@example.com");
    struct store_tx *tx = begin(f);
    expect_ok(store_mail_place(tx, f->arena, "example.com", &place, &err));
    assert_string_equal(place.customer.id, "one");
    assert_string_equal(place.plan.id, "small");
    assert_string_equal(place.plan.mail_storage, "10Gi");
    assert_int_equal(place.plan.aliases, 100);
    assert_int_equal(place.use.mailboxes, 2);
    assert_int_equal(place.use.aliases, 1);
    assert_int_equal(place.use.bytes, 2 * a_mailbox("example.com", "anna", "one").quota);
    struct mail_user *users;
    size_t count;
    expect_ok(store_mail_users(tx, f->arena, "small", &users, &count, &err));
    assert_true(count > 0);
    assert_string_equal(users[0].customer, "one");
    assert_int_equal(users[0].use.bytes, place.use.bytes);
    expect_error(store_mail_place(tx, f->arena, "absent.example", &place, &err), ERROR_NOT_FOUND);
    err = ERROR_INIT;
    expect_ok(store_mail_hop(tx, f->arena, "example.com", "anna", &hop, &err));
    assert_true(hop.kept && hop.target_count == 0);
    expect_ok(store_mail_hop(tx, f->arena, "example.com", "info", &hop, &err));
    assert_true(!hop.kept && hop.target_count == 1);
    assert_string_equal(hop.targets[0], "anna@example.com");
    expect_ok(store_mail_hop(tx, f->arena, "example.com", "nobody", &hop, &err));
    assert_string_equal(hop.local, "");
    store_rollback(tx);
    add_alias(f, "example.com", "*", "one", "anna@example.com");
    tx = begin(f);
    expect_ok(store_mail_hop(tx, f->arena, "example.com", "nobody", &hop, &err));
    assert_string_equal(hop.local, "*");
    expect_ok(store_mail_hop(tx, f->arena, "a.example.org", "nobody", &hop, &err)); /* of that domain only */
    assert_string_equal(hop.local, "");
    store_rollback(tx);
}

/* Many by one call: one change of the customer; what has an address already is told of each, and the others are made. */
static void test_many_are_made_together(void **state)
{
    enum { MANY = 250 };
    struct fixture *f = *state;
    struct error err = ERROR_INIT;
    struct mailbox list[MANY], got;
    const char **taken;

    fill(f);
    add_mailbox(f, "example.com", "m7", "one");
    add_alias(f, "example.com", "m220", "one", "m7@example.com");
    int64_t before = customer_of(f, "one").generation;
    for (size_t i = 0; i < MANY; i++)
        list[i] = a_mailbox("example.com", arena_printf(f->arena, "m%zu", i), "one");
    struct store_tx *tx = begin(f);
    expect_ok(store_mailbox_insert_all(tx, f->arena, list, MANY, &taken, &err));
    for (size_t i = 0; i < MANY; i++)
        if (i == 7 || i == 220)
            assert_string_equal(taken[i], i == 7 ? "a mailbox" : "an alias");
        else
            assert_null(taken[i]);
    commit(tx);
    assert_int_equal(customer_of(f, "one").generation, before + 1);
    expect_ok(store_mailbox_get(f->store, NULL, f->arena, "example.com", "m249", &got, &err));
    assert_int_equal(got.version, before + 1);
    expect_error(store_mailbox_get(f->store, NULL, f->arena, "example.com", "m220", &got, &err), ERROR_NOT_FOUND);
    list[0].domain = "gone.example";
    tx = begin(f);
    err = ERROR_INIT;
    expect_error(store_mailbox_insert_all(tx, f->arena, list, 1, &taken, &err), ERROR_CONFLICT);
    store_rollback(tx);
}

/* Rows of the audit log that are written together are links of its chain. */
static void test_audit_of_many(void **state)
{
    enum { MANY = 250 };
    struct fixture *f = *state;
    struct error err = ERROR_INIT;
    struct audit rows[MANY];
    struct audit_verdict before, after;

    fill(f);
    expect_ok(store_audit_verify(f->store, f->arena, &before, &err));
    for (size_t i = 0; i < MANY; i++)
        rows[i] = (struct audit){ .actor = "a",
                                  .request_id = "r",
                                  .action = "mailbox.create",
                                  .customer = "one",
                                  .subject = arena_printf(f->arena, "m%zu@example.com", i) };
    struct store_tx *tx = begin(f);
    expect_ok(store_audit_append(tx, rows, MANY, &err));
    expect_ok(store_audit_append(tx, rows, 1, &err)); /* and what comes after them in the same transaction */
    commit(tx);
    expect_ok(store_audit_verify(f->store, f->arena, &after, &err));
    assert_int_equal(after.rows, before.rows + MANY + 1);
    assert_int_equal(after.broken, 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_mailbox_is_kept_whole),
        TEST(test_alias_is_kept_whole),
        TEST(test_address_has_one_owner),
        TEST(test_tenant_has_its_mail),
        TEST(test_pages),
        TEST(test_place_and_hops),
        TEST(test_many_are_made_together),
        TEST(test_audit_of_many),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
