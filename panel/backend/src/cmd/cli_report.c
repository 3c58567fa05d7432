/* Errors as people read them: see cli_report.h. */
#include "cmd/cli_report.h"

#include <stdarg.h>
#include <string.h>

#include "base/str.h"
#include "cmd/cli_output.h"

void cli_say(const struct cli *cli, const char *format, ...)
{
    va_list args;

    if (cli->quiet)
        return;
    va_start(args, format);
    fprintf(stderr, "%s\n", arena_vprintf(cli->arena, format, args));
    va_end(args);
}

/* The n-th value of a parameter, or NULL. */
static const char *nth_value(const struct cli *cli, const struct cli_param *p, size_t n)
{
    for (size_t i = 0; i < cli->value_count; i++)
        if (cli->values[i].param == p && n-- == 0)
            return cli->values[i].text;
    return NULL;
}

static const char *param_name(const struct cli *cli, const struct cli_param *p, const char *index)
{
    const char *name = cli_is_option(p) ? arena_printf(cli->arena, "--%s", p->name) : p->name;
    struct error ignored = ERROR_INIT;
    int64_t n;

    if (index[0] != '/' || str_to_i64(index + 1, 0, 100000, &n, &ignored) < 0)
        return name;
    const char *value = nth_value(cli, p, (size_t)n);
    return value ? arena_printf(cli->arena, "%s %lld (%s)", name, (long long)n + 1, value) : name;
}

const char *cli_pointer_name(const struct cli *cli, const char *pointer)
{
    size_t len = pointer[0] == '/' ? strcspn(pointer + 1, "/") : 0;

    if (str_eq(pointer, "/dryRun"))
        return "--dry-run";
    for (const struct cli_param *p = cli->command ? cli->command->params : NULL; p && p->name; p++)
        if (len && p->field && strlen(p->field) == len && strncmp(pointer + 1, p->field, len) == 0)
            return param_name(cli, p, pointer + 1 + len);
    if (len && cli->command && str_eq(pointer, "/limit"))
        return "--limit";
    return pointer;
}

static void print_fields(const struct cli *cli, const struct error *err)
{
    for (size_t i = 0; i < err->field_count; i++) {
        const char *name = cli_pointer_name(cli, err->fields[i].pointer);
        fprintf(stderr, "  %s%s%s\n", cli_clean(cli->arena, name), name[0] ? ": " : "",
                cli_clean(cli->arena, err->fields[i].message));
    }
}

/* What the user can do about it, when there is one thing that helps. */
static const char *hint(const struct cli *cli, const struct error *err)
{
    if (err->code == ERROR_UNAUTHENTICATED)
        return arena_printf(cli->arena, "sign in with: %s login %s", cli->program, cli->server ? cli->server : "URL");
    if (strstr(err->message, "SSL certificate problem"))
        return "when the server has a certificate authority of its own, name its file with --ca FILE";
    if (cli->usage_error && cli->command && cli->command->verb[0])
        return arena_printf(cli->arena, "see: %s help %s %s", cli->program, cli->command->noun, cli->command->verb);
    if (cli->usage_error && cli->noun)
        return arena_printf(cli->arena, "see: %s help %s", cli->program, cli->noun);
    return NULL;
}

/* "berth: --plan: there is no plan 'huge'" when one field is all there is to say. */
static void print_error(const struct cli *cli, const struct error *err)
{
    const char *red = cli->err_color ? "\033[31m" : "", *off = cli->err_color ? "\033[0m" : "";
    bool only = err->field_count == 1 && err->fields[0].pointer[0] == '/' &&
                str_ends(err->message, err->fields[0].message);

    fprintf(stderr, "%s%s:%s ", red, cli->program, off);
    if (only)
        fprintf(stderr, "%s: %s\n", cli_clean(cli->arena, cli_pointer_name(cli, err->fields[0].pointer)),
                cli_clean(cli->arena, err->fields[0].message));
    else if (err->field_count > 1 && err->fields[0].pointer[0] == '/')
        fprintf(stderr, "%zu values are not valid:\n", err->field_count);
    else
        fprintf(stderr, "%s\n", cli_clean(cli->arena, err->message));
    if (!only)
        print_fields(cli, err);
}

int cli_report(struct cli *cli, const struct error *err)
{
    const char *advice = hint(cli, err);

    (void)fflush(stdout);
    print_error(cli, err);
    if (advice)
        fprintf(stderr, "%s\n", advice);
    if (cli->request_id)
        fprintf(stderr, "(request %s)\n", cli_clean(cli->arena, cli->request_id));
    if (cli->usage_error)
        return CLI_EXIT_USAGE;
    if (cli->interrupted)
        return CLI_EXIT_INTERRUPTED;
    return err->code == ERROR_UNAUTHENTICATED ? CLI_EXIT_SIGN_IN : CLI_EXIT_FAILED;
}
