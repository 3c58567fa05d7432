/* Who asks? A bearer token, or the cookie of a session; and the admin's first token. */
#ifndef BERTH_API_AUTH_H
#define BERTH_API_AUTH_H

#include "api/call.h"

#define AUTH_COOKIE "__Host-berth"
#define AUTH_SCOPE_ALL "read write"
#define AUTH_SCOPE_READ "read"

/* Fills who asks into the call. ERROR_UNAUTHENTICATED without a valid token or session; ERROR_FORBIDDEN
 * when a cookie came with a request that changes something, from another origin than the panel's. */
int auth_check(struct call *c, struct error *err) WARN_UNUSED;

/* ERROR_FORBIDDEN unless the Origin is the panel's; a request without one passes when `required` is false. */
int auth_origin(const struct call *c, bool required, struct error *err) WARN_UNUSED;

/* The stored row of a token; kind "token" or "session". ERROR_UNAUTHENTICATED when there is none. */
int auth_token(struct call *c, const char *secret, const char *kind, struct token *ret, struct error *err) WARN_UNUSED;

/* What a token says of who asks, put into the call. */
void auth_enter(struct call *c, const struct token *t);
const char *auth_token_id(struct arena *a); /* a new one */

/* When there is no way in for an admin: enters the token of admin_token_file, or makes one and writes it to
 * <data_dir>/admin-token. Of processes that start at once, one does. */
int auth_first_token(const struct api_config *config, struct error *err) WARN_UNUSED;

#endif
