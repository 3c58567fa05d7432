/* What is true of a customer, a site or a domain; the changes that would make it so. */
#include "base/json.h"
#include "cmd/cli_commands.h"
#include "cmd/cli_run.h"
#include "cmd/cli_wait.h"

static const struct cli_column condition_columns[] = {
    { "Step", "/type", CELL_TEXT, false, false },        { "Subject", "/subject", CELL_TEXT, false, false },
    { "Status", "/status", CELL_TEXT, false, false },    { "Since", "/since", CELL_AGE, false, false },
    { "Next try", "/nextTry", CELL_AGE, true, false },   { "Reason", "/reason", CELL_TEXT, false, false },
    { "Message", "/message", CELL_PROSE, false, false }, { 0 },
};

const struct cli_view cli_condition_view = {
    .noun = "condition", .id = "/type", .columns = condition_columns, .one_page = true
};

static const struct cli_column change_columns[] = {
    { "Plane", "/plane", CELL_TEXT, false, false },
    { "Action", "/action", CELL_TEXT, false, false },
    { "Object", "/object", CELL_TEXT, false, false },
    { "Fields", "/fields", CELL_LINES, false, false },
    { 0 },
};

const struct cli_view cli_change_view = { .noun = "change", .id = "/object", .columns = change_columns };

/* The server answers at once when the planes do; else it names an operation whose result is the answer. */
static int await_answer(struct cli *cli, json_t **answer, struct error *err)
{
    const char *id = json_str_at(*answer, "/operation/id");
    const struct cli_wait wait = { .operation = id, .timeout_s = cli->timeout_s, .progress = true };
    json_t *operation;

    if (!id)
        return 0;
    if (cli_wait_for(cli, &wait, &operation, err) < 0 || cli_wait_check(operation, err) < 0)
        return -1;
    *answer = json_object_get(operation, "result");
    return 0;
}

int cli_diff(struct cli *cli, struct error *err)
{
    const struct cli_call call = { .method = "POST", .path = cli_request_path(cli) };
    struct cli_reply reply;

    if (cli_call(cli, &call, &reply, err) < 0 || await_answer(cli, &reply.json, err) < 0)
        return -1;
    if (!json_is_array(json_object_get(reply.json, "changes")))
        return error_set(err, ERROR_BAD_GATEWAY, "the server's answer names no changes");
    if (cli_print_changes(cli, reply.json, "all is as it should be", err) < 0)
        return -1;
    return json_array_size(json_object_get(reply.json, "changes")) ? CLI_EXIT_FAILED : CLI_EXIT_OK;
}
