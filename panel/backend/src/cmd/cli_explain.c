/* `berth explain`: what the API's description says of a resource or a field of it. */
#include <string.h>

#include "base/json.h"
#include "base/str.h"
#include "cmd/cli_commands.h"
#include "cmd/cli_run.h"
#include "cmd/cli_schema.h"
#include "cmd/cli_suggest.h"

static const struct cli_column resource_columns[] = {
    { "Name", "/name", CELL_TEXT, false, false },
    { "Description", "/description", CELL_PROSE, false, false },
    { "Read by", "/read", CELL_TEXT, false, true },
    { "Listed by", "/list", CELL_TEXT, false, true },
    { "Made by", "/create", CELL_TEXT, false, true },
    { "Changed by", "/update", CELL_TEXT, false, true },
    { 0 },
};

static const struct cli_column field_columns[] = {
    { "Field", "/field", CELL_TEXT, false, false },
    { "Type", "/type", CELL_TEXT, false, false },
    { "Shown", "/shown", CELL_TEXT, false, false },
    { "Written", "/written", CELL_TEXT, false, false },
    { "Values", "/values", CELL_TEXT, false, true },
    { "Limits", "/limits", CELL_TEXT, false, true },
    { "Default", "/default", CELL_TEXT, false, true },
    { "Example", "/example", CELL_TEXT, false, true },
    { "Description", "/description", CELL_PROSE, false, false },
    { 0 },
};

const struct cli_view cli_explain_view = { .noun = "explain", .id = "/name", .columns = resource_columns };
static const struct cli_view field_view = { .noun = "field", .id = "/field", .columns = field_columns };

/* --- finding --- */

static int unknown_resource(struct cli *cli, const json_t *doc, const char *word, struct error *err)
{
    struct cli_nearest near = { .word = word };
    const json_t *item;
    size_t i;

    for (const struct cli_noun *n = cli_nouns; n->name; n++) {
        struct cli_resource r;
        if (cli_resource_find(cli->arena, doc, n->name, &r))
            cli_nearest_offer(&near, n->name);
    }
    json_array_foreach(cli_resource_list(cli->arena, doc), i, item)
    {
        cli_nearest_offer(&near, json_str_at(item, "/name"));
    }
    if (near.best)
        return cli_usage_error(cli, err, "there is no resource '%s'; did you mean '%s'?", word, near.best);
    return cli_usage_error(cli, err, "there is no resource '%s'; '%s explain' lists them", word, cli->program);
}

/* One field down: the field of that name, or an error that suggests one. */
static int find_field(struct cli *cli, const char *of, const json_t *fields, const char *name, const json_t **ret,
                      struct error *err)
{
    struct cli_nearest near = { .word = name };
    const json_t *field;
    const char *all = "";
    size_t i;

    json_array_foreach(fields, i, field)
    {
        const char *known = json_str_at(field, "/name");
        if (str_eq(known, name)) {
            *ret = field;
            return 0;
        }
        cli_nearest_offer(&near, known);
        all = arena_printf(cli->arena, "%s%s%s", all, i ? ", " : "", known);
    }
    of = cli_clean(cli->arena, of);
    if (near.best)
        return cli_usage_error(cli, err, "'%s' has no field '%s'; did you mean '%s'?", of, name, near.best);
    if (!all[0])
        return cli_usage_error(cli, err, "'%s' has no fields", of);
    return cli_usage_error(cli, err, "'%s' has no field '%s'; it has: %s", of, name, cli_clean(cli->arena, all));
}

/* --- printing --- */

/* The fields, each followed by its own when that is wanted, as one list. */
static void flatten(const json_t *fields, bool deep, json_t *into)
{
    const json_t *field;
    size_t i;

    json_array_foreach(fields, i, field)
    {
        json_array_append(into, (json_t *)(uintptr_t)field);
        if (deep)
            flatten(json_object_get(field, "fields"), deep, into);
    }
}

/* A copy without the fields of fields, so that JSON says as much as the table. */
static json_t *cut(struct arena *a, const json_t *item, bool deep)
{
    json_t *copy = json_own(a, json_deep_copy(item)), *field;
    size_t i;

    json_array_foreach(json_object_get(copy, "fields"), i, field) if (!deep) json_object_del(field, "fields");
    return copy;
}

static int print_explained(struct cli *cli, const json_t *item, const struct cli_view *view, struct error *err)
{
    const json_t *fields = json_object_get(item, "fields");
    json_t *lines = json_own(cli->arena, json_array());
    bool deep = cli_has(cli, "recursive");

    if (cli->format == CLI_JSON || cli->format == CLI_YAML)
        return cli_print_json(cli, cut(cli->arena, item, deep), err);
    flatten(fields, deep, lines);
    if (cli->format == CLI_NAME)
        return cli_print_list(cli, lines, &field_view, false, err);
    if (cli_print_item(cli, item, view, NULL, err) < 0)
        return -1;
    if (json_array_size(lines) == 0)
        return 0;
    putchar('\n');
    return cli_print_list(cli, lines, &field_view, true, err);
}

int cli_explain(struct cli *cli, struct error *err)
{
    const struct cli_call call = { .method = "GET", .path = cli->command->path };
    const char *given = cli_get(cli, "RESOURCE");
    struct cli_reply reply;
    struct cli_resource resource;

    if (cli_call(cli, &call, &reply, err) < 0)
        return -1;
    if (!json_is_object(json_object_get(reply.json, "paths")))
        return error_set(err, ERROR_BAD_GATEWAY, "%s serves no description of its API", cli->server);
    if (!given)
        return cli_print_list(cli, cli_resource_list(cli->arena, reply.json), &cli_explain_view, true, err);
    char **words = str_split(cli->arena, given, '.', NULL);
    if (!cli_resource_find(cli->arena, reply.json, words[0], &resource))
        return unknown_resource(cli, reply.json, words[0], err);
    json_t *top = cli_resource_json(cli->arena, reply.json, &resource);
    json_object_set(top, "fields", cli_resource_fields(cli->arena, reply.json, &resource));
    const json_t *item = top;
    const char *of = resource.name;
    for (char **word = words + 1; *word; word++) {
        if (find_field(cli, of, json_object_get(item, "fields"), *word, &item, err) < 0)
            return -1;
        of = json_str_at(item, "/field");
    }
    return print_explained(cli, item, item == top ? &cli_explain_view : &field_view, err);
}
