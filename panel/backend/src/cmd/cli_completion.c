/* Completions for bash, zsh and fish. Words come from the table; ids are asked of the server by `berth NOUN list -o name`. */
#include <string.h>

#include "base/str.h"
#include "cmd/cli_commands.h"
#include "cmd/cli_help.h"

/* What stands for a value: a list of words, "@noun" for ids of the server, "@@command" for what
 * the command lists, "@file", or "". */
static const char *values_of(struct arena *a, const struct cli_param *p)
{
    if (p->type == CLI_FILE)
        return "@file";
    if (!p->complete)
        return "";
    if (cli_find_noun(p->complete))
        return arena_printf(a, "@%s", p->complete);
    if (cli_is_listed(p))
        return arena_printf(a, "@@%s", p->complete);
    return str_replace(a, p->complete, "|", " ");
}

static const char *options_of(struct arena *a, const struct cli_command *c)
{
    const char *text = "";

    for (const struct cli_param *p = c->params; p->name; p++)
        if (cli_is_option(p))
            text = arena_printf(a, "%s --%s", text, p->name);
    for (const struct cli_param *o = cli_shared; o->name; o++)
        if (cli_takes(c, o)) {
            text = arena_printf(a, "%s --%s", text, o->name);
            if (o->letter)
                text = arena_printf(a, "%s -%c", text, o->letter);
        }
    return text + strspn(text, " ");
}

static const char *verbs_of(struct arena *a, const char *noun)
{
    const char *text = "";

    for (const struct cli_command *c = cli_commands; c->noun; c++)
        if (str_eq(c->noun, noun) && c->verb[0])
            text = arena_printf(a, "%s%s%s", text, text[0] ? " " : "", c->verb);
    return text;
}

static const char *first_words(struct arena *a)
{
    const char *text = "";

    for (const struct cli_noun *n = cli_nouns; n->name; n++)
        text = arena_printf(a, "%s%s%s", text, text[0] ? " " : "", n->name);
    for (const struct cli_command *c = cli_commands; c->noun; c++)
        if (!c->verb[0])
            text = arena_printf(a, "%s %s", text, c->noun);
    return text;
}

/* --- the functions that bash and zsh share: plain shell with local variables --- */

/* `berth_words COMMAND...` prints what can follow. The words before are those without options and their values. */
static void shell_values(FILE *out, struct arena *a)
{
    fputs("# what the option $2 of the command $1 takes\n__berth_value() {\n  case \"$1 $2\" in\n", out);
    for (const struct cli_command *c = cli_commands; c->noun; c++)
        for (const struct cli_param *p = c->params; p->name; p++)
            if (cli_is_option(p) && p->value)
                fprintf(out, "    \"%s%s%s --%s\") echo \"%s\";;\n", c->noun, c->verb[0] ? " " : "", c->verb, p->name,
                        values_of(a, p));
    for (const struct cli_param *o = cli_shared; o->name; o++)
        if (o->value) {
            fprintf(out, "    *\" --%s\") echo \"%s\";;\n", o->name, values_of(a, o));
            if (o->letter)
                fprintf(out, "    *\" -%c\") echo \"%s\";;\n", o->letter, values_of(a, o));
        }
    fputs("    *) return 1;;\n  esac\n}\n\n", out);
}

static void shell_arguments(FILE *out, struct arena *a)
{
    fputs("# what the argument number $2 of the command $1 may be\n__berth_argument() {\n  case \"$1 $2\" in\n", out);
    for (const struct cli_command *c = cli_commands; c->noun; c++) {
        int n = 0;
        for (const struct cli_param *p = c->params; p->name; p++)
            if (!cli_is_option(p) && ++n && values_of(a, p)[0])
                fprintf(out, "    \"%s%s%s %d\") echo \"%s\";;\n", c->noun, c->verb[0] ? " " : "", c->verb, n,
                        values_of(a, p));
    }
    fprintf(out, "    \"help 1\") echo \"%s\";;\n", first_words(a));
    for (const struct cli_noun *n = cli_nouns; n->name; n++)
        fprintf(out, "    \"help 2 %s\") echo \"%s\";;\n", n->name, verbs_of(a, n->name));
    fputs("  esac\n}\n\n", out);
}

