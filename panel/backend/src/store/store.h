/* The store: desired state, what was observed of it, operations, events and tokens; the only meeting point of api and
 * reconcile, and the only SQL. One store is shared by all threads of a process: writes are serial, reads take a connection
 * of a pool.
 *
 * A change of desired state is a transaction: store_begin(), any number of functions that take the transaction, and
 * store_commit(), or store_rollback() (a dry run is a change that is rolled back). Whatever its thread reads from the store until then
 * is read in it. After a function said -1 it can only be rolled back, unless that was NOT_FOUND or STALE. What a function writes may
 * be sent to a server with what comes after it, which then says UNAVAILABLE, FULL or IO of it. Every function that changes a customer
 * raises its generation and makes it due at once. Rows are returned into the arena.
 * Of all processes one writes at a time, and sees what all before it committed; events are read in the order of their
 * commits. Times that leases and looks are measured by are the database's; those of this interface are of this host's clock.
 * Errors: NOT_FOUND, CONFLICT (a uniqueness or a reference), FULL, UNAVAILABLE (busy for too long, or the database does not
 * answer), IO.
 */
#ifndef BERTH_STORE_STORE_H
#define BERTH_STORE_STORE_H

#include "base/arena.h"
#include "base/keyring.h"
#include "model/tenant.h"
#include "model/user.h"

struct store;
struct store_tx;

/* The address is the path of an SQLite file, or a URL postgres://... Opens and, when migrate is true, brings the schema to
 * the current version (one process at a time does). A newer schema than ours is refused. */
int store_open(const char *address, bool migrate, struct store **ret, struct error *err) WARN_UNUSED;
/* The numbers of the migrations that the database lacks ("0002, 0003"), "" when it is current; changes nothing. CONFLICT
 * for a newer schema than ours; an SQLite file that is not there is IO. */
int store_migrations_check(const char *address, struct arena *a, const char **ret_missing,
                           struct error *err) WARN_UNUSED;
void store_close(struct store *s);
int store_ping(struct store *s, struct error *err) WARN_UNUSED; /* can it be read and written? */

int store_begin(struct store *s, struct store_tx **ret, struct error *err) WARN_UNUSED;
/* Ends tx in any case. UNAVAILABLE when the answer was lost: then nobody knows whether the change was made. */
int store_commit(struct store_tx *tx, struct error *err) WARN_UNUSED;
int store_now(struct store_tx *tx, int64_t *ret_ms, struct error *err) WARN_UNUSED; /* the clock of all processes */
void store_rollback(struct store_tx *tx); /* NULL is a no-op */
void store_rollbackp(struct store_tx **tx); /* for CLEANUP */

/* Closes connections that no read has needed since this was called last; one is kept. */
void store_trim(struct store *s);

/* Blocks until something was committed (by any process) since *seen, or timeout_ms passed; *seen starts at 0. */
bool store_wait(struct store *s, int64_t *seen, int64_t timeout_ms);

/* --- pages: `after` is the key of the last row of the page before, "" for the first; limit 1 to 200 --- */
struct page {
    const char *after;
    int limit;
    /* Who looks: only rows of the customers that this user may see, and only of this customer. NULL: no such bound. */
    const char *account, *customer;
    /* Which of the list's sorts (below), and which way round; rows that are equal by it are in the order of their keys. */
    int sort;
    bool descending;
    const char *after_value; /* by which the row `after` was sorted; NULL for the first page */
    const char *
        *ret_value; /* the same of the last row but one: of the page, when one row more was asked for; may be NULL */
};
/* By what each list can be sorted: the API's names, NULL at the end. The first is that of a page that says nothing. */
extern const char *const store_customer_sorts[],
    *const store_site_sorts[], *const store_domain_sorts[], *const store_user_sorts[], *const store_token_sorts[];

/* A reconciler's right to work on a customer, until the lease ends or another one claims it. Functions that take one write
 * only while it is the customer's newest (ERROR_STALE otherwise, and nothing is written); NULL is no bound. */
