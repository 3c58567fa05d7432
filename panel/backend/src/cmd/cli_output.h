/* How answers are printed: tables, JSON, YAML and names. */
#ifndef BERTH_CMD_CLI_OUTPUT_H
#define BERTH_CMD_CLI_OUTPUT_H

#include <stdint.h>

#include "cmd/cli.h"

enum cli_cell {
    CELL_TEXT, /* strings, numbers, "yes" and "no", lists joined by commas */
    CELL_AGE, /* a time as "3m" */
    CELL_BYTES, /* a number as "1.5 MiB" */
    CELL_LINES, /* a list, one a line */
    CELL_PROSE, /* a sentence: on a terminal it goes on in the next line, in its place */
};

struct cli_column {
    const char *name; /* "Created" */
    const char *pointer; /* RFC 6901, into the item */
    enum cli_cell cell;
    bool wide; /* only with -o wide, and when one item is shown */
    bool shown_only; /* only when one item is shown */
};

struct cli_view {
    const char *noun; /* also the item's key in the answer to a change */
    const char *id; /* pointer to what -o name prints */
    const struct cli_column *columns; /* up to one without name */
    const char *collection; /* "/api/v1/sites"; NULL: an item is not read by itself */
    const char *conditions; /* pointer to the conditions in an item, or NULL */
    const char *conditions_path; /* where they are read, with {ID}; or NULL */
    long limit; /* of a list, unless --limit says another; 0: all */
    bool one_page; /* its list has one page only */
};

/* A cell's text, without control characters; "" when the item has no such field. now_ms: Unix time, for ages. */
const char *cli_cell_text(struct arena *a, const json_t *item, const struct cli_column *column, int64_t now_ms);

/* The same text with control characters replaced: what a customer chose must not steer an administrator's terminal. */
const char *cli_clean(struct arena *a, const char *s);

/* A list by the format of the run; heading: with the columns' names. */
int cli_print_list(struct cli *cli, const json_t *items, const struct cli_view *view, bool heading,
                   struct error *err) WARN_UNUSED;
/* One item by the format of the run; conditions may be NULL. */
int cli_print_item(struct cli *cli, const json_t *item, const struct cli_view *view, const json_t *conditions,
                   struct error *err) WARN_UNUSED;
/* Only a table, whatever the format. */
int cli_print_table(struct cli *cli, const json_t *items, const struct cli_column *columns, bool heading,
                    struct error *err) WARN_UNUSED;
int cli_print_json(const struct cli *cli, const json_t *value, struct error *err) WARN_UNUSED; /* JSON or YAML */
int cli_print_json_line(const struct cli *cli, const json_t *value); /* compact, for streams */

char *cli_yaml(struct arena *a, const json_t *value); /* as one YAML document, without "---" */

#endif
