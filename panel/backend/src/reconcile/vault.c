/* DKIM keys for Rspamd: see vault.h. */
#include "reconcile/vault.h"

#include <sodium.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "base/log.h"
#include "base/signkey.h"
#include "base/str.h"

int vault_token(struct arena *a, const char *file, const char **ret, struct error *err)
{
    char *text;

    *ret = NULL;
    if (str_empty(file))
        return 0;
    if (file_read(a, file, VAULT_TOKEN_MAX, &text, NULL, err) < 0)
        return error_context(err, "BERTH_DKIM_TOKEN_FILE");
    text = str_trim(a, text);
    if (strlen(text) < VAULT_TOKEN_MIN)
        return error_set(err, ERROR_INVALID, "BERTH_DKIM_TOKEN_FILE: %s must hold at least %d random characters", file,
                         VAULT_TOKEN_MIN);
    *ret = text;
    return 0;
}

/* As long as the answer is sent, and wiped with the request's arena. */
static void answer(struct httpd_response *res, struct arena *a, int status, json_t *body)
{
    res->status = status;
    res->content_type = "application/json";
    res->body = signkey_keep(a, json_text(a, json_own(a, body)));
    res->body_len = strlen(res->body);
}

static void refuse(struct httpd_response *res, struct arena *a, int status, const char *why)
{
    answer(res, a, status, json_pack("{s:[s]}", "errors", why));
}

static bool is_token(const char *given, const char *token)
{
    return token && given && strlen(given) == strlen(token) && sodium_memcmp(given, token, strlen(token)) == 0;
}

static int key_text(struct arena *a, const struct dkim_signer *s, const char **ret, struct error *err)
{
    char *seed;

    if (s->key.algorithm == DKIM_RSA) {
        *ret = s->private_key;
        return 0;
    }
    if (signkey_seed(a, s->private_key, &seed, err) < 0)
        return -1;
    *ret = seed;
    return 0;
}

static int selectors(struct store *s, struct arena *a, const char *domain, json_t *ret, struct error *err)
{
    struct dkim_signer *signers;
    const char *key = NULL;
    size_t count;

    if (store_dkim_signers(s, a, domain, &signers, &count, err) < 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        if (key_text(a, &signers[i], &key, err) < 0)
            return -1;
        json_array_append_new(ret, json_pack("{s:s, s:s, s:s}", "selector", signers[i].key.selector, "domain",
                                             signers[i].key.domain, "key", key));
    }
    return 0;
}

void vault_answer(struct store *s, const char *token, struct httpd_request *req, const char *domain,
                  struct httpd_response *res)
{
    struct arena *a = httpd_arena(req);
    struct error err = ERROR_INIT;
    json_t *list = json_own(a, json_array());

    if (!is_token(httpd_header(req, "X-Vault-Token"), token)) {
        refuse(res, a, 403, "permission denied");
    } else if (selectors(s, a, str_lower(a, domain), list, &err) < 0) {
        log_line(LOG_LEVEL_WARN, "DKIM keys cannot be read", LOG_S("domain", domain), LOG_S("error", err.message));
        refuse(res, a, 503, "the keys cannot be read now");
    } else if (json_array_size(list) == 0) {
        refuse(res, a, 404, "no key signs for this domain");
    } else {
        answer(res, a, 200, json_pack("{s:{s:O}}", "data", "selectors", list));
    }
}
