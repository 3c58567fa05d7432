/* The RRsets that customers ask for: what may be written into a zone beside what Berth keeps there itself. Pure functions.
 * Each check says by error_field() what is wrong and what would be right. */
#ifndef BERTH_MODEL_RECORD_H
#define BERTH_MODEL_RECORD_H

#include "base/arena.h"
#include "model/tenant.h"

enum {
    RECORD_TTL_DEFAULT = 300,
    RECORD_TTL_MIN = 60,
    RECORD_TTL_MAX = 7 * 86400,
    RECORD_VALUES_MAX = 50, /* of one RRset */
    RECORD_SETS_MAX = 500, /* of one zone */
    RECORD_VALUE_MAX = 4096, /* bytes of one value, in presentation form */
};

/* "A, AAAA, …": the types that can be written. */
const char *record_types(struct arena *a);
/* The type in its one spelling; it may be given in small letters. */
int record_type(struct arena *a, const char *text, const char *pointer, const char **ret,
                struct error *err) WARN_UNUSED;

/* The owner name of an RRset of the type: "@" is the zone itself, else a name within the zone, a dot at the end allowed.
 * IDNA2008 A-labels (RFC 5891), lower case. "*" may be the first label only (RFC 4592), and not of a delegation. Labels with
 * underscores (RFC 8552) are for types that are not about hosts; SRV and TLSA need them (RFC 2782, RFC 6698).
 * origin: what a name without the dot at the end is relative to (RFC 1035, section 5.1); NULL: names are whole. */
int record_name(struct arena *a, const char *text, const char *type, const char *zone, const char *origin,
                const char *pointer, const char **ret, struct error *err) WARN_UNUSED;

/* One value in its canonical presentation form: that of PowerDNS, so that both can be compared as text. Names in it get the
 * dot at the end. TXT (RFC 1035): text that does not begin with a quotation mark is quoted and cut into strings of 255 bytes.
 * origin as above; with it, TXT too is read as a master file has it. */
int record_value(struct arena *a, const char *type, const char *text, const char *origin, const char *pointer,
                 const char **ret, struct error *err) WARN_UNUSED;

/* TTL, number of values, and the rules of its type for all of them. The values are sorted. Pointers: /ttl, /values/N. */
int record_set_check(struct record_set *set, const char *zone, struct error *err) WARN_UNUSED;

void record_sort(struct record_set *sets, size_t count); /* by name, then type */
struct record_set *record_find(const struct domain *d, const char *name, const char *type); /* NULL: none */
bool record_same(const struct record_set *x, const struct record_set *y); /* in name, type, TTL and values */

/* An RRset that the customer asked for and that would be in the way of a hostname of a site, or of a domain that is made
 * below one of his; NULL: none. */
const struct record_set *record_against_host(const struct tenant *t, const char *hostname);
const struct record_set *record_against_domain(const struct tenant *t, const char *domain);

/* Who keeps this RRset of the domain: a phrase such as "the site 's1'", or NULL when it is the customer's to write. */
const char *record_kept_by(struct arena *a, const struct tenant *t, const struct domain *d, const char *name,
                           const char *type);
/* May the set stand in the zone beside what is there? ERROR_CONFLICT at /name or /type says what is in the way. */
int record_check_beside(struct arena *a, const struct tenant *t, const struct domain *d, const struct record_set *set,
                        struct error *err) WARN_UNUSED;

#endif
