/* One-time codes by time (RFC 6238, by liboath): HMAC-SHA-1, six digits, steps of 30 seconds, which is what every authenticator
 * knows. The secret has 160 bits and is text in base32 (RFC 4648). And recovery codes, for whoever lost the authenticator. */
#ifndef BERTH_BASE_TOTP_H
#define BERTH_BASE_TOTP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

enum { TOTP_DIGITS = 6, TOTP_STEP_S = 30, TOTP_RECOVERY_CODES = 10 };

int totp_secret(struct arena *a, char **ret, struct error *err) WARN_UNUSED; /* a new one */
/* otpauth://totp/ISSUER:ACCOUNT?..., as authenticators read it from a QR code. */
char *totp_uri(struct arena *a, const char *issuer, const char *account, const char *secret);
bool totp_is_code(const char *code); /* six digits? */
/* Is the code that of now, or of the step before or after it, since clocks differ? Then *ret_step is its step: the caller
 * accepts each step once. INTERNAL when the secret is not base32. */
int totp_match(const char *secret, const char *code, int64_t now_s, bool *ret_matches, int64_t *ret_step,
               struct error *err) WARN_UNUSED;

/* 80 random bits: "mfrg-gzdf-mztw-q2lk". */
char *totp_recovery_code(struct arena *a);
/* As people type it, brought to its one spelling: lower case, with dashes where they belong. */
char *totp_recovery_spelling(struct arena *a, const char *typed);

#endif
