/* What mail needs in a zone, beside what the customer has there (model/mail_dns.h, reconcile/zone.h). */
#include "unit.h"

#include "model/mail_dns.h"
#include "model/record.h"
#include "reconcile/zone.h"

static const char *nameservers[] = { "ns1.berth.example" };
static const struct settings set = { .platform_domain = "berth.example",
                                     .ingress_address = "192.0.2.7",
                                     .mail_host = "mail.berth.example",
                                     .nameserver_count = 1,
                                     .nameservers = nameservers };

struct world {
    struct arena *arena;
    struct tenant tenant;
    struct domain domain;
    struct record_set records[8];
    struct dkim_key keys[2];
    size_t count;
    struct rrset *want;
};

static void own(struct world *w, const char *name, const char *type, const char *value)
{
    struct record_set *r = &w->records[w->domain.record_count++];

    *r = (struct record_set){
        .name = name, .type = type, .ttl = 60, .value_count = 1, .values = arena_array(w->arena, 2, sizeof(char *))
    };
    r->values[0] = value;
}

static struct world a_world(bool mail)
{
    struct world w = { .arena = arena_new(), .domain = { .name = "example.com", .mail = mail } };

    w.keys[0] = (struct dkim_key){ .domain = "example.com",
                                   .selector = "b20261127e",
                                   .algorithm = DKIM_ED25519,
                                   .state = DKIM_RETIRED,
                                   .public_key = "AA==" };
    return w;
}

static void build(struct world *w)
{
    w->domain.records = w->records;
    w->domain.dkim_keys = w->keys;
    w->tenant = (struct tenant){ .domain_count = 1, .domains = &w->domain };
    w->want = zone_want(w->arena, &set, "example.com", NULL, 0, &w->count);
    w->want = zone_want_records(w->arena, w->want, w->count, &w->tenant, &w->domain, &w->count);
    w->want = zone_want_mail(w->arena, &set, w->want, w->count, &w->domain, &w->count);
}

static const struct rrset *named(const struct world *w, const char *name, const char *type)
{
    const struct rrset *found = NULL;

    for (size_t i = 0; i < w->count; i++)
        if (str_eq(w->want[i].name, name) && str_eq(w->want[i].type, type)) {
            assert_null(found);
            found = &w->want[i];
        }
    return found;
}

static void test_all(void **state)
{
    struct world w = a_world(true);

    (void)state;
    w.domain.dkim_key_count = 1;
    build(&w);
    assert_string_equal(named(&w, "example.com", "MX")->values[0], "10 mail.berth.example.");
    assert_string_equal(named(&w, "example.com", "TXT")->values[0], "\"v=spf1 mx -all\"");
    assert_string_equal(named(&w, "_dmarc.example.com", "TXT")->values[0], "\"v=DMARC1; p=quarantine\"");
    assert_string_equal(named(&w, "_smtp._tls.example.com", "TXT")->values[0],
                        "\"v=TLSRPTv1; rua=mailto:postmaster@berth.example\"");
    assert_string_equal(named(&w, "_submissions._tcp.example.com", "SRV")->values[0], "0 1 465 mail.berth.example.");
    assert_string_equal(named(&w, "b20261127e._domainkey.example.com", "TXT")->values[0],
                        "\"v=DKIM1; k=ed25519; p=AA==\"");
    arena_free(w.arena);
}

/* Of a domain without mail only the public keys are left, until their time is over. */
static void test_off(void **state)
{
    struct world w = a_world(false);

    (void)state;
    w.domain.dkim_key_count = 1;
    build(&w);
    assert_non_null(named(&w, "b20261127e._domainkey.example.com", "TXT"));
    assert_int_equal(w.count, 3); /* with NS and A */
    arena_free(w.arena);
}

/* The names for mail programs and senders; the policy is told of when it was seen served. */
static void test_web(void **state)
{
    static const char *const names[] = { "mta-sts.example.com", "autoconfig.example.com", "autodiscover.example.com" };
    struct world w = a_world(true);

    (void)state;
    build(&w);
    for (size_t i = 0; i < COUNT(names); i++)
        assert_string_equal(named(&w, names[i], "CNAME")->values[0], "mail.berth.example.");
    assert_string_equal(named(&w, "_autodiscover._tcp.example.com", "SRV")->values[0],
                        "0 1 443 autodiscover.example.com.");
    assert_null(named(&w, "_mta-sts.example.com", "TXT"));
    w.domain.mta_sts = (struct mta_sts){ .mode = MTA_STS_TESTING, .id = "1a2b" };
    build(&w);
    assert_string_equal(named(&w, "_mta-sts.example.com", "TXT")->values[0], "\"v=STSv1; id=1a2b;\"");
    /* After mail the policy `none` is told of, and nothing else. */
    w.domain.mail = false;
    w.domain.mta_sts.mode = MTA_STS_NONE;
    build(&w);
    assert_int_equal(w.count, 4); /* with NS and A */
    assert_non_null(named(&w, "_mta-sts.example.com", "TXT"));
    assert_non_null(named(&w, "mta-sts.example.com", "CNAME"));
    arena_free(w.arena);
}

