/* The command line `berth`: what its parts share.
 *
 * commands.def is the one table of commands. cli_args.c turns argv into a command and its values by it; cli_help.c,
 * cli_manual.c and cli_completion.c write help, manual and completions from it; most commands are one request and are
 * carried out by cli_run.c from their row alone. A file cli_<noun>.c holds the columns of a noun and what is special to it.
 * Everything goes over the HTTP API (docs/openapi.yaml). Data goes to stdout, messages and progress to stderr.
 */
#ifndef BERTH_CMD_CLI_H
#define BERTH_CMD_CLI_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/http.h"

enum { CLI_EXIT_OK = 0, CLI_EXIT_FAILED = 1, CLI_EXIT_USAGE = 2, CLI_EXIT_SIGN_IN = 4, CLI_EXIT_INTERRUPTED = 130 };

/* --- the table --- */

enum cli_kind {
    CLI_ARG,
    CLI_ARG_OPTIONAL,
    CLI_ARG_MANY, /* one or more; the last argument of its command */
    CLI_OPTION,
    CLI_OPTION_REQUIRED,
    CLI_OPTION_MANY, /* may be given several times */
    CLI_FLAG,
};

enum cli_type { CLI_TEXT, CLI_NUMBER, CLI_FILE };

/* Where a value goes in the request that a command makes. */
enum cli_place { CLI_NOWHERE, CLI_PATH, CLI_QUERY, CLI_BODY };

struct cli_param {
    enum cli_kind kind;
    enum cli_type type;
    const char *name; /* of an argument "ID", of an option "plan" */
    char letter; /* "-o"; 0: none */
    const char *value; /* the value's name in help; NULL of a flag */
    enum cli_place place;
    const char *field; /* its name in the query or the body, so also in the problems of the API */
    const char *complete; /* "a|b|c": one of these; a noun whose ids it takes; "explain": a resource; NULL: anything */
    const char *help;
    unsigned traits; /* of a shared option: the commands that have it; 0: all */
};

enum cli_trait {
    CLI_PRINTS = 1 << 0, /* has --output */
    CLI_WATCHES = 1 << 1, /* has --watch */
    CLI_WAITS = 1 << 2, /* its answer is an operation: --wait, --timeout */
    CLI_WAITED = 1 << 3, /* waits by itself: --no-wait, --timeout */
    CLI_DRY = 1 << 4, /* has --dry-run */
    CLI_ASKS = 1 << 5, /* cannot be undone: --yes */
};

struct cli;
struct cli_view;

/* Carries out a command: its exit code, or -1 with *err. */
typedef int (*cli_run)(struct cli *cli, struct error *err);

struct cli_command {
    const char *noun; /* of a command without a noun: its name */
    const char *verb; /* "" when there is no noun */
    cli_run run;
    const char *method, *path; /* of its request; arguments stand in braces in the path */
    const struct cli_view *view; /* how its answer is shown */
    unsigned traits;
    const char *done; /* what has happened to the subject when it is done: "suspended" */
    const char *help, *example; /* example: lines without the program's name; NULL: none */
    const struct cli_param *params; /* up to one without name */
};

struct cli_noun {
    const char *name, *help;
};

extern const struct cli_noun cli_nouns[]; /* up to one without name */
extern const struct cli_command cli_commands[]; /* up to one without noun */
extern const struct cli_param cli_shared[]; /* up to one without name */

const struct cli_noun *cli_find_noun(const char *name);
const struct cli_command *cli_find_command(const char *noun, const char *verb);
bool cli_is_option(const struct cli_param *p);
bool cli_is_listed(const struct cli_param *p); /* its values are those that the server has */
bool cli_takes(const struct cli_command *command, const struct cli_param *shared);

/* --- one run --- */

enum cli_format { CLI_TABLE, CLI_WIDE, CLI_JSON, CLI_YAML, CLI_NAME };

struct cli_value {
    const struct cli_param *param;
    const char *text;
};

struct cli {
    struct arena *arena;
    const char *program; /* as the user calls it: "berth", "kubectl berth" */
    const struct cli_command *command; /* NULL: help was asked for a noun, or for all */
    const char *noun; /* as far as the command line named it */
    bool help;
    size_t value_count;
    struct cli_value *values;

    enum cli_format format;
    bool quiet, verbose, dry_run, wait;
    long timeout_s;
    bool out_terminal, err_terminal; /* what stdout and stderr are */
    bool out_color, err_color, utf8;

    const char *server, *token, *ca;
    struct http_client *client; /* NULL until the first request */
    const char *request_id; /* of the last answer that was an error */
    bool usage_error; /* the error is about how berth was called */
    bool interrupted; /* the error is that the user stopped waiting */
};

/* The value of a parameter of the command, or NULL; the last one when there are several. */
const char *cli_get(const struct cli *cli, const char *name);
bool cli_has(const struct cli *cli, const char *name);

/* An error about how berth was called: exit code 2. Returns -1. */
int cli_usage_error(struct cli *cli, struct error *err, const char *format, ...) PRINTF_LIKE(3, 4);

/* A line on stderr, unless --quiet. */
void cli_say(const struct cli *cli, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
