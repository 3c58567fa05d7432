/* Who may do what, by the one table api/access.def. The server asks before every handler; no handler decides by itself. */
#ifndef BERTH_API_ACCESS_H
#define BERTH_API_ACCESS_H

#include "api/call.h"

/* ERROR_NOT_FOUND when what the path names is not the caller's, just as if it were not there; then ERROR_FORBIDDEN when the
 * caller's role, or the token's scope, is not enough. A customer in the body that is not the caller's is a fault of its field. */
int access_check(struct call *c, const char *operation_id, struct error *err) WARN_UNUSED;

/* The second half of it alone: may the caller's role and token do this to anything? */
int access_check_role(struct call *c, const char *operation_id, struct error *err) WARN_UNUSED;

/* The bounds of lists, as struct page has them. */
const char *access_account(const struct call *c);
const char *access_customer(const struct call *c);

/* May the caller see this customer? One that does not exist: no, but for admins. */
int access_sees(struct call *c, const char *customer, bool *ret, struct error *err) WARN_UNUSED;
/* May the caller see and manage this user? */
int access_sees_user(struct call *c, const struct user *u, bool *ret, struct error *err) WARN_UNUSED;
bool access_may_grant(const struct call *c, enum user_role role); /* may the caller make somebody this? */

void access_print(FILE *out);

#endif
