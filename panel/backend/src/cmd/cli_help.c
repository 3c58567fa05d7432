/* Help on the terminal: see cli_help.h. */
#include "cmd/cli_help.h"

#include <string.h>

#include "base/str.h"
#include "cmd/cli_commands.h"

enum { WIDTH = 80, NAME_WIDTH = 24 };

const char *cli_help_short(struct arena *a, const struct cli_command *command)
{
    return arena_strndup(a, command->help, strcspn(command->help, "\n"));
}

const char *cli_help_text(struct arena *a, const struct cli_command *command)
{
    char *first = arena_strdup(a, cli_help_short(a, command));
    const char *rest = strchr(command->help, '\n');

    if (first[0] >= 'a' && first[0] <= 'z')
        first[0] = (char)(first[0] - 'a' + 'A');
    return arena_printf(a, "%s.%s%s", first, rest ? " " : "", rest ? rest + 1 : "");
}

const char *cli_option_text(struct arena *a, const struct cli_param *o)
{
    const char *letter = o->letter ? arena_printf(a, ", -%c", o->letter) : "";

    return o->value ? arena_printf(a, "--%s%s %s", o->name, letter, o->value)
                    : arena_printf(a, "--%s%s", o->name, letter);
}

const char *cli_usage(struct arena *a, const struct cli_command *c)
{
    const char *text = c->verb[0] ? arena_printf(a, "%s %s", c->noun, c->verb) : c->noun;

    for (const struct cli_param *p = c->params; p->name; p++) {
        if (p->kind == CLI_ARG)
            text = arena_printf(a, "%s %s", text, p->name);
        else if (p->kind == CLI_ARG_OPTIONAL)
            text = arena_printf(a, "%s [%s]", text, p->name);
        else if (p->kind == CLI_ARG_MANY)
            text = arena_printf(a, "%s %s...", text, p->name);
        else if (p->kind == CLI_OPTION_REQUIRED)
            text = arena_printf(a, "%s --%s %s", text, p->name, p->value);
        else if (p->kind == CLI_OPTION_MANY)
            text = arena_printf(a, "%s [--%s %s]...", text, p->name, p->value);
        else
            text = arena_printf(a, p->value ? "%s [--%s %s]" : "%s [--%s]", text, p->name, p->value);
    }
    return text;
}

/* Words within WIDTH, the second and later lines beneath the first; `at` is where the first begins. */
static void wrap(FILE *out, const char *text, size_t indent, size_t at)
{
    while (*text) {
        size_t len = strcspn(text, " ");
        if (at > indent && at + 1 + len > WIDTH) {
            fprintf(out, "\n%*s", (int)indent, "");
            at = indent;
        } else if (at > indent) {
            fputc(' ', out);
            at++;
        }
        fprintf(out, "%.*s", (int)len, text);
        at += len;
        text += len + strspn(text + len, " ");
    }
    fputc('\n', out);
}

static void entry(FILE *out, const char *name, const char *help)
{
    size_t len = strlen(name);

    fprintf(out, "  %-*s", NAME_WIDTH, name);
    if (len >= NAME_WIDTH)
        fprintf(out, "\n%*s", NAME_WIDTH + 2, "");
    wrap(out, help, NAME_WIDTH + 2, NAME_WIDTH + 2);
}

void cli_help_all(FILE *out, const char *program)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();

    fprintf(out, "usage: %s NOUN VERB [ARGUMENTS] [OPTIONS]\n\nWeb hosting on Kubernetes, one customer a namespace.\n",
            program);
    for (const struct cli_noun *n = cli_nouns; n->name; n++) {
        const char *verbs = "";
        for (const struct cli_command *c = cli_commands; c->noun; c++)
            if (str_eq(c->noun, n->name))
                verbs = arena_printf(a, "%s%s%s", verbs, verbs[0] ? ", " : "", c->verb);
        fprintf(out, "\n%-10s", n->name);
        wrap(out, n->help, 10, 10);
        fprintf(out, "%*s", 10, "");
        wrap(out, verbs, 10, 10);
    }
    fputs("\ncommands without a noun\n", out);
    for (const struct cli_command *c = cli_commands; c->noun; c++)
        if (!c->verb[0])
            entry(out, c->noun, cli_help_short(a, c));
    fputs("\noptions of every command\n", out);
    for (const struct cli_param *o = cli_shared; o->name; o++)
        if (o->traits == 0)
            entry(out, cli_option_text(a, o), o->help);
    fputs("\nData goes to stdout, messages and progress to stderr. Exit codes: 0 done,\n1 failed, 2 called wrongly, 4 "
          "not "
          "signed in.\n",
          out);
    fprintf(out, "More: %s help NOUN VERB\n", program);
}

void cli_help_noun(FILE *out, const char *program, const char *noun)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();

    fprintf(out, "usage: %s %s VERB [ARGUMENTS] [OPTIONS]\n\n%s: ", program, noun, noun);
    wrap(out, cli_find_noun(noun)->help, 0, strlen(noun) + 2);
    fputc('\n', out);
    for (const struct cli_command *c = cli_commands; c->noun; c++)
        if (str_eq(c->noun, noun))
            entry(out, c->verb, cli_help_short(a, c));
    fprintf(out, "\nMore: %s help %s VERB\n", program, noun);
}

static void print_params(FILE *out, struct arena *a, const struct cli_command *c, bool options)
{
    bool any = false;

    for (const struct cli_param *p = c->params; p->name; p++) {
        if (cli_is_option(p) != options)
            continue;
        if (!any)
            fputs(options ? "\noptions\n" : "\narguments\n", out);
        any = true;
        entry(out, options ? cli_option_text(a, p) : p->name, p->help);
    }
    for (const struct cli_param *o = cli_shared; options && o->name; o++) {
        if (o->traits == 0 || !cli_takes(c, o))
            continue;
        if (!any)
            fputs("\noptions\n", out);
        any = true;
        entry(out, cli_option_text(a, o), o->help);
    }
}

static void print_examples(FILE *out, struct arena *a, const char *program, const struct cli_command *c)
{
    fputs(strchr(c->example, '\n') ? "\nexamples\n" : "\nexample\n", out);
    for (char **line = str_split(a, c->example, '\n', NULL); *line; line++)
        fprintf(out, "  %s %s\n", program, *line);
}

void cli_help_command(FILE *out, const char *program, const struct cli_command *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();

    fputs("usage: ", out);
    wrap(out, arena_printf(a, "%s %s", program, cli_usage(a, c)), 7, 7);
    fputc('\n', out);
    wrap(out, cli_help_text(a, c), 0, 0);
    print_params(out, a, c, false);
    print_params(out, a, c, true);
    print_examples(out, a, program, c);
    fprintf(out, "\nOptions of every command: %s help\n", program);
}

int cli_help(struct cli *cli, struct error *err)
{
    const char *noun = cli_get(cli, "NOUN"), *verb = cli_get(cli, "VERB");
    const struct cli_command *c = noun ? cli_find_command(noun, verb ? verb : "") : NULL;

    if (cli_has(cli, "markdown"))
        cli_manual_markdown(stdout);
    else if (cli_has(cli, "man"))
        cli_manual_man(stdout);
    else if (!noun)
        cli_help_all(stdout, cli->program);
    else if (c)
        cli_help_command(stdout, cli->program, c);
    else if (!cli_find_noun(noun) || verb)
        return cli_usage_error(cli, err, "there is no command '%s%s%s'; '%s help' lists them", noun, verb ? " " : "",
                               verb ? verb : "", cli->program);
    else
        cli_help_noun(stdout, cli->program, noun);
    return 0;
}
