/* What the handlers of mailboxes share with the reading of their bodies, and with the making of a domain. */
#ifndef BERTH_API_MAILBOXES_H
#define BERTH_API_MAILBOXES_H

#include "api/address.h"

enum { MAILBOXES_IMPORT_MAX = 1000 };

struct mailbox_input {
    const char *address, *name, *password, *hash, *quota_text;
    bool active, keep, has_active, has_keep, has_forwards, has_reply;
    struct json_strings forwards;
    json_t *reply_json;
    /* Made of them: */
    struct address at; /* of a new one */
    const char *stored; /* the password's hash with its scheme; NULL: none was given */
    int64_t quota; /* bytes; 0: none was given */
    struct auto_reply reply;
};

/* The body, checked whole; a password is hashed. `own`: the address in the path; NULL: the body has that of a new one. */
int mailboxes_read(struct call *c, const char *own, struct mailbox_input *ret, struct error *err) WARN_UNUSED;
/* The same of an object of the body: pointers begin there, and a password waits for mailboxes_hash_passwords(). good: as
 * address_read() has it. */
int mailboxes_read_object(struct call *c, const json_t *object, const char *own, const char *good,
                          struct mailbox_input *ret, struct error *err) WARN_UNUSED;
int mailboxes_hash_passwords(struct call *c, const json_t *body, struct mailbox_input *list, size_t count,
                             struct error *err) WARN_UNUSED;
/* A new one, as the input has it and else by default. */
struct mailbox mailboxes_new(const struct mailbox_input *in);
/* What the input names is put into it. Then it is checked whole. */
int mailboxes_apply(const struct mailbox_input *in, struct mailbox *m, struct error *err) WARN_UNUSED;

/* `mailUsers` of a new domain: local parts, or objects {local, password?, name?, quota?}. */
int mailboxes_read_users(struct call *c, const json_t *list, const char *domain, struct mailbox **ret,
                         size_t *ret_count, struct error *err) WARN_UNUSED;
int mailboxes_insert_users(struct change *ch, const struct tenant *t, struct mailbox *list, size_t count,
                           struct error *err) WARN_UNUSED;

#endif
