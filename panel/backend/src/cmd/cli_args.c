/* argv to a command and its values: see cli_args.h. */
#include "cmd/cli_args.h"

#include <assert.h>
#include <stdarg.h>
#include <string.h>

#include "base/str.h"
#include "cmd/cli_suggest.h"

enum { WAIT_S = 300, WAIT_MAX_S = 7 * 24 * 3600 };

struct parse {
    struct cli *cli;
    struct error *err;
    int argc, at; /* at: of the token that is looked at */
    char *const *argv;
    bool only_words; /* behind "--" */
    const struct cli_param *next_arg; /* from where the argument is looked for that the next word is; NULL: the first */
};

int cli_usage_error(struct cli *cli, struct error *err, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    const char *text = arena_vprintf(cli->arena, format, args);
    va_end(args);
    cli->usage_error = true;
    return error_set(err, ERROR_INVALID, "%s", text);
}

const char *cli_get(const struct cli *cli, const char *name)
{
    for (size_t i = cli->value_count; i-- > 0;)
        if (str_eq(cli->values[i].param->name, name))
            return cli->values[i].text;
    return NULL;
}

bool cli_has(const struct cli *cli, const char *name)
{
    return cli_get(cli, name) != NULL;
}

/* "customer create", for messages. */
static const char *command_name(const struct cli *cli)
{
    const struct cli_command *c = cli->command;

    return c->verb[0] ? arena_printf(cli->arena, "%s %s", c->noun, c->verb) : c->noun;
}

/* --- the command --- */

static int unknown_noun(struct parse *p, const char *word)
{
    struct cli_nearest near = { .word = word };

    for (const struct cli_noun *n = cli_nouns; n->name; n++)
        cli_nearest_offer(&near, n->name);
    for (const struct cli_command *c = cli_commands; c->noun; c++)
        if (!c->verb[0])
            cli_nearest_offer(&near, c->noun);
    if (near.best)
        return cli_usage_error(p->cli, p->err, "there is no command '%s'; did you mean '%s'?", word, near.best);
    return cli_usage_error(p->cli, p->err, "there is no command '%s'; '%s help' lists them", word, p->cli->program);
}

static int unknown_verb(struct parse *p, const char *word)
{
    struct cli_nearest near = { .word = word };
    const char *noun = p->cli->noun, *synonym = cli_synonym(word), *all = "";

    for (const struct cli_command *c = cli_commands; c->noun; c++) {
        if (!str_eq(c->noun, noun))
            continue;
        cli_nearest_offer(&near, c->verb);
        all = arena_printf(p->cli->arena, "%s%s%s", all, all[0] ? ", " : "", c->verb);
    }
    const char *best = synonym && cli_find_command(noun, synonym) ? synonym : near.best;
    if (best)
        return cli_usage_error(p->cli, p->err, "there is no '%s %s'; did you mean '%s %s'?", noun, word, noun, best);
    return cli_usage_error(p->cli, p->err, "there is no '%s %s'; '%s' has: %s", noun, word, noun, all);
}

/* A word before the command is known: its noun, its verb, or `plan` before another command. */
static int choose(struct parse *p, const char *word)
{
    struct cli *cli = p->cli;

    if (!cli->noun) {
        cli->command = cli_find_command(word, "");
        if (!cli->command && !cli_find_noun(word))
            return unknown_noun(p, word);
        cli->noun = word;
    } else if (!(cli->command = cli_find_command(cli->noun, word))) {
        bool planned = str_eq(cli->noun, "plan") && !cli->dry_run;
        if (!planned || !cli_find_noun(word))
            return unknown_verb(p, word);
        cli->dry_run = true;
        cli->noun = word;
    }
    return 0;
}

/* --- arguments --- */

static void add(struct parse *p, const struct cli_param *param, const char *text)
{
    p->cli->values[p->cli->value_count++] = (struct cli_value){ param, text };
}

static int take_word(struct parse *p, const char *word)
{
    if (!p->cli->command)
        return choose(p, word);
    const struct cli_param *arg = p->next_arg ? p->next_arg : p->cli->command->params;
    while (arg->name && cli_is_option(arg))
        arg++;
    if (!arg->name)
        return cli_usage_error(p->cli, p->err, "'%s' is one argument too many for '%s'", word, command_name(p->cli));
    add(p, arg, word);
    p->next_arg = arg->kind == CLI_ARG_MANY ? arg : arg + 1;
    return 0;
}

/* --- options --- */

static const struct cli_param *find_option(const struct parse *p, const char *name)
{
    const struct cli_command *c = p->cli->command;

    for (const struct cli_param *o = c ? c->params : NULL; o && o->name; o++)
        if (cli_is_option(o) && str_eq(o->name, name))
            return o;
    for (const struct cli_param *o = cli_shared; o->name; o++)
        if (str_eq(o->name, name) && (!c || cli_takes(c, o)))
            return o;
    return NULL;
}

