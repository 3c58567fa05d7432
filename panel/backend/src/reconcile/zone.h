/* Zones: the RRsets that Berth wants in one, and making PowerDNS have them. */
#ifndef BERTH_RECONCILE_ZONE_H
#define BERTH_RECONCILE_ZONE_H

#include "model/mail_dns.h"
#include "model/record.h"
#include "provider/pdns.h"
#include "reconcile/settings.h"

enum { ZONE_TTL = 300 };

/* What a zone should hold of ours: NS, the apex's A, and A for each name of `hosts` (within the zone, "*.zone" too). Pure. */
struct rrset *zone_want(struct arena *a, const struct settings *set, const char *zone, const char *const *hosts,
                        size_t host_count, size_t *ret_count);

/* `want` with the RRsets that the customer asks for in this domain behind it: those that Berth does not keep itself by now. Pure. */
struct rrset *zone_want_records(struct arena *a, const struct rrset *want, size_t want_count, const struct tenant *t,
                                const struct domain *d, size_t *ret_count);

/* An RRset of ours with one value. */
struct rrset zone_single(struct arena *a, const char *name, const char *type, const char *value);

/* What the settings say of the mail servers, as records need it. */
struct mail_dns zone_mail_dns(const struct settings *set);

/* `want` with what mail needs behind it (model/mail_dns.h): where the customer's own records are in the way they stay, and SPF
 * is put to the apex's other texts. Pure. */
struct rrset *zone_want_mail(struct arena *a, const struct settings *set, const struct rrset *want, size_t want_count,
                             const struct domain *d, size_t *ret_count);

/* The RRsets to write so that `have` agrees: changed and missing ones, and empty ones, which come
 * first (a CNAME can then take the place of others), for those of ours that are too many. Pure. */
struct rrset *zone_diff(struct arena *a, const struct rrset *want, size_t want_count, const struct zone *have,
                        size_t *ret_count);

/* What a zone lacks: all of it, or these RRsets (zone_diff()). */
struct zone_change {
    bool missing;
    size_t count;
    struct rrset *rrsets;
};
int zone_look(struct pdns *pdns, struct arena *a, const char *zone, const struct rrset *want, size_t want_count,
              struct zone_change *ret, struct error *err) WARN_UNUSED;
int zone_write(struct pdns *pdns, struct arena *a, const struct settings *set, const char *zone,
               const struct rrset *want, size_t want_count, const struct zone_change *change,
               struct error *err) WARN_UNUSED;

/* Both. *ret_changes gets what was written (or would be, when dry). *ret_made: the zone was missing. */
int zone_ensure(struct pdns *pdns, struct arena *a, const struct settings *set, const char *zone,
                const struct rrset *want, size_t want_count, bool dry, struct rrset **ret_changes, size_t *ret_count,
                bool *ret_made, struct error *err) WARN_UNUSED;

#endif
