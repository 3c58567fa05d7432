/* MTA-STS policies, settings of mail programs, and the routes to them: see mail_web.h. */
#include "api/mail_web.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/httpd.h"
#include "base/json.h"
#include "base/log.h"
#include "base/str.h"
#include "model/mail_client.h"
#include "model/mta_sts.h"
#include "store/web.h"

enum { BODY_MAX = 16 * 1024, ROUTER_DOMAINS = 200, PRIORITY = 2, RATE = 20, BURST = 60 };

#define ROUTES_PATH "/routes"
/* Below the sites' routes, which name their hosts, and above that of hosts that nobody has. Only these paths lead here. */
#define RULE                                                                                                           \
    "Path(`" MTA_STS_PATH "`) || Path(`" AUTOCONFIG_PATH "`) || Path(`" AUTOCONFIG_WELL_KNOWN                          \
    "`) || PathRegexp(`(?i)^/autodiscover/autodiscover\\.xml$`)"

struct mail_web {
    const struct api_config *config;
    struct httpd *httpd;
};

static void answer(struct httpd_response *res, int status, const char *type, const char *body)
{
    res->status = status;
    res->content_type = type;
    res->body = body;
    res->body_len = strlen(body);
}

static void text(struct httpd_response *res, int status, const char *body)
{
    answer(res, status, "text/plain; charset=utf-8", body);
}

/* --- what is served --- */

/* The domain, when that name of it leads here. -1: the store does not answer, told. */
static int find(const struct mail_web *w, struct arena *a, const char *name, enum mail_host host, struct domain *ret,
                struct error *err)
{
    if (store_domain_get(w->config->store, a, name, ret, err) < 0) {
        if (err->code != ERROR_NOT_FOUND)
            return -1;
        *err = ERROR_INIT;
        return 0;
    }
    return (ret->web_hosts >> host) & 1 ? 1 : 0;
}

/* By its label, or else as the domain itself, whose name may begin like one of these. */
static int find_any(const struct mail_web *w, struct arena *a, const char *name, enum mail_host *ret_host,
                    struct domain *ret, struct error *err)
{
    const char *below = mail_host_domain(name, ret_host);
    int found = find(w, a, below, *ret_host, ret, err);

    if (found != 0 || *ret_host == MAIL_HOST_APEX)
        return found;
    *ret_host = MAIL_HOST_APEX;
    return find(w, a, name, MAIL_HOST_APEX, ret, err);
}

static const char *policy_of(const struct mail_web *w, struct arena *a, const struct domain *d)
{
    const struct mta_sts_policy p = { .mx = w->config->mail_host, .max_age_s = w->config->mta_sts_max_age_s };

    return mta_sts_text(a, &p, d->mta_sts.mode);
}

static void autodiscover(const struct mail_web *w, struct httpd_request *req, const struct domain *d,
                         struct httpd_response *res)
{
    struct arena *a = httpd_arena(req);
    size_t len;
    bool known = true;
    const char *body = httpd_body(req, &len);
    const char *asked = str_eq(httpd_method(req), "POST") ? mail_client_asked(a, body, d->name, &known) : NULL;
    const char *xml = asked && known ? mail_client_autodiscover(a, asked, w->config->mail_host, w->config->mail_pop3)
                      : !known       ? mail_client_refusal(a, 601, "The response schema is not provided here")
                      : !str_eq(httpd_method(req), "POST")
                          ? mail_client_refusal(a, 600, "Invalid request: post one")
                          : mail_client_refusal(a, 500, "The address is missing, or none of this domain");

    answer(res, 200, "text/xml; charset=utf-8", xml);
}

/* Which names answer under which path; d->mail is off while only the policy `none` is left. */
static void serve(const struct mail_web *w, struct httpd_request *req, const struct domain *d, enum mail_host host,
                  struct httpd_response *res)
{
    struct arena *a = httpd_arena(req);
    const char *path = httpd_path(req), *policy = host == MAIL_HOST_MTA_STS ? policy_of(w, a, d) : NULL;
    const bool here = host == MAIL_HOST_APEX;

    if (policy && str_eq(path, MTA_STS_PATH))
        text(res, 200, policy);
    else if (d->mail && ((host == MAIL_HOST_AUTOCONFIG && str_eq(path, AUTOCONFIG_PATH)) ||
                         ((here || host == MAIL_HOST_AUTOCONFIG) && str_eq(path, AUTOCONFIG_WELL_KNOWN))))
        answer(res, 200, "text/xml; charset=utf-8",
               mail_client_autoconfig(a, d->name, w->config->mail_host, w->config->mail_pop3));
    else if (d->mail && (here || host == MAIL_HOST_AUTODISCOVER) && strcasecmp(path, AUTODISCOVER_PATH) == 0)
        autodiscover(w, req, d, res);
    else
        text(res, 404, "nothing here\n");
}

/* --- what leads here --- */

static json_t *domains_json(struct arena *a, const struct web_name *names, size_t count)
{
    json_t *list = json_array();

    for (size_t i = 0; i < count; i++) {
        json_t *one = NULL, *more = json_array();
        for (int h = 0; h < MAIL_HOST_COUNT; h++) {
            if (!((names[i].hosts >> h) & 1))
                continue;
            json_t *name = json_string(mail_host_name(a, (enum mail_host)h, names[i].domain));
            if (one)
                json_array_append_new(more, name);
            else
                one = json_pack("{s:o, s:o}", "main", name, "sans", more);
        }
        if (one)
            json_array_append_new(list, one);
        else
            json_decref(more);
    }
    return list;
}