static const struct cli_param *find_letter(const struct parse *p, char letter)
{
    for (const struct cli_param *o = cli_shared; o->name; o++)
        if (o->letter == letter && (!p->cli->command || cli_takes(p->cli->command, o)))
            return o;
    return NULL;
}

static int unknown_option(struct parse *p, const char *name)
{
    const struct cli *cli = p->cli;
    struct cli_nearest near = { .word = name };

    if (!cli->command)
        return cli_usage_error(p->cli, p->err, "--%s belongs behind the command", name);
    for (const struct cli_param *o = cli->command->params; o->name; o++)
        if (cli_is_option(o))
            cli_nearest_offer(&near, o->name);
    for (const struct cli_param *o = cli_shared; o->name; o++)
        if (cli_takes(cli->command, o))
            cli_nearest_offer(&near, o->name);
    if (near.best)
        return cli_usage_error(p->cli, p->err, "'%s' has no option --%s; did you mean --%s?", command_name(cli), name,
                               near.best);
    return cli_usage_error(p->cli, p->err, "'%s' has no option --%s", command_name(cli), name);
}

/* The value in the token that follows; what looks like an option is taken for one that was forgotten to be given a value. */
static int next_value(struct parse *p, const char *option, const char **ret)
{
    if (p->at + 1 >= p->argc)
        return cli_usage_error(p->cli, p->err, "%s needs a value", option);
    if (str_starts(p->argv[p->at + 1], "--"))
        return cli_usage_error(p->cli, p->err, "%s needs a value; one that begins with -- is written %s=%s", option,
                               option, p->argv[p->at + 1]);
    *ret = p->argv[++p->at];
    return 0;
}

static int take_long(struct parse *p, const char *token)
{
    const char *equals = strchr(token, '='), *value = equals ? equals + 1 : NULL;
    const char *name = arena_strndup(p->cli->arena, token + 2,
                                     equals ? (size_t)(equals - token - 2) : strlen(token + 2));
    const struct cli_param *o = find_option(p, name);

    if (!o)
        return unknown_option(p, name);
    if (o->kind == CLI_FLAG && value)
        return cli_usage_error(p->cli, p->err, "--%s takes no value", name);
    if (o->kind != CLI_FLAG && !value && next_value(p, arena_printf(p->cli->arena, "--%s", name), &value) < 0)
        return -1;
    add(p, o, o->kind == CLI_FLAG ? "true" : value);
    return 0;
}

/* "-w", "-qw", "-o json", "-ojson" */
static int take_letters(struct parse *p, const char *token)
{
    for (const char *l = token + 1; *l; l++) {
        const struct cli_param *o = find_letter(p, *l);
        const char *value = "true";
        if (!o && p->cli->command)
            return cli_usage_error(p->cli, p->err, "'%s' has no option -%c", command_name(p->cli), *l);
        if (!o)
            return cli_usage_error(p->cli, p->err, "there is no option -%c", *l);
        if (o->kind != CLI_FLAG) {
            value = l[1] ? l + 1 : NULL;
            if (!value && next_value(p, arena_printf(p->cli->arena, "-%c", *l), &value) < 0)
                return -1;
            add(p, o, value);
            return 0;
        }
        add(p, o, value);
    }
    return 0;
}

static int take_token(struct parse *p)
{
    const char *token = p->argv[p->at];

    if (p->only_words || token[0] != '-' || token[1] == '\0')
        return take_word(p, token);
    if (str_eq(token, "--")) {
        p->only_words = p->cli->command != NULL; /* `plan -- customer create`: the command is still to come */
        return 0;
    }
    return token[1] == '-' ? take_long(p, token) : take_letters(p, token);
}

/* --- what must hold of the whole --- */

static int check_choice(struct cli *cli, const struct cli_value *v, const char *name, struct error *err)
{
    struct cli_nearest near = { .word = v->text };

    for (char **c = str_split(cli->arena, v->param->complete, '|', NULL); *c; c++) {
        if (str_eq(*c, v->text))
            return 0;
        cli_nearest_offer(&near, *c);
    }
    const char *all = str_replace(cli->arena, v->param->complete, "|", ", ");
    if (near.best)
        return cli_usage_error(cli, err, "%s: '%s' is not one of %s; did you mean '%s'?", name, v->text, all,
                               near.best);
    return cli_usage_error(cli, err, "%s: '%s' is not one of %s", name, v->text, all);
}