struct lease {
    const char *customer;
    int64_t generation, fence;
    int64_t
        settle_ms; /* wall clock: until then a request of the holder before may come late, so nothing is final; 0: none */
    bool moved; /* another owner had it within one lease length: what this one has watched may be behind */
};

/* --- plans --- */
int store_plan_list(struct store *s, struct arena *a, struct plan **ret, size_t *ret_count,
                    struct error *err) WARN_UNUSED;
int store_plan_get(struct store *s, struct arena *a, const char *id, struct plan *ret, struct error *err) WARN_UNUSED;
int store_plan_put(struct store_tx *tx, const struct plan *p, bool create,
                   struct error *err) WARN_UNUSED; /* its customers become due */
int store_plan_delete(struct store_tx *tx, const char *id, struct error *err) WARN_UNUSED; /* CONFLICT while in use */

/* --- customers --- */
struct customer_filter {
    const char *state, *plan, *text, *ready;
}; /* NULL: any; text: part of id or name; ready: "true" or "false" */
int store_customer_list(struct store *s, struct arena *a, const struct customer_filter *f, struct page page,
                        struct customer **ret, size_t *ret_count, struct error *err) WARN_UNUSED;
int store_customer_get(struct store *s, struct arena *a, const char *id, struct customer *ret,
                       struct error *err) WARN_UNUSED;
/* Both set what c gets by it: generation, created_ms, updated_ms. ERROR_CONFLICT: there is the customer, or no such plan; the
 * transaction may go on. */
int store_customer_insert(struct store_tx *tx, struct customer *c, struct error *err) WARN_UNUSED;
/* Writes name, plan, state, suspend_reason, trashed_ms, erase_ms; raises generation. if_generation >= 0: ERROR_STALE unless equal. */
int store_customer_update(struct store_tx *tx, struct customer *c, int64_t if_generation,
                          struct error *err) WARN_UNUSED;
int store_customer_touch(struct store_tx *tx, const char *id,
                         struct error *err) WARN_UNUSED; /* generation + 1, due now */

/* All of one customer, seen inside tx when tx is not NULL. */
int store_tenant_load(struct store *s, struct store_tx *tx, struct arena *a, const char *id, struct tenant *ret,
                      struct error *err) WARN_UNUSED;

/* --- sites, hostnames, domains, releases --- */
struct site_filter {
    const char *customer, *plan, *runtime, *text;
}; /* NULL: any; plan: of the customer; text: part of id or a hostname */
int store_site_list(struct store *s, struct arena *a, const struct site_filter *f, struct page page, struct site **ret,
                    size_t *ret_count, struct error *err) WARN_UNUSED;
int store_site_get(struct store *s, struct arena *a, const char *id_or_hostname, struct site *ret,
                   struct error *err) WARN_UNUSED;
int store_site_insert(struct store_tx *tx, const struct site *site,
                      struct error *err) WARN_UNUSED; /* with hostnames; CONFLICT when one is in use */
int store_site_update(struct store_tx *tx, const struct site *site, int64_t if_generation,
                      struct error *err) WARN_UNUSED; /* hostnames, replicas, release */
int store_site_delete(struct store_tx *tx, const char *id,
                      struct error *err) WARN_UNUSED; /* leaves a tombstone: objects are removed by the reconciler */
struct domain_filter {
    const char *customer, *text;
}; /* NULL: any; text: part of the name */
int store_domain_list(struct store *s, struct arena *a, const struct domain_filter *f, struct page page,
                      struct domain **ret, size_t *ret_count, struct error *err) WARN_UNUSED;
int store_domain_get(struct store *s, struct arena *a, const char *name, struct domain *ret,
                     struct error *err) WARN_UNUSED;
