/* Commands that are one request, and what special ones borrow from them. */
#ifndef BERTH_CMD_CLI_RUN_H
#define BERTH_CMD_CLI_RUN_H

#include "cmd/cli_api.h"
#include "cmd/cli_output.h"

/* Every page of a list, at most `limit` items (0: all). The array belongs to cli->arena. */
int cli_fetch_list(struct cli *cli, const char *path, long limit, json_t **ret, struct error *err) WARN_UNUSED;

/* --limit, or what the view says. */
long cli_limit(const struct cli *cli);

/* Prints what an accepted change answered; waits for it before when that is asked for. done: as in the table. */
int cli_finish(struct cli *cli, const struct cli_reply *reply, const char *done, struct error *err) WARN_UNUSED;

/* The request of the command with this body (NULL: none) and If-Match (NULL: none), carried out to its end. */
int cli_change_with(struct cli *cli, const json_t *body, const char *if_match, const char *done,
                    struct error *err) WARN_UNUSED;

/* Asks whether to go on with what cannot be undone; `name` must be typed. Without a terminal --yes is needed. */
int cli_confirm(struct cli *cli, const char *what, const char *name, struct error *err) WARN_UNUSED;

/* Calls `fetch` every two seconds and prints what is new or has changed, until Ctrl-C. */
typedef int (*cli_fetch)(struct cli *cli, json_t **ret_items, struct error *err);
int cli_watch(struct cli *cli, cli_fetch fetch, struct error *err) WARN_UNUSED;

/* --password-file, the terminal without showing it, or a pipe. */
int cli_read_password(struct cli *cli, const char **ret, struct error *err) WARN_UNUSED;

/* The changes of a dry run or a diff. */
int cli_print_changes(struct cli *cli, const json_t *answer, const char *none, struct error *err) WARN_UNUSED;

#endif
