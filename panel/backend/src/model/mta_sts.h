/* MTA-STS (RFC 8461): what a domain says of TLS on the way of mail to it, and when it says more. Pure functions.
 *
 *   off -> testing -> enforce
 *     ^       |          |        the mail is switched off, or goes elsewhere: senders may hold the policy for max_age, so
 *     +------ none <-----+        `none` is said for as long before nothing is
 *
 * Testing becomes enforce when all that a sender would look at was seen fine for `testing_ms` without a break: the policy over
 * HTTPS, the MX, and the mail host's certificate. What would make senders keep mail back puts enforce back to testing. */
#ifndef BERTH_MODEL_MTA_STS_H
#define BERTH_MODEL_MTA_STS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

#define MTA_STS_MODES(X) X(OFF, "off") X(TESTING, "testing") X(ENFORCE, "enforce") X(NONE, "none")

enum mta_sts_mode {
#define X(e, n) MTA_STS_##e,
    MTA_STS_MODES(X)
#undef X
};

const char *mta_sts_mode_name(enum mta_sts_mode m);
int mta_sts_mode_parse(const char *name); /* or -1 */

struct mta_sts {
    enum mta_sts_mode mode;
    int64_t since_ms, good_ms; /* since when it is said; since when all was fine without a break, 0: it is not */
    const char *id; /* of the policy that was last seen served, which is what the zone's record says; "": none */
};

struct mta_sts_policy {
    const char *mx; /* the mail host */
    int64_t max_age_s; /* how long a sender may keep the policy */
};

/* The policy's text (section 3.2), as it is served; NULL in the mode off. */
const char *mta_sts_text(struct arena *a, const struct mta_sts_policy *p, enum mta_sts_mode mode);
/* Its id (section 3.1): another one whenever the text is another. */
const char *mta_sts_id(struct arena *a, const struct mta_sts_policy *p, enum mta_sts_mode mode);

enum mta_sts_seen { MTA_STS_UNSEEN, MTA_STS_GOOD, MTA_STS_BAD }; /* unseen: nobody could look */

struct mta_sts_facts {
    bool wanted; /* mail comes here */
    bool served; /* the text of the mode that is said was fetched over HTTPS, with a good certificate */
    enum mta_sts_seen mail; /* the MX and the mail host's certificate */
};
struct mta_sts_times {
    int64_t testing_ms, max_age_ms;
};

/* What is to be said from now on, and *ret_next_ms: when that may change by time alone (0: it does not). `current`: mta_sts_id() of
 * the text that was looked for. */
struct mta_sts mta_sts_next(const struct mta_sts *have, const struct mta_sts_facts *facts, const char *current,
                            const struct mta_sts_times *times, int64_t now_ms, int64_t *ret_next_ms);

#endif
