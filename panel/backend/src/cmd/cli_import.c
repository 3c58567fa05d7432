/* `berth mailbox import`: see cli_import.h. */
#include "cmd/cli_import.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "base/str.h"
#include "cmd/cli_commands.h"
#include "cmd/cli_csv.h"
#include "cmd/cli_run.h"
#include "cmd/cli_wait.h"

/* Of a request: docs/openapi.yaml. The bytes leave room for what stands around the items. */
enum { ITEMS_MAX = 1000, PASSWORDS_MAX = 100, BYTES_MAX = JSON_BODY_MAX - 1024, FILE_MAX = 64 << 20 };

enum kind { TEXT, SWITCH, WORDS };

struct column {
    const char *field;
    enum kind kind;
};

static const struct column columns[] = {
    { "address", TEXT },         { "passwordHash", TEXT },      { "password", TEXT },       { "name", TEXT },
    { "quota", TEXT },           { "active", SWITCH },          { "forwards", WORDS },      { "keep", SWITCH },
    { "autoReply/on", SWITCH },  { "autoReply/subject", TEXT }, { "autoReply/text", TEXT }, { "autoReply/from", TEXT },
    { "autoReply/until", TEXT },
};

enum { COLUMNS = sizeof columns / sizeof columns[0] };

/* --- the file --- */

static const struct column *find_column(const char *name)
{
    for (size_t i = 0; i < COLUMNS; i++)
        if (str_eq(columns[i].field, name))
            return &columns[i];
    return NULL;
}

static int unknown_column(struct arena *a, const char *name, struct error *err)
{
    const char *known = columns[0].field;

    for (size_t i = 1; i < COLUMNS; i++)
        known = arena_printf(a, "%s%s%s", known, i + 1 < COLUMNS ? ", " : " and ", columns[i].field);
    return error_set(err, ERROR_INVALID, "line 1: there is no column '%.80s'; there are %s, with commas between them",
                     name, known);
}

static int read_header(struct arena *a, const struct cli_csv_row *row, const struct column **ret, struct error *err)
{
    bool has_address = false;

    for (size_t i = 0; i < row->count; i++) {
        if (!(ret[i] = find_column(row->cells[i])))
            return unknown_column(a, row->cells[i], err);
        has_address = has_address || ret[i] == columns;
        for (size_t j = 0; j < i; j++)
            if (ret[j] == ret[i])
                return error_set(err, ERROR_INVALID, "line 1: the column '%s' is there twice", ret[i]->field);
    }
    return has_address ? 0 : error_set(err, ERROR_INVALID, "line 1: there is no column 'address'");
}

static json_t *words_of(struct arena *a, const char *cell)
{
    json_t *list = json_array();

    for (char **word = str_split(a, cell, ' ', NULL); *word; word++)
        if ((*word)[0])
            json_array_append_new(list, json_string(*word));
    return list;
}

static int read_row(struct arena *a, const struct cli_csv_row *row, const struct column *const *header, json_t *item,
                    struct error *err)
{
    for (size_t i = 0; i < row->count; i++) {
        const char *cell = row->cells[i];
        const bool on = str_eq(cell, "true");
        if (cell[0] == '\0')
            continue;
        if (header[i]->kind == SWITCH && !on && !str_eq(cell, "false"))
            return error_set(err, ERROR_INVALID, "line %zu: %s: must be true or false", row->line, header[i]->field);
        cli_put_field(item, header[i]->field,
                      header[i]->kind == SWITCH  ? json_boolean(on)
                      : header[i]->kind == WORDS ? words_of(a, cell)
                                                 : json_string(cell));
    }
    return 0;
}

int cli_import_read(struct arena *a, const char *text, size_t len, struct cli_import *ret, struct error *err)
{
    struct cli_csv csv;

    if (cli_csv_read(a, text, len, &csv, err) < 0)
        return -1;
    const struct column **header = arena_array(a, csv.rows[0].count, sizeof *header);
    if (read_header(a, &csv.rows[0], header, err) < 0)
        return -1;
    if (csv.count == 1)
        return error_set(err, ERROR_INVALID, "there is no mailbox below the header");
    struct cli_import in = { json_own(a, json_array()), arena_array(a, csv.count, sizeof *in.lines) };
    for (size_t i = 1; i < csv.count; i++) {
        json_t *item = json_object();
        json_array_append_new(in.items, item);
        in.lines[i - 1] = csv.rows[i].line;
        if (read_row(a, &csv.rows[i], header, item, err) < 0)
            return -1;
    }
    *ret = in;
    return 0;
}

/* --- requests --- */

size_t cli_import_some(struct arena *a, const struct cli_import *in, size_t from)
{
    size_t some = 0, passwords = 0, bytes = 0;

    for (; from + some < json_array_size(in->items) && some < ITEMS_MAX; some++) {
        const json_t *item = json_array_get(in->items, from + some);
        passwords += json_object_get(item, "password") != NULL;
        bytes += strlen(json_text(a, item)) + 1;
        if (some && (passwords > PASSWORDS_MAX || bytes > BYTES_MAX))
            break;
    }
    return some;
}

