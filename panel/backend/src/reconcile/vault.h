/* DKIM keys for Rspamd, by the protocol that its module dkim_signing speaks to a Vault (`use_vault`): a GET of
 * /v1/dkim/DOMAIN with the header X-Vault-Token. The answer is {"data":{"selectors":[{"selector","domain","key"}]}}, with RSA keys
 * in PEM and Ed25519 keys as the 32 bytes of the seed in base64, which is the form that Rspamd reads them in. */
#ifndef BERTH_RECONCILE_VAULT_H
#define BERTH_RECONCILE_VAULT_H

#include "base/httpd.h"
#include "store/dkim.h"

enum { VAULT_TOKEN_MIN = 16, VAULT_TOKEN_MAX = 512 };

/* The token in the file, of which white space at the ends is no part; file "": NULL, and nobody is answered. INVALID when it is too
 * short to be secret. */
int vault_token(struct arena *a, const char *file, const char **ret, struct error *err) WARN_UNUSED;
/* Answers for the domain: 403 for a wrong token, 404 when its mail is not signed, 503 when the store does not answer. */
void vault_answer(struct store *s, const char *token, struct httpd_request *req, const char *domain,
                  struct httpd_response *res);

#endif
