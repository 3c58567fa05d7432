/* CSV as RFC 4180 has it (by libcsv): commas, quotes, LF or CRLF; UTF-8, with or without a byte order mark. */
#ifndef BERTH_CMD_CLI_CSV_H
#define BERTH_CMD_CLI_CSV_H

#include <stddef.h>

#include "base/arena.h"

struct cli_csv_row {
    size_t line; /* in which it begins, from 1 */
    size_t count;
    const char **cells;
};

struct cli_csv {
    size_t count;
    struct cli_csv_row *rows; /* the first one is the header; empty lines are none */
};

/* Each row has as many cells as the header. ERROR_INVALID names the line. */
int cli_csv_read(struct arena *a, const char *text, size_t len, struct cli_csv *ret, struct error *err) WARN_UNUSED;

#endif