/* Records of the customer's, and a site's name, are not written over. */
static void test_own_web(void **state)
{
    static const char *const hosts[] = { "autoconfig.example.com" };
    struct world w = a_world(true);

    (void)state;
    w.domain.mta_sts = (struct mta_sts){ .mode = MTA_STS_TESTING, .id = "1a2b" };
    own(&w, "autodiscover.example.com", "A", "192.0.2.99");
    own(&w, "_mta-sts.example.com", "TXT", "\"v=STSv1; id=theirs;\"");
    build(&w);
    assert_null(named(&w, "autodiscover.example.com", "CNAME"));
    assert_string_equal(named(&w, "autodiscover.example.com", "A")->values[0], "192.0.2.99");
    assert_string_equal(named(&w, "_mta-sts.example.com", "TXT")->values[0], "\"v=STSv1; id=theirs;\"");
    w.want = zone_want(w.arena, &set, "example.com", hosts, 1, &w.count);
    w.want = zone_want_mail(w.arena, &set, w.want, w.count, &w.domain, &w.count);
    assert_non_null(named(&w, "autoconfig.example.com", "A"));
    assert_null(named(&w, "autoconfig.example.com", "CNAME"));
    arena_free(w.arena);
}

static void test_host_faults(void **state)
{
    static const struct {
        const char *found[3], *told;
    } rows[] = {
        { { "192.0.2.7" }, NULL },
        { { NULL }, "an A record with 192.0.2.7" },
        { { "192.0.2.8" }, "leads to 192.0.2.8 and not here" },
        { { "192.0.2.7", "192.0.2.8" }, "too and not only here" },
    };
    struct arena *a = arena_new();

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        size_t count = 0;
        while (count < 3 && rows[i].found[count])
            count++;
        const char *told = mail_dns_host_fault(a, rows[i].found, count, "192.0.2.7");
        if (!rows[i].told != !told || (told && !strstr(told, rows[i].told)))
            fail_msg("row %zu: %s", i, told ? told : "nothing");
    }
    arena_free(a);
}

static void test_own_texts_stay(void **state)
{
    struct world w = a_world(true);

    (void)state;
    own(&w, "example.com", "TXT", "\"site-verification=1\"");
    build(&w);
    const struct rrset *txt = named(&w, "example.com", "TXT");
    assert_int_equal(txt->value_count, 2);
    assert_string_equal(txt->values[0], "\"site-verification=1\"");
    assert_string_equal(txt->values[1], "\"v=spf1 mx -all\"");
    assert_int_equal(txt->ttl, 60);
    assert_int_equal(w.records[0].value_count, 1); /* the tenant's is as it was */
    arena_free(w.arena);
}

static void test_own_records_win(void **state)
{
    struct world w = a_world(true);

    (void)state;
    own(&w, "example.com", "MX", "5 mx.elsewhere.example.");
    own(&w, "example.com", "TXT", "\"v=spf1 include:elsewhere.example ~all\"");
    own(&w, "_dmarc.example.com", "TXT", "\"v=DMARC1; p=none\"");
    own(&w, "_imaps._tcp.example.com", "CNAME", "elsewhere.example.");
    own(&w, "_tls.example.com", "NS", "ns.elsewhere.example.");
    build(&w);
    assert_string_equal(named(&w, "example.com", "MX")->values[0], "5 mx.elsewhere.example.");
    assert_int_equal(named(&w, "example.com", "TXT")->value_count, 1);
    assert_string_equal(named(&w, "_dmarc.example.com", "TXT")->values[0], "\"v=DMARC1; p=none\"");
    assert_null(named(&w, "_imaps._tcp.example.com", "SRV"));
    assert_null(named(&w, "_smtp._tls.example.com", "TXT")); /* it would lie below the delegation */
    assert_non_null(named(&w, "_pop3s._tcp.example.com", "SRV"));
    arena_free(w.arena);
}

