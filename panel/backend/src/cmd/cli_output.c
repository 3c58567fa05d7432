/* Printing: see cli_output.h. Tables are libsmartcols'. */
#include "cmd/cli_output.h"

#include <errno.h>
#include <libsmartcols.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/str.h"
#include "cmd/cli_commands.h"

/* --- cells --- */

const char *cli_clean(struct arena *a, const char *s)
{
    char *copy = arena_strdup(a, s);

    for (unsigned char *p = (unsigned char *)copy; *p; p++) {
        bool c1 = *p == 0xc2 && p[1] >= 0x80 && p[1] <= 0x9f; /* U+0080 to U+009F */
        if (*p < 0x20 || *p == 0x7f)
            *p = '?';
        else if (c1)
            p[0] = p[1] = '?';
    }
    return copy;
}

static const char *age(struct arena *a, const char *time, int64_t now_ms)
{
    int64_t at = clock_parse_rfc3339(time), s = (now_ms - at) / 1000;
    const char *sign = s < 0 ? "in " : "";

    if (at < 0)
        return time;
    s = s < 0 ? -s : s;
    if (s < 120)
        return arena_printf(a, "%s%llds", sign, (long long)s);
    if (s < 120 * 60LL)
        return arena_printf(a, "%s%lldm", sign, (long long)(s / 60));
    if (s < 48 * 3600LL)
        return arena_printf(a, "%s%lldh", sign, (long long)(s / 3600));
    return arena_printf(a, "%s%lldd", sign, (long long)(s / 86400));
}

static const char *bytes(struct arena *a, json_int_t n)
{
    static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB" };
    double v = (double)n;
    int u = 0;

    while (v >= 1024 && u < 4) {
        v /= 1024;
        u++;
    }
    return arena_printf(a, u && v < 100 ? "%.1f %s" : "%.0f %s", v, units[u]);
}

static const char *scalar_text(struct arena *a, const json_t *v, enum cli_cell cell, int64_t now_ms)
{
    if (json_is_string(v) && cell == CELL_AGE)
        return age(a, json_string_value(v), now_ms);
    if (json_is_string(v))
        return cli_clean(a, json_string_value(v));
    if (json_is_integer(v) && cell == CELL_BYTES)
        return bytes(a, json_integer_value(v));
    if (json_is_integer(v))
        return arena_printf(a, "%" JSON_INTEGER_FORMAT, json_integer_value(v));
    if (json_is_boolean(v))
        return json_is_true(v) ? "yes" : "no";
    return "";
}

const char *cli_cell_text(struct arena *a, const json_t *item, const struct cli_column *column, int64_t now_ms)
{
    const json_t *v = json_at(item, column->pointer), *member;
    const char *text = "", *between = column->cell == CELL_LINES ? "\n" : ", ";
    size_t i;

    if (!v)
        return "";
    if (!json_is_array(v))
        return scalar_text(a, v, column->cell, now_ms);
    json_array_foreach(v, i, member)
        text = arena_printf(a, "%s%s%s", text, i ? between : "", scalar_text(a, member, CELL_TEXT, now_ms));
    return text;
}

/* --- tables --- */

static bool in_table(const struct cli *cli, const struct cli_column *c)
{
    return !c->shown_only && (!c->wide || cli->format == CLI_WIDE);
}

static const char *upper(struct arena *a, const char *s)
{
    char *copy = arena_strdup(a, s);

    for (char *p = copy; *p; p++)
        if (*p >= 'a' && *p <= 'z')
            *p = (char)(*p - 'a' + 'A');
    return copy;
}

/* What a person should see at once: green when good, red when not. */
static const char *color_of(const struct cli_column *c, const char *text)
{
    static const char *const good[] = { "yes", "true", "active", "done", "current", "create", "Normal", NULL },
                             *const bad[] = { "no", "false", "failed", "erasing", "delete", "Warning", NULL },
                             *const neither[] = { "suspended", "trashed", "running", "unknown", "update", NULL };

    if (!str_eq(c->name, "Ready") && !str_eq(c->name, "State") && !str_eq(c->name, "Status") &&
        !str_eq(c->name, "Action") && !str_eq(c->name, "Type"))
        return NULL;
    for (const char *const *w = good; *w; w++)
        if (str_eq(*w, text))
            return "green";
    for (const char *const *w = bad; *w; w++)
        if (str_eq(*w, text))
            return "red";
    for (const char *const *w = neither; *w; w++)
        if (str_eq(*w, text))
            return "brown";
    return NULL;
}

static struct libscols_table *new_table(const struct cli *cli, bool heading)
{
    struct libscols_table *t = scols_new_table();

    if (!t)
        return NULL;
    scols_table_enable_noheadings(t, !heading);
    scols_table_enable_colors(t, cli->out_color);
    scols_table_set_termforce(t, cli->out_terminal ? SCOLS_TERMFORCE_ALWAYS : SCOLS_TERMFORCE_NEVER);
    scols_table_set_column_separator(t, "  ");
    return t;
}

/* Padding behind the last column is of no use to anybody. */
static void print_trimmed(const char *text)
{
    while (*text) {
        size_t line = strcspn(text, "\n"), len = line;
        while (len > 0 && text[len - 1] == ' ')
            len--;
        printf("%.*s\n", (int)len, text);
        text += line + (text[line] == '\n');
    }
}