int store_domain_insert(struct store_tx *tx, const struct domain *d, struct error *err) WARN_UNUSED;
int store_domain_delete(struct store_tx *tx, const char *name, struct error *err) WARN_UNUSED; /* leaves a tombstone */
/* The domain or hostname of another customer that `name` equals, lies below, or lies above; "" when free. Tombstones count. */
int store_name_clash(struct store_tx *tx, struct arena *a, const char *customer, const char *name, char **ret_other,
                     struct error *err) WARN_UNUSED;
/* Ownership, proof, check_ms, dnssec, mail and dkim_rotate_ms, as they are in d; a change of desired state. */
int store_domain_update(struct store_tx *tx, const struct domain *d, struct error *err) WARN_UNUSED;
/* What a look at a domain found: ownership, proof, times; and keys, DS. Nothing when the row is another by now (for checks: when
 * it was changed since d was read). The event is told with it; NULL: none. */
int store_domain_checked(struct store *s, const struct domain *d, const struct event *event,
                         struct error *err) WARN_UNUSED;
int store_domain_keys(struct store *s, const struct domain *d, const struct event *event,
                      struct error *err) WARN_UNUSED;
/* Ends pending claims, with the hostnames that lie in them: those of other customers to `name` and names below it, since this
 * customer has proven it; and those that are older than age_ms by the database's clock. Their customers are told by an event. */
int store_claims_take(struct store_tx *tx, const char *customer, const char *name, struct error *err) WARN_UNUSED;
int store_claims_of_others(struct store *s, const char *customer, const char *name, int64_t *ret,
                           struct error *err) WARN_UNUSED; /* how many there are */
int store_claims_expire(struct store *s, int64_t age_ms, struct error *err) WARN_UNUSED;
/* RRsets that the customer asks for; a domain's are read with its tenant. Written ones replace those of the same name and
 * type; their version is the generation that the customer gets by it. */
int store_record_put(struct store_tx *tx, const char *customer, const char *domain, const struct record_set *sets,
                     size_t count, struct error *err) WARN_UNUSED;
int store_record_delete(struct store_tx *tx, const char *customer, const char *domain, const char *name,
                        const char *type, struct error *err) WARN_UNUSED; /* NOT_FOUND */
/* What is gone from the desired state but perhaps not yet from the planes. kind "site" or "domain". */
struct tombstone {
    const char *kind, *name;
};
int store_tombstone_list(struct store *s, struct arena *a, const char *customer, struct tombstone **ret,
                         size_t *ret_count, struct error *err) WARN_UNUSED;
int store_tombstone_clear(struct store *s, const struct lease *l, const char *customer, const char *kind,
                          const char *name, struct error *err) WARN_UNUSED;
int store_release_list(struct store *s, struct arena *a, const char *site, struct release **ret, size_t *ret_count,
                       struct error *err) WARN_UNUSED; /* newest first */
int store_release_get(struct store *s, struct arena *a, const char *id, struct release *ret,
                      struct error *err) WARN_UNUSED;
int store_release_insert(struct store_tx *tx, const struct release *r, struct error *err) WARN_UNUSED;
int store_release_state(struct store *s, const struct lease *l, const char *id, enum release_state state,
                        const char *message, struct error *err) WARN_UNUSED; /* CURRENT makes the one before KEPT */
/* CURRENT or FAILED, and the event that tells of it: one transaction, so that a crash loses neither alone. FAILED fails
 * the operations that wait for it, and makes the release that is served the one that should be. */
int store_release_end(struct store *s, const struct lease *l, const char *id, enum release_state state,
                      const char *message, const struct event *event, struct error *err) WARN_UNUSED;

/* The customer's volume was seen. When it is another than before, it is empty: releases that were CURRENT are UPLOADED again. */
int store_volume_seen(struct store *s, const struct lease *l, const char *customer, const char *uid,
                      struct error *err) WARN_UNUSED;
/* Forgets what no rollback needs: of each site all but the newest `keep` releases, never the one that should be served. */
int store_release_prune(struct store *s, int64_t keep, struct error *err) WARN_UNUSED;

