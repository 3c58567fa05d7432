/* Mailboxes and aliases: their columns, passwords, and what an option alone does not say. */
#include <unistd.h>

#include "base/file.h"
#include "base/id.h"
#include "base/json.h"
#include "base/str.h"
#include "cmd/cli_commands.h"
#include "cmd/cli_run.h"

enum { HASH_MAX = 1024, GROUP_CHARS = 5 };

static const struct cli_column mailbox_columns[] = {
    { "Address", "/address", CELL_TEXT, false, false },
    { "Customer", "/customerId", CELL_TEXT, false, false },
    { "Name", "/name", CELL_TEXT, true, false },
    { "Quota", "/quota", CELL_TEXT, false, false },
    { "Active", "/active", CELL_TEXT, false, false },
    { "Password", "/hasPassword", CELL_TEXT, false, false },
    { "Forwards", "/forwards", CELL_LINES, true, false },
    { "Keeps", "/keep", CELL_TEXT, true, false },
    { "Replies", "/autoReply/on", CELL_TEXT, true, false },
    { "Created", "/createdAt", CELL_AGE, false, false },
    { "Reply's subject", "/autoReply/subject", CELL_TEXT, false, true },
    { "Reply", "/autoReply/text", CELL_PROSE, false, true },
    { "from", "/autoReply/from", CELL_TEXT, false, true },
    { "until", "/autoReply/until", CELL_TEXT, false, true },
    { 0 },
};

const struct cli_view cli_mailbox_view = {
    .noun = "mailbox", .id = "/address", .columns = mailbox_columns, .collection = "/api/v1/mailboxes"
};

static const struct cli_column alias_columns[] = {
    { "Address", "/address", CELL_TEXT, false, false },
    { "Customer", "/customerId", CELL_TEXT, false, false },
    { "Targets", "/targets", CELL_LINES, false, false },
    { "Created", "/createdAt", CELL_AGE, false, false },
    { 0 },
};

const struct cli_view cli_alias_view = {
    .noun = "alias", .id = "/address", .columns = alias_columns, .collection = "/api/v1/aliases"
};

/* --- passwords --- */

/* A hundred bits, in groups that can be read out. */
static const char *generate(struct arena *a)
{
    const char *s = id_new(a, "", (size_t)4 * GROUP_CHARS);

    return arena_printf(a, "%.5s-%.5s-%.5s-%.5s", s, s + GROUP_CHARS, s + 2L * GROUP_CHARS, s + 3L * GROUP_CHARS);
}

/* What the options say of a password, put into the body; *ret_made is one that was generated here, or NULL. */
static int put_password(struct cli *cli, json_t *body, const char **ret_made, struct error *err)
{
    static const char *const ways[] = { "generate", "password-file", "password-hash-file", "no-password" };
    const char *hash_file = cli_get(cli, "password-hash-file"), *password;
    int count = 0;
    char *hash;

    *ret_made = NULL;
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++)
        count += cli_has(cli, ways[i]);
    if (count > 1)
        return cli_usage_error(cli, err,
                               "only one of --generate, --password-file, --password-hash-file and "
                               "--no-password can be given");
    if (cli_has(cli, "no-password"))
        return 0;
    if (hash_file) {
        if (file_read(cli->arena, hash_file, HASH_MAX, &hash, NULL, err) < 0)
            return error_context(err, "--password-hash-file");
        json_object_set_new(body, "passwordHash", json_string(str_trim(cli->arena, hash)));
        return 0;
    }
    if (cli_has(cli, "generate"))
        *ret_made = password = generate(cli->arena);
    else if (cli_read_password(cli, &password, err) < 0)
        return -1;
    json_object_set_new(body, "password", json_string(password));
    return 0;
}

/* A generated password is printed once, last and alone in its line. */
static int send(struct cli *cli, const json_t *body, const char *made, struct error *err)
{
    const struct cli_call call = { .method = cli->command->method, .path = cli_request_path(cli), .body = body };
    bool as_object = cli->format == CLI_JSON || cli->format == CLI_YAML;
    struct cli_reply reply;

    if (!made || cli->dry_run)
        return cli_change_with(cli, body, NULL, cli->command->done, err);
    if (cli_call(cli, &call, &reply, err) < 0)
        return -1;
    if (as_object)
        json_object_set_new(reply.json, "password", json_string(made));
    int rc = cli_finish(cli, &reply, cli->command->done, err);
    if (!as_object) {
        cli_say(cli, "its password, which is shown once:");
        puts(made);
    }
    return rc;
}

static json_t *body_of(struct cli *cli)
{
    json_t *body = cli_request_body(cli);

    return body ? body : json_own(cli->arena, json_object());
}

int cli_mailbox_create(struct cli *cli, struct error *err)
{
    json_t *body = body_of(cli);
    const char *made;

    return put_password(cli, body, &made, err) < 0 ? -1 : send(cli, body, made, err);
}

int cli_mailbox_passwd(struct cli *cli, struct error *err)
{
    return cli_mailbox_create(cli, err);
}

/* --- changes --- */

static void put_switch(struct cli *cli, json_t *object, const char *option, const char *field)
{
    const char *state = cli_get(cli, option);

    if (state)
        json_object_set_new(object, field, json_boolean(str_eq(state, "on")));
}

/* The auto-reply is replaced as a whole, so that what no option names is taken from what there is. */
static int put_reply(struct cli *cli, json_t *body, const char **ret_etag, struct error *err)
{
    json_t *wanted = json_object_get(body, "autoReply"), *reply;
    const struct cli_call read = { .method = "GET", .path = cli_fill_path(cli, cli->command->path) };
    struct cli_reply now;

    if (!wanted && !cli_has(cli, "reply"))
        return 0;
    if (cli_call(cli, &read, &now, err) < 0)
        return -1;
    reply = json_object_get(now.json, "autoReply");
    if (!json_is_object(reply))
        return error_set(err, ERROR_BAD_GATEWAY, "%s does not answer as Berth's API does", cli->server);
    json_object_update(reply, wanted);
    put_switch(cli, reply, "reply", "on");
    json_object_set(body, "autoReply", reply);
    *ret_etag = now.etag;
    return 0;
}

int cli_mailbox_update(struct cli *cli, struct error *err)
{
    json_t *body = body_of(cli);
    const char *etag = NULL;

    if (cli_has(cli, "no-forwards") && cli_has(cli, "forward"))
        return cli_usage_error(cli, err, "--no-forwards does not go with --forward");
    if (cli_has(cli, "no-forwards"))
        json_object_set_new(body, "forwards", json_array());
    put_switch(cli, body, "active", "active");
    put_switch(cli, body, "keep", "keep");
    if (put_reply(cli, body, &etag, err) < 0)
        return -1;
    if (json_object_size(body) == 0)
        return cli_usage_error(cli, err, "there is nothing to change: say what, by an option");
    return cli_change_with(cli, body, etag, cli->command->done, err);
}