static int print_and_free(struct libscols_table *t, int rc, struct error *err)
{
    char *text = NULL;

    rc = rc ? rc : scols_print_table_to_string(t, &text);
    if (rc == 0)
        print_trimmed(text);
    free(text);
    scols_unref_table(t);
    return rc ? error_set_errno(err, rc < 0 ? -rc : rc, "printing the table") : 0;
}

static int add_columns(struct cli *cli, struct libscols_table *t, const struct cli_column *columns)
{
    for (const struct cli_column *c = columns; c->name; c++) {
        int flags = c->cell == CELL_PROSE || c->cell == CELL_LINES ? SCOLS_FL_WRAP : 0;
        struct libscols_column *made;
        if (!in_table(cli, c))
            continue;
        made = scols_table_new_column(t, upper(cli->arena, c->name), 0, flags);
        if (!made)
            return -ENOMEM;
        if (c->cell != CELL_LINES)
            continue;
        if (scols_column_set_safechars(made, "\n"))
            return -ENOMEM;
        scols_column_set_wrapfunc(made, scols_wrapnl_chunksize, scols_wrapnl_nextchunk, NULL);
    }
    return 0;
}

static int add_row(struct cli *cli, struct libscols_table *t, const struct cli_column *columns, const json_t *item,
                   int64_t now)
{
    struct libscols_line *line = scols_table_new_line(t, NULL);
    size_t n = 0;

    if (!line)
        return -ENOMEM;
    for (const struct cli_column *c = columns; c->name; c++) {
        if (!in_table(cli, c))
            continue;
        const char *text = cli_cell_text(cli->arena, item, c, now), *color = color_of(c, text);
        if (scols_line_set_data(line, n, text) || (color && scols_cell_set_color(scols_line_get_cell(line, n), color)))
            return -ENOMEM;
        n++;
    }
    return 0;
}

int cli_print_table(struct cli *cli, const json_t *items, const struct cli_column *columns, bool heading,
                    struct error *err)
{
    struct libscols_table *t = new_table(cli, heading);
    int64_t now = clock_wall_ms();
    const json_t *item;
    size_t i;

    if (json_array_size(items) == 0) {
        scols_unref_table(t);
        return 0;
    }
    int rc = t ? add_columns(cli, t, columns) : -ENOMEM;
    json_array_foreach(items, i, item) rc = rc ? rc : add_row(cli, t, columns, item, now);
    return print_and_free(t, rc, err);
}

/* --- one item --- */

static int print_fields(struct cli *cli, const json_t *item, const struct cli_view *view, struct error *err)
{
    struct libscols_table *t = new_table(cli, false);
    int64_t now = clock_wall_ms();
    int rc = t && scols_table_new_column(t, "NAME", 0, 0) && scols_table_new_column(t, "VALUE", 0, SCOLS_FL_WRAP)
                 ? 0
                 : -ENOMEM;

    for (const struct cli_column *c = view->columns; rc == 0 && c->name; c++) {
        const char *text = cli_cell_text(cli->arena, item, c, now), *color = color_of(c, text);
        if (!text[0])
            continue;
        if (c->cell == CELL_AGE)
            text = arena_printf(cli->arena, "%s (%s)", json_str_at(item, c->pointer), text);
        struct libscols_line *line = scols_table_new_line(t, NULL);
        if (!line || scols_line_set_data(line, 0, c->name) ||
            scols_line_set_data(line, 1, str_replace(cli->arena, text, "\n", ", ")) ||
            (color && scols_cell_set_color(scols_line_get_cell(line, 1), color)))
            rc = -ENOMEM;
    }
    return print_and_free(t, rc, err);
}

int cli_print_item(struct cli *cli, const json_t *item, const struct cli_view *view, const json_t *conditions,
                   struct error *err)
{
    if (cli->format == CLI_JSON || cli->format == CLI_YAML)
        return cli_print_json(cli, item, err);
    if (cli->format == CLI_NAME) {
        printf("%s\n", cli_clean(cli->arena, json_str_at(item, view->id)));
        return 0;
    }
    if (print_fields(cli, item, view, err) < 0)
        return -1;
    if (json_array_size(conditions) == 0)
        return 0;
    putchar('\n');
    return cli_print_table(cli, conditions, cli_condition_view.columns, true, err);
}

/* --- lists --- */

int cli_print_list(struct cli *cli, const json_t *items, const struct cli_view *view, bool heading, struct error *err)
{
    const json_t *item;
    size_t i;

    if (cli->format == CLI_JSON || cli->format == CLI_YAML) {
        json_t *list = json_own(cli->arena, json_object());
        json_object_set(list, "items", (json_t *)(uintptr_t)items);
        return cli_print_json(cli, list, err);
    }
    if (cli->format != CLI_NAME)
        return cli_print_table(cli, items, view->columns, heading, err);
    json_array_foreach(items, i, item)
    {
        const char *id = json_str_at(item, view->id);
        printf("%s\n", cli_clean(cli->arena, id ? id : ""));
    }
    return 0;
}

int cli_print_json(const struct cli *cli, const json_t *value, struct error *err)
{
    const char *text = cli->format == CLI_YAML ? cli_yaml(cli->arena, value) : json_pretty(cli->arena, value);
    size_t len = strlen(text);

    if (fwrite(text, 1, len, stdout) != len)
        return error_set_errno(err, errno, "writing the answer");
    if (len && text[len - 1] != '\n')
        putchar('\n');
    return 0;
}

int cli_print_json_line(const struct cli *cli, const json_t *value)
{
    return puts(json_text(cli->arena, value)) < 0 || fflush(stdout) != 0 ? -1 : 0;
}
