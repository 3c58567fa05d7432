/* The second factor at sign-in, of one's own: what is shown once goes to stdout alone, so that it can be piped. */
#include "base/json.h"
#include "base/str.h"
#include "cmd/cli_commands.h"
#include "cmd/cli_run.h"

static const struct cli_column columns[] = {
    { "State", "/state", CELL_TEXT, false, false },
    { "Recovery codes left", "/recoveryCodesLeft", CELL_TEXT, false, false },
    { 0 },
};

const struct cli_view cli_totp_view = { .noun = "totp", .id = "/state", .columns = columns };

/* The command's request, with what was read beside its options. */
static int send_proof(struct cli *cli, bool with_password, bool with_code, struct cli_reply *ret, struct error *err)
{
    json_t *body = json_own(cli->arena, json_object());
    const char *password, *code = cli_get(cli, "CODE");

    if (with_password) {
        if (cli_read_password(cli, &password, err) < 0)
            return -1;
        json_object_set_new(body, "password", json_string(password));
    }
    if (with_code)
        json_object_set_new(body, "code", json_string(code));
    const struct cli_call call = { .method = cli->command->method, .path = cli->command->path, .body = body };
    return cli_call(cli, &call, ret, err);
}

int cli_totp_enable(struct cli *cli, struct error *err)
{
    struct cli_reply reply;

    if (send_proof(cli, true, false, &reply, err) < 0)
        return -1;
    if (cli->format == CLI_JSON || cli->format == CLI_YAML)
        return cli_print_json(cli, reply.json, err);
    const char *uri = json_str_at(reply.json, "/uri"), *secret = json_str_at(reply.json, "/secret");
    cli_say(cli, "type this secret into your authenticator, or make a QR code of the second line;");
    cli_say(cli, "then give its first code: %s totp confirm CODE. Until then nothing changes.", cli->program);
    printf("%s\n%s\n", cli_clean(cli->arena, secret ? secret : ""), cli_clean(cli->arena, uri ? uri : ""));
    return 0;
}

static int print_codes(struct cli *cli, const struct cli_reply *reply, const char *what, struct error *err)
{
    const json_t *code;
    size_t i;

    if (cli->format == CLI_JSON || cli->format == CLI_YAML)
        return cli_print_json(cli, reply->json, err);
    cli_say(cli,
            "%s each of these recovery codes stands for a code once; keep them where the authenticator is not:", what);
    json_array_foreach(json_object_get(reply->json, "recoveryCodes"), i, code)
        puts(cli_clean(cli->arena, json_string_value(code)));
    return 0;
}

int cli_totp_confirm(struct cli *cli, struct error *err)
{
    struct cli_reply reply;

    if (send_proof(cli, false, true, &reply, err) < 0)
        return -1;
    return print_codes(cli, &reply, "sign-in asks for a code from now on;", err);
}

int cli_totp_recovery_codes(struct cli *cli, struct error *err)
{
    struct cli_reply reply;

    if (send_proof(cli, true, true, &reply, err) < 0)
        return -1;
    return print_codes(cli, &reply, "the codes before are good no more;", err);
}

int cli_totp_disable(struct cli *cli, struct error *err)
{
    struct cli_reply reply;

    if (send_proof(cli, true, true, &reply, err) < 0)
        return -1;
    puts("the second factor is disabled");
    return 0;
}
