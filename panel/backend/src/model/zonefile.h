/* Master files (RFC 1035, section 5): a zone's RRsets as text that BIND and others read, and the way back. Pure functions. */
#ifndef BERTH_MODEL_ZONEFILE_H
#define BERTH_MODEL_ZONEFILE_H

#include "model/record.h"

enum { ZONEFILE_MAX = 1 << 20, ZONEFILE_RECORDS_MAX = 5000 };

struct zonefile {
    size_t count;
    struct record_set *sets; /* by name and type, each value in its one spelling */
    size_t soa_count; /* SOA records: they are the name server's, and left out */
};

/* Reads the records of `zone`. Understood: $ORIGIN, $TTL (RFC 2308), TTLs with units ("1h30m"), classes (IN only),
 * parentheses, comments, quoted strings, "@", relative names, and owners left out. Not understood, so refused: $INCLUDE,
 * $GENERATE, and types that cannot be written. Records without a TTL have that of $TTL, else that of the record before,
 * else 300 seconds. Errors name the line as the field: "/line/12". */
int zonefile_parse(struct arena *a, const char *text, size_t len, const char *zone, struct zonefile *ret,
                   struct error *err) WARN_UNUSED;

/* The way back: $ORIGIN, $TTL, then each record in a line of its own, with its whole name. SOA comes first, then NS of the
 * zone, then by name and type; so the same records are the same text. */
char *zonefile_print(struct arena *a, const char *zone, const struct record_set *sets, size_t count);

#endif
