/* The rows of the mail database that a customer should have, and what differs from those that are there. Pure. */
#ifndef BERTH_RECONCILE_MAILROWS_H
#define BERTH_RECONCILE_MAILROWS_H

#include "model/tenant.h"
#include "provider/maildb.h"

/* `have`: what is there. A domain with mailboxes whose mail was switched off, or whose ownership is pending again, keeps its rows,
 * without being active: nothing is received, nothing is lost. A pending one that has none gets none.
 * `postmaster`: who gets the mail to postmaster and abuse (RFC 2142) of a domain whose customer has said nothing of it, when the
 * customer has no mailbox that keeps its mail; "" or NULL: nobody. */
struct maildb_rows mailrows_want(struct arena *a, const struct tenant *t, const struct maildb_rows *have,
                                 const char *postmaster);

/* One line of a difference, for plans and events: no password is in it. */
struct mailrows_line {
    const char *action; /* "create", "update", "delete" */
    const char *object; /* "Mailbox/ann@a.example" */
    size_t field_count;
    const char **fields;
};
struct mailrows_diff {
    struct maildb_change change;
    bool there; /* the customer has rows */
    size_t count; /* 0: no difference */
    struct mailrows_line *lines;
};
/* Both lists are sorted in place. */
struct mailrows_diff mailrows_compare(struct arena *a, const char *customer, struct maildb_rows *have,
                                      struct maildb_rows *want);

#endif
