/* Mail of a customer's domains, as plain data: mailboxes, aliases and DKIM keys. Strings live in the arena they were loaded to. */
#ifndef BERTH_MODEL_MAIL_H
#define BERTH_MODEL_MAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

enum { MAIL_LOCAL_MAX = 64, MAIL_ADDRESS_MAX = 254, MAIL_TARGETS_MAX = 100, MAIL_HASH_MAX = 255 };

/* What becomes of mail to a customer by its score of spam, in Rspamd's points: from `junk` on it goes to Junk, from `reject` on it is
 * refused. SPAM_JUNK and SPAM_REJECT are a new customer's. */
enum { SPAM_JUNK_MIN = 1, SPAM_JUNK = 6, SPAM_REJECT = 15, SPAM_REJECT_MAX = 100 };
struct spam_limits {
    int64_t junk, reject;
};

/* An answer that is sent to who writes, once in a while (RFC 3834). */
struct auto_reply {
    bool on;
    const char *subject, *text;
    int64_t from_ms, until_ms; /* 0: no bound */
};

struct mailbox {
    const char *domain, *local, *customer; /* local: canonical (mail_check_local()), without quotes */
    const char *name; /* of the person; "" none */
    const char *password; /* a hash with its scheme before it: "{ARGON2ID}$argon2id$..."; "": nobody can sign in */
    int64_t quota; /* bytes */
    bool active; /* false: nobody signs in or sends; mail is still received */
    size_t forward_count;
    const char **forwards; /* addresses that get a copy of what comes in; sorted */
    bool keep; /* what is forwarded stays here too; true without forwards */
    struct auto_reply reply;
    int64_t version, created_ms; /* version: the customer's generation that it was changed at */
};

/* An address without a mailbox. local "*" is the catch-all: whatever is in the domain and nothing else. */
struct mail_alias {
    const char *domain, *local, *customer;
    size_t target_count;
    const char **targets; /* addresses, here or elsewhere; sorted, at least one */
    int64_t version, created_ms;
};

/* A DKIM key (RFC 6376, RFC 8463) of a domain, under a selector of its own. PUBLISHED: its public key is in the zone, nothing
 * is signed with it yet. SIGNING: one of each algorithm. RETIRED: signs no more, but what it signed may still be on its way. */
#define DKIM_STATES(X) X(PUBLISHED, "published") X(SIGNING, "signing") X(RETIRED, "retired")
#define DKIM_ALGORITHMS(X) X(RSA, "rsa") X(ED25519, "ed25519")

enum dkim_state {
#define X(e, n) DKIM_##e,
    DKIM_STATES(X)
#undef X
};
enum dkim_algorithm {
#define X(e, n) DKIM_##e,
    DKIM_ALGORITHMS(X)
#undef X
};

struct dkim_key {
    const char *domain, *selector;
    enum dkim_algorithm algorithm;
    enum dkim_state state;
    const char *public_key; /* the value of p=, base64 */
    int64_t created_ms, published_ms, signing_ms, retired_ms; /* published: seen in the zone; 0: not yet */
};

const char *dkim_state_name(enum dkim_state s);
const char *dkim_algorithm_name(enum dkim_algorithm a);
int dkim_state_parse(const char *name); /* or -1 */
int dkim_algorithm_parse(const char *name); /* or -1 */

/* --- checks of what people type; each notes at the pointer what is wrong and what would be right --- */

/* What stands before the @ of an address that Berth serves: a dot-atom (RFC 5321) of small letters, digits, dashes and
 * underscores, at most MAIL_LOCAL_MAX bytes, no dash in front. That is what every mail server takes for a name: quotes, blanks,
 * slashes, % and ! have had other meanings, and + is what sub-addresses begin with (RFC 5233). */
int mail_check_local(const char *s, const char *pointer, struct error *err) WARN_UNUSED;

/* Where mail may be sent on to: a dot-atom of any ASCII characters that RFC 5321 allows, and a domain that is written as
 * names.h has it. *ret is canonical: in lower case, the domain as A-labels. */
int mail_address(struct arena *a, const char *s, const char *pointer, char **ret, struct error *err) WARN_UNUSED;

/* The parts of a canonical address; of the local part without a sub-address, when `plain`. */
const char *mail_local_of(struct arena *a, const char *address, bool plain);
const char *mail_domain_of(const char *address); /* points into it */

/* A hash that was made elsewhere, with its scheme before it as Dovecot has it: {ARGON2ID}, {SHA512-CRYPT} or {BLF-CRYPT}. One
 * that costs the mail servers too much to check at every sign-in is refused. The message never holds the hash. */
int mail_check_hash(const char *s, const char *pointer, struct error *err) WARN_UNUSED;

#endif
