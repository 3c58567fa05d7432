/* What is shown on a terminal while an operation is waited for, and what ends the waiting: the time, or Ctrl-C. */
#ifndef BERTH_CMD_CLI_PROGRESS_H
#define BERTH_CMD_CLI_PROGRESS_H

#include <stdint.h>

#include "cmd/cli.h"

struct cli_progress;

enum cli_progress_kind {
    CLI_WAITING, /* Ctrl-C ends the waiting: the work goes on elsewhere */
    CLI_WORKING, /* Ctrl-C ends the process */
};

/* Starts; deadline_ms on the monotonic clock, 0: none. Nothing is drawn when stderr is no terminal, or with --quiet. */
int cli_progress_start(struct cli *cli, enum cli_progress_kind kind, int64_t deadline_ms, struct cli_progress **ret,
                       struct error *err) WARN_UNUSED;
/* The line that moves. */
void cli_progress_text(struct cli_progress *p, const char *text);
void cli_progress_operation(struct cli_progress *p, const json_t *operation);
void cli_progress_end(struct cli_progress *p); /* takes the moving line away; NULL is a no-op */

const volatile bool *cli_progress_stop(const struct cli_progress *p); /* becomes true at the deadline or by Ctrl-C */
bool cli_progress_interrupted(const struct cli_progress *p);

#endif
