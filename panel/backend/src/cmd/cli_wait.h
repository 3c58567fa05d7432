/* Following operations to their end. */
#ifndef BERTH_CMD_CLI_WAIT_H
#define BERTH_CMD_CLI_WAIT_H

#include "cmd/cli.h"

/* Called with each new state of the operation. */
typedef void (*cli_on_operation)(void *ctx, const json_t *operation);

struct cli_wait {
    const char *operation; /* its id */
    long timeout_s; /* 0: for ever */
    bool progress; /* draw it on a terminal */
    cli_on_operation on_operation; /* or NULL */
    void *ctx;
};

/* Follows the operation live, and by reading it again and again where the stream does not come through. *ret: the operation
 * when it is final, done or failed. When the time is over: ERROR_TIMEOUT, whose fields are the steps that are not true. */
int cli_wait_for(struct cli *cli, const struct cli_wait *w, json_t **ret, struct error *err) WARN_UNUSED;

/* As an error when it has failed. */
int cli_wait_check(const json_t *operation, struct error *err) WARN_UNUSED;

/* The steps of the operation that are not true, as fields of the error. Pure. */
void cli_wait_steps(const json_t *operation, struct error *err);

#endif