static void shell_words(FILE *out, struct arena *a)
{
    fprintf(out, "__berth_verbs() {\n  case \"$1\" in\n    '') echo \"%s\";;\n", first_words(a));
    for (const struct cli_noun *n = cli_nouns; n->name; n++)
        fprintf(out, "    %s) echo \"%s\";;\n", n->name, verbs_of(a, n->name));
    fputs("    *) return 1;;\n  esac\n}\n\n__berth_options() {\n  case \"$1\" in\n", out);
    for (const struct cli_command *c = cli_commands; c->noun; c++)
        fprintf(out, "    \"%s%s%s\") echo \"%s\";;\n", c->noun, c->verb[0] ? " " : "", c->verb, options_of(a, c));
    fputs("  esac\n}\n\n", out);
}

/* Prints the candidates; the caller keeps those that begin as the last word does. Arguments: the words behind `berth`. */
static const char shell_complete[] =
    "__berth_candidates() {\n"
    "  local noun= command= last= count=0 word values=\n"
    "  while [ $# -gt 1 ]; do\n"
    "    word=$1\n"
    "    shift\n"
    "    [ \"$word\" != = ] || continue\n" /* bash makes three words of --plan=small */
    "    if [ -n \"$last\" ]; then last=; continue; fi\n"
    "    case \"$word\" in\n"
    "      --*=*) ;;\n"
    "      -*) if values=$(__berth_value \"$command\" \"$word\"); then last=$word; fi;;\n"
    "      *)\n"
    "        if [ -z \"$noun\" ]; then\n"
    "          noun=$word\n"
    "          __berth_verbs \"$noun\" > /dev/null || command=$noun\n"
    "        elif [ \"$noun\" = plan ] && [ -z \"$command\" ] && __berth_verbs \"$word\" > /dev/null; then\n"
    "          noun=$word\n"
    "        elif [ -z \"$command\" ]; then\n"
    "          command=\"$noun $word\"\n"
    "        else\n"
    "          count=$((count + 1))\n"
    "          [ \"$command\" != help ] || noun=$word\n"
    "        fi;;\n"
    "    esac\n"
    "  done\n"
    "  if [ -n \"$last\" ]; then\n"
    "    values=$(__berth_value \"$command\" \"$last\")\n"
    "  elif [ -z \"$command\" ]; then\n"
    "    values=$(__berth_verbs \"$noun\")\n"
    "  else\n"
    "    case \"$1\" in\n"
    "      -*) values=$(__berth_options \"$command\");;\n"
    "      *) values=$(__berth_argument \"$command\" \"$((count + 1))$([ \"$command $count\" != 'help 1' ] || echo \" "
    "$noun\")\");;\n"
    "    esac\n"
    "  fi\n"
    "  case \"$values\" in\n"
    "    @file) echo @file;;\n"
    "    @@*) berth \"${values#@@}\" -q -o name 2> /dev/null;;\n"
    "    @*) berth \"${values#@}\" list -q -o name 2> /dev/null;;\n"
    "    *) printf '%s\\n' \"$values\" | tr ' ' '\\n';;\n"
    "  esac\n"
    "}\n\n";

static void shell_functions(FILE *out, struct arena *a)
{
    shell_values(out, a);
    shell_arguments(out, a);
    shell_words(out, a);
    fputs(shell_complete, out);
}

static void write_bash(FILE *out, struct arena *a)
{
    fputs("# Completions of berth for bash, written by `berth completion bash`.\n\n", out);
    shell_functions(out, a);
    fputs("__berth() {\n"
          "  local word=${COMP_WORDS[COMP_CWORD]} candidates\n"
          "  [ \"$word\" != = ] || word=\n"
          "  candidates=$(__berth_candidates \"${COMP_WORDS[@]:1:COMP_CWORD}\")\n"
          "  if [ \"$candidates\" = @file ]; then\n"
          "    compopt -o filenames 2> /dev/null\n"
          "    mapfile -t COMPREPLY < <(compgen -f -- \"$word\")\n"
          "  else\n"
          "    mapfile -t COMPREPLY < <(compgen -W \"$candidates\" -- \"$word\")\n"
          "  fi\n"
          "}\n"
          "complete -F __berth berth\n",
          out);
}