/* One certificate a domain. Traefik compares all names of a router with each other, so not all are in one. */
static json_t *routers_json(const struct mail_web *w, struct arena *a, const struct web_name *names, size_t count)
{
    json_t *routers = json_object();
    size_t from = 0;

    do {
        const size_t n = count - from < ROUTER_DOMAINS ? count - from : ROUTER_DOMAINS;
        json_t *tls = json_object();
        if (n > 0 && !str_empty(w->config->cert_resolver)) {
            json_object_set_new(tls, "certResolver", json_string(w->config->cert_resolver));
            json_object_set_new(tls, "domains", domains_json(a, names + from, n));
        }
        json_object_set_new(routers, arena_printf(a, "mail-%zu", from / ROUTER_DOMAINS),
                            json_pack("{s:[s], s:s, s:i, s:s, s:[s], s:o}", "entryPoints", "websecure", "rule", RULE,
                                      "priority", PRIORITY, "service", "mail", "middlewares", "mail-rate", "tls", tls));
        from += n;
    } while (from < count);
    return routers;
}

/* Traefik asks for a certificate again when its configuration is another one: a name that counts the tries makes it one. */
static json_t *routes_json(const struct mail_web *w, struct arena *a, const struct web_name *names, size_t count)
{
    json_t *middlewares = json_object();
    long long tries = 0;

    for (size_t i = 0; i < count; i++)
        tries += names[i].tries;
    json_object_set_new(middlewares, "mail-rate",
                        json_pack("{s:{s:i, s:i}}", "rateLimit", "average", RATE, "burst", BURST));
    json_object_set_new(middlewares, arena_printf(a, "mail-tries-%lld", tries),
                        json_pack("{s:{s:i}}", "buffering", "maxRequestBodyBytes", BODY_MAX));
    return json_own(a, json_pack("{s:{s:o, s:o, s:{s:{s:{s:[{s:s}]}}}}}", "http", "routers",
                                 routers_json(w, a, names, count), "middlewares", middlewares, "services", "mail",
                                 "loadBalancer", "servers", "url", w->config->mail_web_url));
}

static int routes(const struct mail_web *w, struct arena *a, struct httpd_response *res, struct error *err)
{
    struct web_name *names;
    size_t count;

    if (store_web_list(w->config->store, a, &names, &count, err) < 0)
        return -1;
    answer(res, 200, "application/json", json_text(a, routes_json(w, a, names, count)));
    return 0;
}

/* --- the listener --- */

static int handle_fallibly(const struct mail_web *w, struct httpd_request *req, struct httpd_response *res,
                           struct error *err)
{
    struct arena *a = httpd_arena(req);
    const char *host = mail_host_header(a, httpd_header(req, "Host"));
    enum mail_host which;
    struct domain d;

    /* Which domains there are is told to the ingress, never to who comes through it. */
    if (str_eq(httpd_path(req), ROUTES_PATH) && !httpd_header(req, "X-Forwarded-For"))
        return routes(w, a, res, err);
    int found = host ? find_any(w, a, host, &which, &d, err) : 0;
    if (found < 0)
        return -1;
    if (found > 0)
        serve(w, req, &d, which, res);
    else
        text(res, 404, "nothing here\n");
    return 0;
}

static void refuse(void *ctx, struct httpd_request *req, const struct error *err, struct httpd_response *res)
{
    (void)ctx;
    text(res, error_status(err->code), arena_strdup(httpd_arena(req), err->message));
}

static void handle(void *ctx, struct httpd_request *req, struct httpd_response *res)
{
    struct error err = ERROR_INIT;

    httpd_add_header(req, "X-Content-Type-Options", "nosniff");
    httpd_add_header(req, "Cache-Control", "no-store");
    if (!str_eq(httpd_method(req), "GET") && !str_eq(httpd_method(req), "POST")) {
        httpd_add_header(req, "Allow", "GET, POST");
        text(res, 405, "GET and POST only\n");
    } else if (handle_fallibly(ctx, req, res, &err) < 0) {
        log_line(LOG_LEVEL_ERROR, "a domain's mail page cannot be served", LOG_S("error", err.message));
        text(res, 503, "try again later\n");
    }
}

int mail_web_start(const struct api_config *config, struct mail_web **ret, struct error *err)
{
    if (str_empty(config->mail_web_listen) || str_empty(config->mail_host)) {
        *ret = NULL;
        return 0;
    }
    struct mail_web *w = calloc(1, sizeof *w);
    if (!w)
        abort();
    w->config = config;
    const struct httpd_config httpd = {
        .address = config->mail_web_listen, .max_body = BODY_MAX, .handler = handle, .on_error = refuse, .ctx = w
    };
    if (httpd_start(&httpd, &w->httpd, err) < 0) {
        free(w);
        return error_context(err, "the listener of mail programs' settings");
    }
    *ret = w;
    return 0;
}

void mail_web_stop(struct mail_web *w)
{
    if (!w)
        return;
    httpd_stop(w->httpd, 1000);
    free(w);
}

unsigned mail_web_port(const struct mail_web *w)
{
    return httpd_port(w->httpd);
}
