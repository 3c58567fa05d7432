/* Secrets, second factors and waiting mail in the store: boxes in their rows, the change of a key, each code once, and mail that
 * is due until it was sent. */
#include "store_fixture.h"

#define OTHER_A "a 3333333333333333333333333333333333333333333333333333333333333333\n"

static void put(struct fixture *f, const char *kind, const char *owner, const char *secret)
{
    struct error err = ERROR_INIT;
    struct store_tx *tx = begin(f);

    expect_ok(store_secret_put(tx, f->arena, kind, owner, secret, &err));
    commit(tx);
}

static const char *get(struct fixture *f, const char *kind, const char *owner)
{
    struct error err = ERROR_INIT;
    char *secret;

    if (store_secret_get(f->store, f->arena, kind, owner, &secret, &err) < 0)
        return error_name(err.code);
    return secret;
}

static struct secret_report rotate(struct fixture *f)
{
    struct error err = ERROR_INIT;
    struct store_tx *tx = begin(f);
    struct secret_report r;

    expect_ok(store_secret_rotate(tx, f->arena, &r, &err));
    commit(tx);
    return r;
}

static struct secret_report report(struct fixture *f)
{
    struct error err = ERROR_INIT;
    struct secret_report r;

    expect_ok(store_secret_report(f->store, f->arena, &r, &err));
    return r;
}

static void test_put_and_get(void **state)
{
    struct fixture *f = *state;
    struct keyring *k = use_keys(f, KEY_A);

    assert_string_equal(get(f, "totp", "u1"), "NOT_FOUND");
    put(f, "totp", "u1", "one");
    put(f, "dkim", "u1", "two");
    put(f, "totp", "u1", "three");
    assert_string_equal(get(f, "totp", "u1"), "three");
    assert_string_equal(get(f, "dkim", "u1"), "two");
    struct error err = ERROR_INIT;
    struct store_tx *tx = begin(f);
    expect_ok(store_secret_delete(tx, "totp", "u1", &err));
    expect_ok(store_secret_delete(tx, "totp", "nobody", &err));
    commit(tx);
    assert_string_equal(get(f, "totp", "u1"), "NOT_FOUND");
    assert_string_equal(get(f, "dkim", "u1"), "two");
    store_use_keys(f->store, NULL);
    assert_string_equal(get(f, "dkim", "u1"), "UNAVAILABLE");
    keyring_free(k);
}

/* A row that was copied over another one opens nowhere. */
static void test_a_box_stays_in_its_row(void **state)
{
    struct fixture *f = *state;
    struct keyring *k = use_keys(f, KEY_A);

    put(f, "totp", "attacker", "known");
    put(f, "totp", "victim", "unknown");
    database_sql(f->path,
                 "UPDATE secret SET box = (SELECT box FROM secret WHERE owner = 'attacker') WHERE owner = 'victim'");
    assert_string_equal(get(f, "totp", "victim"), "INTERNAL");
    assert_string_equal(get(f, "totp", "attacker"), "known");
    assert_int_equal(report(f).unreadable, 1);
    keyring_free(k);
}

static void test_rotate(void **state)
{
    struct fixture *f = *state;
    struct keyring *old = use_keys(f, KEY_A);

    for (int i = 0; i < 300; i++)
        put(f, "totp", arena_printf(f->arena, "u%d", i), arena_printf(f->arena, "secret %d", i));
    struct keyring *both = use_keys(f, KEY_B KEY_A);
    put(f, "totp", "new", "by the new key");
    struct secret_report r = report(f);
    assert_int_equal(r.total, 301);
    assert_int_equal(r.rotated, 300);
    assert_int_equal(r.key_count, 2);
    assert_string_equal(r.keys[0].id, "b");
    assert_int_equal(r.keys[0].secrets, 1);
    assert_int_equal(r.keys[1].secrets, 300);
    r = rotate(f);
    assert_int_equal(r.rotated, 300);
    assert_int_equal(r.unreadable, 0);
    assert_int_equal(r.keys[0].secrets, 301);
    assert_int_equal(r.keys[1].secrets, 0);
    assert_int_equal(rotate(f).rotated, 0);
    struct keyring *young = use_keys(f, KEY_B);
    assert_string_equal(get(f, "totp", "u299"), "secret 299");
    assert_int_equal(report(f).unreadable, 0);
    keyring_free(old);
    keyring_free(both);
    keyring_free(young);
}

/* A key that went too early, and one that is another than it was: named, and nothing is lost. */
static void test_what_cannot_be_opened_stays(void **state)
{
    struct fixture *f = *state;
    struct keyring *old = use_keys(f, KEY_A);

    put(f, "totp", "u1", "one");
    put(f, "totp", "u2", "two");
    database_sql(f->path, "UPDATE secret SET box = 'v1:a:AAAA' WHERE owner = 'u2'");
    struct keyring *young = use_keys(f, KEY_B);
    put(f, "totp", "u3", "three");
    struct secret_report r = rotate(f);
    assert_int_equal(r.rotated, 0);
    assert_int_equal(r.unreadable, 2);
    assert_int_equal(r.fault_count, 2);
    assert_string_equal(r.faults[0].owner, "u1");
    assert_non_null(strstr(r.faults[0].reason, "the key 'a'"));
    assert_int_equal(r.key_count, 2);
    assert_false(r.keys[1].present);
    assert_int_equal(r.keys[1].secrets, 2);
    assert_string_equal(get(f, "totp", "u1"), "UNAVAILABLE");
    struct keyring *other = use_keys(f, KEY_B OTHER_A);
    assert_string_equal(get(f, "totp", "u1"), "INTERNAL");
    assert_int_equal(rotate(f).unreadable, 2);
    struct keyring *both = use_keys(f, KEY_B KEY_A);
    assert_string_equal(get(f, "totp", "u1"), "one");
    r = rotate(f);
    assert_int_equal(r.rotated, 1);
    assert_int_equal(r.unreadable, 1); /* u2, which was changed */
    assert_string_equal(r.faults[0].owner, "u2");
    assert_string_equal(get(f, "totp", "u3"), "three");
    keyring_free(old);
    keyring_free(young);
    keyring_free(other);
    keyring_free(both);
}

