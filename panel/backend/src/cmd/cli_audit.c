/* The audit log: its columns, and whether it is whole. */
#include "base/json.h"
#include "cmd/cli_commands.h"
#include "cmd/cli_run.h"

static const struct cli_column columns[] = {
    { "Seq", "/seq", CELL_TEXT, false, false },
    { "At", "/at", CELL_TEXT, false, false },
    { "Actor", "/actor", CELL_TEXT, false, false },
    { "Action", "/action", CELL_TEXT, false, false },
    { "Customer", "/customerId", CELL_TEXT, false, false },
    { "Subject", "/subject", CELL_TEXT, false, false },
    { "Request", "/requestId", CELL_TEXT, true, false },
    { "Hash", "/hash", CELL_TEXT, true, false },
    { 0 },
};

const struct cli_view cli_audit_view = { .noun = "audit", .id = "/seq", .columns = columns, .limit = 50 };

/* 0 when the log is whole, 1 when it is not. */
int cli_audit_verify(struct cli *cli, struct error *err)
{
    const struct cli_call call = { .method = "GET", .path = cli->command->path };
    struct cli_reply reply;

    if (cli_call(cli, &call, &reply, err) < 0)
        return -1;
    long long rows = json_int_at(reply.json, "/rows", 0), broken = json_int_at(reply.json, "/firstBroken", 0);
    bool whole = json_bool_at(reply.json, "/whole", false);
    if (cli->format == CLI_JSON || cli->format == CLI_YAML) {
        if (cli_print_json(cli, reply.json, err) < 0)
            return -1;
    } else if (whole) {
        printf("the audit log is whole: %lld rows, head %s\n", rows,
               cli_clean(cli->arena, json_str_at(reply.json, "/head")));
    }
    if (whole)
        return 0;
    return error_set(err, ERROR_CONFLICT, "the audit log is broken at row %lld: %s", broken,
                     cli_clean(cli->arena, json_str_at(reply.json, "/reason")));
}
