/* Requests to the API: retried where that is safe, and problems as errors. */
#ifndef BERTH_CMD_CLI_API_H
#define BERTH_CMD_CLI_API_H

#include "cmd/cli.h"

struct cli_call {
    const char *method, *path;
    const json_t *body; /* or NULL */
    int body_fd; /* > 0: the body, body_len bytes of content_type */
    size_t body_len;
    const char *content_type;
    const char *sha256; /* of body_fd */
    const char *if_match; /* or NULL */
    bool as_text; /* the answer is no JSON */
};

struct cli_reply {
    long status; /* 2xx */
    json_t *json; /* an empty object when there is no body */
    const char *etag; /* or NULL */
    const char *text; /* the answer as it came, when that was asked for */
};

/* Makes cli->client. Without a server or a token: ERROR_UNAUTHENTICATED. */
int cli_connect(struct cli *cli, struct error *err) WARN_UNUSED;

/* An answer of 2xx. Everything else is an error of the status's code, with the fields that the problem names and
 * cli->request_id. A GET and a POST (which carries an Idempotency-Key) are sent again when the connection fails; any
 * request is when the server says that it accepted nothing (429, 503), after the time that it asks for. */
int cli_call(struct cli *cli, const struct cli_call *call, struct cli_reply *ret, struct error *err) WARN_UNUSED;

/* The command's path with its arguments, and the query of its options. */
const char *cli_request_path(const struct cli *cli);
const char *cli_fill_path(const struct cli *cli, const char *pattern); /* "{ID}" becomes the argument's value */
json_t *cli_request_body(const struct cli *cli); /* NULL: the command's parameters give none */

/* Takes the value over. A field "filter/plan" lies in an object of its own. */
void cli_put_field(json_t *body, const char *field, json_t *value);

/* An answer of 4xx or 5xx as an error. retry_after_s is set. Pure but for cli->request_id. */
int cli_problem(struct cli *cli, const struct http_response *res, struct error *err);

#endif