/* --- users --- */

static void add_user(struct fixture *f, const char *id)
{
    struct error err = ERROR_INIT;
    const struct user u = {
        .id = id, .email = arena_printf(f->arena, "%s@x.example", id), .name = id, .password = "", .role = USER_RESELLER
    };
    struct store_tx *tx = begin(f);

    expect_ok(store_user_insert(tx, &u, &err));
    commit(tx);
}

static void test_each_step_once(void **state)
{
    struct fixture *f = *state;
    struct keyring *k = use_keys(f, KEY_A);
    struct error err = ERROR_INIT;
    struct totp t;

    add_user(f, "u1");
    assert_int_equal(store_totp_get(f->store, "u1", &t, &err), -1);
    assert_int_equal(err.code, ERROR_NOT_FOUND);
    err = ERROR_INIT;
    struct store_tx *tx = begin(f);
    expect_ok(store_totp_enrol(tx, f->arena, "u1", "s", &err));
    expect_ok(store_totp_enrol(tx, f->arena, "u1", "t", &err)); /* while it is not active */
    expect_ok(store_totp_use(tx, "u1", 100, &err));
    assert_int_equal(store_totp_use(tx, "u1", 100, &err), -1);
    assert_int_equal(err.code, ERROR_STALE);
    err = ERROR_INIT;
    assert_int_equal(store_totp_use(tx, "u1", 99, &err), -1);
    err = ERROR_INIT;
    expect_ok(store_totp_use(tx, "u1", 101, &err));
    expect_ok(store_totp_activate(tx, "u1", &err));
    commit(tx);
    assert_string_equal(get(f, "totp", "u1"), "t");
    expect_ok(store_totp_get(f->store, "u1", &t, &err));
    assert_true(t.active);
    tx = begin(f);
    assert_int_equal(store_totp_enrol(tx, f->arena, "u1", "u", &err), -1);
    assert_int_equal(err.code, ERROR_CONFLICT);
    store_rollback(tx);
    keyring_free(k);
}

static struct mail a_mail(const char *id, const char *account, int64_t expires_ms)
{
    return (struct mail){ .id = id,
                          .account = account,
                          .kind = "reset",
                          .recipient = "x@x.example",
                          .link = "https://secret",
                          .expires_ms = expires_ms };
}

static void put_mail(struct fixture *f, const char *id, const char *account, int64_t expires_ms)
{
    const struct mail m = a_mail(id, account, expires_ms);
    struct error err = ERROR_INIT;
    struct store_tx *tx = begin(f);

    expect_ok(store_mail_put(tx, f->arena, &m, &err));
    commit(tx);
}

static const char *claim_mail(struct fixture *f, int64_t lease_ms)
{
    struct error err = ERROR_INIT;
    struct mail m;
    int64_t waiting;
    bool found;

    expect_ok(store_mail_claim(f->store, f->arena, lease_ms, &m, &found, &waiting, &err));
    if (found)
        assert_string_equal(m.link, "https://secret");
    return found ? m.id : "";
}

static void test_mail_is_due_until_it_was_sent(void **state)
{
    struct fixture *f = *state;
    struct keyring *k = use_keys(f, KEY_A);
    struct error err = ERROR_INIT;
    int64_t later = clock_wall_ms() + 60000;

    add_user(f, "u1");
    add_user(f, "u2");
    put_mail(f, "m1", "u1", later);
    assert_string_equal(claim_mail(f, 50), "m1");
    assert_string_equal(claim_mail(f, 50), ""); /* claimed */
    clock_sleep_ms(80);
    assert_string_equal(claim_mail(f, 50), "m1"); /* whoever had it is gone */
    expect_ok(store_mail_later(f->store, "m1", 60000, &err));
    assert_string_equal(claim_mail(f, 50), "");
    expect_ok(store_mail_later(f->store, "m1", 0, &err));
    assert_string_equal(claim_mail(f, 60000), "m1");
    expect_ok(store_mail_sent(f->store, "m1", &err));
    assert_string_equal(get(f, "mail", "m1"), "NOT_FOUND");
    put_mail(f, "m2", "u1", later);
    put_mail(f, "m3", "u1", later); /* takes the place of m2 */
    put_mail(f, "m4", "u2", clock_wall_ms() - 1); /* expired */
    assert_string_equal(claim_mail(f, 60000), "m3");
    assert_string_equal(claim_mail(f, 60000), "");
    for (int i = 2; i <= 4; i += 2)
        assert_string_equal(get(f, "mail", i == 2 ? "m2" : "m4"), "NOT_FOUND");
    struct store_tx *tx = begin(f);
    expect_ok(store_user_password(tx, "u1", "hash", &err)); /* the link was used */
    commit(tx);
    assert_string_equal(get(f, "mail", "m3"), "NOT_FOUND");
    keyring_free(k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_put_and_get),    TEST(test_a_box_stays_in_its_row),
        TEST(test_rotate),         TEST(test_what_cannot_be_opened_stays),
        TEST(test_each_step_once), TEST(test_mail_is_due_until_it_was_sent),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
