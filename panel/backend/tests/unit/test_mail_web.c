/* The listener of domains with mail (api/mail_web.h), over real HTTP with a real store: which name gets what, and who is told which
 * names there are. */
#include "store_fixture.h"

#include "api/mail_web.h"
#include "base/http.h"
#include "base/json.h"
#include "base/log.h"
#include "model/mail_client.h"
#include "store/internal.h"
#include "store/web.h"

struct world {
    struct fixture *f;
    struct api_config config;
    struct mail_web *web;
    struct http_client *client;
};

static void sql(struct fixture *f, const char *text)
{
    struct error err = ERROR_INIT;
    struct store_tx *tx = begin(f);

    expect_ok(db_script(store_tx_db(tx), text, &err));
    commit(tx);
}

static int up(void **state)
{
    struct world *w = unit_new(sizeof *w);
    struct error err = ERROR_INIT;

    fixture_up((void **)&w->f);
    log_set_level(LOG_LEVEL_ERROR);
    add_customer(w->f, "acme");
    add_domain(w->f, "acme", "shop.example");
    add_domain(w->f, "acme", "plain.example");
    sql(w->f, "UPDATE domain SET mail = 1, ownership = 'proven', web_hosts = 15, mta_sts = 'testing' WHERE name = "
              "'shop.example'");
    w->config = (struct api_config){ .mail_web_listen = "127.0.0.1:0",
                                     .mail_web_url = "http://here:8082",
                                     .mail_host = "mail.berth.example",
                                     .cert_resolver = "berth",
                                     .mta_sts_max_age_s = 604800,
                                     .store = w->f->store };
    expect_ok(mail_web_start(&w->config, &w->web, &err));
    const struct http_client_config to = {
        .base_url = arena_printf(w->f->arena, "http://127.0.0.1:%u", mail_web_port(w->web)), .crash_name = "test"
    };
    expect_ok(http_client_new(&to, &w->client, &err));
    *state = w;
    return 0;
}

static int down(void **state)
{
    struct world *w = *state;

    http_client_free(w->client);
    mail_web_stop(w->web);
    fixture_down((void **)&w->f);
    free(w);
    return 0;
}

static struct http_response ask(struct world *w, const char *host, const char *method, const char *path,
                                const char *body, const char *more)
{
    const char *const headers[] = { arena_printf(w->f->arena, "Host: %s", host), more, NULL };
    const struct http_request req = { .method = method,
                                      .path = path,
                                      .headers = headers,
                                      .body = body,
                                      .body_len = body ? strlen(body) : 0,
                                      .content_type = body ? "text/xml" : NULL };
    struct http_response res = { 0 };
    struct error err = ERROR_INIT;

    expect_ok(http_do(w->client, w->f->arena, &req, &res, &err));
    return res;
}

static long status(struct world *w, const char *host, const char *path)
{
    return ask(w, host, "GET", path, NULL, NULL).status;
}

static void test_policy(void **state)
{
    struct world *w = *state;
    struct http_response res = ask(w, "MTA-STS.Shop.Example:8443", "GET", MTA_STS_PATH, NULL, NULL);

    assert_int_equal(res.status, 200);
    assert_string_equal(res.body, "version: STSv1\r\nmode: testing\r\nmx: mail.berth.example\r\nmax_age: 604800\r\n");
    assert_true(str_starts(res.content_type, "text/plain"));
    assert_int_equal(status(w, "shop.example", MTA_STS_PATH), 404);
    assert_int_equal(status(w, "mta-sts.plain.example", MTA_STS_PATH), 404);
    assert_int_equal(status(w, "mta-sts.other.example", MTA_STS_PATH), 404);
    assert_int_equal(status(w, "mta-sts.shop.example", "/"), 404);
    /* After mail only that is left, until it is over. */
    sql(w->f, "UPDATE domain SET mail = 0, web_hosts = 1, mta_sts = 'none' WHERE name = 'shop.example'");
    assert_non_null(strstr(ask(w, "mta-sts.shop.example", "GET", MTA_STS_PATH, NULL, NULL).body, "mode: none\r\n"));
    assert_int_equal(status(w, "autoconfig.shop.example", AUTOCONFIG_PATH), 404);
    sql(w->f, "UPDATE domain SET web_hosts = 0, mta_sts = 'off' WHERE name = 'shop.example'");
    assert_int_equal(status(w, "mta-sts.shop.example", MTA_STS_PATH), 404);
}

