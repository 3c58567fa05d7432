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
void pdns_trim(struct pdns *p); /* closes connections that nothing needed since the call before */

int pdns_zone_get(struct pdns *p, struct arena *a, const char *zone, struct zone *ret,
                  struct error *err) WARN_UNUSED; /* NOT_FOUND */
/* Native, with a SOA that PowerDNS makes and these RRsets. CONFLICT when it exists. */
int pdns_zone_create(struct pdns *p, struct arena *a, const char *zone, const struct rrset *rrsets, size_t count,
                     struct error *err) WARN_UNUSED;
/* Replaces each RRset; one without values is deleted. All or nothing. */
int pdns_zone_patch(struct pdns *p, struct arena *a, const char *zone, const struct rrset *rrsets, size_t count,
                    struct error *err) WARN_UNUSED;
int pdns_zone_delete(struct pdns *p, struct arena *a, const char *zone, struct error *err) WARN_UNUSED; /* NOT_FOUND */

/* --- signing (RFC 4033 to 4035) --- */

/* A key of a zone. Its private half stays in PowerDNS: it is neither asked for nor kept. */
struct pdns_key {
    int64_t id;
    bool active, published;
    bool combined; /* a CSK of algorithm ECDSAP256SHA256 (13), as we make them */
    const char *dnskey; /* "257 3 13 BASE64" */
    const char *ds; /* one a line: "TAG 13 2 HEX"; SHA-1 is left out (RFC 8624) */
};
/* How the zone proves what it does not have: NSEC3 without salt and rounds (RFC 9276), answers made as they are asked for. */
struct pdns_signing {
    const char *nsec3param; /* "1 0 0 -"; "" NSEC */
    bool narrow, rectify;
};

int pdns_keys_get(struct pdns *p, struct arena *a, const char *zone, struct pdns_key **ret, size_t *ret_count,
                  struct error *err) WARN_UNUSED; /* NOT_FOUND: no such zone */
int pdns_key_create(struct pdns *p, struct arena *a, const char *zone, struct pdns_key *ret,
                    struct error *err) WARN_UNUSED; /* a new one, active and published */
int pdns_key_activate(struct pdns *p, struct arena *a, const char *zone, int64_t id, struct error *err) WARN_UNUSED;
int pdns_key_delete(struct pdns *p, struct arena *a, const char *zone, int64_t id,
                    struct error *err) WARN_UNUSED; /* NOT_FOUND */
int pdns_signing_get(struct pdns *p, struct arena *a, const char *zone, struct pdns_signing *ret,
                     struct error *err) WARN_UNUSED;
int pdns_signing_put(struct pdns *p, struct arena *a, const char *zone, const struct pdns_signing *s,
                     struct error *err) WARN_UNUSED;

/* Pure: equal in name, type, TTL, values and ownership? Values must be sorted. */
bool rrset_equal(const struct rrset *x, const struct rrset *y);
void rrset_sort(struct rrset *r);

#endif
