/* Client of PowerDNS's HTTP API (zones and RRsets). Zone names are canonical without a dot at the end; the API's dots are
 * added and removed here. RRsets that Berth writes carry a comment of the account "berth": that is how they are known again. */
#ifndef BERTH_PROVIDER_PDNS_H
#define BERTH_PROVIDER_PDNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

struct pdns;

struct rrset {
    const char *name; /* canonical, without the dot at the end */
    const char *type; /* "A" */
    int64_t ttl; /* seconds */
    size_t value_count;
    const char **values; /* in presentation form (RFC 1035), names in them with the dot at the end; sorted */
    bool owned; /* carries Berth's comment */
};

struct zone {
    size_t rrset_count;
    struct rrset *rrsets;
};

int pdns_new(const char *url, const char *key_file, struct pdns **ret, struct error *err) WARN_UNUSED;
void pdns_free(struct pdns *p);
/* The same client for the time of a lease; as kube_until(). */
struct pdns *pdns_until(const struct pdns *p, struct arena *a, int64_t deadline_ms);
uint64_t pdns_requests(const struct pdns *p);

int pdns_zone_get(struct pdns *p, struct arena *a, const char *zone, struct zone *ret,
                  struct error *err) WARN_UNUSED; /* NOT_FOUND */
/* Native, with a SOA that PowerDNS makes and these RRsets. CONFLICT when it exists. */
int pdns_zone_create(struct pdns *p, struct arena *a, const char *zone, const struct rrset *rrsets, size_t count,
                     struct error *err) WARN_UNUSED;
/* Replaces each RRset; one without values is deleted. All or nothing. */
int pdns_zone_patch(struct pdns *p, struct arena *a, const char *zone, const struct rrset *rrsets, size_t count,
                    struct error *err) WARN_UNUSED;
int pdns_zone_delete(struct pdns *p, struct arena *a, const char *zone, struct error *err) WARN_UNUSED; /* NOT_FOUND */

/* Pure: equal in name, type, TTL, values and ownership? Values must be sorted. */
bool rrset_equal(const struct rrset *x, const struct rrset *y);
void rrset_sort(struct rrset *r);

#endif
