/* Where `berth login` keeps the server's URL, its CA file and the token: $XDG_CONFIG_HOME/berth/config.json, mode 0600. */
#ifndef BERTH_CMD_CLI_CONFIG_H
#define BERTH_CMD_CLI_CONFIG_H

#include "cmd/cli.h"

struct cli_config {
    const char *server, *ca, *token; /* NULL: there is none */
};

const char *cli_config_path(struct arena *a); /* NULL: neither XDG_CONFIG_HOME nor HOME is set */
int cli_config_read(struct arena *a, struct cli_config *ret, struct error *err) WARN_UNUSED; /* no file: all NULL */
int cli_config_write(struct arena *a, const struct cli_config *config, struct error *err) WARN_UNUSED;

/* Server, token and CA of this run: options, then the environment, then the file. The file's token and CA are for the
 * file's server only. What is not known stays NULL. */
int cli_config_apply(struct cli *cli, struct error *err) WARN_UNUSED;

/* The URL as it is kept: "https://host[:port]". A token never goes over a network unencrypted, so http:// is for this
 * machine only. */
int cli_server_check(struct arena *a, const char *url, const char **ret, struct error *err) WARN_UNUSED;

#endif
