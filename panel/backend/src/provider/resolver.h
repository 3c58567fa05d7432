/* Looking names up as the world sees them, through a recursive resolver: what proofs of ownership and DNSSEC need. The resolver
 * library of the system sends, times out, turns to TCP for what was truncated, and takes only answers to its own question
 * (RFC 1035, RFC 5452); names that are not there have no values, which is no error. No state. */
#ifndef BERTH_PROVIDER_RESOLVER_H
#define BERTH_PROVIDER_RESOLVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

enum { RESOLVER_VALUES_MAX = 64, RESOLVER_HOPS_MAX = 8 };

struct resolved {
    size_t count;
    const char *values
        [RESOLVER_VALUES_MAX]; /* of TXT: the text, its strings joined; of NS: names without the dot at the end; of
                                              * DS: "tag algorithm digest-type DIGEST"; of MX: "10 mail.example.com"; of SRV: "0 1 465 mail.example.com"; of A: "192.0.2.1" */
    int64_t ttl_s; /* the longest of the values' */
    bool recursive; /* the answer is a recursive resolver's, not that of a server speaking of its own zone */
};

enum resolver_type { RESOLVER_TXT, RESOLVER_NS, RESOLVER_DS, RESOLVER_MX, RESOLVER_SRV, RESOLVER_A };

/* server: "IPV4:port" or "name:port"; "": the system's resolver. CNAMEs are followed, for TXT and A alone and at most RESOLVER_HOPS_MAX.
 * UNAVAILABLE: no usable answer (silence, SERVFAIL, REFUSED, nonsense); INVALID: no name that can be asked for. */
int resolver_ask(struct arena *a, const char *server, const char *name, enum resolver_type type, struct resolved *ret,
                 struct error *err) WARN_UNUSED;

#endif
