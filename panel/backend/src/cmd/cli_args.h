/* argv to a command and its values, by the table of commands. */
#ifndef BERTH_CMD_CLI_ARGS_H
#define BERTH_CMD_CLI_ARGS_H

#include "cmd/cli.h"

/* Fills command, noun, help, values and what the shared options say. An error is one of usage, and names the nearest
 * command or option. `plan NOUN VERB ...` is `NOUN VERB ... --dry-run`. */
int cli_parse(struct cli *cli, int argc, char *const *argv, struct error *err) WARN_UNUSED;

#endif
