/* Mail of a customer's domains, as plain data: mailboxes, aliases and DKIM keys. Strings live in the arena they were loaded to. */
#ifndef BERTH_MODEL_MAIL_H
#define BERTH_MODEL_MAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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

#endif