/* --- the archives of the spool (spool.h) --- */
/* For `ms` from now nobody deletes this archive; called before it is written. UNAVAILABLE while it is being deleted. */
int store_archive_hold(struct store *s, const char *sha256, int64_t ms, struct error *err) WARN_UNUSED;
/* In the transaction that names it in a release: is it held still? UNAVAILABLE when not. */
int store_archive_held(struct store_tx *tx, const char *sha256, struct error *err) WARN_UNUSED;
struct archive_claim {
    const char *sha256;
    int64_t until_ms; /* by the database's clock: only to be handed back */
};
/* Claims an archive that no release names and nobody holds, to delete it within `ms`; then it is forgotten. */
int store_archive_claim(struct store *s, struct arena *a, int64_t ms, struct archive_claim *ret, bool *ret_found,
                        struct error *err) WARN_UNUSED;
int store_archive_forget(struct store *s, const struct archive_claim *claim, struct error *err) WARN_UNUSED;

/* --- operations, events, audit --- */
int store_operation_insert(struct store_tx *tx, const struct operation *op,
                           struct error *err) WARN_UNUSED; /* with its audit row */
/* The audit log: a row for each change, chained by hashes (store_audit.c). Each operation has one; what changes without an
 * operation appends its own. */
struct audit {
    int64_t seq, at_ms; /* seq: 1, 2, 3 without a gap; both are the store's */
    const char *actor, *request_id, *action, *customer, *subject; /* customer "": of none */
    const char *hash; /* the store's */
};
int store_audit_append(struct store_tx *tx, const struct audit *list, size_t count, struct error *err) WARN_UNUSED;
struct audit_filter {
    const char *actor, *action, *customer, *subject;
}; /* NULL: any */
int store_audit_list(struct store *s, struct arena *a, const struct audit_filter *filter, struct page page,
                     struct audit **ret, size_t *ret_count,
                     struct error *err) WARN_UNUSED; /* oldest first unless page.descending; page.after: a seq */
struct audit_verdict {
    int64_t rows, broken; /* broken: the first row that is changed, missing or foreign; 0: the chain is whole */
    const char *reason, *head; /* head: hash of the last row; who writes it down elsewhere can tell a chain made anew */
};
int store_audit_verify(struct store *s, struct arena *a, struct audit_verdict *ret, struct error *err) WARN_UNUSED;

/* Moves an installation: all rows of the SQLite file to the PostgreSQL database of the URL, in one transaction. CONFLICT when the
 * file is in use, or the database has rows already; UNAVAILABLE when the file's schema is not the current one. The file is left
 * as it is, and nothing else may open it meanwhile. */
struct store_moved_table {
    const char *name;
    int64_t rows;
};
struct store_moved {
    size_t count;
    struct store_moved_table *tables;
    struct audit_verdict audit; /* of the rows that were written; the source's is the same */
};
int store_move(const char *path, const char *url, struct arena *a, struct store_moved *ret,
               struct error *err) WARN_UNUSED;
int store_operation_get(struct store *s, struct arena *a, const char *id, struct operation *ret,
                        struct error *err) WARN_UNUSED;
struct operation_filter {
    const char *customer, *state, *kind, *actor;
}; /* NULL: any */
int store_operation_list(struct store *s, struct arena *a, const struct operation_filter *f, struct page page,
                         struct operation **ret, size_t *ret_count,
                         struct error *err) WARN_UNUSED; /* oldest first unless page.descending */
int store_operation_finish(struct store *s, const char *id, enum operation_state state, const char *message,
                           const char *result, struct error *err) WARN_UNUSED;
/* Bulk changes: one operation for many objects. The objects are chosen with it, in its transaction; each is then carried out
 * in a transaction of its own that also ends its item, so that a crash loses none and does none twice. */
