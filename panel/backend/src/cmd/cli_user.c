/* Users and tokens: their columns, and answers with what is shown once. */
#include "base/json.h"
#include "cmd/cli_commands.h"
#include "cmd/cli_run.h"

static const struct cli_column user_columns[] = {
    { "Id", "/id", CELL_TEXT, false, false },
    { "Email", "/email", CELL_TEXT, false, false },
    { "Name", "/name", CELL_TEXT, true, false },
    { "Role", "/role", CELL_TEXT, false, false },
    { "Customers", "/customers", CELL_TEXT, false, false },
    { "Password", "/hasPassword", CELL_TEXT, false, false },
    { "Second factor", "/hasTotp", CELL_TEXT, true, false },
    { "Created", "/createdAt", CELL_AGE, false, false },
    { 0 },
};

static const struct cli_column token_columns[] = {
    { "Id", "/id", CELL_TEXT, false, false },
    { "Name", "/name", CELL_TEXT, false, false },
    { "Scopes", "/scopes", CELL_TEXT, false, false },
    { "Customer", "/customerId", CELL_TEXT, false, false },
    { "Created", "/createdAt", CELL_AGE, false, false },
    { "Expires", "/expiresAt", CELL_TEXT, false, false },
    { 0 },
};

const struct cli_view cli_user_view = { .noun = "user", .id = "/id", .columns = user_columns };
const struct cli_view cli_token_view = { .noun = "token", .id = "/id", .columns = token_columns };

/* Sends the command's request and prints the one field that is answered once; alone on stdout, so that it can be piped. */
static int answer_once(struct cli *cli, const char *pointer, const char *what, struct error *err)
{
    const struct cli_call call = { .method = cli->command->method,
                                   .path = cli_request_path(cli),
                                   .body = cli_request_body(cli) };
    struct cli_reply reply;

    if (cli_call(cli, &call, &reply, err) < 0)
        return -1;
    if (cli->dry_run)
        return cli_print_changes(cli, reply.json, "nothing would change", err);
    if (cli->format == CLI_JSON || cli->format == CLI_YAML)
        return cli_print_json(cli, reply.json, err);
    const char *once = json_str_at(reply.json, pointer);
    if (json_bool_at(reply.json, "/mailed", false))
        cli_say(cli, "the link is mailed to the user as well");
    cli_say(cli, "%s", what);
    puts(cli_clean(cli->arena, once ? once : ""));
    return 0;
}

int cli_user_link(struct cli *cli, struct error *err)
{
    return answer_once(cli, "/link", "hand this link on; it is good once, for three days:", err);
}

int cli_token_create(struct cli *cli, struct error *err)
{
    return answer_once(cli, "/secret", "this token is shown once:", err);
}
