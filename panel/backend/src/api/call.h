/* One request on its way through the API: what every handler is given, how it reads the request, and how it answers. */
#ifndef BERTH_API_CALL_H
#define BERTH_API_CALL_H

#include <jansson.h>
#include <semaphore.h>

#include "api/api.h"
#include "base/httpd.h"
#include "base/json.h"

enum { CALL_SEGMENTS = 3 };

struct call {
    const struct api_config *config;
    struct store *store;
    const char *openapi; /* this API's description as JSON text */
    struct httpd_request *req; /* NULL when nobody waits for an answer: a bulk change (api/bulk.h) */
    struct httpd_response *res;
    struct arena *arena; /* of the request */
    const char *segments[CALL_SEGMENTS]; /* what stands for the path's {segments}; "" */
    const char *segment; /* the first of them */
    const char
        *user; /* who asks: an e-mail address, or "admin" for the installation's own; NULL when the route is public */
    const char *account; /* the user's id; "": the installation's own */
    enum user_role role;
    const char *token, *bound; /* id of what was signed in by; the only customer that it is good for, "" for all */
    bool may_write; /* false: it is good for reading only */
    sem_t *hashing; /* held while a password is hashed: see api/signin.h */
    const char *session; /* hash of the session's cookie; NULL with a token */
    int64_t expires_ms; /* of the session; 0: never */
    const char *request_id; /* when req is NULL: of the request that asked for this */
    json_t *body; /* as call_body() has parsed it */
    const char *body_digest; /* SHA-256 of a body that was not kept in memory; NULL otherwise */
};

/* The body as a JSON object: ERROR_INVALID when it is none, ERROR_BAD_TYPE when it says so itself. An empty body gives an
 * empty object unless it is required. */
int call_body(struct call *c, bool required, json_t **ret, struct error *err) WARN_UNUSED;

/* Query parameters. A bad one is ERROR_INVALID with the pointer "/name". Absent ones leave *ret as it is. */
int call_bad_query(struct error *err, const char *name, const char *message);
int call_query_bool(const struct call *c, const char *name, bool *ret, struct error *err) WARN_UNUSED;
int call_query_int(const struct call *c, const char *name, int64_t min, int64_t max, int64_t *ret,
                   struct error *err) WARN_UNUSED;

extern const char *const call_bools[]; /* for call_query_word() */
/* One of `words` (NULL at the end), or absent: NULL. */
int call_query_word(const struct call *c, const char *name, const char *const words[], const char **ret,
                    struct error *err) WARN_UNUSED;

/* Answers. body is borrowed; it must belong to the request's arena or live for ever. Each returns 0. */
int call_answer(struct call *c, int status, const json_t *body);
int call_answer_text(struct call *c, int status, const char *content_type, const char *text);
int call_answer_empty(struct call *c); /* 204 */
/* 200, with an ETag of what is answered: for what has no version of its own. */
int call_answer_tagged(struct call *c, const json_t *body);

/* `"<version>"`, quoted as RFC 9110 has it. */
char *call_etag(struct call *c, int64_t version);
/* The headers of a change that are there are well-formed: If-Match is "*" or a list of entity tags (RFC 9110, 13.1.1),
 * Idempotency-Key a word; otherwise ERROR_INVALID. An empty one is not taken for an absent one, by which a change without its
 * condition would be made. */
int call_check_headers(const struct call *c, struct error *err) WARN_UNUSED;
/* The request's If-Match holds etag, or is "*", or is absent; otherwise ERROR_STALE. */
int call_if_match(struct call *c, const char *etag, struct error *err) WARN_UNUSED;
/* The same, but absent is ERROR_PRECONDITION: for changes that replace all of what somebody else may have changed. */
int call_need_match(struct call *c, const char *etag, struct error *err) WARN_UNUSED;
const char *call_request_id(const struct call *c);

#endif
