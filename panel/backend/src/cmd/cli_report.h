/* Errors as people read them. */
#ifndef BERTH_CMD_CLI_REPORT_H
#define BERTH_CMD_CLI_REPORT_H

#include "cmd/cli.h"

/* Prints the error to stderr, with the options and arguments that its fields came from, and what to do; returns the exit
 * code. */
int cli_report(struct cli *cli, const struct error *err);

/* The option or argument that a JSON pointer of a problem came from: "--plan", "ID", "HOSTNAME 2 (x.example)"; the pointer
 * itself when no parameter of the command has that field. Pure. */
const char *cli_pointer_name(const struct cli *cli, const char *pointer);

#endif