struct bulk {
    const char *operation, *account,
        *customer; /* who asks, and the only customer that its token is good for; "" as in struct token */
    const char *kind, *change; /* of the single changes; what each is to be, as JSON text */
    const char *actor, *request_id; /* read only: the operation's */
};
struct bulk_item {
    int64_t position; /* 1, 2, 3 */
    const char *object; /* a row's key */
    const char *state; /* waiting, running, done, failed, refused; to be stored: accepted or refused */
    const char *message, *child; /* why; the operation of this object, "" none */
};
/* Inserts it with an item for each object that the filter names and that who looks (page) sees, at most page.limit. */
int store_bulk_customers(struct store_tx *tx, const struct bulk *b, const struct customer_filter *f, struct page page,
                         int64_t *ret_count, struct error *err) WARN_UNUSED;
int store_bulk_sites(struct store_tx *tx, const struct bulk *b, const struct site_filter *f, struct page page,
                     int64_t *ret_count, struct error *err) WARN_UNUSED;
int store_bulk_get(struct store *s, struct arena *a, const char *operation, struct bulk *ret,
                   struct error *err) WARN_UNUSED; /* NOT_FOUND: the operation is another kind */
int store_bulk_open(struct store *s, struct arena *a, struct bulk **ret, size_t *ret_count,
                    struct error *err) WARN_UNUSED; /* those that are not finished, the oldest first */
int store_bulk_next(struct store_tx *tx, struct arena *a, const char *operation, struct bulk_item *ret, bool *ret_found,
                    struct error *err) WARN_UNUSED; /* the first that waits */
int store_bulk_end(struct store_tx *tx, const char *operation, const struct bulk_item *item,
                   struct error *err) WARN_UNUSED;
struct bulk_progress {
    int64_t total, waiting, running, done, failed, refused;
};
int store_bulk_progress(struct store *s, const char *operation, struct bulk_progress *ret,
                        struct error *err) WARN_UNUSED;
struct bulk_item_filter {
    const char *operation, *state; /* state NULL: any */
};
int store_bulk_items(struct store *s, struct arena *a, const struct bulk_item_filter *f, struct page page,
                     struct bulk_item **ret, size_t *ret_count,
                     struct error *err) WARN_UNUSED; /* by position; page.after: one */
int store_event_list(struct store *s, struct arena *a, const char *customer, int64_t after, int limit,
                     struct event **ret, size_t *ret_count, struct error *err) WARN_UNUSED;
/* An event of its own transaction, before the change that it tells of: a crash between may tell it twice, never lose it.
 * A change that failed has not happened: its event is dropped. */
int store_event_add(struct store *s, const struct lease *l, const struct event *e, int64_t *ret_seq,
                    struct error *err) WARN_UNUSED;
int store_event_drop(struct store *s, int64_t seq, struct error *err) WARN_UNUSED;
struct event_filter {
    const char *customer, *type, *reason; /* NULL: any */
    int64_t from_ms; /* nothing older; 0: any */
};
/* The same for who looks; `after` is a seq that comes before all of them (after all of them when page.descending), and
 * page.after is not used. */
int store_event_page(struct store *s, struct arena *a, const struct event_filter *f, int64_t after, struct page page,
                     struct event **ret, size_t *ret_count, struct error *err) WARN_UNUSED;
int store_condition_list(struct store *s, struct arena *a, const char *customer, struct condition **ret,
                         size_t *ret_count, struct error *err) WARN_UNUSED;

/* --- the reconciler's side --- */
/* Claims one due customer for lease_ms; *ret_found false when none is due, and *ret_next_ms says when the next one is (0: none known). */
int store_claim(struct store *s, struct arena *a, const char *owner, int64_t lease_ms, struct lease *ret,
                bool *ret_found, int64_t *ret_next_ms, struct error *err) WARN_UNUSED;
/* Gives back all leases and duties of an owner: only of oneself, or when it is known to be dead. */
int store_lease_release(struct store *s, const char *owner,
                        struct error *err) WARN_UNUSED; /* its customers are due now */