void cli_import_name_lines(const struct cli_import *in, size_t from, struct error *err)
{
    for (size_t i = 0; i < err->field_count; i++) {
        struct error_field *f = &err->fields[i];
        char rest[ERROR_POINTER_MAX] = "", *end = f->pointer;
        const bool named = str_starts(f->pointer, "/items/");
        const unsigned long item = named ? strtoul(f->pointer + strlen("/items/"), &end, 10) : 0;
        if (!named || from + item >= json_array_size(in->items)) {
            snprintf(f->pointer, sizeof f->pointer, "%s", "all lines");
            continue;
        }
        snprintf(rest, sizeof rest, "%s", *end == '/' ? end + 1 : "");
        snprintf(f->pointer, sizeof f->pointer, "line %zu%s%.60s", in->lines[from + item], rest[0] ? ": " : "", rest);
    }
}

struct sending {
    struct cli *cli;
    struct cli_import file;
    size_t total, made;
    json_t *operations, *changes; /* of all requests */
};

/* What the user must know after a failure: what of the file is made. */
static int tell_failure(const struct sending *s, struct error *err)
{
    const struct cli *cli = s->cli;
    const char *path = cli_get(cli, "FILE");
    char why[ERROR_MESSAGE_MAX];

    cli_import_name_lines(&s->file, s->made, err);
    snprintf(why, sizeof why, "%s", err->message);
    if (err->field_count)
        snprintf(why, sizeof why, "%s: %zu %s not right", path, err->field_count,
                 err->field_count == 1 ? "value is" : "values are");
    const size_t next = s->file.lines[s->made];
    if (cli->dry_run)
        snprintf(err->message, sizeof err->message, "%s", why);
    else if (error_status(err->code) >= 500) /* perhaps it was carried out, and the answer was lost */
        snprintf(
            err->message, sizeof err->message,
            "%.200s; %zu mailboxes were made for certain. Whether some from line %zu on were, `%s mailbox list` tells: "
            "run it again with the header and those lines that are missing. It is safe: what exists is never made "
            "twice",
            why, s->made, next, cli->program);
    else if (s->made == 0)
        snprintf(err->message, sizeof err->message, "%.400s; nothing was made", why);
    else
        snprintf(err->message, sizeof err->message,
                 "%.200s; the %zu mailboxes up to line %zu were made, and none from line %zu on. Run it again with the "
                 "header and those lines: that is safe, since what exists is never made twice",
                 why, s->made, s->file.lines[s->made - 1], next);
    return -1;
}

static int send_some(struct sending *s, size_t count, struct error *err)
{
    struct cli *cli = s->cli;
    json_t *items = json_array(), *body = json_own(cli->arena, json_object());
    const struct cli_call call = { .method = "POST", .path = cli_request_path(cli), .body = body };
    struct cli_reply reply;

    json_object_set_new(body, "items", items);
    for (size_t i = 0; i < count; i++)
        json_array_append(items, json_array_get(s->file.items, s->made + i));
    if (cli_call(cli, &call, &reply, err) < 0)
        return -1;
    json_array_extend(s->changes, json_object_get(reply.json, "changes"));
    if (!cli->dry_run) {
        json_t *operation = json_object_get(reply.json, "operation");
        json_array_append(s->operations, operation);
        if (cli->format <= CLI_WIDE && !cli->wait)
            printf("%s: %zu mailboxes: accepted as %s\n", cli_clean(cli->arena, json_str_at(operation, "/subject")),
                   count, cli_clean(cli->arena, json_str_at(operation, "/id")));
    }
    s->made += count;
    if (s->total > count)
        cli_say(cli, "%zu of %zu", s->made, s->total);
    return 0;
}

static int wait_for_all(struct sending *s, struct error *err)
{
    for (size_t i = 0; s->cli->wait && i < json_array_size(s->operations); i++) {
        const struct cli_wait wait = { .operation = json_str_at(json_array_get(s->operations, i), "/id"),
                                       .timeout_s = s->cli->timeout_s,
                                       .progress = true };
        json_t *operation;
        if (cli_wait_for(s->cli, &wait, &operation, err) < 0 || cli_wait_check(operation, err) < 0)
            return -1;
        json_array_set(s->operations, i, operation);
    }
    return 0;
}

static int read_file(struct cli *cli, struct cli_import *ret, struct error *err)
{
    const char *path = cli_get(cli, "FILE");
    char *text;
    size_t len;

    if (file_read(cli->arena, str_eq(path, "-") ? "/dev/stdin" : path, FILE_MAX, &text, &len, err) < 0)
        return -1;
    return cli_import_read(cli->arena, text, len, ret, err) < 0 ? error_context(err, "%s", path) : 0;
}

int cli_mailbox_import(struct cli *cli, struct error *err)
{
    struct sending s = { .cli = cli,
                         .operations = json_own(cli->arena, json_array()),
                         .changes = json_own(cli->arena, json_array()) };

    if (read_file(cli, &s.file, err) < 0)
        return -1;
    s.total = json_array_size(s.file.items);
    while (s.made < s.total)
        if (send_some(&s, cli_import_some(cli->arena, &s.file, s.made), err) < 0)
            return tell_failure(&s, err);
    if (cli->dry_run) {
        json_t *answer = json_own(cli->arena, json_object());
        json_object_set(answer, "changes", s.changes);
        return cli_print_changes(cli, answer, "nothing would change", err);
    }
    if (wait_for_all(&s, err) < 0)
        return -1;
    if (cli->format > CLI_WIDE)
        return cli_print_list(cli, s.operations, &cli_op_view, true, err);
    if (cli->wait)
        printf("%zu mailboxes %s\n", s.total, cli->command->done);
    return 0;
}
