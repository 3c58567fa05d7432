/* Master files: what is read, what is refused and where, and that a file that was written is read as the same records
 * (model/zonefile.h). */
#include "unit.h"

#include "model/zonefile.h"
#include "record_values.h"

#define ZONE "example.com"

static struct zonefile parse(struct arena *a, const char *text)
{
    struct error err = ERROR_INIT;
    struct zonefile z = { 0 };

    expect_ok(zonefile_parse(a, text, strlen(text), ZONE, &z, &err));
    return z;
}

static const struct record_set *find(const struct zonefile *z, const char *name, const char *type)
{
    for (size_t i = 0; i < z->count; i++)
        if (str_eq(z->sets[i].name, name) && str_eq(z->sets[i].type, type))
            return &z->sets[i];
    fail_msg("no %s %s", name, type);
    return NULL;
}

/* As BIND and others write them. */
static void test_whole_file(void **state)
{
    static const char text[] = "; a comment first\n"
                               "$TTL 1h\n"
                               "$ORIGIN example.com.\n"
                               "@\tIN\tSOA\tns1.example.com. hostmaster.example.com. (\n"
                               "\t\t2024010101 ; serial\n"
                               "\t\t3h 1h 1w 1h )\n"
                               "\tIN\tNS\tns1\n"
                               "\tNS\tns2.example.net.\n"
                               "@ 300 IN MX 10 mail ; the mail host\n"
                               "mail\tIN\t600\tA\t192.0.2.1\n"
                               "\t\t\tA 192.0.2.2\n"
                               "\t60\tAAAA\t2001:db8::1\r\n"
                               "\n"
                               "text TXT \"a;b\" \"c (d)\"\n"
                               "long TXT ( \"one\"\n  \"two\" )\n"
                               "$ORIGIN sub\n"
                               "WWW CNAME @\n"
                               "abs.example.com. 1h30m CNAME target.example.net.\n"
                               "_sip._tcp SRV 1 2 5060 sip";
    CLEANUP(arena_freep) struct arena *a = arena_new();

    (void)state;
    const struct zonefile z = parse(a, text);
    assert_int_equal(z.soa_count, 1);
    assert_int_equal(z.count, 9);
    assert_int_equal(find(&z, ZONE, "NS")->value_count, 2);
    assert_int_equal(find(&z, ZONE, "NS")->ttl, 3600);
    assert_string_equal(find(&z, ZONE, "MX")->values[0], "10 mail.example.com.");
    assert_int_equal(find(&z, ZONE, "MX")->ttl, 300);
    const struct record_set *mail = find(&z, "mail.example.com", "A");
    assert_int_equal(mail->value_count, 2);
    assert_int_equal(mail->ttl, 600);
    assert_int_equal(find(&z, "mail.example.com", "AAAA")->ttl, 60);
    assert_string_equal(find(&z, "text.example.com", "TXT")->values[0], "\"a;b\" \"c (d)\"");
    assert_string_equal(find(&z, "long.example.com", "TXT")->values[0], "\"one\" \"two\"");
    assert_string_equal(find(&z, "www.sub.example.com", "CNAME")->values[0], "sub.example.com.");
    assert_int_equal(find(&z, "abs.example.com", "CNAME")->ttl, 5400);
    assert_string_equal(find(&z, "_sip._tcp.sub.example.com", "SRV")->values[0], "1 2 5060 sip.sub.example.com.");
}

static void test_faults(void **state)
{
    static const struct {
        const char *text, *pointer;
    } bad[] = {
        { "a A 192.0.2.1\nb A 1.2.3\n", "/line/2" },
        { "\n\na A (\n1.2.3\n)\nb A 192.0.2.1", "/line/3" },
        { "a A ( 192.0.2.1\n", "/line/1" },
        { "a A 192.0.2.1 )\n", "/line/1" },
        { "a TXT \"open\nb A 192.0.2.1\n", "/line/1" },
        { "a TXT \"open", "/line/1" },
        { "a TXT \"open\\", "/line/1" },
        { " A 192.0.2.1\n", "/line/1" }, /* no name yet */
        { "a CH TXT x\n", "/line/1" },
        { "a\n", "/line/1" },
        { "a 300 IN\n", "/line/1" },
        { "a HINFO x y\n", "/line/1" },
        { "a.example.org. A 192.0.2.1\n", "/line/1" },
        { "$INCLUDE /etc/passwd\n", "/line/1" },
        { "$GENERATE 1-9 a$ A 192.0.2.$\n", "/line/1" },
        { "$TTL\n", "/line/1" },
        { "$TTL soon\n", "/line/1" },
        { "$TTL 1x\n", "/line/1" },
        { "$TTL 99999999999\n", "/line/1" },
        { "$ORIGIN .\n", "/line/1" },
        { "a 1 A 192.0.2.1\n", "/line/1" }, /* below the least TTL */
        { "a MX 10 192.0.2.1\n", "/line/1" },
        { "a A 192.0.2.1 192.0.2.2\n", "/line/1" },
    };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct zonefile z;

    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct error err = ERROR_INIT;
        if (zonefile_parse(a, bad[i].text, strlen(bad[i].text), ZONE, &z, &err) == 0)
            fail_msg("was read: %s", bad[i].text);
        assert_int_equal(err.code, ERROR_UNPROCESSABLE);
        assert_string_equal(err.fields[0].pointer, bad[i].pointer);
    }
    /* All faults come at once. */
    static const char two[] = "a A x\nb A 192.0.2.1\nc A y\n";
    struct error err = ERROR_INIT;
    assert_int_equal(zonefile_parse(a, two, strlen(two), ZONE, &z, &err), -1);
    assert_int_equal(err.field_count, 2);
    assert_string_equal(err.fields[1].pointer, "/line/3");
}

