/* Sites and releases: their columns, and changing a site's hostnames. */
#include "base/json.h"
#include "base/str.h"
#include "cmd/cli_commands.h"
#include "cmd/cli_run.h"

static const struct cli_column site_columns[] = {
    { "Id", "/id", CELL_TEXT, false, false },
    { "Customer", "/customerId", CELL_TEXT, false, false },
    { "Hostnames", "/hostnames", CELL_TEXT, false, false },
    { "Ready", "/ready", CELL_TEXT, false, false },
    { "Release", "/release", CELL_TEXT, false, false },
    { "Runtime", "/runtime", CELL_TEXT, true, false },
    { "Replicas", "/replicas", CELL_TEXT, true, false },
    { "Created", "/createdAt", CELL_AGE, false, false },
    { "URL", "/url", CELL_TEXT, true, false },
    { "Generation", "/generation", CELL_TEXT, false, true },
    { 0 },
};

const struct cli_view cli_site_view = {
    .noun = "site", .id = "/id", .columns = site_columns, .collection = "/api/v1/sites", .conditions = "/conditions"
};

static const struct cli_column release_columns[] = {
    { "Id", "/id", CELL_TEXT, false, false },
    { "State", "/state", CELL_TEXT, false, false },
    { "Size", "/size", CELL_BYTES, false, false },
    { "Files", "/files", CELL_TEXT, true, false },
    { "Created", "/createdAt", CELL_AGE, false, false },
    { "Deployed", "/deployedAt", CELL_AGE, true, false },
    { "SHA-256", "/sha256", CELL_TEXT, true, false },
    { "Message", "/message", CELL_PROSE, false, false },
    { 0 },
};

const struct cli_view cli_release_view = { .noun = "release", .id = "/id", .columns = release_columns };

/* --- hostnames --- */

static size_t find(const json_t *list, const char *name)
{
    const json_t *entry;
    size_t i;

    json_array_foreach(list, i, entry) if (str_eq(json_string_value(entry), name)) break;
    return i;
}

/* *list with --add-hostname and --remove-hostname carried out. */
static int edit_hostnames(struct cli *cli, json_t *list, struct error *err)
{
    for (size_t i = 0; i < cli->value_count; i++) {
        const struct cli_value *v = &cli->values[i];
        size_t at = find(list, v->text);
        bool there = at < json_array_size(list);
        if (str_eq(v->param->name, "remove-hostname")) {
            if (!there)
                return error_set(err, ERROR_INVALID, "--remove-hostname: the site has no hostname '%s'", v->text);
            json_array_remove(list, at);
        } else if (str_eq(v->param->name, "add-hostname") && !there) {
            json_array_append_new(list, json_string(v->text));
        }
    }
    return 0;
}

int cli_site_update(struct cli *cli, struct error *err)
{
    bool edits = cli_has(cli, "add-hostname") || cli_has(cli, "remove-hostname");
    json_t *body = cli_request_body(cli);
    const struct cli_call read = { .method = "GET", .path = cli_fill_path(cli, cli->command->path) };
    struct cli_reply now;

    if (!edits)
        return cli_change(cli, err);
    if (cli_has(cli, "hostname"))
        return cli_usage_error(cli, err,
                               "--hostname gives the whole list; it does not go with --add-hostname or "
                               "--remove-hostname");
    if (cli_call(cli, &read, &now, err) < 0)
        return -1;
    json_t *list = json_object_get(now.json, "hostnames");
    if (edit_hostnames(cli, list, err) < 0)
        return -1;
    body = body ? body : json_own(cli->arena, json_object());
    json_object_set(body, "hostnames", list);
    return cli_change_with(cli, body, now.etag, cli->command->done, err);
}