/* Work that one process at a time does: *ret_held says whether it is this one's for `ms` from now. */
int store_duty_claim(struct store *s, const char *name, const char *owner, int64_t ms, bool *ret_held,
                     struct error *err) WARN_UNUSED;
/* Those that nobody works on become the owner's, as if it had had them last: for a process that has not yet looked at any plane, since
 * what it will see there is then all that was done before. Others that claim one of them count as another owner again. */
int store_adopt(struct store *s, const char *owner, struct error *err) WARN_UNUSED;
struct pass_result {
    bool ready; /* every step is true for the lease's generation */
    int64_t due_ms; /* when to look again (wall clock); 0: only when something changes */
    size_t condition_count, event_count;
    const struct condition *
        conditions; /* all of them: others of the customer are deleted; since_ms is kept by the store while the status stays */
    const struct event *events;
    const char *compared; /* what store_compared_get() is to say from now on; NULL: as before */
};
/* One transaction: conditions, events, observed generation, operations that are done by it, the lease given back. ERROR_STALE
 * when the fence is no longer ours (nothing is written). */
int store_pass_end(struct store *s, const struct lease *l, const struct pass_result *r, struct error *err) WARN_UNUSED;
/* What the newest pass with pass_result.compared found right; "": none did. */
int store_compared_get(struct store *s, struct arena *a, const char *customer, const char **ret,
                       struct error *err) WARN_UNUSED;
/* The key of id_hash64() that all processes of this installation share, as hexadecimal digits; `fresh` becomes it when there is none. */
int store_hash_key(struct store *s, struct arena *a, const char *fresh, const char **ret,
                   struct error *err) WARN_UNUSED;
int store_customer_erase(struct store *s, const struct lease *l,
                         struct error *err) WARN_UNUSED; /* the row and all below it; its operations are done */
int store_customer_due(struct store *s, const char *id, struct error *err)
    WARN_UNUSED; /* look at it now (drift seen); NULL: at all of them; unknown ids are no error */
/* As store_customer_due(), in `ms` milliseconds unless it is due before: several changes that come at once are one look. */
int store_customer_due_in(struct store *s, const char *id, int64_t ms, struct error *err) WARN_UNUSED;
/* Trashed customers whose time is over, by the database's clock, become ERASING. */
int store_trash_expire(struct store *s, struct error *err) WARN_UNUSED;
/* Operations of kinds plan, diff, records, proof and mail-check that wait for the reconciler: claims one (state RUNNING). */
int store_look_claim(struct store *s, struct arena *a, struct operation *ret, bool *ret_found,
                     struct error *err) WARN_UNUSED;

/* --- users --- */
int store_user_get(struct store *s, struct arena *a, const char *id_or_email, struct user *ret,
                   struct error *err) WARN_UNUSED;
struct user_filter {
    const char *role, *customer, *text;
}; /* NULL: any; customer: that the user was given; text: part of the address or name */
int store_user_list(struct store *s, struct arena *a, const struct user_filter *f, struct page page, struct user **ret,
                    size_t *ret_count, struct error *err) WARN_UNUSED;
int store_user_sees(struct store *s, const char *user, const char *customer, bool *ret, struct error *err) WARN_UNUSED;
int store_user_grant(struct store_tx *tx, const char *user, const char *customer, struct error *err) WARN_UNUSED;
int store_user_insert(struct store_tx *tx, const struct user *u,
                      struct error *err) WARN_UNUSED; /* CONFLICT when the address is in use */
/* Name, role and customers. This and the next: CONFLICT at /role for the last admin. */
int store_user_update(struct store_tx *tx, const struct user *u, struct error *err) WARN_UNUSED;
int store_user_delete(struct store_tx *tx, const char *id,
                      struct error *err) WARN_UNUSED; /* with tokens and sessions */
