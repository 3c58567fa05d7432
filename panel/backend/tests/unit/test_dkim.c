/* DKIM keys take turns: at no moment is there a signature that cannot be verified, whatever the passes' times are. */
#include "unit.h"

#include "model/dkim.h"

enum { DAY = 86400 * 1000 };
#define TIMES ((struct dkim_times){ .rotate_ms = 90LL * DAY, .wait_ms = 360 * 1000, .keep_ms = 5LL * DAY })
#define T0 1790000000000LL /* 2026-09-21 */

struct world {
    struct arena *arena;
    struct domain domain;
    int64_t seen_at[1000]; /* by the key's number: when its public key was in the zone first */
    int made;
};

static struct dkim_plan next_of(struct world *w, bool wanted, int64_t now)
{
    const struct dkim_times times = TIMES;
    struct dkim_plan p;

    dkim_next(w->arena, &w->domain, wanted, &times, now, &p);
    return p;
}

static struct dkim_key a_key(const char *selector, enum dkim_algorithm algorithm, enum dkim_state state)
{
    return (struct dkim_key){ .domain = "example.com",
                              .selector = selector,
                              .algorithm = algorithm,
                              .state = state,
                              .public_key = "AA==",
                              .created_ms = T0 };
}

static void test_first(void **state)
{
    struct world w = { .arena = arena_new(), .domain = { .name = "example.com" } };
    struct dkim_plan p = next_of(&w, true, T0);

    (void)state;
    assert_true(p.make[DKIM_RSA]);
    assert_true(p.make[DKIM_ED25519]);
    assert_false(p.moves_any);
    p = next_of(&w, false, T0);
    assert_false(p.make[DKIM_RSA] || p.make[DKIM_ED25519]);
    arena_free(w.arena);
}

static void test_waits_until_seen_and_then_for_the_wait(void **state)
{
    struct dkim_key keys[] = { a_key("r1", DKIM_RSA, DKIM_PUBLISHED) };
    struct world w = { .arena = arena_new(),
                       .domain = { .name = "example.com", .dkim_key_count = 1, .dkim_keys = keys } };
    struct dkim_plan p = next_of(&w, true, T0 + 400LL * DAY);

    (void)state;
    assert_false(p.moves_any); /* never seen: never signs */
    assert_false(p.make[DKIM_RSA]);
    assert_true(p.make[DKIM_ED25519]);
    keys[0].published_ms = T0;
    p = next_of(&w, true, T0 + 359 * 1000);
    assert_false(p.moves_any);
    assert_true(p.next_ms == T0 + 360 * 1000);
    p = next_of(&w, true, T0 + 360 * 1000);
    assert_int_equal(p.moves[0], DKIM_SIGN);
    arena_free(w.arena);
}

static void test_one_signs_at_a_time(void **state)
{
    struct dkim_key keys[] = { a_key("r1", DKIM_RSA, DKIM_SIGNING), a_key("e1", DKIM_ED25519, DKIM_SIGNING),
                               a_key("r2", DKIM_RSA, DKIM_PUBLISHED) };
    struct world w = { .arena = arena_new(),
                       .domain = { .name = "example.com", .dkim_key_count = 3, .dkim_keys = keys } };

    (void)state;
    keys[0].signing_ms = keys[1].signing_ms = keys[2].published_ms = T0;
    struct dkim_plan p = next_of(&w, true, T0 + DAY);
    assert_int_equal(p.moves[0], DKIM_RETIRE);
    assert_int_equal(p.moves[1], DKIM_STAY);
    assert_int_equal(p.moves[2], DKIM_SIGN);
    assert_false(p.make[DKIM_RSA] || p.make[DKIM_ED25519]);
    arena_free(w.arena);
}

static void test_rotation_by_age_and_by_request(void **state)
{
    struct dkim_key keys[] = { a_key("r1", DKIM_RSA, DKIM_SIGNING), a_key("e1", DKIM_ED25519, DKIM_SIGNING) };
    struct world w = { .arena = arena_new(),
                       .domain = { .name = "example.com", .dkim_key_count = 2, .dkim_keys = keys } };

    (void)state;
    keys[0].signing_ms = keys[1].signing_ms = T0 + 1000;
    struct dkim_plan p = next_of(&w, true, T0 + 2000);
    assert_false(p.make[DKIM_RSA] || p.make[DKIM_ED25519]);
    assert_true(p.next_ms == T0 + 1000 + 90LL * DAY);
    p = next_of(&w, true, T0 + 1000 + 90LL * DAY);
    assert_true(p.make[DKIM_RSA] && p.make[DKIM_ED25519]);
    w.domain.dkim_rotate_ms = T0 + 1500;
    p = next_of(&w, true, T0 + 2000);
    assert_true(p.make[DKIM_RSA] && p.make[DKIM_ED25519]);
    w.domain.dkim_rotate_ms = T0; /* asked for before these were made: done already */
    p = next_of(&w, true, T0 + 2000);
    assert_false(p.make[DKIM_RSA] || p.make[DKIM_ED25519]);
    arena_free(w.arena);
}

