/* berth: the command line. It parses, connects what the run needs, carries the command out, and turns errors into words. */
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/id.h"
#include "base/str.h"
#include "cmd/cli_args.h"
#include "cmd/cli_commands.h"
#include "cmd/cli_config.h"
#include "cmd/cli_help.h"
#include "cmd/cli_report.h"

/* kubectl starts its plugins by their own name, and people call them as kubectl's commands. */
static const char *program_name(const char *argv0)
{
    const char *slash = argv0 ? strrchr(argv0, '/') : NULL, *name = slash ? slash + 1 : argv0;

    return str_eq(name, "kubectl-berth") ? "kubectl berth" : "berth";
}

static bool is_set(const char *name)
{
    return !str_empty(getenv(name)); // NOLINT(concurrency-mt-unsafe): before threads
}

static void look_at_terminal(struct cli *cli)
{
    const char *term = getenv("TERM"); // NOLINT(concurrency-mt-unsafe): before threads
    bool color = !is_set("NO_COLOR") && !cli_has(cli, "no-color") && !str_eq(term, "dumb");

    cli->out_terminal = isatty(STDOUT_FILENO);
    cli->err_terminal = isatty(STDERR_FILENO);
    cli->out_color = cli->out_terminal && color;
    cli->err_color = cli->err_terminal && color;
    cli->utf8 = str_eq(nl_langinfo(CODESET), "UTF-8"); // NOLINT(concurrency-mt-unsafe): before threads
}

static int print_help(const struct cli *cli)
{
    if (cli->command)
        cli_help_command(stdout, cli->program, cli->command);
    else if (cli->noun)
        cli_help_noun(stdout, cli->program, cli->noun);
    else
        cli_help_all(stdout, cli->program);
    return 0;
}

static int run(struct cli *cli, int argc, char **argv, struct error *err)
{
    if (argc == 1) {
        cli_help_all(stderr, cli->program);
        return CLI_EXIT_USAGE;
    }
    int rc = cli_parse(cli, argc, argv, err);
    look_at_terminal(cli);
    if (rc < 0)
        return -1;
    if (cli->help)
        return print_help(cli);
    if (id_init(err) < 0)
        return -1;
    /* Settings that cannot be read are in the way of everything but signing in, which replaces them. */
    if (cli->command->method[0] && cli_config_apply(cli, err) < 0) {
        if (cli->command->run != cli_login)
            return -1;
        *err = ERROR_INIT;
    }
    return cli->command->run(cli, err);
}

/* What was printed must have arrived: a full disk is a failure, a reader that has seen enough is none of ours. */
static int close_output(struct cli *cli, int code)
{
    struct error err = ERROR_INIT;

    errno = 0;
    if ((fflush(stdout) == 0 && !ferror(stdout)) || code != CLI_EXIT_OK)
        return code;
    if (errno == EPIPE)
        return CLI_EXIT_FAILED;
    error_set_errno(&err, errno ? errno : EIO, "writing the output");
    return cli_report(cli, &err);
}

int main(int argc, char **argv)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct cli cli = { .arena = a, .program = program_name(argv[0]) };
    struct error err = ERROR_INIT;

    (void)setlocale(LC_CTYPE, ""); // NOLINT(concurrency-mt-unsafe): before threads
    (void)signal(SIGPIPE, SIG_IGN);
    int code = run(&cli, argc, argv, &err);
    if (code < 0)
        code = cli_report(&cli, &err);
    code = close_output(&cli, code);
    http_client_free(cli.client);
    return code;
}