int store_user_password(struct store_tx *tx, const char *id, const char *password,
                        struct error *err) WARN_UNUSED; /* ends the user's sessions and links */
/* One-time links to set a password by. A new one takes the place of the one before; taking it uses it up: NOT_FOUND when it
 * is unknown, used or expired. */
int store_link_insert(struct store_tx *tx, const char *hash, const char *user, int64_t expires_ms,
                      struct error *err) WARN_UNUSED;
int store_link_take(struct store_tx *tx, struct arena *a, const char *hash, const char **ret_user,
                    struct error *err) WARN_UNUSED;
/* Counts an attempt to sign in. After `free` failures each next one has to wait, ever longer: *ret_wait_ms > 0, and the attempt
 * is not counted and must not be made. */
int store_attempt_begin(struct store *s, const char *key, int64_t free, int64_t *ret_wait_ms,
                        struct error *err) WARN_UNUSED;
int store_attempt_passed(struct store *s, const char *key, bool forget,
                         struct error *err) WARN_UNUSED; /* forget: the failures before it too */

/* --- secrets: what must be read again, kept as boxes (base/keyring.h) --- */
/* The keys that boxes are made and opened by; borrowed, before the store is shared. Without them the functions below that
 * need one are UNAVAILABLE. */
void store_use_keys(struct store *s, const struct keyring *keys);
bool store_has_keys(const struct store *s);
/* A secret of an owner: kind "totp", owner the user's id. Written, it takes the place of the one before. */
int store_secret_put(struct store_tx *tx, struct arena *a, const char *kind, const char *owner, const char *secret,
                     struct error *err) WARN_UNUSED;
int store_secret_get(struct store *s, struct arena *a, const char *kind, const char *owner, char **ret,
                     struct error *err) WARN_UNUSED; /* NOT_FOUND; else as keyring_open() */
int store_secret_delete(struct store_tx *tx, const char *kind, const char *owner,
                        struct error *err) WARN_UNUSED; /* what is not there is no error */
struct secret_key {
    const char *id;
    int64_t secrets; /* of this key */
    bool present; /* in the file */
};
struct secret_fault {
    const char *kind, *owner, *key, *reason;
};
enum { SECRET_FAULTS_MAX = 100 };
struct secret_report {
    const char *newest; /* the key that new boxes get; "": there is no file */
    size_t key_count;
    struct secret_key *keys; /* of the file in its order, then those that it lacks */
    int64_t total, rotated, unreadable; /* rotated: opened with an older key, and so made anew (or to be) */
    size_t fault_count; /* the first of the unreadable ones */
    struct secret_fault *faults;
};
/* Opens every box: which keys are in use, and what cannot be read. */
int store_secret_report(struct store *s, struct arena *a, struct secret_report *ret, struct error *err) WARN_UNUSED;
/* The same within tx, and each box of an older key is made anew with the newest. What cannot be opened stays as it is. */
int store_secret_rotate(struct store_tx *tx, struct arena *a, struct secret_report *ret, struct error *err) WARN_UNUSED;

/* --- the second factor at sign-in --- */
struct totp {
    bool active; /* false: not confirmed yet */
    int64_t last_step, recovery_codes; /* recovery_codes: how many are left */
};
int store_totp_get(struct store *s, const char *user, struct totp *ret,
                   struct error *err) WARN_UNUSED; /* NOT_FOUND: there is none */
/* A new one, not active; CONFLICT when there is an active one. */
int store_totp_enrol(struct store_tx *tx, struct arena *a, const char *user, const char *secret,
                     struct error *err) WARN_UNUSED;
/* Notes that the code of this time step was used: STALE when it, or a later one, was before. */
int store_totp_use(struct store_tx *tx, const char *user, int64_t step, struct error *err) WARN_UNUSED;
int store_totp_activate(struct store_tx *tx, const char *user, struct error *err) WARN_UNUSED;
int store_totp_delete(struct store_tx *tx, const char *user, struct error *err) WARN_UNUSED; /* with recovery codes */
/* Hashes of recovery codes, in place of those before. */
int store_recovery_put(struct store_tx *tx, const char *user, const char *const *hashes, size_t count,
                       struct error *err) WARN_UNUSED;
