/* The keys of secrets: which are in use, and what the change to the newest did. */
#include "base/json.h"
#include "base/str.h"
#include "cmd/cli_commands.h"
#include "cmd/cli_run.h"

static const struct cli_column key_columns[] = {
    { "Key", "/id", CELL_TEXT, false, false },
    { "State", "/state", CELL_TEXT, false, false },
    { "Secrets", "/secrets", CELL_TEXT, false, false },
    { 0 },
};

static const struct cli_column fault_columns[] = {
    { "Kind", "/kind", CELL_TEXT, false, false },
    { "Owner", "/owner", CELL_TEXT, false, false },
    { "Key", "/key", CELL_TEXT, false, false },
    { "Reason", "/reason", CELL_TEXT, false, false },
    { 0 },
};

const struct cli_view cli_secret_view = { .noun = "secrets", .id = "/id", .columns = key_columns, .one_page = true };

static int print(struct cli *cli, const json_t *answer, struct error *err)
{
    const json_t *faults = json_object_get(answer, "faults");

    if (cli->format == CLI_JSON || cli->format == CLI_YAML)
        return cli_print_json(cli, answer, err);
    if (cli_print_list(cli, json_object_get(answer, "items"), &cli_secret_view, true, err) < 0)
        return -1;
    return json_array_size(faults) && cli->format != CLI_NAME ? cli_print_table(cli, faults, fault_columns, true, err)
                                                              : 0;
}

/* 0 when every secret can be read, 1 when one cannot. */
static int verdict(const json_t *answer, struct error *err)
{
    long long unreadable = json_int_at(answer, "/unreadable", 0);

    if (unreadable == 0)
        return 0;
    return error_set(err, ERROR_CONFLICT,
                     "%lld of %lld secrets cannot be read; they are left as they are. Put the keys back that encrypted "
                     "them",
                     unreadable, (long long)json_int_at(answer, "/total", 0));
}

int cli_secrets_status(struct cli *cli, struct error *err)
{
    const struct cli_call call = { .method = "GET", .path = cli->command->path };
    struct cli_reply reply;

    if (cli_call(cli, &call, &reply, err) < 0 || print(cli, reply.json, err) < 0)
        return -1;
    return verdict(reply.json, err);
}

int cli_secrets_rotate(struct cli *cli, struct error *err)
{
    const struct cli_call call = { .method = "POST", .path = cli_request_path(cli) };
    struct cli_reply reply;

    if (cli_call(cli, &call, &reply, err) < 0 || print(cli, reply.json, err) < 0)
        return -1;
    cli_say(cli, "%lld of %lld secrets %s encrypted anew", (long long)json_int_at(reply.json, "/rotated", 0),
            (long long)json_int_at(reply.json, "/total", 0), cli->dry_run ? "would be" : "were");
    return verdict(reply.json, err);
}
