/* What mailboxes and aliases share: their address, the domain that it lies in, and where mail to it goes. */
#ifndef BERTH_API_ADDRESS_H
#define BERTH_API_ADDRESS_H

#include "api/change.h"
#include "store/mailbox.h"

struct address {
    const char *text, *local, *domain;
};

/* An address that is to be made, checked. catch_all: "*" may stand for the local part. good: a domain that was found good before, or
 * NULL. */
int address_read(struct call *c, const char *text, bool catch_all, const char *good, const char *pointer,
                 struct address *ret, struct error *err) WARN_UNUSED;
/* The parts of the address in the path, whatever they are. */
void address_of_path(const struct call *c, struct address *ret);

/* Addresses that mail is sent on to, canonical and sorted. `own`: the address itself, which may not be among them. */
int address_targets(struct call *c, const struct json_strings *list, const char *pointer, const char *own,
                    struct json_strings *ret, struct error *err) WARN_UNUSED;

/* Does the installation have mail servers? ERROR_UNPROCESSABLE at the pointer. */
int address_check_servers(const struct call *c, const char *pointer, struct error *err) WARN_UNUSED;

/* The domain of a new address, whose mail is on, and its customer, who is open. NOT_FOUND and CONFLICT name the pointer. */
int address_place(struct change *ch, const struct address *at, const char *pointer, struct mail_place *ret,
                  struct error *err) WARN_UNUSED;

/* What a plan allows of mail. */
int64_t address_plan_bytes(const struct plan *p); /* the sum of quotas */
struct mail_use address_use_of(const struct tenant *t); /* what the customer has */
/* Has the plan room for `more` beside `have`? What does not grow is not looked at. ERROR_UNPROCESSABLE at one of the pointers: of a
 * number of mailboxes or aliases, or of quotas. */
int address_check_room(const struct call *c, const struct plan *p, const struct mail_use *have,
                       const struct mail_use *more, const char *number, const char *bytes,
                       struct error *err) WARN_UNUSED;

/* There is no such domain, or it is somebody else's: ERROR_NOT_FOUND that names the field. Returns -1. */
int address_no_domain(const char *domain, const char *pointer, struct error *err);
/* The store's CONFLICT of an address that is in use, at /address. Returns -1. */
int address_taken(struct error *err);

/* After a change: does mail to the address come back to it, go over too many others, or lead out of the customer's domains though a
 * catch-all leads here? Pointer NULL: the change is that it is gone, so that its mail is the catch-all's. */
int address_check_route(struct change *ch, const struct address *at, const char *customer, const char *pointer,
                        struct error *err) WARN_UNUSED;

const char *address_etag(struct call *c, int64_t created_ms, int64_t version);
/* What is kept of a request to know it again must not be a quick hash of a password: it is made without those. */
void address_hide_passwords(struct call *c, const json_t *body);
json_t *address_list_json(const char *const *list, size_t count); /* a new reference */

#endif
