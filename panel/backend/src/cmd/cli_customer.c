/* Customers: their columns, and deleting one. */
#include "base/str.h"
#include "cmd/cli_commands.h"
#include "cmd/cli_run.h"

static const struct cli_column columns[] = {
    { "Id", "/id", CELL_TEXT, false, false },
    { "Name", "/name", CELL_TEXT, false, false },
    { "Plan", "/plan", CELL_TEXT, false, false },
    { "State", "/state", CELL_TEXT, false, false },
    { "Ready", "/ready", CELL_TEXT, false, false },
    { "Sites", "/counts/sites", CELL_TEXT, false, false },
    { "Domains", "/counts/domains", CELL_TEXT, false, false },
    { "Created", "/createdAt", CELL_AGE, false, false },
    { "Erased at", "/eraseAt", CELL_AGE, true, false },
    { "Junk from score", "/spam/junk", CELL_TEXT, false, true },
    { "Refused from score", "/spam/reject", CELL_TEXT, false, true },
    { "Reason", "/suspendReason", CELL_TEXT, true, false },
    { "Changed", "/updatedAt", CELL_AGE, false, true },
    { "Generation", "/generation", CELL_TEXT, false, true },
    { "Observed", "/observedGeneration", CELL_TEXT, false, true },
    { "Uid", "/uid", CELL_TEXT, true, false },
    { 0 },
};

const struct cli_view cli_customer_view = { .noun = "customer",
                                            .id = "/id",
                                            .columns = columns,
                                            .collection = "/api/v1/customers",
                                            .conditions_path = "/api/v1/customers/{ID}/conditions" };

int cli_customer_delete(struct cli *cli, struct error *err)
{
    const char *id = cli_get(cli, "ID");

    if (!cli_has(cli, "purge"))
        return cli_change(cli, err);
    if (cli_confirm(cli, arena_printf(cli->arena, "erasing the customer '%s' with all of its data", id), id, err) < 0)
        return -1;
    return cli_change_with(cli, NULL, NULL, "erased", err);
}
