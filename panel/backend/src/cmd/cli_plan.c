/* Plans: their columns, and changing one. */
#include "base/json.h"
#include "base/str.h"
#include "cmd/cli_commands.h"
#include "cmd/cli_run.h"

static const struct cli_column columns[] = {
    { "Id", "/id", CELL_TEXT, false, false },
    { "CPU", "/cpu", CELL_TEXT, false, false },
    { "Memory", "/memory", CELL_TEXT, false, false },
    { "Storage", "/storage", CELL_TEXT, false, false },
    { "Sites", "/sites", CELL_TEXT, false, false },
    { "Domains", "/domains", CELL_TEXT, false, false },
    { "Mailboxes", "/mailboxes", CELL_TEXT, false, false },
    { "Databases", "/databases", CELL_TEXT, false, false },
    { "Volumes", "/volumes", CELL_TEXT, true, false },
    { "Mail storage", "/mailStorage", CELL_TEXT, true, false },
    { "Aliases", "/aliases", CELL_TEXT, true, false },
    { "Customers", "/customers", CELL_TEXT, false, false },
    { 0 },
};

const struct cli_view cli_plan_view = { .noun = "plan", .id = "/id", .columns = columns };

/* The API replaces all limits, so those that are not named are sent as they are, by If-Match as they were read. */
int cli_plan_update(struct cli *cli, struct error *err)
{
    json_t *wanted = cli_request_body(cli);
    const struct cli_call read = { .method = "GET", .path = cli_request_path(cli) };
    struct cli_reply now;

    if (!wanted)
        return cli_usage_error(cli, err, "there is nothing to change: say what, by an option");
    if (cli_call(cli, &read, &now, err) < 0)
        return -1;
    json_object_del(now.json, "id");
    json_object_del(now.json, "customers");
    json_object_update(now.json, wanted);
    return cli_change_with(cli, now.json, now.etag, cli->command->done, err);
}
