/* Keys and boxes: what opens where, and what each fault of a key file is called. */
#include "unit.h"

#include <sodium.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/keyring.h"

#define KEY_A "1111111111111111111111111111111111111111111111111111111111111111"
#define KEY_B "2222222222222222222222222222222222222222222222222222222222222222"

struct fixture {
    struct arena *arena;
    const char *dir, *path;
};

static int fixture_up(void **state)
{
    struct fixture *f = unit_new(sizeof *f);

    f->arena = arena_new();
    f->dir = unit_folder(f->arena);
    f->path = arena_printf(f->arena, "%s/keys", f->dir);
    *state = f;
    return 0;
}

static int fixture_down(void **state)
{
    struct fixture *f = *state;

    unit_remove(f->dir);
    arena_free(f->arena);
    free(f);
    return 0;
}

static struct keyring *keys(struct fixture *f, const char *text)
{
    struct error err = ERROR_INIT;
    struct keyring *k;

    expect_ok(file_write(f->path, text, strlen(text), 0600, &err));
    expect_ok(keyring_load(f->path, &k, &err));
    return k;
}

static char *seal(struct fixture *f, const struct keyring *k, const char *of, const char *secret)
{
    struct error err = ERROR_INIT;
    char *box;

    expect_ok(keyring_seal(k, f->arena, of, secret, &box, &err));
    return box;
}

static void expect_closed(struct fixture *f, const struct keyring *k, const char *of, const char *box,
                          enum error_code code, const char *words)
{
    struct error err = ERROR_INIT;
    char *secret = NULL;

    assert_int_equal(keyring_open(k, f->arena, of, box, &secret, &err), -1);
    assert_int_equal(err.code, code);
    assert_non_null(strstr(err.message, words));
    assert_null(secret);
}

static void expect_open(struct fixture *f, const struct keyring *k, const char *of, const char *box, const char *want)
{
    struct error err = ERROR_INIT;
    char *secret;

    expect_ok(keyring_open(k, f->arena, of, box, &secret, &err));
    assert_string_equal(secret, want);
}

static void test_box(void **state)
{
    struct fixture *f = *state;
    struct keyring *k = keys(f, "# of 2026\n\n  a " KEY_A "  # the only one\r\n");
    const char *box = seal(f, k, "totp\nu1", "the secret"), *again = seal(f, k, "totp\nu1", "the secret");

    assert_string_not_equal(box, again); /* another nonce each time */
    assert_null(strstr(box, "secret"));
    assert_string_equal(keyring_box_key(f->arena, box), "a");
    expect_open(f, k, "totp\nu1", box, "the secret");
    expect_open(f, k, "x", seal(f, k, "x", ""), "");
    expect_closed(f, k, "totp\nu2", box, ERROR_INTERNAL, "another row's");
    keyring_free(k);
}

/* Each single bit of the box counts. */
static void test_changed_box(void **state)
{
    struct fixture *f = *state;
    struct keyring *k = keys(f, "a " KEY_A "\n");
    const char *box = seal(f, k, "x", "s");

    for (size_t i = 0; box[i]; i++) {
        struct error err = ERROR_INIT;
        char *secret, *changed = arena_strdup(f->arena, box);
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        assert_int_equal(keyring_open(k, f->arena, "x", changed, &secret, &err), -1);
    }
    for (size_t len = 0; len < strlen(box); len++) {
        struct error err = ERROR_INIT;
        char *secret;
        assert_int_equal(keyring_open(k, f->arena, "x", arena_strndup(f->arena, box, len), &secret, &err), -1);
    }
    keyring_free(k);
}

static void test_new_key_in_front(void **state)
{
    struct fixture *f = *state;
    struct keyring *old = keys(f, "a " KEY_A "\n"), *both = keys(f, "b " KEY_B "\na " KEY_A "\n"),
                   *young = keys(f, "b " KEY_B "\n"), *other = keys(f, "a " KEY_B "\n");
    const char *before = seal(f, old, "x", "one"), *after = seal(f, both, "x", "two");

    assert_string_equal(keyring_newest(both), "b");
    assert_string_equal(keyring_box_key(f->arena, after), "b");
    expect_open(f, both, "x", before, "one");
    expect_open(f, both, "x", after, "two");
    expect_open(f, young, "x", after, "two");
    expect_closed(f, young, "x", before, ERROR_UNAVAILABLE, "the key 'a'");
    expect_closed(f, other, "x", before, ERROR_INTERNAL, "another key of that id");
    keyring_free(old);
    keyring_free(both);
    keyring_free(young);
    keyring_free(other);
}

static void expect_refused(struct fixture *f, const char *text, unsigned mode, const char *words)
{
    struct error err = ERROR_INIT;
    struct keyring *k = NULL;

    expect_ok(file_write(f->path, text, strlen(text), 0600, &err));
    assert_int_equal(chmod(f->path, mode), 0);
    assert_int_equal(keyring_load(f->path, &k, &err), -1);
    assert_non_null(strstr(err.message, words));
    assert_non_null(strstr(err.message, f->path));
    assert_null(strstr(err.message, "1111"));
    assert_null(k);
}

static void test_bad_files(void **state)
{
    struct fixture *f = *state;
    struct error err = ERROR_INIT;
    struct keyring *k;

    assert_int_equal(keyring_load(f->path, &k, &err), -1);
    assert_int_equal(err.code, ERROR_NOT_FOUND);
    expect_refused(f, "", 0600, "holds no key");
    expect_refused(f, "# nothing\n", 0600, "holds no key");
    expect_refused(f, KEY_A "\n", 0600, "line 1: the key's id");
    expect_refused(f, "a 1111\n", 0600, "line 1: the key 'a' must be 64 hex digits");
    expect_refused(f, "a " KEY_A "11\n", 0600, "64 hex digits");
    expect_refused(f, "a 1111111111111111111111111111111111111111111111111111111111111zz\n", 0600, "64 hex digits");
    expect_refused(f, "A " KEY_A "\n", 0600, "the key's id");
    expect_refused(f, "a " KEY_A "\n\na " KEY_A "\n", 0600, "line 3: there are two keys");
    expect_refused(f, "a " KEY_A "\n", 0644, "chmod");
    expect_refused(f, "a " KEY_A "\n", 0660, "chmod");
    expect_ok(chmod(f->path, 0440));
    err = ERROR_INIT;
    expect_ok(keyring_load(f->path, &k, &err)); /* as Kubernetes mounts it */
    keyring_free(k);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, fixture_up, fixture_down)

int main(void)
{
    const struct CMUnitTest tests[] = { TEST(test_box), TEST(test_changed_box), TEST(test_new_key_in_front),
                                        TEST(test_bad_files) };

    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
