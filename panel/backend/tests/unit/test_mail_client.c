/* What mail programs are told (model/mail_client.h), and what they, and those who pretend to be one, may ask. */
#include "unit.h"

#include "model/mail_client.h"

#define OUTLOOK "http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a"
#define ASK(inner)                                                                                                     \
    "<?xml version=\"1.0\"?><Autodiscover xmlns=\"x\"><Request>" inner "<AcceptableResponseSchema>" OUTLOOK            \
    "</AcceptableResponseSchema></Request></Autodiscover>"

static void test_hosts(void **state)
{
    static const char *const rows[][2] = {
        { "autoconfig.Shop.Example", "autoconfig.shop.example" },
        { "shop.example:8443", "shop.example" },
        { "shop.example.", "shop.example" },
        { "", NULL },
        { "192.0.2.1", NULL },
        { "[2001:db8::1]:443", NULL },
        { "localhost", NULL },
        { "shop..example", NULL },
        { "shop_1.example", NULL },
        { "shop.example/../x", NULL },
        { "shop.example' OR '1'='1", NULL },
        { "shop.example\r\nX: y", NULL },
        { "<b>.example", NULL },
        { "*.example", NULL },
    };
    struct arena *a = arena_new();
    char *long_name = arena_alloc(a, 2001);

    (void)state;
    memset(long_name, 'a', 2000);
    assert_null(mail_host_header(a, NULL));
    assert_null(mail_host_header(a, long_name));
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *got = mail_host_header(a, rows[i][0]);
        if (!str_eq(got, rows[i][1]))
            fail_msg("'%s' is %s", rows[i][0], got ? got : "none");
    }
    arena_free(a);
}

static void test_labels(void **state)
{
    enum mail_host h;
    struct arena *a = arena_new();

    (void)state;
    assert_string_equal(mail_host_domain("mta-sts.shop.example", &h), "shop.example");
    assert_int_equal(h, MAIL_HOST_MTA_STS);
    assert_string_equal(mail_host_domain("autoconfig.autodiscover.example", &h), "autodiscover.example");
    assert_int_equal(h, MAIL_HOST_AUTOCONFIG);
    assert_string_equal(mail_host_domain("autodiscover.shop.example", &h), "shop.example");
    assert_int_equal(h, MAIL_HOST_AUTODISCOVER);
    assert_string_equal(mail_host_domain("mta-stsx.example", &h), "mta-stsx.example");
    assert_int_equal(h, MAIL_HOST_APEX);
    for (int i = 0; i < MAIL_HOST_COUNT; i++) {
        assert_string_equal(mail_host_domain(mail_host_name(a, (enum mail_host)i, "shop.example"), &h), "shop.example");
        assert_int_equal(h, i);
    }
    arena_free(a);
}

static void test_escape(void **state)
{
    struct arena *a = arena_new();

    (void)state;
    assert_string_equal(mail_client_escape(a, "a<b>&\"c'&amp;"), "a&lt;b&gt;&amp;&quot;c&apos;&amp;amp;");
    assert_non_null(strstr(mail_client_autoconfig(a, "x\"/><evil>", "m", true), "id=\"x&quot;/&gt;&lt;evil&gt;\""));
    assert_null(strstr(mail_client_autodiscover(a, "a<b@x.example", "m", true), "<b@"));
    assert_non_null(strstr(mail_client_refusal(a, 500, "<no>"), "&lt;no&gt;"));
    arena_free(a);
}

static void test_settings(void **state)
{
    struct arena *a = arena_new();
    const char *thunderbird = mail_client_autoconfig(a, "shop.example", "mail.berth.example", true),
               *outlook = mail_client_autodiscover(a, "anna@shop.example", "mail.berth.example", true);

    (void)state;
    assert_non_null(strstr(thunderbird, "<emailProvider id=\"shop.example\">"));
    assert_non_null(strstr(thunderbird,
                           "<incomingServer type=\"imap\">\n      <hostname>mail.berth.example</hostname>\n  "
                           "    <port>993</port>\n      <socketType>SSL</socketType>"));
    assert_non_null(strstr(thunderbird, "<port>587</port>\n      <socketType>STARTTLS</socketType>"));
    assert_null(strstr(thunderbird, "plain")); /* never without TLS */
    assert_non_null(strstr(outlook, "<LoginName>anna@shop.example</LoginName>"));
    assert_non_null(strstr(outlook, "<Type>IMAP</Type>\n        <Server>mail.berth.example</Server>\n        "
                                    "<Port>993</Port>"));
    assert_null(strstr(outlook, "<SSL>off</SSL>"));
    assert_non_null(strstr(thunderbird, "pop3"));
    assert_non_null(strstr(outlook, "POP3"));
    assert_null(strstr(mail_client_autoconfig(a, "shop.example", "mail.berth.example", false), "pop3"));
    assert_null(strstr(mail_client_autodiscover(a, "anna@shop.example", "mail.berth.example", false), "POP3"));
    arena_free(a);
}

/* NULL: no address of the domain is asked for. */
static void test_asked(void **state)
{
    static const struct {
        const char *body, *address;
        bool known;
    } rows[] = {
        { ASK("<EMailAddress>anna@shop.example</EMailAddress>"), "anna@shop.example", true },
        { ASK("<EMailAddress>\n  Anna@SHOP.example </EMailAddress>"), "anna@shop.example", true },
        { ASK("<a:EMailAddress xmlns:a='x:y'>anna@shop.example</a:EMailAddress>"), "anna@shop.example", true },
        { "<EMailAddress>anna@shop.example</EMailAddress>", "anna@shop.example", true },
        { ASK("<EMailAddress>anna@other.example</EMailAddress>"), NULL, true },
        { ASK("<EMailAddress>anna@sub.shop.example</EMailAddress>"), NULL, true },
        { ASK("<EMailAddress>shop.example</EMailAddress>"), NULL, true },
        { ASK("<EMailAddress>a&lt;b@shop.example</EMailAddress>"), NULL, true },
        { ASK("<EMailAddress><![CDATA[anna@shop.example]]></EMailAddress>"), NULL, true },
        { ASK("<EMailAddress>\"a b\"@shop.example</EMailAddress>"), NULL, true },
        { ASK("<EMailAddress>a@b@shop.example</EMailAddress>"), NULL, true },
        { ASK("<EMailAddress/>"), NULL, true },
        { ASK("<EMailAddressX>anna@shop.example</EMailAddressX>"), NULL, true },
        { ASK(""), NULL, true },
        { "<EMailAddress>anna@shop.example</EMailAddress><AcceptableResponseSchema>http://other/"
          "</AcceptableResponseSchema>",
          "anna@shop.example", false },
        { "<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><EMailAddress>&b;@shop.example</EMailAddress>", NULL,
          true },
        { "", NULL, true },
        { "<", NULL, true },
        { "<EMailAddress", NULL, true },
        { "<EMailAddress>", NULL, true },
        { "<a:", NULL, true },
        { ":<:>:", NULL, true },
        { "not xml at all", NULL, true },
    };
    struct arena *a = arena_new();

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        bool known = !rows[i].known;
        const char *got = mail_client_asked(a, rows[i].body, "shop.example", &known);
        if (!str_eq(got, rows[i].address) || known != rows[i].known)
            fail_msg("row %zu: %s, %d", i, got ? got : "none", known);
    }
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hosts),    cmocka_unit_test(test_labels), cmocka_unit_test(test_escape),
        cmocka_unit_test(test_settings), cmocka_unit_test(test_asked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
