/* Mail of a domain: its DKIM keys, the records that it needs, and whether the world sees them. */
#include "base/json.h"
#include "cmd/cli_commands.h"
#include "cmd/cli_run.h"

static const struct cli_column dkim_columns[] = {
    { "Selector", "/selector", CELL_TEXT, false, false },
    { "Algorithm", "/algorithm", CELL_TEXT, false, false },
    { "State", "/state", CELL_TEXT, false, false },
    { "Created", "/createdAt", CELL_AGE, false, false },
    { "Signs since", "/signingAt", CELL_AGE, false, false },
    { "Retired", "/retiredAt", CELL_AGE, true, false },
    { "Name", "/record/name", CELL_TEXT, false, false },
    { "TXT", "/record/value", CELL_TEXT, true, false },
    { 0 },
};

const struct cli_view cli_dkim_view = { .noun = "DKIM key", .id = "/selector", .columns = dkim_columns };

static const struct cli_column mail_record_columns[] = {
    { "Name", "/name", CELL_TEXT, false, false },
    { "TTL", "/ttl", CELL_TEXT, false, false },
    { "Type", "/type", CELL_TEXT, false, false },
    { "Value", "/value", CELL_TEXT, false, false },
    { 0 },
};

const struct cli_view cli_mail_record_view = { .noun = "record", .id = "/name", .columns = mail_record_columns };

static const struct cli_column mail_check_columns[] = {
    { "Name", "/name", CELL_TEXT, false, false },
    { "Type", "/type", CELL_TEXT, false, false },
    { "OK", "/ok", CELL_TEXT, false, false },
    { "Wanted", "/value", CELL_TEXT, false, false },
    { "Found", "/found", CELL_LINES, true, false },
    { "Problem", "/problem", CELL_PROSE, false, false },
    { 0 },
};

const struct cli_view cli_mail_check_view = { .noun = "record", .id = "/name", .columns = mail_check_columns };

static const struct cli_column mail_service_columns[] = {
    { "Name", "/name", CELL_TEXT, false, false },
    { "OK", "/ok", CELL_TEXT, false, false },
    { "Problem", "/problem", CELL_PROSE, false, false },
    { 0 },
};

static const struct cli_view mail_service_view = { .noun = "service", .id = "/name", .columns = mail_service_columns };

static int print_check(struct cli *cli, const json_t *check, struct error *err)
{
    if (cli->format == CLI_JSON || cli->format == CLI_YAML)
        return cli_print_json(cli, check, err);
    if (cli_print_list(cli, json_object_get(check, "records"), cli->command->view, true, err) < 0)
        return -1;
    return cli_print_list(cli, json_object_get(check, "services"), &mail_service_view, true, err);
}

/* Exit code 1 when something is not right, so that a script can go on asking. */
int cli_mail_check(struct cli *cli, struct error *err)
{
    const struct cli_call call = { .method = "POST", .path = cli_request_path(cli) };
    struct cli_reply reply;

    if (cli_call(cli, &call, &reply, err) < 0)
        return -1;
    const bool ok = json_bool_at(reply.json, "/ok", false), elsewhere = json_bool_at(reply.json, "/elsewhere", false);
    if (print_check(cli, reply.json, err) < 0)
        return -1;
    if (!ok)
        cli_say(cli, elsewhere ? "not all is right; the domain's DNS is elsewhere, so set the records there"
                               : "not all is right yet");
    return ok ? CLI_EXIT_OK : CLI_EXIT_FAILED;
}