static void test_who_may_write(void **state)
{
    static const char *const ours[][2] = { { "example.com", "MX" },
                                           { "b20261127e._domainkey.example.com", "TXT" },
                                           { "b20261127e._domainkey.example.com", "CNAME" },
                                           { "_domainkey.example.com", "NS" },
                                           { "_imaps._tcp.example.com", "SRV" } };
    static const char *const theirs[][2] = { { "example.com", "TXT" },
                                             { "example.com", "CAA" },
                                             { "_dmarc.example.com", "TXT" },
                                             { "_smtp._tls.example.com", "TXT" },
                                             { "sub.example.com", "MX" },
                                             { "other._domainkey.example.com", "TXT" },
                                             { "sub.example.com", "NS" },
                                             { "autoconfig.example.com", "A" },
                                             { "mta-sts.example.com", "CNAME" },
                                             { "_mta-sts.example.com", "TXT" },
                                             { "_autodiscover._tcp.example.com", "SRV" } };
    struct world w = a_world(true);

    (void)state;
    w.domain.dkim_key_count = 1;
    build(&w);
    for (size_t i = 0; i < COUNT(ours); i++)
        assert_string_equal(record_kept_by(w.arena, &w.tenant, &w.domain, ours[i][0], ours[i][1]),
                            "Berth, for the domain's mail");
    for (size_t i = 0; i < COUNT(theirs); i++)
        assert_null(record_kept_by(w.arena, &w.tenant, &w.domain, theirs[i][0], theirs[i][1]));
    own(&w, "example.com", "MX", "5 mx.elsewhere.example.");
    assert_null(
        record_kept_by(w.arena, &w.tenant, &w.domain, "example.com", "MX")); /* it was there before: to be changed */
    w.domain.record_count = 0;
    w.domain.mail = false;
    assert_null(record_kept_by(w.arena, &w.tenant, &w.domain, "example.com", "MX"));
    assert_non_null(record_kept_by(w.arena, &w.tenant, &w.domain, "b20261127e._domainkey.example.com", "TXT"));
    arena_free(w.arena);
}

static void test_values(void **state)
{
    struct arena *a = arena_new();
    const char *values[] = { "\"v=DKIM1; k=rsa; p=AAAA\" \"BBBB\"" }, *mx[] = { "10 mail.berth.example." };
    const struct record_set txt = { .name = "x", .type = "TXT", .value_count = 1, .values = values },
                            exchange = { .name = "x", .type = "MX", .value_count = 1, .values = mx };

    (void)state;
    assert_string_equal(mail_dns_value(a, &txt), "v=DKIM1; k=rsa; p=AAAABBBB");
    assert_string_equal(mail_dns_value(a, &exchange), "10 mail.berth.example.");
    arena_free(a);
}

