/* Reading CSV: see cli_csv.h. */
#include "cmd/cli_csv.h"

#include <csv.h>
#include <string.h>

#include "base/str.h"

#define BOM "\xef\xbb\xbf"

struct reading {
    struct arena *arena;
    struct cli_csv csv;
    size_t row_cap, cell_cap;
    struct cli_csv_row row; /* that is being read */
    size_t line; /* of the next byte */
};

static void on_cell(void *text, size_t len, void *ctx)
{
    struct reading *r = ctx;

    if (r->row.count == r->cell_cap) {
        const size_t cap = r->cell_cap ? r->cell_cap * 2 : 16;
        r->row.cells = arena_grow(r->arena, (void *)r->row.cells, r->cell_cap * sizeof *r->row.cells,
                                  cap * sizeof *r->row.cells);
        r->cell_cap = cap;
    }
    r->row.cells[r->row.count++] = arena_strndup(r->arena, text ? text : "", len);
}

static void on_row(int end, void *ctx)
{
    struct reading *r = ctx;

    (void)end;
    if (r->csv.count == r->row_cap) {
        const size_t cap = r->row_cap ? r->row_cap * 2 : 64;
        r->csv.rows = arena_grow(r->arena, r->csv.rows, r->row_cap * sizeof *r->csv.rows, cap * sizeof *r->csv.rows);
        r->row_cap = cap;
    }
    r->csv.rows[r->csv.count++] = r->row;
    r->row = (struct cli_csv_row){ 0 };
    r->cell_cap = 0;
}

/* A space is a part of its field. */
static int is_space(unsigned char c)
{
    (void)c;
    return 0;
}

/* Byte by byte, since the parser does not tell of lines. */
static int parse(struct csv_parser *p, struct reading *r, const char *text, size_t len, struct error *err)
{
    for (size_t i = 0; i < len; i++) {
        if (r->row.line == 0 && text[i] != '\n' && text[i] != '\r')
            r->row.line = r->line;
        if (csv_parse(p, &text[i], 1, on_cell, on_row, r) != 1)
            return error_set(err, ERROR_INVALID,
                             "line %zu: a quote stands within a field that has none around it, or something behind "
                             "the one that ends it; put the field in quotes, and each of its own quotes twice",
                             r->line);
        r->line += text[i] == '\n' || (text[i] == '\r' && text[i + 1] != '\n');
    }
    if (csv_fini(p, on_cell, on_row, r) != 0)
        return error_set(err, ERROR_INVALID, "line %zu: the quote that begins a field is not ended", r->row.line);
    return 0;
}

static int check_counts(const struct cli_csv *csv, struct error *err)
{
    for (size_t i = 1; i < csv->count; i++)
        if (csv->rows[i].count != csv->rows[0].count)
            return error_set(err, ERROR_INVALID, "line %zu: its number of fields is %zu, and the header's is %zu",
                             csv->rows[i].line, csv->rows[i].count, csv->rows[0].count);
    return 0;
}

int cli_csv_read(struct arena *a, const char *text, size_t len, struct cli_csv *ret, struct error *err)
{
    struct reading r = { .arena = a, .line = 1 };
    struct csv_parser p;

    if (!str_has_utf8(text, len))
        return error_set(err, ERROR_INVALID, "it is not UTF-8");
    if (str_starts(text, BOM)) {
        text += strlen(BOM);
        len -= strlen(BOM);
    }
    if (csv_init(&p, CSV_STRICT | CSV_STRICT_FINI) != 0)
        return error_set(err, ERROR_INTERNAL, "the reader of CSV does not start");
    csv_set_space_func(&p, is_space);
    int rc = parse(&p, &r, text, len, err);
    csv_free(&p);
    if (rc < 0 || check_counts(&r.csv, err) < 0)
        return -1;
    if (r.csv.count == 0)
        return error_set(err, ERROR_INVALID, "it is empty");
    *ret = r.csv;
    return 0;
}
