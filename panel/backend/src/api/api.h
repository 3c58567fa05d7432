/* The HTTP API: docs/openapi.yaml, served. It reads and writes the store, and knows no plane; what must look at one is asked
 * of the reconciler through the store (ask.h). */
#ifndef BERTH_API_API_H
#define BERTH_API_API_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/error.h"
#include "base/metrics.h"
#include "store/spool.h"
#include "store/store.h"

struct api;

/* Strings, spool, store and metrics are borrowed: they must live until api_stop(). */
struct api_config {
    const char *listen; /* "0.0.0.0:8080"; port 0 picks one */
    size_t free_domain_count;
    const char *const *free_domains; /* names below them need no proof */
    const char *platform_domain; /* "berth.localhost" */
    const char *public_url; /* the panel's own origin, without a slash at the end */
    const char *data_dir; /* holds admin-token */
    const char *admin_token_file; /* what the admin's first token is, kept elsewhere; NULL or "": it is made here */
    struct spool *spool; /* of uploads */
    const char *openapi_file; /* docs/openapi.yaml */
    int64_t public_https_port; /* of the sites' addresses */
    const char *cluster; /* the one that new customers are put on; NULL: "local" */
    const char *const *nameservers; /* what the parent zones must delegate to */
    size_t nameserver_count;
    int64_t trash_hours; /* how long a deleted customer can be restored */
    const char *mail_host; /* name of the mail servers; NULL or "": there are none, and domains have no mail */
    const char *mail_web_listen; /* where policies and mail programs' settings are served; NULL or "": they are not */
    const char *mail_web_url; /* of it, as the ingress sees it */
    const char *cert_resolver; /* the ingress's; NULL or "": no certificates */
    int64_t mta_sts_max_age_s;
    const char *mail_spf; /* what SPF names after mx (model/mail_dns.h); NULL or "": nothing */
    bool mail_pop3; /* the mail servers serve POP3 */
    bool mails_links; /* a mail relay is set: one-time links are mailed. Needs store_use_keys() */
    int64_t answer_ms; /* how long a request waits for the reconciler's look; 0: 15 seconds */
    struct store *store;
    struct metrics *metrics;
};

/* Listens and serves from threads of its own. At the first start (no token in the store) it makes the admin's token and
 * writes it to <data_dir>/admin-token, mode 0600, or takes that of admin_token_file. */
int api_start(const struct api_config *config, struct api **ret, struct error *err) WARN_UNUSED;
void api_stop(struct api *api, int64_t grace_ms); /* waits for running requests up to grace_ms; NULL is a no-op */
unsigned api_port(const struct api *api);
unsigned api_mail_web_port(const struct api *api); /* 0: none */

/* "METHOD path operationId", a route a line, in the order of the table. */
void api_print_routes(FILE *out);
/* "operationId resource scope role,role", a line for each route that needs a sign-in: who may do what. */
void api_print_access(FILE *out);

#endif