static void test_end(void **state)
{
    struct dkim_key keys[] = { a_key("r1", DKIM_RSA, DKIM_RETIRED), a_key("r2", DKIM_RSA, DKIM_SIGNING),
                               a_key("r3", DKIM_RSA, DKIM_PUBLISHED) };
    struct world w = { .arena = arena_new(),
                       .domain = { .name = "example.com", .dkim_key_count = 3, .dkim_keys = keys } };

    (void)state;
    keys[0].retired_ms = T0;
    struct dkim_plan p = next_of(&w, false, T0 + DAY);
    assert_int_equal(p.moves[0], DKIM_STAY);
    assert_int_equal(p.moves[1], DKIM_RETIRE);
    assert_int_equal(p.moves[2], DKIM_REMOVE);
    assert_true(p.next_ms == T0 + 5LL * DAY);
    p = next_of(&w, false, T0 + 5LL * DAY);
    assert_int_equal(p.moves[0], DKIM_REMOVE);
    arena_free(w.arena);
}

/* --- a year at random --- */

static void make(struct world *w, enum dkim_algorithm algorithm, int64_t now)
{
    struct domain *d = &w->domain;
    struct dkim_key k = a_key(dkim_selector(w->arena, d, algorithm, now), algorithm, DKIM_PUBLISHED);

    for (size_t i = 0; i < d->dkim_key_count; i++)
        assert_string_not_equal(d->dkim_keys[i].selector, k.selector);
    k.created_ms = now;
    k.public_key = arena_printf(w->arena, "%d", w->made++);
    assert_true(d->dkim_key_count < 64);
    d->dkim_keys[d->dkim_key_count++] = k;
}

static void carry_out(struct world *w, const struct dkim_plan *p, int64_t now)
{
    struct domain *d = &w->domain;
    size_t n = 0;

    for (size_t i = 0; i < d->dkim_key_count; i++) {
        struct dkim_key k = d->dkim_keys[i];
        if (p->moves[i] == DKIM_REMOVE)
            continue;
        if (p->moves[i] == DKIM_SIGN)
            k.state = DKIM_SIGNING, k.signing_ms = now;
        if (p->moves[i] == DKIM_RETIRE)
            k.state = DKIM_RETIRED, k.retired_ms = now;
        d->dkim_keys[n++] = k;
    }
    d->dkim_key_count = n;
    for (int i = 0; i < DKIM_ALGORITHM_COUNT; i++)
        if (p->make[i])
            make(w, (enum dkim_algorithm)i, now);
}

static void check(struct world *w, int64_t now, int64_t last_signed[1000])
{
    const struct domain *d = &w->domain;
    int signing[DKIM_ALGORITHM_COUNT] = { 0 };

    for (size_t i = 0; i < d->dkim_key_count; i++) {
        int64_t id;
        struct error err = ERROR_INIT;
        expect_ok(str_to_i64(d->dkim_keys[i].public_key, 0, 999, &id, &err));
        if (d->dkim_keys[i].state != DKIM_SIGNING)
            continue;
        assert_true(w->seen_at[id] > 0 && now >= w->seen_at[id] + TIMES.wait_ms);
        last_signed[id] = now;
        signing[d->dkim_keys[i].algorithm]++;
    }
    assert_true(signing[0] <= 1 && signing[1] <= 1);
    /* Whatever has signed within the last five days is still published. */
    for (int id = 0; id < w->made; id++) {
        bool there = false;
        for (size_t i = 0; i < d->dkim_key_count; i++)
            there = there || str_eq(d->dkim_keys[i].public_key, arena_printf(w->arena, "%d", id));
        assert_true(there || last_signed[id] == 0 || now >= last_signed[id] + TIMES.keep_ms);
    }
}

static void test_a_year(void **state)
{
    struct dkim_key room[65];
    struct world w = { .arena = arena_new(), .domain = { .name = "example.com", .dkim_keys = room } };
    int64_t last_signed[1000] = { 0 }, now = T0;
    unsigned seed = 7;

    (void)state;
    while (now < T0 + 365LL * DAY) {
        now += (int64_t)(rand_r(&seed) % (6 * 3600)) * 1000;
        for (size_t i = 0; i < w.domain.dkim_key_count; i++) {
            int64_t id;
            struct error err = ERROR_INIT;
            if (room[i].published_ms || rand_r(&seed) % 3 == 0)
                continue;
            room[i].published_ms = now;
            expect_ok(str_to_i64(room[i].public_key, 0, 999, &id, &err));
            w.seen_at[id] = now;
        }
        if (rand_r(&seed) % 40 == 0)
            w.domain.dkim_rotate_ms = now;
        struct dkim_plan p = next_of(&w, rand_r(&seed) % 50 != 0, now);
        carry_out(&w, &p, now);
        check(&w, now, last_signed);
    }
    assert_true(w.made > 20);
    arena_free(w.arena);
}

static void test_names(void **state)
{
    struct dkim_key keys[] = { a_key("b20260921r", DKIM_RSA, DKIM_SIGNING) };
    struct domain d = { .name = "example.com", .dkim_key_count = 1, .dkim_keys = keys };
    struct arena *a = arena_new();

    (void)state;
    assert_string_equal(dkim_selector(a, &d, DKIM_RSA, T0), "b20260921r2");
    assert_string_equal(dkim_selector(a, &d, DKIM_ED25519, T0), "b20260921e");
    assert_string_equal(dkim_record_name(a, &keys[0]), "b20260921r._domainkey.example.com");
    assert_string_equal(dkim_record_text(a, &keys[0]), "v=DKIM1; k=rsa; p=AA==");
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_first),
        cmocka_unit_test(test_waits_until_seen_and_then_for_the_wait),
        cmocka_unit_test(test_one_signs_at_a_time),
        cmocka_unit_test(test_rotation_by_age_and_by_request),
        cmocka_unit_test(test_end),
        cmocka_unit_test(test_a_year),
        cmocka_unit_test(test_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
