/* What mail needs in a domain's zone: which RRsets, and what becomes of those that the customer has under the same names. Pure
 * functions.
 *
 * The customer's own record wins, always: what it wrote stays, and ours of that name is left out. While the domain's mail is on and
 * a name is ours, the customer cannot write there, but for what is its own to decide: the texts of the apex, into which SPF is put
 * beside its values; the DMARC policy; and where reports on TLS go. */
#ifndef BERTH_MODEL_MAIL_DNS_H
#define BERTH_MODEL_MAIL_DNS_H

#include "base/arena.h"
#include "model/tenant.h"

struct mail_dns {
    const char *host; /* of the mail servers; "": there are none */
    const char *platform; /* the platform's domain, for reports */
    const char *spf; /* what SPF names after mx, as of a smarthost: "include:spf.example.net"; "" or NULL: nothing */
    bool pop3; /* it is served; otherwise the SRV record says that it is not (RFC 6186, section 3.4) */
};

/* The SPF record of whoever's mail the platform sends. */
const char *mail_dns_spf(struct arena *a, const struct mail_dns *m);

/* What SPF may name after mx: mechanisms that pass (RFC 7208, section 5), separated by single spaces, of which those that are looked up
 * leave the record within its ten. */
int mail_dns_check_spf(struct arena *a, const char *terms, struct error *err) WARN_UNUSED;

/* The RRsets, with the public keys of DKIM (those stay for their time when the mail is off). SPF stands by itself, as TXT of the
 * apex. Values as record_value() gives them. */
struct record_set *mail_dns_sets(struct arena *a, const struct mail_dns *m, const struct domain *d, size_t *ret_count);

/* The customer's RRset that stands in the way of this one of ours; NULL: none. TXT of the apex is merged, so only an SPF record of
 * the customer's own (RFC 7208, section 3.2: there is one) is in the way of ours. */
const struct record_set *mail_dns_against(const struct domain *d, const struct record_set *set);

/* Is this RRset of the domain, or all that lies in it (a delegation), ours to write? */
bool mail_dns_keeps(struct arena *a, const struct domain *d, const char *name, const char *type);

/* What is to be typed elsewhere for this one of ours: the text as a whole, other types as they are. */
const char *mail_dns_value(struct arena *a, const struct record_set *set);
/* What is wrong with what the world has in its place, and what to do; NULL: nothing. `found`: as value, names without the dot at
 * the end. What the customer may say for itself (SPF that allows the MX, DMARC, reports) is right too. */
const char *mail_dns_fault(struct arena *a, const struct record_set *set, const char *const *found, size_t count);
/* The same of a name that is to lead here (a CNAME of ours). `found`: the addresses it leads to; `address`: ours. */
const char *mail_dns_host_fault(struct arena *a, const char *const *found, size_t count, const char *address);

#endif