int store_recovery_take(struct store_tx *tx, const char *user, const char *hash,
                        struct error *err) WARN_UNUSED; /* uses it up; NOT_FOUND */

/* --- mail that waits to be sent --- */
struct mail {
    const char *id, *kind, *recipient, *account; /* kind: "invitation" or "reset" */
    const char *link; /* kept as a box */
    int64_t expires_ms, attempts; /* expires: of the link, and so of the mail */
};
/* In place of others of this user, whose links are good no more. */
int store_mail_put(struct store_tx *tx, struct arena *a, const struct mail *m, struct error *err) WARN_UNUSED;
/* Claims the mail that is due longest, for lease_ms: sent or not, it is due again then. Expired ones are dropped. A link that
 * cannot be read is an error, and is due again too. *ret_waiting: how many there are. */
int store_mail_claim(struct store *s, struct arena *a, int64_t lease_ms, struct mail *ret, bool *ret_found,
                     int64_t *ret_waiting, struct error *err) WARN_UNUSED;
int store_mail_sent(struct store *s, const char *id, struct error *err) WARN_UNUSED;
int store_mail_later(struct store *s, const char *id, int64_t ms, struct error *err) WARN_UNUSED;

/* --- tokens and idempotency --- */
struct token {
    const char *hash, *name, *kind; /* kind: "token" or "session" */
    int64_t created_ms, expires_ms; /* expires 0: never */
    const char *id,
        *account; /* a session that a token was exchanged for has its id; account "": the installation's own */
    const char *scope,
        *customer; /* "read" or "read write"; customer: the only one that it is good for; "": all of its user's */
    const char *email, *role; /* of the account as it is now; not stored here */
}; /* to be inserted, NULL is "" and the scope all */
int store_token_insert(struct store *s, const struct token *t, struct error *err) WARN_UNUSED;
/* As the first way in for an admin: made unless there is one (*ret_made). Of processes that start at once, one makes it. */
int store_token_first(struct store *s, const struct token *t, bool *ret_made, struct error *err) WARN_UNUSED;
int store_token_get(struct store *s, struct arena *a, const char *hash, struct token *ret,
                    struct error *err) WARN_UNUSED; /* expired ones are NOT_FOUND */
int store_token_delete(struct store *s, const char *hash, struct error *err) WARN_UNUSED;
struct token_filter {
    const char *account, *customer, *text;
}; /* customer NULL: any; text: part of the name */
int store_token_list(struct store *s, struct arena *a, const struct token_filter *f, struct page page,
                     struct token **ret, size_t *ret_count, struct error *err) WARN_UNUSED; /* no sessions */
int store_token_find(struct store *s, struct arena *a, const char *id, struct token *ret,
                     struct error *err) WARN_UNUSED; /* by id */
int store_token_put(struct store_tx *tx, const struct token *t, struct error *err) WARN_UNUSED;
int store_token_revoke(struct store_tx *tx, const char *id,
                       struct error *err) WARN_UNUSED; /* with the sessions that it was exchanged for */
/* Ways in for an admin: tokens of the installation's own, and admins who have a password. */
int store_token_count(struct store *s, int64_t *ret, struct error *err) WARN_UNUSED;
/* The answer given before to this key and request (NULL body: none yet). CONFLICT when the key was used for another request. */
int store_idempotency_get(struct store_tx *tx, struct arena *a, const char *key, const char *request_hash,
                          int *ret_status, const char **ret_body, const char **ret_location,
                          struct error *err) WARN_UNUSED;
int store_idempotency_put(struct store_tx *tx, const char *key, const char *request_hash, int status, const char *body,
                          const char *location, struct error *err) WARN_UNUSED;

#endif
