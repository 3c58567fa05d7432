/* Mailboxes and aliases in the store (model/mail.h); a domain's are loaded with its tenant. */
#ifndef BERTH_STORE_MAILBOX_H
#define BERTH_STORE_MAILBOX_H

#include "store/store.h"

extern const char *const store_mailbox_sorts[], *const store_alias_sorts[]; /* as those of store.h */

struct address_filter {
    const char *customer, *domain, *text;
}; /* NULL: any; text: part of the address */
/* page.after: an address. */
int store_mailbox_list(struct store *s, struct arena *a, const struct address_filter *f, struct page page,
                       struct mailbox **ret, size_t *ret_count, struct error *err) WARN_UNUSED;
/* Seen inside tx when tx is not NULL. */
int store_mailbox_get(struct store *s, struct store_tx *tx, struct arena *a, const char *domain, const char *local,
                      struct mailbox *ret, struct error *err) WARN_UNUSED;
/* CONFLICT when a mailbox or an alias has the address. Here and below the row's version becomes the customer's generation. */
int store_mailbox_insert(struct store_tx *tx, const struct mailbox *m, struct error *err) WARN_UNUSED;
/* One or more, of one customer, each with an address of its own. (*ret_taken)[i] says what has the address of list[i] already, "a mailbox" or "an alias"; NULL: it was made. */
int store_mailbox_insert_all(struct store_tx *tx, struct arena *a, const struct mailbox *list, size_t count,
                             const char ***ret_taken, struct error *err) WARN_UNUSED;
int store_mailbox_update(struct store_tx *tx, const struct mailbox *m, struct error *err) WARN_UNUSED;
int store_mailbox_delete(struct store_tx *tx, const char *domain, const char *local, struct error *err) WARN_UNUSED;
int store_alias_list(struct store *s, struct arena *a, const struct address_filter *f, struct page page,
                     struct mail_alias **ret, size_t *ret_count, struct error *err) WARN_UNUSED;
int store_alias_get(struct store *s, struct store_tx *tx, struct arena *a, const char *domain, const char *local,
                    struct mail_alias *ret, struct error *err) WARN_UNUSED;
int store_alias_insert(struct store_tx *tx, const struct mail_alias *m, struct error *err) WARN_UNUSED; /* CONFLICT */
int store_alias_update(struct store_tx *tx, const struct mail_alias *m, struct error *err) WARN_UNUSED;
int store_alias_delete(struct store_tx *tx, const char *domain, const char *local, struct error *err) WARN_UNUSED;
/* What a customer has of mail, as far as a plan limits it. */
struct mail_use {
    int64_t mailboxes, aliases;
    int64_t bytes; /* the mailboxes' quotas in sum */
};
/* What a change of an address must know, as the transaction sees it: less than the whole tenant. */
struct mail_place {
    struct domain domain; /* without records and addresses */
    struct customer customer; /* its id, plan and state, as far as this goes */
    struct plan plan; /* its id and what it allows of mail */
    struct mail_use use; /* of the customer */
};
int store_mail_place(struct store_tx *tx, struct arena *a, const char *domain, struct mail_place *ret,
                     struct error *err) WARN_UNUSED; /* NOT_FOUND */
/* What each customer of a plan has of mail, in the order of their ids. */
struct mail_user {
    const char *customer;
    struct mail_use use;
};
int store_mail_users(struct store_tx *tx, struct arena *a, const char *plan, struct mail_user **ret, size_t *ret_count,
                     struct error *err) WARN_UNUSED;
/* Domains of the customer that have a catch-all. */
int store_catch_alls(struct store_tx *tx, struct arena *a, const char *customer, const char ***ret, size_t *ret_count,
                     struct error *err) WARN_UNUSED;
int store_domain_is_of(struct store_tx *tx, const char *domain, const char *customer, bool *ret,
                       struct error *err) WARN_UNUSED;
/* Where mail to an address goes next, in the whole installation. */
struct mail_hop {
    const char *local; /* of the mailbox or alias that takes it: its own, "*" for the catch-all, "" for nobody here */
    bool kept; /* a mailbox, and it stays there */
    size_t target_count;
    const char **targets;
};
int store_mail_hop(struct store_tx *tx, struct arena *a, const char *domain, const char *local, struct mail_hop *ret,
                   struct error *err) WARN_UNUSED;

#endif
