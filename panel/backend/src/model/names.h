/* Names from outside, checked once at the edge: customer ids, hostnames and zones, release and site ids, quantities.
 * Pure functions. Each check says by error_field() at `pointer` what is wrong and what would be right. */
#ifndef BERTH_MODEL_NAMES_H
#define BERTH_MODEL_NAMES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

enum { CUSTOMER_ID_MAX = 40, HOSTNAME_MAX = 253, LABEL_MAX = 63 };

/* A customer or plan id: [a-z] then [a-z0-9-], no dash at the end, 2 to 40 bytes: it becomes the namespace cust-<id>. */
int name_check_slug(const char *s, const char *pointer, struct error *err) WARN_UNUSED;

/* A hostname as people write it to its canonical form: IDNA2008 A-labels (RFC 5891), lower case, no dot at the end.
 * Refused: empty, over 253 bytes, labels over 63 or empty, underscores, IP addresses, public suffixes, invalid punycode,
 * a single label, and `platform` or a name below it unless allow_platform. */
int name_hostname(struct arena *a, const char *s, const char *platform, const char *pointer, char **ret,
                  struct error *err) WARN_UNUSED;

/* Is `name` equal to `zone` or below it? Both canonical. */
bool name_within(const char *name, const char *zone);

/* A Kubernetes quantity ("500m", "2", "0.5", "512Mi", "10Gi") in thousandths; -1: not one, or out of range. */
int64_t quantity_milli(const char *s);
/* Canonical text of thousandths of cores ("500m", "2") and of bytes ("512Mi", "10Gi"). */
char *quantity_cpu(struct arena *a, int64_t milli);
char *quantity_bytes(struct arena *a, int64_t bytes);
int quantity_check(const char *s, int64_t min_milli, int64_t max_milli, const char *pointer,
                   struct error *err) WARN_UNUSED;

#endif
