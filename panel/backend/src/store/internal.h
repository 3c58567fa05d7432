/* What the files of store/ share: the store, its connections, and growing lists of rows. Private to store/. */
#ifndef BERTH_STORE_INTERNAL_H
#define BERTH_STORE_INTERNAL_H

#include "store/db.h"
#include "store/mailbox.h"
#include "store/store.h"

/* The end of the audit log's chain, as a transaction has it: read once, since nobody else writes meanwhile. It begins as { 0 }. */
struct audit_head {
    int64_t seq;
    char hash[129]; /* of any scheme */
    bool known;
};

struct db *store_tx_db(struct store_tx *tx);
struct audit_head *store_tx_head(struct store_tx *tx);
const struct keyring *store_keys(const struct store *s); /* NULL: none */
const struct keyring *store_tx_keys(const struct store_tx *tx);

/* Runs fn with a connection of the pool; within a transaction of the same thread with that, so that what a change is decided by is
 * read under its lock. at_once: all of its statements see one state. */
typedef int (*store_read_fn)(struct db *db, void *ctx, struct error *err);
int store_read(struct store *s, store_read_fn fn, void *ctx, struct error *err);
int store_read_at_once(struct store *s, store_read_fn fn, void *ctx, struct error *err);

/* A transaction of its own, whose commit is called `what` at crash points. Returns the number of rows changed, or -1. fn may
 * be run again, when the database gave the transaction up for another one: it starts its results anew. */
typedef int64_t (*store_write_fn)(struct db *db, void *ctx, struct error *err);
int64_t store_write(struct store *s, const char *what, store_write_fn fn, void *ctx, struct error *err);

/* For what only says who works on what: a power cut may take it back (DB_WRITE_VOLATILE), with whoever worked on it. */
int64_t store_write_volatile(struct store *s, const char *what, store_write_fn fn, void *ctx, struct error *err);

int store_schema_check(struct db *db, bool migrate, struct error *err);

/* A list that grows while rows come. */
struct rows {
    struct arena *arena;
    void *items;
    size_t count, cap, size;
};
void *rows_add(struct rows *r); /* zeroed */
/* Reads rows of `size` bytes each of a statement that takes a customer. As db_run(), perhaps later (db_together()). */
int rows_of_customer(struct db *db, const char *sql, db_on_row add, size_t size, const char *customer, struct rows *ret,
                     struct error *err);

/* A list by pages. Its sorts are a table X(name, column) from which the names of store.h and the statements follow: each
 * statement is a literal (store/db.h), and compares and orders by the pair of the column and the key. Columns are text; a
 * time is turned into text, since all of them have as many digits. The last column of each row is what it is sorted by. */
struct listing {
    struct rows rows;
    struct page page;
    db_on_row add; /* is given &rows */
    int value_column;
    const void *filter;
};
void store_list_row(void *ctx, const struct db_row *row); /* for db_run(); ctx is a struct listing */
/* The list's end: rows read by fn into *ret. */
int store_list_read(struct store *s, struct listing *l, store_read_fn fn, void *ret_items, size_t *ret_count,
                    struct error *err);

#define SORT_NAME(name, column) name,
#define SORT_SQL(name, column) { LIST(column, ">", "ASC"), LIST(column, "<", "DESC") },
#define SORT_TABLES(names, SORTS)                                                                                      \
    const char *const names[] = { SORTS(SORT_NAME) NULL };                                                             \
    static const char *const list_sql[][2] = { SORTS(SORT_SQL) };
#define AFTER_PAIR(column, key, compare) "(" column ", " key ") " compare " (?, ?)"
/* The parameters of AFTER_PAIR: what lies before, or after, all rows stands for the first page. */
#define AFTER_TYPES "ss"
#define AFTER_LAST "\xf4\x8f\xbf\xbf"
#define AFTER_OF(page) store_list_value(&(page)), store_list_key(&(page))
const char *store_list_value(const struct page *p);
const char *store_list_key(const struct page *p);

/* "%text%" for LIKE ... ESCAPE '\\', in lower case; text NULL: "%". */
const char *store_list_like(struct arena *a, const char *text);

/* The bounds of who looks (struct page), as a condition on the column with a row's customer; its four parameters follow. */
#define SEEN(column)                                                                                                   \
    "(? = '' OR " column " = ?) AND (? = '' OR " column " IN (SELECT customer FROM account_customer WHERE account = "  \
    "?))"
#define SEEN_TYPES "ssss"
#define SEEN_BY(page)                                                                                                  \
    (page).customer ? (page).customer : "", (page).customer ? (page).customer : "",                                    \
        (page).account ? (page).account : "", (page).account ? (page).account : ""

