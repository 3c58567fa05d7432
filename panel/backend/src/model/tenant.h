/* The desired state: a customer with all that belongs to it, as plain data. Strings live in the arena it was loaded to. */
#ifndef BERTH_MODEL_TENANT_H
#define BERTH_MODEL_TENANT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/mail.h"

/* Lists that are needed as numbers and as names: X(enum suffix, name). */
#define CUSTOMER_STATES(X) X(ACTIVE, "active") X(SUSPENDED, "suspended") X(TRASHED, "trashed") X(ERASING, "erasing")
#define RELEASE_STATES(X)                                                                                              \
    X(UPLOADED, "uploaded") X(DEPLOYING, "deploying") X(CURRENT, "current") X(KEPT, "kept") X(FAILED, "failed")
#define OPERATION_STATES(X) X(ACCEPTED, "accepted") X(RUNNING, "running") X(DONE, "done") X(FAILED, "failed")
#define OWNERSHIPS(X) X(PENDING, "pending") X(PLATFORM, "platform") X(PROVEN, "proven")
#define CONDITION_STATES(X) X(UNKNOWN, "unknown") X(FALSE, "false") X(TRUE, "true")

enum customer_state {
#define X(e, n) CUSTOMER_##e,
    CUSTOMER_STATES(X)
#undef X
};
enum release_state {
#define X(e, n) RELEASE_##e,
    RELEASE_STATES(X)
#undef X
};
enum operation_state {
#define X(e, n) OPERATION_##e,
    OPERATION_STATES(X)
#undef X
};
enum ownership {
#define X(e, n) OWNERSHIP_##e,
    OWNERSHIPS(X)
#undef X
};
enum condition_status {
#define X(e, n) CONDITION_##e,
    CONDITION_STATES(X)
#undef X
};

const char *customer_state_name(enum customer_state s);
const char *release_state_name(enum release_state s);
const char *operation_state_name(enum operation_state s);
const char *ownership_name(enum ownership o);
const char *condition_status_name(enum condition_status s);
/* The number of a name, or -1. */
int customer_state_parse(const char *name);
int release_state_parse(const char *name);
int operation_state_parse(const char *name);
int ownership_parse(const char *name);
int condition_status_parse(const char *name);

struct plan {
    const char *id;
    const char *cpu; /* sum of requests; limits are double */
    const char *memory;
    const char *storage; /* sum of all volumes */
    int64_t volumes, sites, domains, mailboxes, databases;
    int64_t customers; /* how many have it; filled by lists */
};

struct customer {
    const char *id, *uid, *name, *plan, *cluster;
    enum customer_state state;
    const char *suspend_reason; /* "" when none */
    int64_t generation, observed; /* observed == generation and ready: all is as it should be */
    bool ready;
    struct spam_limits spam;
    int64_t created_ms, updated_ms, trashed_ms, erase_ms; /* 0: not */
    int64_t site_count, domain_count; /* filled by customer_get and lists */
};

struct release {
    const char *id, *site, *sha256, *media; /* media: "tar", "zip": libarchive finds out by itself; kept for people */
    int64_t size;
    enum release_state state;
    const char *message;
    int64_t created_ms, deployed_ms;
};

struct site {
    const char *id, *customer, *runtime;
    int64_t replicas, created_ms, generation;
    const char *release; /* id of the release that should be served; "" none */
    const char *release_sha256; /* of it; "" none */
    int64_t release_size;
    size_t hostname_count;
    const char **hostnames; /* canonical, the first is the main one */
};

/* An RRset that the customer asked for (record.h has the rules). Names are canonical, without the dot at the end. */
struct record_set {
    const char *name, *type; /* "A" */
    int64_t ttl; /* seconds */
    size_t value_count;
    const char **values; /* in presentation form (RFC 1035), names in them with the dot at the end; sorted */
    int64_t version; /* the customer's generation that it was written at; 0: not in the store */
};

enum dnssec { DNSSEC_OFF, DNSSEC_ON, DNSSEC_OFF_AT_ONCE /* even while the parent has a DS */ };

struct domain {
    const char *name, *customer;
    int64_t created_ms;
    const char *customer_uid;
    int64_t version; /* the customer's generation that it was changed at; 0: as it was made */
    enum ownership ownership;
    const char
        *proof; /* of a proven one: "txt", "delegation", "admin", or "earlier": from before proofs were asked for */
    int64_t proven_ms, check_ms, unseen_ms; /* when it is looked at again; since when the delegation is gone; 0: none */
    const char *delegated; /* "": not looked yet; "before": here already before the claim; "no": seen elsewhere since */
    enum dnssec dnssec;
    const char *ds, *dnskey; /* of the signed zone, one value a line; "": not signed */
    int64_t ds_until_ms; /* until when a resolver may hold the DS that was last seen at the parent */
    size_t record_count; /* filled in a tenant only */
    struct record_set *records; /* by name and type */
    bool mail; /* the platform's mail servers are this domain's */
    int64_t dkim_rotate_ms; /* new DKIM keys were asked for at this time; 0: never */
    size_t mailbox_count, alias_count, dkim_key_count; /* filled in a tenant only */
    struct mailbox *mailboxes; /* by local part, as the next */
    struct mail_alias *aliases;
    struct dkim_key *dkim_keys; /* the oldest first */
};

/* All of one customer: what the steps make true. */
struct tenant {
    struct customer customer;
    struct plan plan;
    size_t site_count, domain_count;
    struct site *sites;
    struct domain *domains;
};

struct condition {
    const char *step; /* "web" */
    const char *subject; /* "" for the customer, else a site id or domain */
    enum condition_status status;
    const char *reason, *message;
    int64_t since_ms, next_try_ms; /* 0: none */
    bool pending; /* of a pass: waits for somebody outside, so that the customer is ready without it; not stored */
};

struct operation {
    const char *id, *kind, *customer, *subject, *actor, *request_id, *message;
    enum operation_state state;
    int64_t generation; /* done when the customer was observed at this generation or later */
    int64_t created_ms, updated_ms, finished_ms;
    const char *result; /* JSON text, "" none */
    const char *input; /* for the reconciler: the snapshot to plan, as JSON, or the release to be served; "" none */
};

struct event {
    int64_t seq, at_ms;
    const char *customer, *type, *reason, *object, *message;
};

/* May this customer's sites be served now? */
bool tenant_served(const struct tenant *t);
const struct site *tenant_site(const struct tenant *t, const char *id); /* NULL: none */
/* The domain of the tenant that `hostname` lies in (the longest), or NULL. */
const struct domain *tenant_domain_of(const struct tenant *t, const char *hostname);

#endif
