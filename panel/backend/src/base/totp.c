/* One-time codes: see totp.h. */
#include "base/totp.h"

#include <ctype.h>
#include <liboath/oath.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

enum { SECRET_BYTES = 20, RECOVERY_CHARS = 16, GROUP = 4 };

int totp_secret(struct arena *a, char **ret, struct error *err)
{
    char raw[SECRET_BYTES], *text = NULL;

    randombytes_buf(raw, sizeof raw);
    if (oath_base32_encode(raw, sizeof raw, &text, NULL) != OATH_OK)
        return error_set(err, ERROR_INTERNAL, "out of memory");
    *ret = arena_strdup(a, text);
    sodium_memzero(raw, sizeof raw);
    free(text);
    return 0;
}

char *totp_uri(struct arena *a, const char *issuer, const char *account, const char *secret)
{
    const char *who = str_url_encode(a, issuer);

    return arena_printf(a, "otpauth://totp/%s:%s?secret=%s&issuer=%s&algorithm=SHA1&digits=%d&period=%d", who,
                        str_url_encode(a, account), secret, who, TOTP_DIGITS, TOTP_STEP_S);
}

bool totp_is_code(const char *code)
{
    return strlen(code) == TOTP_DIGITS && strspn(code, "0123456789") == TOTP_DIGITS;
}

int totp_match(const char *secret, const char *code, int64_t now_s, bool *ret_matches, int64_t *ret_step,
               struct error *err)
{
    char *raw = NULL, right[TOTP_DIGITS + 1];
    size_t len;
    bool matches = false;

    if (oath_base32_decode(secret, strlen(secret), &raw, &len) != OATH_OK)
        return error_set(err, ERROR_INTERNAL, "the secret of a second factor is not base32");
    for (int64_t step = now_s / TOTP_STEP_S - 1; totp_is_code(code) && step <= now_s / TOTP_STEP_S + 1; step++)
        if (oath_totp_generate(raw, len, (time_t)(step * TOTP_STEP_S), TOTP_STEP_S, 0, TOTP_DIGITS, right) == OATH_OK &&
            sodium_memcmp(right, code, TOTP_DIGITS) == 0) {
            matches = true;
            *ret_step = step;
        }
    sodium_memzero(raw, len);
    free(raw);
    *ret_matches = matches;
    return 0;
}

char *totp_recovery_code(struct arena *a)
{
    static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz234567"; /* base32: 5 bits each */
    char code[RECOVERY_CHARS + 1] = "";

    for (int i = 0; i < RECOVERY_CHARS; i++)
        code[i] = alphabet[randombytes_uniform(sizeof alphabet - 1)];
    return totp_recovery_spelling(a, code);
}

char *totp_recovery_spelling(struct arena *a, const char *typed)
{
    struct strbuf out;
    size_t chars = 0;

    strbuf_init(&out, a, (size_t)2 * RECOVERY_CHARS);
    for (const char *p = typed; *p; p++) {
        if (!isalnum((unsigned char)*p))
            continue;
        if (chars && chars % GROUP == 0)
            strbuf_add(&out, "-");
        const char lower = (char)tolower((unsigned char)*p);
        strbuf_add_n(&out, &lower, 1);
        chars++;
    }
    return out.text;
}
