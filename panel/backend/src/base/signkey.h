/* Key pairs that sign: RSA of 2048 bits and Ed25519 (OpenSSL's generator). Private keys are PKCS #8 in PEM (RFC 5958); public ones
 * are as DKIM publishes them in p= (RFC 6376, section 3.6.1; RFC 8463, section 4): base64 of the SubjectPublicKeyInfo for RSA, of
 * the 32 bytes for Ed25519. Private keys are in no message. */
#ifndef BERTH_BASE_SIGNKEY_H
#define BERTH_BASE_SIGNKEY_H

#include "base/arena.h"

enum signkey_kind { SIGNKEY_RSA, SIGNKEY_ED25519 };

/* Both strings are the arena's, and the private one is wiped with it. Some 100 ms for RSA, nothing to speak of for Ed25519. The one
 * Ed25519 key of 64 whose seed begins with '/' in base64 is not made: Rspamd would look for a file of that name. */
int signkey_make(struct arena *a, enum signkey_kind kind, char **ret_private, char **ret_public,
                 struct error *err) WARN_UNUSED;
/* What is published of a private key. INVALID when it is no key of one of the two kinds. */
int signkey_public(struct arena *a, const char *private_key, char **ret_public, struct error *err) WARN_UNUSED;
/* The 32 bytes of an Ed25519 private key (RFC 8032, section 5.1.5) in base64; INVALID for other keys. */
int signkey_seed(struct arena *a, const char *private_key, char **ret, struct error *err) WARN_UNUSED;
char *signkey_keep(struct arena *a, const char *secret); /* a copy that is wiped with the arena */

#endif