static void write_zsh(FILE *out, struct arena *a)
{
    fputs("#compdef berth\n# Completions of berth for zsh, written by `berth completion zsh`.\n\n", out);
    shell_functions(out, a);
    fputs("_berth() {\n"
          "  local -a candidates\n"
          "  candidates=(${(f)\"$(__berth_candidates \"${(@)words[2,CURRENT]}\")\"})\n"
          "  if [[ $candidates = @file ]]; then _files; else compadd -a candidates; fi\n"
          "}\n"
          "if [ \"$funcstack[1]\" = _berth ]; then _berth \"$@\"; else compdef _berth berth; fi\n",
          out);
}

/* --- fish --- */

/* Text within single quotes: fish knows \' and \\ there. */
static const char *quoted(struct arena *a, const char *text)
{
    return arena_printf(a, "'%s'", str_replace(a, str_replace(a, text, "\\", "\\\\"), "'", "\\'"));
}

static void fish_values(FILE *out, struct arena *a, const struct cli_param *p)
{
    const char *values = values_of(a, p);

    if (str_eq(values, "@file"))
        fputs(" -r -F", out);
    else if (str_starts(values, "@@"))
        fprintf(out, " -x -a '(berth %s -q -o name 2>/dev/null)'", values + 2);
    else if (values[0] == '@')
        fprintf(out, " -x -a '(berth %s list -q -o name 2>/dev/null)'", values + 1);
    else if (values[0])
        fprintf(out, " -x -a %s", quoted(a, values));
    else if (p->value && cli_is_option(p))
        fputs(" -x", out);
}

static const char *fish_condition(struct arena *a, const struct cli_command *c)
{
    if (!c->verb[0])
        return arena_printf(a, "__fish_seen_subcommand_from %s", c->noun);
    return arena_printf(a, "__fish_seen_subcommand_from %s; and __fish_seen_subcommand_from %s", c->noun, c->verb);
}

static void fish_command(FILE *out, struct arena *a, const struct cli_command *c)
{
    const char *condition = fish_condition(a, c);

    if (!c->verb[0])
        fprintf(out, "complete -c berth -n __fish_use_subcommand -a %s -d %s\n", c->noun,
                quoted(a, cli_help_short(a, c)));
    else
        fprintf(out,
                "complete -c berth -n '__fish_seen_subcommand_from %s; and not __fish_seen_subcommand_from %s' -a %s "
                "-d %s\n",
                c->noun, verbs_of(a, c->noun), c->verb, quoted(a, cli_help_short(a, c)));
    for (const struct cli_param *p = c->params; p->name; p++) {
        if (!cli_is_option(p) && !values_of(a, p)[0])
            continue;
        fprintf(out, "complete -c berth -n '%s'", condition);
        if (cli_is_option(p))
            fprintf(out, " -l %s -d %s", p->name, quoted(a, p->help));
        fish_values(out, a, p);
        fputc('\n', out);
    }
    for (const struct cli_param *o = cli_shared; o->name; o++) {
        if (!cli_takes(c, o))
            continue;
        fprintf(out, "complete -c berth -n '%s' -l %s", condition, o->name);
        if (o->letter)
            fprintf(out, " -s %c", o->letter);
        fprintf(out, " -d %s", quoted(a, o->help));
        fish_values(out, a, o);
        fputc('\n', out);
    }
}

static void write_fish(FILE *out, struct arena *a)
{
    fputs("# Completions of berth for fish, written by `berth completion fish`.\ncomplete -c berth -f\n", out);
    for (const struct cli_noun *n = cli_nouns; n->name; n++)
        fprintf(out, "complete -c berth -n __fish_use_subcommand -a %s -d %s\n", n->name, quoted(a, n->help));
    for (const struct cli_command *c = cli_commands; c->noun; c++)
        fish_command(out, a, c);
}

void cli_completion_write(FILE *out, const char *shell)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();

    if (str_eq(shell, "bash"))
        write_bash(out, a);
    else if (str_eq(shell, "zsh"))
        write_zsh(out, a);
    else
        write_fish(out, a);
}

int cli_completion(struct cli *cli, struct error *err)
{
    (void)err;
    cli_completion_write(stdout, cli_get(cli, "SHELL"));
    return 0;
}
