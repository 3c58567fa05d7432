/* What the world gets of a domain's names for mail programs and MTA-STS, in the store: seen by the step "mailweb", read by who
 * answers there (api/mail_web.c). It goes with the domain. */
#ifndef BERTH_STORE_WEB_H
#define BERTH_STORE_WEB_H

#include "store/store.h"

/* Writes web_hosts, web_tries and mta_sts of the domain; nothing when it is gone, or is another one by now. The event may be NULL. */
int store_web_write(struct store *s, const struct lease *l, const struct domain *d, const struct event *event,
                    struct error *err) WARN_UNUSED;

struct web_name {
    const char *domain;
    int64_t hosts, tries;
};
/* All domains of which a name leads here, in the order of their names. */
int store_web_list(struct store *s, struct arena *a, struct web_name **ret, size_t *ret_count,
                   struct error *err) WARN_UNUSED;

#endif
