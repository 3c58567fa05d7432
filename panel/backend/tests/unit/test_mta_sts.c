/* MTA-STS (model/mta_sts.h): the policy's text and id, and when it says more or less. */
#include "unit.h"

#include "model/mta_sts.h"

enum { SECOND = 1000, TESTING = 100 * SECOND, MAX_AGE = 50 * SECOND };
#define T0 1790000000000LL

static const struct mta_sts_policy policy = { .mx = "mail.berth.example", .max_age_s = 604800 };
static const struct mta_sts_times times = { .testing_ms = TESTING, .max_age_ms = MAX_AGE };
static const struct mta_sts_facts fine = { .wanted = true, .served = true, .mail = MTA_STS_GOOD },
                                  unserved = { .wanted = true, .mail = MTA_STS_GOOD },
                                  wrong = { .wanted = true, .served = true, .mail = MTA_STS_BAD },
                                  silent = { .wanted = true, .served = true, .mail = MTA_STS_UNSEEN },
                                  gone = { .served = true, .mail = MTA_STS_GOOD };

static void test_text(void **state)
{
    struct arena *a = arena_new();

    (void)state;
    assert_null(mta_sts_text(a, &policy, MTA_STS_OFF));
    assert_string_equal(mta_sts_text(a, &policy, MTA_STS_TESTING),
                        "version: STSv1\r\nmode: testing\r\nmx: mail.berth.example\r\nmax_age: 604800\r\n");
    assert_string_equal(mta_sts_text(a, &policy, MTA_STS_ENFORCE),
                        "version: STSv1\r\nmode: enforce\r\nmx: mail.berth.example\r\nmax_age: 604800\r\n");
    assert_string_equal(mta_sts_text(a, &policy, MTA_STS_NONE), "version: STSv1\r\nmode: none\r\nmax_age: 86400\r\n");
    arena_free(a);
}

/* At most 32 letters and digits, and another one whenever the text is another (RFC 8461, section 3.1). */
static void test_id(void **state)
{
    const struct mta_sts_policy moved = { .mx = "mx.berth.example", .max_age_s = 604800 },
                                shorter = { .mx = "mail.berth.example", .max_age_s = 86400 };
    struct arena *a = arena_new();
    const char *ids[] = { mta_sts_id(a, &policy, MTA_STS_TESTING), mta_sts_id(a, &policy, MTA_STS_ENFORCE),
                          mta_sts_id(a, &policy, MTA_STS_NONE), mta_sts_id(a, &moved, MTA_STS_ENFORCE),
                          mta_sts_id(a, &shorter, MTA_STS_ENFORCE) };

    (void)state;
    assert_string_equal(mta_sts_id(a, &policy, MTA_STS_OFF), "");
    for (size_t i = 0; i < COUNT(ids); i++) {
        assert_in_range(strlen(ids[i]), 1, 32);
        assert_int_equal(strspn(ids[i], "0123456789abcdef"), strlen(ids[i]));
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(ids[i], ids[j]);
    }
    assert_string_equal(mta_sts_id(a, &policy, MTA_STS_TESTING), ids[0]);
    arena_free(a);
}

static struct mta_sts next(const struct mta_sts *have, const struct mta_sts_facts *facts, int64_t at, int64_t *ret_next)
{
    return mta_sts_next(have, facts, "now", &times, T0 + at, ret_next);
}

static struct mta_sts in_mode(enum mta_sts_mode mode, const char *id)
{
    return (struct mta_sts){ .mode = mode, .since_ms = T0, .id = id };
}

static void test_begins(void **state)
{
    const struct mta_sts off = { .mode = MTA_STS_OFF, .id = "" };
    int64_t at;
    struct mta_sts s = next(&off, &unserved, 0, &at);

    (void)state;
    assert_int_equal(s.mode, MTA_STS_TESTING);
    assert_int_equal(s.since_ms, T0);
    assert_string_equal(s.id, ""); /* nobody is told before it was seen served */
    s = next(&s, &unserved, SECOND, &at);
    assert_string_equal(s.id, "");
    assert_int_equal(s.good_ms, 0);
    s = next(&s, &fine, 2 * SECOND, &at);
    assert_string_equal(s.id, "now");
    assert_int_equal(s.good_ms, T0 + 2 * SECOND);
    assert_int_equal(at, T0 + 2 * SECOND + TESTING);
}

