/* Client of the mail database (k8s/mail/mysql-schema.sql): the rows of one customer, read and written as a whole. MySQL or MariaDB,
 * by TLS only, its certificate checked by the CA file and the host's name. Connections are kept in a pool; one that failed is never
 * used again. Every value is a bound parameter. Names and addresses are canonical. */
#ifndef BERTH_PROVIDER_MAILDB_H
#define BERTH_PROVIDER_MAILDB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

struct maildb;

struct maildb_config {
    const char *url; /* mysql://USER@HOST:PORT/DATABASE */
    const char *password_file; /* read for each connection, so it can be changed */
    const char *ca_file; /* PEM */
    int64_t timeout_ms; /* the longest that one statement waits for the server; whole seconds, at least one */
};

/* Connects to nothing yet. INVALID tells what of the settings is wrong. Strings are copied. */
int maildb_new(const struct maildb_config *config, struct maildb **ret, struct error *err) WARN_UNUSED;
void maildb_free(struct maildb *m); /* NULL is a no-op */
/* The same client for the time of a lease: TIMEOUT in place of a statement that could outlive it. As kube_until(). */
struct maildb *maildb_until(const struct maildb *m, struct arena *a, int64_t deadline_ms);
uint64_t maildb_requests(const struct maildb *m); /* transactions and looks so far */

struct maildb_customer {
    bool sending;
    int64_t hourly_limit;
    const char *spam_header, *spam_reject; /* as DECIMAL(6,2) prints them: "6.00" */
};
struct maildb_domain {
    const char *name;
    bool active;
};
struct maildb_user {
    const char *domain, *local, *password, *sieve;
    int64_t quota, hourly_limit, created_ms;
    bool active;
};
struct maildb_alias {
    const char *domain, *local, *destination; /* local "": the catch-all */
};
struct maildb_selector {
    const char *domain, *selector, *algorithm;
};
struct maildb_rows {
    bool there; /* the customer has a row; without it there is nothing else */
    struct maildb_customer customer;
    size_t domain_count, user_count, alias_count, selector_count;
    struct maildb_domain *domains;
    struct maildb_user *users;
    struct maildb_alias *aliases;
    struct maildb_selector *selectors;
};

/* What a transaction does, in this order. `customer` and `there` of the lists are not looked at. */
struct maildb_change {
    bool erase; /* the customer's row goes too */
    struct maildb_customer customer; /* as it is then */
    struct maildb_rows gone; /* by key. A user's or domain's files become due for removal (mail_removed) */
    struct maildb_rows add;
    struct maildb_rows set; /* by key: domains and users. A row that is not there any more stays away */
};

/* Errors of all: UNAVAILABLE (no connection, TLS refused, a restart, a deadlock), FORBIDDEN (the password, a grant), TIMEOUT, FULL,
 * BAD_GATEWAY. All rows are of one moment. */
int maildb_read(struct maildb *m, struct arena *a, const char *customer, struct maildb_rows *ret,
                struct error *err) WARN_UNUSED;
/* One transaction. STALE: the rows were written with a higher fence; nothing was done. CONFLICT: a row to be added is there, perhaps
 * another customer's. *ret_held: users that were not added, since files of one of that name are still to be removed. */
int maildb_write(struct maildb *m, struct arena *a, const char *customer, int64_t fence, const struct maildb_change *c,
                 size_t *ret_held, struct error *err) WARN_UNUSED;
/* Changes that others made (mail_counter): the number now, and whose rows were changed since `since`. */
int maildb_changes(struct maildb *m, struct arena *a, int64_t since, int64_t *ret_seq, const char ***ret_customers,
                   size_t *ret_count, struct error *err) WARN_UNUSED;

#endif