static int check_value(struct cli *cli, const struct cli_value *v, struct error *err)
{
    const struct cli_param *o = v->param;
    const char *name = cli_is_option(o) ? arena_printf(cli->arena, "--%s", o->name) : o->name;
    struct error why = ERROR_INIT;
    int64_t number;

    if (cli_is_option(o) && !cli_takes(cli->command, o))
        return cli_usage_error(cli, err, "'%s' has no option %s", command_name(cli), name);
    if (v->text[0] == '\0')
        return cli_usage_error(cli, err, "%s may not be empty", name);
    if (o->type == CLI_NUMBER && str_to_i64(v->text, 0, INT64_MAX, &number, &why) < 0)
        return cli_usage_error(cli, err, "%s: '%s' is not a whole number", name, v->text);
    if (o->complete && !cli_is_listed(o))
        return check_choice(cli, v, name, err);
    for (const struct cli_value *w = cli->values; w < v; w++)
        if (w->param == o && (o->kind == CLI_OPTION || o->kind == CLI_OPTION_REQUIRED))
            return cli_usage_error(cli, err, "%s is given twice", name);
    return 0;
}

static int check_missing(struct cli *cli, struct error *err)
{
    for (const struct cli_param *o = cli->command->params; o->name; o++) {
        if (cli_has(cli, o->name))
            continue;
        if (o->kind == CLI_ARG || o->kind == CLI_ARG_MANY)
            return cli_usage_error(cli, err, "'%s' needs %s: %s", command_name(cli), o->name, o->help);
        if (o->kind == CLI_OPTION_REQUIRED)
            return cli_usage_error(cli, err, "'%s' needs --%s %s: %s", command_name(cli), o->name, o->value, o->help);
    }
    return 0;
}

static int check_dry_run(struct cli *cli, struct error *err)
{
    if (cli->dry_run && !(cli->command->traits & CLI_DRY))
        return cli_usage_error(cli, err, "'%s' cannot be planned; 'plan' goes before commands that have --dry-run",
                               command_name(cli));
    cli->dry_run = cli->dry_run || cli_has(cli, "dry-run");
    if (cli->dry_run && cli_has(cli, "wait"))
        return cli_usage_error(cli, err, "--wait and --dry-run do not go together: a dry run changes nothing");
    return 0;
}

static int check_wait(struct cli *cli, struct error *err)
{
    const char *timeout = cli_get(cli, "timeout");
    struct error why = ERROR_INIT;
    int64_t seconds = WAIT_S;

    cli->wait = cli_has(cli, "wait") || (cli->command->traits & CLI_WAITED && !cli_has(cli, "no-wait"));
    if (timeout && cli->command->traits & (CLI_WAITS | CLI_WAITED) && !cli->wait)
        return cli_usage_error(cli, err, "--timeout says how long to wait; it goes with --wait");
    if (timeout && str_to_i64(timeout, 1, WAIT_MAX_S, &seconds, &why) < 0)
        return cli_usage_error(cli, err, "--timeout: must be from 1 to %d seconds", WAIT_MAX_S);
    cli->timeout_s = (long)seconds;
    return 0;
}

static void read_format(struct cli *cli)
{
    static const char *const names[] = { "table", "wide", "json", "yaml", "name" };
    const char *format = cli_get(cli, "output");

    for (int i = 0; format && i < 5; i++)
        if (str_eq(format, names[i]))
            cli->format = (enum cli_format)i;
}

static int check_all(struct cli *cli, struct error *err)
{
    for (size_t i = 0; i < cli->value_count; i++)
        if (check_value(cli, &cli->values[i], err) < 0)
            return -1;
    if (check_missing(cli, err) < 0 || check_dry_run(cli, err) < 0 || check_wait(cli, err) < 0)
        return -1;
    read_format(cli);
    return 0;
}

static int check_command(struct cli *cli, struct error *err)
{
    const char *all = "";

    for (const struct cli_command *c = cli_commands; cli->noun && c->noun; c++)
        if (str_eq(c->noun, cli->noun))
            all = arena_printf(cli->arena, "%s%s%s", all, all[0] ? ", " : "", c->verb);
    if (cli->noun)
        return cli_usage_error(cli, err, "'%s' needs a verb: %s", cli->noun, all);
    return cli_usage_error(cli, err, "a command is missing");
}

int cli_parse(struct cli *cli, int argc, char *const *argv, struct error *err)
{
    struct parse p = { .cli = cli, .err = err, .argc = argc, .at = 1, .argv = argv };
    size_t room = 0;

    for (int i = 1; i < argc; i++)
        room += strlen(argv[i]) + 1; /* each letter of "-qv" is a value */
    cli->values = arena_array(cli->arena, room + 1, sizeof *cli->values);
    for (; p.at < argc; p.at++)
        if (take_token(&p) < 0)
            return -1;
    cli->help = cli_has(cli, "help");
    cli->quiet = cli_has(cli, "quiet");
    cli->verbose = cli_has(cli, "verbose");
    if (cli->help)
        return 0;
    return cli->command ? check_all(cli, err) : check_command(cli, err);
}
