/* Signing in and out, and which Berth this is. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/file.h"
#include "base/http.h"
#include "base/json.h"
#include "base/str.h"
#include "cmd/cli_commands.h"
#include "cmd/cli_config.h"
#include "cmd/cli_run.h"

enum { TOKEN_MAX = 256, INPUT_MAX = 4096 };

static const struct cli_column columns[] = {
    { "User", "/user", CELL_TEXT, false, false },
    { "Role", "/role", CELL_TEXT, false, false },
    { "Expires", "/expiresAt", CELL_AGE, false, false },
    { 0 },
};

const struct cli_view cli_session_view = { .noun = "session", .id = "/user", .columns = columns };

/* --- the token --- */

static int read_line(struct cli *cli, const char **ret, struct error *err)
{
    char line[INPUT_MAX];

    if (!fgets(line, sizeof line, stdin))
        return error_set(err, ERROR_INVALID, "nothing was given");
    *ret = str_trim(cli->arena, line);
    return 0;
}

/* From the terminal, without showing it. */
static int ask(struct cli *cli, const char *question, const char **ret, struct error *err)
{
    struct termios shown, hidden;

    if (tcgetattr(STDIN_FILENO, &shown) < 0)
        return read_line(cli, ret, err);
    hidden = shown;
    hidden.c_lflag &= ~(tcflag_t)ECHO;
    /* Hidden first: it throws away what was typed before, and that must not be what follows the question. */
    (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
    fputs(question, stderr);
    (void)fflush(stderr);
    int rc = read_line(cli, ret, err);
    (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
    fputc('\n', stderr);
    return rc;
}

static int read_token(struct cli *cli, const char **ret, struct error *err)
{
    const char *path = cli_get(cli, "token-file"), *given = cli_get(cli, "token");
    const char *environment = getenv("BERTH_TOKEN"); // NOLINT(concurrency-mt-unsafe): before threads
    char *text;

    if (path && !str_eq(path, "-")) {
        if (file_read(cli->arena, path, INPUT_MAX, &text, NULL, err) < 0)
            return error_context(err, "--token-file");
        *ret = str_trim(cli->arena, text);
        return 0;
    }
    if (!path && (given || !str_empty(environment))) {
        *ret = given ? given : environment;
        return 0;
    }
    return isatty(STDIN_FILENO) ? ask(cli, "Token: ", ret, err) : read_line(cli, ret, err);
}

static int check_token(const char *token, struct error *err)
{
    size_t len = strlen(token);

    if (len == 0)
        return error_set(err, ERROR_INVALID, "the token is empty");
    for (const char *p = token; *p; p++)
        if (*p < 0x21 || *p > 0x7e)
            return error_set(err, ERROR_INVALID, "the token has a character that no token has; is it the right file?");
    return len <= TOKEN_MAX ? 0 : error_set(err, ERROR_INVALID, "the token is too long; is it the right file?");
}

/* --- or a password, which is exchanged for a token --- */

static int read_secret(struct cli *cli, const char *option, const char *prompt, const char **ret, struct error *err)
{
    const char *path = cli_get(cli, option);
    char *text;

    if (!path)
        return isatty(STDIN_FILENO) ? ask(cli, prompt, ret, err) : read_line(cli, ret, err);
    if (file_read(cli->arena, path, INPUT_MAX, &text, NULL, err) < 0)
        return error_context(err, "--%s", option);
    text[strcspn(text, "\r\n")] = '\0';
    *ret = text;
    return 0;
}

int cli_read_password(struct cli *cli, const char **ret, struct error *err)
{
    return read_secret(cli, "password-file", "Password: ", ret, err);
}

static json_t *sign_in_body(struct cli *cli, const char *email, const char *password, const char *code)
{
    json_t *body = json_own(cli->arena, json_object());

    json_object_set_new(body, "email", json_string(email));
    json_object_set_new(body, "password", json_string(password));
    json_object_set_new(body, "asToken", json_true());
    if (code)
        json_object_set_new(body, "code", json_string(code));
    return body;
}

/* Is it the code that is missing? The API names the field, and the password was right. */
static bool asks_for_code(const struct error *err)
{
    return err->code == ERROR_UNAUTHENTICATED && err->field_count == 1 && str_eq(err->fields[0].pointer, "/code");
}

static int exchange(struct cli *cli, const char *email, const char **ret, struct error *err)
{
    const char *password, *code = cli_get(cli, "code");
    struct cli_call call = { .method = "POST", .path = cli->command->path };
    struct cli_reply reply;

    if (cli_read_password(cli, &password, err) < 0)
        return -1;
    cli->token = "none"; /* the request goes without one that is good */
    call.body = sign_in_body(cli, email, password, code);
    int rc = cli_call(cli, &call, &reply, err);
    if (rc < 0 && !code && asks_for_code(err) && isatty(STDIN_FILENO)) {
        *err = ERROR_INIT;
        if (ask(cli, "Code of your authenticator: ", &code, err) < 0)
            return -1;
        call.body = sign_in_body(cli, email, password, code);
        rc = cli_call(cli, &call, &reply, err);
    }
    if (rc < 0)
        return -1;
    http_client_free(cli->client); /* the next request takes the token */
    cli->client = NULL;
    *ret = json_str_at(reply.json, "/token");
    return *ret ? 0 : error_set(err, ERROR_BAD_GATEWAY, "%s does not answer as Berth's API does", cli->server);
}

/* --- login, logout --- */

static int absolute(struct cli *cli, const char *path, const char **ret, struct error *err)
{
    char real[PATH_MAX];

    if (!realpath(path, real))
        return error_set_errno(err, errno, "--ca: %s", path);
    *ret = arena_strdup(cli->arena, real);
    return 0;
}

int cli_login(struct cli *cli, struct error *err)
{
    const char *url = cli_get(cli, "URL");
    struct cli_reply reply;
    struct error why = ERROR_INIT;

    if (url && !str_eq(url, cli->server)) { /* another server: what is stored is not for it */
        if (cli_server_check(cli->arena, url, &cli->server, &why) < 0)
            return cli_usage_error(cli, err, "URL: %s", why.message);
        struct cli_config file;
        if (cli_config_read(cli->arena, &file, &why) < 0)
            file = (struct cli_config){ 0 }; /* it is written anew */
        const char *environment = getenv("BERTH_CA"); // NOLINT(concurrency-mt-unsafe): before threads
        cli->ca = cli_get(cli, "ca") ? cli_get(cli, "ca") : str_empty(environment) ? NULL : environment;
        cli->ca = !cli->ca && str_eq(file.server, cli->server) ? file.ca : cli->ca;
    }
    if (!cli->server)
        return cli_usage_error(cli, err, "'login' needs the panel's URL, like https://panel.example.com");
    if (cli->ca && absolute(cli, cli->ca, &cli->ca, err) < 0)
        return -1;
    const char *email = cli_get(cli, "user");
    if ((email ? exchange(cli, email, &cli->token, err) : read_token(cli, &cli->token, err)) < 0 ||
        check_token(cli->token, err) < 0)
        return -1;
    const struct cli_call call = { .method = "GET", .path = cli->command->path };
    if (cli_call(cli, &call, &reply, err) < 0)
        return -1;
    const char *user = json_str_at(reply.json, "/user"), *role = json_str_at(reply.json, "/role");
    if (!user || !role)
        return error_set(err, ERROR_BAD_GATEWAY, "%s does not answer as Berth's API does; is it the panel's URL?",
                         cli->server);
    const struct cli_config config = { cli->server, cli->ca, cli->token };
    if (cli_config_write(cli->arena, &config, err) < 0)
        return -1;
    printf("signed in to %s as %s (%s)\n", cli->server, cli_clean(cli->arena, user), cli_clean(cli->arena, role));
    return 0;
}

/* The link is a page of the panel; what follows # is all that counts. */
int cli_redeem(struct cli *cli, struct error *err)
{
    const char *link = cli_get(cli, "LINK"), *mark = strrchr(link, '#'), *password;
    json_t *body = json_own(cli->arena, json_object());
    struct cli_reply reply;

    if (cli_read_password(cli, &password, err) < 0)
        return -1;
    json_object_set_new(body, "token", json_string(mark ? mark + 1 : link));
    json_object_set_new(body, "password", json_string(password));
    cli->token = "none";
    const struct cli_call call = { .method = "POST", .path = cli->command->path, .body = body };
    if (cli_call(cli, &call, &reply, err) < 0)
        return -1;
    printf("the password is set; sign in with it: %s login --user EMAIL\n", cli->program);
    return 0;
}

int cli_password(struct cli *cli, struct error *err)
{
    const char *current, *password;
    json_t *body = json_own(cli->arena, json_object());
    struct cli_reply reply;

    if (read_secret(cli, "current-file", "Present password: ", &current, err) < 0 ||
        read_secret(cli, "password-file", "New password: ", &password, err) < 0)
        return -1;
    json_object_set_new(body, "current", json_string(current));
    json_object_set_new(body, "password", json_string(password));
    const struct cli_call call = { .method = "PUT", .path = cli->command->path, .body = body };
    if (cli_call(cli, &call, &reply, err) < 0)
        return -1;
    puts("the password is changed");
    return 0;
}

int cli_logout(struct cli *cli, struct error *err)
{
    struct cli_config config;

    if (cli_config_read(cli->arena, &config, err) < 0)
        return -1;
    if (!config.token) {
        puts("you were not signed in");
        return 0;
    }
    config.token = NULL;
    if (cli_config_write(cli->arena, &config, err) < 0)
        return -1;
    printf("signed out of %s; the token itself stays valid on the server\n", config.server);
    return 0;
}

/* --- version --- */

int cli_version(struct cli *cli, struct error *err)
{
    json_t *answer = json_own(cli->arena, json_object());
    const struct cli_call call = { .method = "GET", .path = cli->command->path };
    struct cli_reply reply = { 0 };

    json_object_set_new(answer, "berth", json_string(BERTH_VERSION));
    int rc = cli->server ? cli_call(cli, &call, &reply, err) : 0;
    if (rc == 0 && reply.json)
        json_object_set(answer, "server", reply.json);
    if (cli->format == CLI_JSON || cli->format == CLI_YAML)
        return cli_print_json(cli, answer, err) < 0 ? -1 : rc;
    puts("berth " BERTH_VERSION);
    if (rc == 0 && reply.json)
        printf("server %s (%s)\n", cli_clean(cli->arena, json_str_at(reply.json, "/version")), cli->server);
    return rc;
}