static void test_settings(void **state)
{
    struct world *w = *state;
    struct http_response res = ask(w, "autoconfig.shop.example", "GET",
                                   AUTOCONFIG_PATH "?emailaddress=%3Cscript%3E%40evil.example", NULL, NULL);

    assert_int_equal(res.status, 200);
    assert_true(str_starts(res.content_type, "text/xml"));
    assert_non_null(strstr(res.body, "<domain>shop.example</domain>"));
    assert_null(strstr(res.body, "evil"));
    assert_int_equal(status(w, "shop.example", AUTOCONFIG_WELL_KNOWN), 200);
    assert_int_equal(status(w, "shop.example", AUTOCONFIG_PATH), 404);
    assert_int_equal(status(w, "mta-sts.shop.example", AUTOCONFIG_PATH), 404);
    assert_int_equal(status(w, "autoconfig.plain.example", AUTOCONFIG_PATH), 404);
    assert_int_equal(status(w, "autoconfig.", AUTOCONFIG_PATH), 404);
    assert_int_equal(status(w, "' OR 1=1 --", AUTOCONFIG_PATH), 404);
    /* The customer's own site has the name. */
    sql(w->f, "UPDATE domain SET web_hosts = 13 WHERE name = 'shop.example'");
    assert_int_equal(status(w, "autoconfig.shop.example", AUTOCONFIG_PATH), 404);
    assert_int_equal(status(w, "shop.example", AUTOCONFIG_WELL_KNOWN), 200);
}

static void test_outlook(void **state)
{
    static const char *const paths[] = { "/autodiscover/autodiscover.xml", "/Autodiscover/Autodiscover.xml" };
    static const char good[] = "<Autodiscover><Request><EMailAddress>anna@shop.example</EMailAddress></Request>"
                               "</Autodiscover>";
    struct world *w = *state;

    for (size_t i = 0; i < COUNT(paths); i++) {
        struct http_response res = ask(w, "autodiscover.shop.example", "POST", paths[i], good, NULL);
        assert_int_equal(res.status, 200);
        assert_non_null(strstr(res.body, "<LoginName>anna@shop.example</LoginName>"));
    }
    assert_non_null(
        strstr(ask(w, "autodiscover.shop.example", "GET", paths[0], NULL, NULL).body, "<ErrorCode>600</ErrorCode>"));
    struct http_response res = ask(w, "autodiscover.shop.example", "POST", paths[0],
                                   "<EMailAddress>bob@plain.example</EMailAddress>", NULL);
    assert_non_null(strstr(res.body, "<ErrorCode>500</ErrorCode>"));
    assert_null(strstr(res.body, "plain"));
    assert_int_equal(ask(w, "autodiscover.plain.example", "POST", paths[0], good, NULL).status, 404);
    assert_int_equal(ask(w, "autodiscover.shop.example", "DELETE", paths[0], NULL, NULL).status, 405);
    char *big = arena_alloc(w->f->arena, 20001);
    memset(big, '<', 20000);
    assert_int_equal(ask(w, "autodiscover.shop.example", "POST", paths[0], big, NULL).status, 413);
}

static json_t *routes(struct world *w)
{
    struct error err = ERROR_INIT;
    struct http_response res = ask(w, "berthd-api.panel-system.svc:8082", "GET", "/routes", NULL, NULL);
    json_t *out;

    assert_int_equal(res.status, 200);
    expect_ok(json_parse(w->f->arena, res.body, res.body_len, &out, &err));
    return out;
}