static void test_enforced_with_time(void **state)
{
    struct mta_sts s = in_mode(MTA_STS_TESTING, "now");
    int64_t at;

    (void)state;
    s = next(&s, &fine, 0, &at);
    s = next(&s, &fine, TESTING - 1, &at);
    assert_int_equal(s.mode, MTA_STS_TESTING);
    s = next(&s, &fine, TESTING, &at);
    assert_int_equal(s.mode, MTA_STS_ENFORCE);
    assert_int_equal(s.since_ms, T0 + TESTING);
    assert_string_equal(s.id, "now"); /* until the new text is seen */
    assert_int_equal(at, 0);
    s = next(&s, &fine, 10 * TESTING, &at);
    assert_int_equal(s.mode, MTA_STS_ENFORCE);
}

/* What breaks it begins the time anew; a mail server that does not answer for a moment does not, but nothing is enforced then. */
static void test_breaks(void **state)
{
    static const struct mta_sts_facts *const breaks[] = { &unserved, &wrong };
    int64_t at;

    (void)state;
    for (size_t i = 0; i < COUNT(breaks); i++) {
        struct mta_sts s = in_mode(MTA_STS_TESTING, "now");
        s = next(&s, &fine, 0, &at);
        s = next(&s, breaks[i], TESTING / 2, &at);
        assert_int_equal(s.good_ms, 0);
        assert_int_equal(at, 0);
        s = next(&s, &fine, TESTING, &at);
        assert_int_equal(s.mode, MTA_STS_TESTING);
        assert_int_equal(at, T0 + TESTING + TESTING);
    }
    struct mta_sts s = in_mode(MTA_STS_TESTING, "now");
    s = next(&s, &fine, 0, &at);
    s = next(&s, &silent, TESTING, &at);
    assert_int_equal(s.mode, MTA_STS_TESTING);
    s = next(&s, &fine, TESTING + 1, &at);
    assert_int_equal(s.mode, MTA_STS_ENFORCE);
}

/* A mail host whose certificate is wrong, or an MX elsewhere, would make senders keep mail back. */
static void test_back_to_testing(void **state)
{
    struct mta_sts s = in_mode(MTA_STS_ENFORCE, "now");
    int64_t at;

    (void)state;
    assert_int_equal(next(&s, &silent, SECOND, &at).mode, MTA_STS_ENFORCE);
    assert_int_equal(next(&s, &unserved, SECOND, &at).mode, MTA_STS_ENFORCE); /* senders go by what they have */
    s = next(&s, &wrong, SECOND, &at);
    assert_int_equal(s.mode, MTA_STS_TESTING);
    assert_int_equal(s.good_ms, 0);
    s = next(&s, &fine, 2 * SECOND, &at);
    assert_int_equal(s.mode, MTA_STS_TESTING);
}

/* Whoever may hold the policy is told `none` for as long (RFC 8461, section 8.3). */
static void test_taken_back(void **state)
{
    struct mta_sts s = in_mode(MTA_STS_ENFORCE, "now");
    int64_t at;

    (void)state;
    s = next(&s, &gone, SECOND, &at);
    assert_int_equal(s.mode, MTA_STS_NONE);
    assert_int_equal(at, T0 + SECOND + MAX_AGE);
    s = next(&s, &gone, MAX_AGE, &at);
    assert_int_equal(s.mode, MTA_STS_NONE);
    assert_int_equal(at, T0 + SECOND + MAX_AGE);
    struct mta_sts again = next(&s, &fine, MAX_AGE, &at);
    assert_int_equal(again.mode, MTA_STS_TESTING);
    s = next(&s, &gone, SECOND + MAX_AGE, &at);
    assert_int_equal(s.mode, MTA_STS_OFF);
    assert_string_equal(s.id, "");
    assert_int_equal(at, 0);
}

static void test_never_told(void **state)
{
    const struct mta_sts_facts nothing = { .mail = MTA_STS_GOOD };
    const struct mta_sts s = in_mode(MTA_STS_TESTING, "");
    int64_t at;

    (void)state;
    assert_int_equal(next(&s, &nothing, SECOND, &at).mode, MTA_STS_OFF);
}

static void test_names(void **state)
{
    (void)state;
    for (int m = MTA_STS_OFF; m <= MTA_STS_NONE; m++)
        assert_int_equal(mta_sts_mode_parse(mta_sts_mode_name((enum mta_sts_mode)m)), m);
    assert_int_equal(mta_sts_mode_parse("ENFORCE"), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text),       cmocka_unit_test(test_id),
        cmocka_unit_test(test_begins),     cmocka_unit_test(test_enforced_with_time),
        cmocka_unit_test(test_breaks),     cmocka_unit_test(test_back_to_testing),
        cmocka_unit_test(test_taken_back), cmocka_unit_test(test_never_told),
        cmocka_unit_test(test_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
