/* Help, the reference and the completions, all from the table of commands. */
#ifndef BERTH_CMD_CLI_HELP_H
#define BERTH_CMD_CLI_HELP_H

#include <stdio.h>

#include "cmd/cli.h"

void cli_help_all(FILE *out, const char *program);
void cli_help_noun(FILE *out, const char *program, const char *noun);
void cli_help_command(FILE *out, const char *program, const struct cli_command *command);

/* "customer create ID --plan PLAN [--name NAME]" */
const char *cli_usage(struct arena *a, const struct cli_command *command);
/* The first line of a help text, for lists; and all of it as sentences. */
const char *cli_help_short(struct arena *a, const struct cli_command *command);
const char *cli_help_text(struct arena *a, const struct cli_command *command);
/* "--output, -o FORMAT" */
const char *cli_option_text(struct arena *a, const struct cli_param *option);

void cli_manual_markdown(FILE *out);
void cli_manual_man(FILE *out);
void cli_completion_write(FILE *out, const char *shell);

#endif
