/* What the world gets at the names of a domain with mail: for the step "mailweb", and for `berth mail check`. */
#ifndef BERTH_RECONCILE_MAILWEB_H
#define BERTH_RECONCILE_MAILWEB_H

#include "model/mail_client.h"
#include "reconcile/step.h"

/* Which names lead here (bits by enum mail_host): not those that the customer leads elsewhere, by records, a site or a zone of its own
 * (*ret_theirs). Where the domain's DNS is elsewhere, that is asked. */
int mailweb_hosts(const struct planes *p, struct arena *a, const struct tenant *t, const struct domain *d,
                  int64_t *ret_hosts, int64_t *ret_theirs, struct error *err) WARN_UNUSED;
/* False: by the customer's own MX here, mail of the domain goes elsewhere. */
bool mailweb_receives(const struct planes *p, struct arena *a, const struct domain *d);
/* Does mail of the domain come to the mail host? *ret_why: why it does not, or whose certificate is wrong; "" when it is good. */
enum mta_sts_seen mailweb_mail(const struct planes *p, struct arena *a, const struct domain *d, const char **ret_why);
/* What is served at one of its names, fetched from the ingress as the world does; what is wrong, NULL: nothing. */
const char *mailweb_look(const struct planes *p, struct arena *a, const struct domain *d, enum mail_host h);
const char *mailweb_url(struct arena *a, const struct domain *d, enum mail_host h); /* of that */

#endif