static void test_routes(void **state)
{
    struct world *w = *state;
    json_t *r = routes(w);

    assert_string_equal(json_str_at(r, "/http/routers/mail-0/tls/certResolver"), "berth");
    assert_string_equal(json_str_at(r, "/http/routers/mail-0/tls/domains/0/main"), "mta-sts.shop.example");
    assert_string_equal(json_str_at(r, "/http/routers/mail-0/tls/domains/0/sans/2"), "shop.example");
    assert_null(json_at(r, "/http/routers/mail-0/tls/domains/1"));
    assert_string_equal(json_str_at(r, "/http/services/mail/loadBalancer/servers/0/url"), "http://here:8082");
    assert_non_null(json_at(r, "/http/middlewares/mail-tries-0"));
    /* Another try is another configuration. */
    sql(w->f, "UPDATE domain SET web_tries = 3 WHERE name = 'shop.example'");
    assert_non_null(json_at(routes(w), "/http/middlewares/mail-tries-3"));
    /* Who comes through the ingress is told of no domain. */
    assert_int_equal(ask(w, "mta-sts.shop.example", "GET", "/routes", NULL, "X-Forwarded-For: 192.0.2.9").status, 404);
}

static void test_many(void **state)
{
    struct world *w = *state;
    size_t domains = 0;

    sql(w->f, "UPDATE domain SET web_hosts = 0");
    json_t *none = routes(w);
    assert_null(json_at(none, "/http/routers/mail-0/tls/certResolver"));
    assert_non_null(json_at(none, "/http/routers/mail-0/rule"));
    for (int i = 0; i < 450; i++)
        add_domain(w->f, "acme", arena_printf(w->f->arena, "d%03d.example", i));
    sql(w->f, "UPDATE domain SET web_hosts = 7 WHERE name LIKE 'd%'");
    json_t *r = routes(w);
    assert_int_equal(json_object_size(json_at(r, "/http/routers")), 3);
    for (int i = 0; i < 3; i++)
        domains += json_array_size(json_at(r, arena_printf(w->f->arena, "/http/routers/mail-%d/tls/domains", i)));
    assert_int_equal(domains, 450);
}

static void test_store(void **state)
{
    struct world *w = *state;
    struct error err = ERROR_INIT;
    struct domain d, again;

    expect_ok(store_domain_get(w->f->store, w->f->arena, "shop.example", &d, &err));
    d.web_hosts = 3;
    d.mta_sts = (struct mta_sts){ .mode = MTA_STS_ENFORCE, .since_ms = 5, .good_ms = 6, .id = "abc" };
    expect_ok(store_web_write(w->f->store, NULL, &d, NULL, &err));
    expect_ok(store_domain_get(w->f->store, w->f->arena, "shop.example", &again, &err));
    assert_int_equal(again.web_hosts, 3);
    assert_int_equal(again.mta_sts.mode, MTA_STS_ENFORCE);
    assert_int_equal(again.mta_sts.since_ms + again.mta_sts.good_ms, 11);
    assert_string_equal(again.mta_sts.id, "abc");
    d.created_ms++; /* another domain of that name */
    d.web_hosts = 1;
    expect_ok(store_web_write(w->f->store, NULL, &d, NULL, &err));
    expect_ok(store_domain_get(w->f->store, w->f->arena, "shop.example", &again, &err));
    assert_int_equal(again.web_hosts, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_policy, up, down),
        cmocka_unit_test_setup_teardown(test_settings, up, down),
        cmocka_unit_test_setup_teardown(test_outlook, up, down),
        cmocka_unit_test_setup_teardown(test_routes, up, down),
        cmocka_unit_test_setup_teardown(test_many, up, down),
        cmocka_unit_test_setup_teardown(test_store, up, down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
