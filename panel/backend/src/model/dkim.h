/* DKIM keys of a domain (model/mail.h) and how they take turns. Pure functions.
 *
 *   made --seen in the zone--> published --wait--> signing --next one signs--> retired --keep--> gone
 *
 * What is signed can be verified at every moment: a key signs only after its public key was in the zone for `wait`, which is
 * longer than a resolver remembers that there was none, and the public key stays for `keep` after its last signature, which is
 * longer than a mail is on its way. Both algorithms take turns by themselves. */
#ifndef BERTH_MODEL_DKIM_H
#define BERTH_MODEL_DKIM_H

#include "base/arena.h"
#include "model/tenant.h"

enum { DKIM_ALGORITHM_COUNT = 2 };

struct dkim_times {
    int64_t rotate_ms, wait_ms, keep_ms;
};

enum dkim_move { DKIM_STAY, DKIM_SIGN, DKIM_RETIRE, DKIM_REMOVE };

struct dkim_plan {
    bool make[DKIM_ALGORITHM_COUNT]; /* a new key of this algorithm is needed */
    enum dkim_move *moves; /* of each key of the domain, in its order */
    bool moves_any;
    int64_t next_ms; /* when time alone moves one of them; 0: never */
};

/* What is due now. wanted: the domain's mail is signed; else nothing signs, and the rest goes in its time. */
void dkim_next(struct arena *a, const struct domain *d, bool wanted, const struct dkim_times *times, int64_t now_ms,
               struct dkim_plan *ret);

/* A selector that no key of the domain has: "b20261127r", or "b20261127r2". */
const char *dkim_selector(struct arena *a, const struct domain *d, enum dkim_algorithm algorithm, int64_t now_ms);
const char *dkim_record_name(struct arena *a, const struct dkim_key *k); /* "b20261127r._domainkey.example.com" */
const char *dkim_record_text(struct arena *a, const struct dkim_key *k); /* "v=DKIM1; k=rsa; p=..." (RFC 6376, 3.6.1) */

#endif
