/* The whole reference at once: docs/CLI.md and the man page. */
#include <string.h>

#include "base/str.h"
#include "cmd/cli_commands.h"
#include "cmd/cli_help.h"

static const char exit_codes[] =
    "0: done. 1: it failed (of `diff`: something differs). 2: called wrongly. 4: not signed in. "
    "130: stopped by Ctrl-C.";
static const char streams[] =
    "Data goes to stdout, messages and progress to stderr; progress is drawn on a terminal only.";
static const char planning[] = "`berth plan customer create example --plan small` is the same as `berth customer "
                               "create example --plan small --dry-run`: "
                               "a noun behind `plan` makes a dry run of the command that it begins.";
static const char environment[] =
    "`BERTH_SERVER`, `BERTH_TOKEN` and `BERTH_CA` stand for --server, --token and --ca. `NO_COLOR` switches colours "
    "off. The "
    "sign-in is kept in `$XDG_CONFIG_HOME/berth/config.json` or `~/.config/berth/config.json`.";

/* --- Markdown --- */

static void md_params(FILE *out, struct arena *a, const struct cli_command *c)
{
    for (const struct cli_param *p = c->params; p->name; p++)
        fprintf(out, "- `%s`: %s\n", cli_is_option(p) ? cli_option_text(a, p) : p->name, p->help);
    for (const struct cli_param *o = cli_shared; o->name; o++)
        if (o->traits && cli_takes(c, o))
            fprintf(out, "- `%s`: %s\n", cli_option_text(a, o), o->help);
}

static void md_command(FILE *out, const struct cli_command *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const char *usage = cli_usage(a, c), *name = c->verb[0] ? arena_printf(a, "%s %s", c->noun, c->verb) : c->noun;

    fprintf(out, "\n### berth %s\n\n`berth %s`\n\n", name, usage);
    fprintf(out, "%s\n\n", cli_help_text(a, c));
    md_params(out, a, c);
    fputs("\n```\n", out);
    for (char **line = str_split(a, c->example, '\n', NULL); *line; line++)
        fprintf(out, "berth %s\n", *line);
    fputs("```\n", out);
}

void cli_manual_markdown(FILE *out)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();

    fprintf(out,
            "# The command line\n\nWritten by `berth help --markdown`; a test holds this file to it.\n\n"
            "`berth NOUN VERB [ARGUMENTS] [OPTIONS]` does over the HTTP API what the panel does. %s\n\n"
            "Exit codes. %s\n\n%s\n\n%s\n\nOptions of every command:\n\n",
            streams, exit_codes, planning, environment);
    for (const struct cli_param *o = cli_shared; o->name; o++)
        if (o->traits == 0)
            fprintf(out, "- `%s`: %s\n", cli_option_text(a, o), o->help);
    for (const struct cli_noun *n = cli_nouns; n->name; n++) {
        fprintf(out, "\n## %s: %s\n", n->name, n->help);
        for (const struct cli_command *c = cli_commands; c->noun; c++)
            if (str_eq(c->noun, n->name))
                md_command(out, c);
    }
    fputs("\n## Commands without a noun\n", out);
    for (const struct cli_command *c = cli_commands; c->noun; c++)
        if (!c->verb[0])
            md_command(out, c);
}

/* --- man(7) --- */

/* Text without what roff takes for its own; backquotes of Markdown are left out. */
static void roff(FILE *out, const char *text)
{
    bool begin = true;

    for (; *text; text++) {
        if (begin && (*text == '.' || *text == '\''))
            fputs("\\&", out);
        begin = *text == '\n';
        if (*text == '-')
            fputs("\\-", out);
        else if (*text == '\\')
            fputs("\\e", out);
        else if (*text != '`')
            fputc(*text, out);
    }
}

static void man_item(FILE *out, const char *name, const char *help)
{
    fputs(".TP\n.B ", out);
    roff(out, name);
    fputc('\n', out);
    roff(out, help);
    fputc('\n', out);
}

static void man_command(FILE *out, const struct cli_command *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();

    fputs(".SS ", out);
    roff(out, cli_usage(a, c));
    fputc('\n', out);
    roff(out, cli_help_text(a, c));
    fputc('\n', out);
    for (const struct cli_param *p = c->params; p->name; p++)
        man_item(out, cli_is_option(p) ? cli_option_text(a, p) : p->name, p->help);
    for (const struct cli_param *o = cli_shared; o->name; o++)
        if (o->traits && cli_takes(c, o))
            man_item(out, cli_option_text(a, o), o->help);
    fputs(".PP\n.EX\n", out);
    for (char **line = str_split(a, c->example, '\n', NULL); *line; line++)
        roff(out, arena_printf(a, "berth %s\n", *line));
    fputs(".EE\n", out);
}

static void man_section(FILE *out, const char *title, const char *text)
{
    fprintf(out, ".SH %s\n", title);
    roff(out, text);
    fputc('\n', out);
}

void cli_manual_man(FILE *out)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();

    fputs(".TH BERTH 1 \"\" \"berth " BERTH_VERSION
          "\" \"Berth\"\n.SH NAME\nberth \\- web hosting on Kubernetes, from the "
          "command line\n.SH SYNOPSIS\n.B berth\n.I NOUN VERB\n[\\fIARGUMENTS\\fR] [\\fIOPTIONS\\fR]\n",
          out);
    man_section(out, "DESCRIPTION", arena_printf(a, "%s\n%s", streams, planning));
    fputs(".SH OPTIONS OF EVERY COMMAND\n", out);
    for (const struct cli_param *o = cli_shared; o->name; o++)
        if (o->traits == 0)
            man_item(out, cli_option_text(a, o), o->help);
    for (const struct cli_noun *n = cli_nouns; n->name; n++) {
        fputs(".SH ", out);
        for (const char *p = n->name; *p; p++)
            fputc(*p - 'a' + 'A', out);
        fputc('\n', out);
        for (const struct cli_command *c = cli_commands; c->noun; c++)
            if (str_eq(c->noun, n->name))
                man_command(out, c);
    }
    fputs(".SH COMMANDS WITHOUT A NOUN\n", out);
    for (const struct cli_command *c = cli_commands; c->noun; c++)
        if (!c->verb[0])
            man_command(out, c);
    man_section(out, "EXIT STATUS", exit_codes);
    man_section(out, "ENVIRONMENT", environment);
}
