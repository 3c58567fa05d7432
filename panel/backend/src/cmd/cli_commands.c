/* The table of commands.def as data, and finding in it. */
#include "cmd/cli_commands.h"

#include "base/str.h"

const struct cli_noun cli_nouns[] = {
#define NOUN(name, help) { name, help },
#define COMMAND(...)
#define SHARED(...)
#define SHARED_FLAG(...)
#include "cmd/commands.def"
#undef NOUN
#undef COMMAND
#undef SHARED
#undef SHARED_FLAG
    { NULL, NULL },
};

#define NOWHERE CLI_NOWHERE, NULL
#define IN_PATH CLI_PATH, NULL
#define IN_QUERY(field) CLI_QUERY, field
#define IN_BODY(field) CLI_BODY, field
#define ARGUMENT(kind, type, name, ...) { kind, type, name, 0, name, __VA_ARGS__ },
#define ARG(name, place, complete, help) ARGUMENT(CLI_ARG, CLI_TEXT, name, place, complete, help)
#define ARG_OPTIONAL(name, place, complete, help) ARGUMENT(CLI_ARG_OPTIONAL, CLI_TEXT, name, place, complete, help)
#define ARG_MANY(name, place, complete, help) ARGUMENT(CLI_ARG_MANY, CLI_TEXT, name, place, complete, help)
#define ARG_FILE(name, place, help) ARGUMENT(CLI_ARG, CLI_FILE, name, place, NULL, help)
#define OPTION(name, value, type, place, complete, help) { CLI_OPTION, type, name, 0, value, place, complete, help },
#define OPTION_REQUIRED(name, value, type, place, complete, help)                                                      \
    { CLI_OPTION_REQUIRED, type, name, 0, value, place, complete, help },
#define OPTION_MANY(name, value, type, place, complete, help)                                                          \
    { CLI_OPTION_MANY, type, name, 0, value, place, complete, help },
#define FLAG(name, place, help) { CLI_FLAG, CLI_TEXT, name, 0, NULL, place, NULL, help },
#define SORT(words)                                                                                                    \
    OPTION("sort", "FIELD", CLI_TEXT, IN_QUERY("sort"), words, "the field that gives the order; -FIELD for descending")
#define SEARCH(help) OPTION("search", "TEXT", CLI_TEXT, IN_QUERY("q"), NULL, help)
#define COUNT(name, help) OPTION(name, "NUMBER", CLI_NUMBER, IN_BODY(name), NULL, help)
#define PLAN_COUNTS                                                                                                    \
    COUNT("volumes", "number of volumes")                                                                              \
    COUNT("sites", "number of sites")                                                                                  \
    COUNT("domains", "number of domains")                                                                              \
    COUNT("mailboxes", "number of mailboxes")                                                                          \
    OPTION("mail-storage", "BYTES", CLI_TEXT, IN_BODY("mailStorage"), NULL, "sum of the mailboxes' quotas: 10Gi")      \
    COUNT("aliases", "number of aliases")                                                                              \
    COUNT("databases", "number of databases")

const struct cli_command cli_commands[] = {
#define NOUN(...)
#define COMMAND(noun, verb, run, method, path, view, traits, done, help, example, ...)                                   \
    {                                                                                                                    \
        noun, verb, run, method, path, view, traits, done, help, example, (const struct cli_param[]){ __VA_ARGS__{ 0 } } \
    },
#define SHARED(...)
#define SHARED_FLAG(...)
#include "cmd/commands.def"
#undef NOUN
#undef COMMAND
#undef SHARED
#undef SHARED_FLAG
    { 0 },
};

const struct cli_param cli_shared[] = {
#define NOUN(...)
#define COMMAND(...)
#define SHARED(name, letter, value, type, complete, traits, help)                                                      \
    { CLI_OPTION, type, name, letter, value, NOWHERE, complete, help, traits },
#define SHARED_FLAG(name, letter, traits, help) { CLI_FLAG, CLI_TEXT, name, letter, NULL, NOWHERE, NULL, help, traits },
#include "cmd/commands.def"
#undef NOUN
#undef COMMAND
#undef SHARED
#undef SHARED_FLAG
    { 0 },
};

const struct cli_noun *cli_find_noun(const char *name)
{
    for (const struct cli_noun *n = cli_nouns; n->name; n++)
        if (str_eq(n->name, name))
            return n;
    return NULL;
}

const struct cli_command *cli_find_command(const char *noun, const char *verb)
{
    for (const struct cli_command *c = cli_commands; c->noun; c++)
        if (str_eq(c->noun, noun) && str_eq(c->verb, verb))
            return c;
    return NULL;
}

bool cli_is_option(const struct cli_param *p)
{
    return p->kind >= CLI_OPTION;
}

bool cli_is_listed(const struct cli_param *p)
{
    return p->complete && (cli_find_noun(p->complete) || cli_find_command(p->complete, ""));
}

bool cli_takes(const struct cli_command *command, const struct cli_param *shared)
{
    return shared->traits == 0 || (command->traits & shared->traits) != 0;
}
