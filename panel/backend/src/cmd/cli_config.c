/* Settings of the command line: see cli_config.h. */
#include "cmd/cli_config.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/file.h"
#include "base/json.h"
#include "base/str.h"

enum { CONFIG_MAX = 64 << 10 };

static const char *environment(const char *name)
{
    const char *value = getenv(name); // NOLINT(concurrency-mt-unsafe): nothing here changes the environment

    return str_empty(value) ? NULL : value;
}

static const char *config_dir(struct arena *a)
{
    const char *xdg = environment("XDG_CONFIG_HOME"), *home = environment("HOME");

    if (xdg && xdg[0] == '/')
        return arena_printf(a, "%s/berth", xdg);
    return home ? arena_printf(a, "%s/.config/berth", home) : NULL;
}

const char *cli_config_path(struct arena *a)
{
    const char *dir = config_dir(a);

    return dir ? arena_printf(a, "%s/config.json", dir) : NULL;
}

int cli_config_read(struct arena *a, struct cli_config *ret, struct error *err)
{
    const char *path = cli_config_path(a);
    struct error why = ERROR_INIT;
    json_t *json;
    size_t len;
    char *text;

    *ret = (struct cli_config){ 0 };
    if (!path)
        return 0;
    if (file_read(a, path, CONFIG_MAX, &text, &len, &why) < 0) {
        if (why.code == ERROR_NOT_FOUND)
            return 0;
        *err = why;
        return error_context(err, "reading the settings");
    }
    if (json_parse(a, text, len, &json, err) < 0)
        return error_context(err, "%s; sign in again to replace it", path);
    ret->server = json_str_at(json, "/server");
    ret->ca = json_str_at(json, "/ca");
    ret->token = json_str_at(json, "/token");
    return 0;
}

int cli_config_write(struct arena *a, const struct cli_config *config, struct error *err)
{
    const char *dir = config_dir(a), *path = cli_config_path(a);
    json_t *json = json_own(a, json_object());

    if (!path)
        return error_set(err, ERROR_INVALID, "there is no place for the settings: set HOME or XDG_CONFIG_HOME");
    if (config->server)
        json_object_set_new(json, "server", json_string(config->server));
    if (config->ca)
        json_object_set_new(json, "ca", json_string(config->ca));
    if (config->token)
        json_object_set_new(json, "token", json_string(config->token));
    const char *text = arena_printf(a, "%s\n", json_pretty(a, json));
    if (file_mkdirs(dir, 0700, err) < 0 || file_write(path, text, strlen(text), 0600, err) < 0)
        return error_context(err, "keeping the settings");
    return 0;
}

/* --- the server --- */

static bool is_loopback(const char *host, size_t len)
{
    static const char tail[] = ".localhost";
    size_t t = sizeof tail - 1;

    if ((len == 9 && strncasecmp(host, "localhost", 9) == 0) || (len == 5 && strncmp(host, "[::1]", 5) == 0))
        return true;
    if (len > t && strncasecmp(host + len - t, tail, t) == 0)
        return true;
    return len > 4 && strncmp(host, "127.", 4) == 0 && strspn(host, "0123456789.") >= len;
}

int cli_server_check(struct arena *a, const char *url, const char **ret, struct error *err)
{
    bool plain = strncasecmp(url, "http://", 7) == 0, tls = strncasecmp(url, "https://", 8) == 0;
    const char *host = strstr(url, "://") ? strstr(url, "://") + 3 : url;
    size_t authority = strcspn(host, "/?#"), name = host[0] == '[' ? strcspn(host, "]") + 1 : strcspn(host, ":/?#");

    if (!plain && !tls)
        return error_set(err, ERROR_INVALID, "the server's URL '%s' must begin with https://", url);
    if (authority == 0 || memchr(host, '@', authority) || strspn(host + authority, "/") != strlen(host + authority))
        return error_set(err, ERROR_INVALID, "the server's URL '%s' must be https://HOST or https://HOST:PORT", url);
    if (plain && !is_loopback(host, name))
        return error_set(err, ERROR_INVALID, "'%s' would send the token unencrypted; use https://", url);
    *ret = arena_printf(a, "%s%.*s", plain ? "http://" : "https://", (int)authority, host);
    return 0;
}

static const char *first_of(const char *a, const char *b)
{
    return a ? a : b;
}

int cli_config_apply(struct cli *cli, struct error *err)
{
    const char *server = first_of(cli_get(cli, "server"), environment("BERTH_SERVER"));
    struct cli_config file;

    cli->token = first_of(cli_get(cli, "token"), environment("BERTH_TOKEN"));
    cli->ca = first_of(cli_get(cli, "ca"), environment("BERTH_CA"));
    if (server && cli_server_check(cli->arena, server, &server, err) < 0)
        return -1;
    cli->server = server;
    if (cli_config_read(cli->arena, &file, err) < 0)
        return -1;
    if (!server || str_eq(server, file.server)) {
        cli->token = first_of(cli->token, file.token);
        cli->ca = first_of(cli->ca, file.ca);
    }
    cli->server = first_of(server, file.server);
    return 0;
}