static void test_limits(void **state)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct error err = ERROR_INIT;
    struct strbuf text;
    struct zonefile z;

    (void)state;
    strbuf_init(&text, a, ZONEFILE_MAX + 8);
    for (int i = 0; i <= RECORD_VALUES_MAX; i++)
        strbuf_addf(&text, "a A 192.0.2.%d\n", i);
    expect_error(zonefile_parse(a, text.text, text.len, ZONE, &z, &err), ERROR_UNPROCESSABLE);
    strbuf_init(&text, a, ZONEFILE_MAX + 8);
    while (text.len <= ZONEFILE_MAX)
        strbuf_add(&text, ";\n");
    expect_error(zonefile_parse(a, text.text, text.len, ZONE, &z, &err), ERROR_TOO_LARGE);
    expect_error(zonefile_parse(a, "\xff", 1, ZONE, &z, &err), ERROR_UNPROCESSABLE);
    expect_ok(zonefile_parse(a, "", 0, ZONE, &z, &err));
    assert_int_equal(z.count, 0);
}

/* --- the way back --- */

static void check_same(const struct record_set *x, size_t n, const struct zonefile *z)
{
    assert_int_equal(z->count, n);
    for (size_t i = 0; i < n; i++)
        if (!record_same(&x[i], &z->sets[i]))
            fail_msg("%s %s differs", x[i].name, x[i].type);
}

/* Every value of the table, in RRsets that a fixed row of numbers puts together: written and read they are the same, and
 * the text is the same again. */
static void test_round_trip(void **state)
{
    uint32_t seed = 12345;

    (void)state;
    for (int round = 0; round < 200; round++) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        struct record_set sets[COUNT(record_values)];
        struct error err = ERROR_INIT;
        size_t n = 0;
        for (size_t i = 0; i < COUNT(record_values); i++) {
            seed = seed * 1664525 + 1013904223;
            if ((seed >> 16) % 3 == 0)
                continue;
            struct record_set *s = &sets[n++];
            *s = (struct record_set){ .name = arena_printf(a, "%s.%s", record_values[i].name, ZONE),
                                      .type = record_values[i].type,
                                      .ttl = 60 + (seed >> 16) % 604740,
                                      .values = arena_array(a, 2, sizeof(char *)) };
            expect_ok(record_value(a, s->type, record_values[i].given, NULL, "/v", &s->values[s->value_count++], &err));
            if (str_eq(s->type, "TXT") && (seed & 0x80000)) {
                char random[80];
                for (size_t j = 0; j < sizeof random - 1; j++) {
                    seed = seed * 1664525 + 1013904223;
                    random[j] = (char)(1 + (seed >> 16) % 127);
                }
                random[sizeof random - 1] = '\0';
                random[0] = 'x'; /* not in quotation marks */
                expect_ok(record_value(a, "TXT", random, NULL, "/v", &s->values[s->value_count++], &err));
            }
            expect_ok(record_set_check(s, ZONE, &err));
        }
        record_sort(sets, n);
        const char *text = zonefile_print(a, ZONE, sets, n);
        const struct zonefile z = parse(a, text);
        check_same(sets, n, &z);
        assert_string_equal(zonefile_print(a, ZONE, z.sets, z.count), text);
    }
}

static void test_order(void **state)
{
    static const char *one[] = { "x." };
    const struct record_set sets[] = {
        { .name = "a.example.com", .type = "NS", .ttl = 60, .value_count = 1, .values = one },
        { .name = ZONE, .type = "MX", .ttl = 60, .value_count = 1, .values = one },
        { .name = ZONE, .type = "NS", .ttl = 60, .value_count = 1, .values = one },
        { .name = ZONE, .type = "SOA", .ttl = 60, .value_count = 1, .values = one },
    };
    CLEANUP(arena_freep) struct arena *a = arena_new();

    (void)state;
    assert_string_equal(zonefile_print(a, ZONE, sets, 4), "$ORIGIN example.com.\n$TTL 300\n"
                                                          "example.com.\t60\tIN\tSOA\tx.\n"
                                                          "example.com.\t60\tIN\tNS\tx.\n"
                                                          "example.com.\t60\tIN\tMX\tx.\n"
                                                          "a.example.com.\t60\tIN\tNS\tx.\n");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole_file), cmocka_unit_test(test_faults), cmocka_unit_test(test_limits),
        cmocka_unit_test(test_round_trip), cmocka_unit_test(test_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