/* What the world says, and what is told of it; NULL: it is right. */
static void test_faults(void **state)
{
    static const struct {
        const char *type, *want, *found[3], *told;
    } rows[] = {
        { "MX", "10 mail.berth.example.", { "10 mail.berth.example" }, NULL },
        { "MX", "10 mail.berth.example.", { "5 mail.berth.example" }, NULL },
        { "MX", "10 mail.berth.example.", { NULL }, "no mail arrives here" },
        { "MX", "10 mail.berth.example.", { "10 mx.elsewhere.example" }, "and not here: set this record in its place" },
        { "MX",
          "10 mail.berth.example.",
          { "10 mail.berth.example", "20 mx.elsewhere.example" },
          "too: set this record alone" },
        { "MX", "10 mail.berth.example.", { "0 " }, "and not here" },
        { "TXT", "\"v=spf1 mx -all\"", { "other", "v=spf1 mx -all" }, NULL },
        { "TXT", "\"v=spf1 mx -all\"", { "v=spf1 mx include:x.example ~all" }, NULL },
        { "TXT", "\"v=spf1 mx -all\"", { "v=spf1 include:mx.example ~all" }, "does not name 'mx'" },
        { "TXT", "\"v=spf1 mx ip4:192.0.2.7 -all\"", { "v=spf1 +mx a +ip4:192.0.2.7 ?all" }, NULL },
        { "TXT", "\"v=spf1 mx ip4:192.0.2.7 -all\"", { "v=spf1 mx -all" }, "does not name 'ip4:192.0.2.7'" },
        { "TXT", "\"v=spf1 mx -all\"", { "v=spf1 mx -all", "v=spf1 -all" }, "there are 2 records" },
        { "TXT", "\"v=spf1 mx -all\"", { "v=spf1 a mx", "v=spf1 -all" }, "there are 2 records" },
        { "TXT", "\"v=spf1 mx -all\"", { "other" }, "another text" },
        { "TXT", "\"v=DMARC1; p=quarantine\"", { "v=DMARC1; p=none" }, NULL },
        { "TXT", "\"v=DMARC1; p=quarantine\"", { NULL }, "there is none: set it" },
        { "TXT", "\"v=DKIM1; k=rsa; p=AA\"", { "v=DKIM1; k=rsa; p=AA" }, NULL },
        { "TXT", "\"v=DKIM1; k=rsa; p=AA\"", { "v=DKIM1; k=rsa; p=BB" }, "another text" },
        { "SRV", "0 1 465 mail.berth.example.", { "0 1 465 mail.berth.example" }, NULL },
        { "SRV", "0 1 465 mail.berth.example.", { "0 1 465 mail.elsewhere.example" }, "another one" },
        { "SRV", "0 1 465 mail.berth.example.", { NULL }, "by hand" },
        { "TXT", "\"v=STSv1; id=1a2b;\"", { "v=STSv1; id=1a2b;" }, NULL },
        { "TXT", "\"v=STSv1; id=1a2b;\"", { "v=STSv1; id=old;" }, "the id is another one" },
        { "TXT", "\"v=STSv1; id=1a2b;\"", { NULL }, "there is none: set it" },
        { "SRV", "0 0 0 .", { "0 0 0 ." }, NULL },
        { "SRV", "0 0 0 .", { "0 1 995 mail.berth.example" }, "another one" },
    };
    struct arena *a = arena_new();

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *values[] = { rows[i].want };
        const struct record_set one = { .name = "x", .type = rows[i].type, .value_count = 1, .values = values };
        size_t count = 0;
        while (count < 3 && rows[i].found[count])
            count++;
        const char *told = mail_dns_fault(a, &one, rows[i].found, count);
        if (!rows[i].told != !told || (told && !strstr(told, rows[i].told)))
            fail_msg("row %zu: %s in place of %s", i, told ? told : "nothing", rows[i].told ? rows[i].told : "nothing");
    }
    arena_free(a);
}

/* What an installation may set. */
static void test_what_spf_may_name(void **state)
{
    static const char *const good[] = { "",
                                        "include:spf.example.net",
                                        "ip4:192.0.2.7 ip6:2001:db8::/32",
                                        "a",
                                        "include:_spf.example.net",
                                        "a:out.example.net ip4:192.0.2.0/24 mx:example.net",
                                        "exists:a.example.net a a a a a a a a" },
                             *const bad[] = { " ",
                                              "ip4:192.0.2.300",
                                              "ip4:192.0.2.0/33",
                                              "ip6:::/129",
                                              "ip4:::1",
                                              "all",
                                              "+a",
                                              "-all",
                                              "mx",
                                              "ptr",
                                              "redirect=x.example",
                                              "include:",
                                              "include:x y",
                                              "a  a",
                                              "include:%{d}.example",
                                              "include:a.example\"",
                                              "a a a a a a a a a a" };
    struct arena *a = arena_new();

    (void)state;
    for (size_t i = 0; i < COUNT(good); i++) {
        struct error err = ERROR_INIT;
        if (mail_dns_check_spf(a, good[i], &err) < 0)
            fail_msg("'%s': %s", good[i], err.message);
    }
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct error err = ERROR_INIT;
        expect_error(mail_dns_check_spf(a, bad[i], &err), ERROR_INVALID);
    }
    arena_free(a);
}

static void test_a_smarthost_and_no_pop3(void **state)
{
    struct settings other = set;
    struct world w = a_world(true);

    (void)state;
    assert_string_equal((build(&w), named(&w, "_pop3s._tcp.example.com", "SRV")->values[0]), "0 0 0 .");
    other.mail_spf = "include:spf.example.net";
    other.mail_pop3 = true;
    w.want = zone_want_mail(w.arena, &other, NULL, 0, &w.domain, &w.count);
    assert_string_equal(named(&w, "example.com", "TXT")->values[0], "\"v=spf1 mx include:spf.example.net -all\"");
    assert_string_equal(named(&w, "_pop3s._tcp.example.com", "SRV")->values[0], "0 1 995 mail.berth.example.");
    arena_free(w.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all),
        cmocka_unit_test(test_off),
        cmocka_unit_test(test_web),
        cmocka_unit_test(test_own_web),
        cmocka_unit_test(test_host_faults),
        cmocka_unit_test(test_own_texts_stay),
        cmocka_unit_test(test_own_records_win),
        cmocka_unit_test(test_who_may_write),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_what_spf_may_name),
        cmocka_unit_test(test_a_smarthost_and_no_pop3),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
