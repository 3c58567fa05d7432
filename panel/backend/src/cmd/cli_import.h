/* Mailboxes from a CSV file: what its lines are in the API's words. */
#ifndef BERTH_CMD_CLI_IMPORT_H
#define BERTH_CMD_CLI_IMPORT_H

#include <jansson.h>

#include "base/arena.h"

struct cli_import {
    json_t *items; /* as POST /mailboxes/import takes them */
    size_t *lines; /* of each, in the file */
};

/* The columns have the names of the API's fields; an empty cell is a field that is left out. ERROR_INVALID names the line. */
int cli_import_read(struct arena *a, const char *text, size_t len, struct cli_import *ret,
                    struct error *err) WARN_UNUSED;

/* How many items from this one on go into one request: of them, of clear passwords, and of bytes. At least one while there are any. Pure. */
size_t cli_import_some(struct arena *a, const struct cli_import *in, size_t from);

/* The pointers of a problem of the request that began with this item become lines: "/items/3/address" is "line 5: address". */
void cli_import_name_lines(const struct cli_import *in, size_t from, struct error *err);

#endif