/* Kinds of operations that look and change nothing, for SQL's IN: the reconciler answers them outside of passes. */
/* A plan, named p, and what store_plan_of() makes of these columns; more may follow. */
#define STORE_PLAN_COLUMNS                                                                                             \
    "p.id, p.cpu, p.memory, p.storage, p.volumes, p.sites, p.domains, p.mailboxes, p.databases, p.mail_storage, "      \
    "p.aliases"
enum { STORE_PLAN_COUNT = 11 };
struct plan store_plan_of(struct arena *a, const struct db_row *row);

#define LOOK_KINDS "('plan', 'diff', 'records', 'proof', 'mail-check')"

/* ERROR_STALE unless the lease is still the customer's newest. NULL is no lease, and is good. */
int store_lease_check(struct db *db, const struct lease *l, struct error *err);
/* generation + 1, due now. What else the transaction reads or writes says whether there is the customer. */
int store_customer_raise(struct db *db, const char *customer, struct error *err);
int store_customer_raise_to(struct db *db, const char *customer, int64_t *ret_generation, struct error *err);
int store_event_prune(struct db *db, const char *customer, struct error *err); /* only the newest are kept */
int store_condition_rows(struct db *db, const char *customer, struct rows *ret,
                         struct error *err); /* of struct condition, in the order of the steps */
int store_audit_walk(struct db *db, struct arena *a, struct audit_verdict *ret, struct error *err);
/* A row is going to follow: what the chain ends with comes with the next answer (db_note()); else the row asks for it. */
int store_audit_expect(struct db *db, struct audit_head *head, struct error *err);
int store_audit_put(struct db *db, struct audit_head *head, const struct audit *list, size_t count, struct error *err);
int store_event_put(struct db *db, const struct event *e, int64_t now_ms, int64_t *ret_seq,
                    struct error *err); /* ret_seq may be NULL */
/* What belongs to a customer's domains is read as rows, which may come later (db_together()), and then given to the domains, which are
 * in the order of their names: RRsets, DKIM keys, mailboxes and aliases. */
int store_record_read(struct db *db, const char *customer, struct rows *ret, struct error *err);
void store_record_assign(struct arena *a, const struct rows *rows, struct domain *domains, size_t count);
int store_dkim_read(struct db *db, const char *customer, struct rows *ret, struct error *err);
void store_dkim_assign(const struct rows *rows, struct domain *domains, size_t count);
int store_mailbox_read(struct db *db, const char *customer, struct rows *ret, struct error *err);
void store_mailbox_assign(const struct rows *rows, struct domain *domains, size_t count);
int store_alias_read(struct db *db, const char *customer, struct rows *ret, struct error *err);
void store_alias_assign(const struct rows *rows, struct domain *domains, size_t count);
/* All DKIM keys of a domain, or of a customer, go with their secrets (which no foreign key takes along). */
int store_dkim_drop(struct db *db, const char *domain, struct error *err);
int store_dkim_drop_all(struct db *db, const char *customer, struct error *err); /* the rows go with the customer's */
/* Lists of addresses, as a column holds them: one a line. */
const char **store_lines_split(struct arena *a, const char *text, size_t *ret_count);
const char *store_lines_join(struct arena *a, const char *const *lines, size_t count);
/* A domain's row, into a list of struct domain; what follows DOMAIN_COLUMNS is WHERE, with the domain as d. */
#define DOMAIN_FIELDS                                                                                                  \
    "d.name, d.customer, d.created_ms, c.uid, d.version, d.ownership, d.proof, d.proven_ms, d.check_ms, d.unseen_ms, " \
    "d.delegated, d.dnssec, d.ds, d.dnskey, d.ds_until_ms, d.mail, d.dkim_rotate_ms, d.web_hosts, d.web_tries, "       \
    "d.mta_sts, d.mta_sts_since_ms, d.mta_sts_good_ms, d.mta_sts_id"
enum { DOMAIN_FIELD_COUNT = 23 }; /* what stands behind them has this index and the next */
#define DOMAIN_FROM " FROM domain d JOIN customer c ON c.id = d.customer"
#define DOMAIN_COLUMNS DOMAIN_FIELDS DOMAIN_FROM
void store_domain_add(void *ctx, const struct db_row *row);
int store_secret_drop(struct db *db, const char *kind, const char *owner, struct error *err);
int store_secret_write(struct db *db, const struct keyring *keys, struct arena *a, const char *kind, const char *owner,
                       const char *secret, struct error *err);
int store_secret_read(struct db *db, const struct keyring *keys, struct arena *a, const char *kind, const char *owner,
                      char **ret, struct error *err);
/* A user's mail that waits, with the links in it, which no foreign key takes along. */
int store_mail_drop(struct db *db, const char *user, struct error *err);
int store_compared_put(struct db *db, const char *customer, const char *hashes, struct error *err);
int store_tombstone_put(struct db *db, const char *kind, const char *name, const char *customer, struct error *err);

#endif
