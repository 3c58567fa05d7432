/* Events: their columns; the newest last, and followed as they happen. */
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/str.h"
#include "cmd/cli_commands.h"
#include "cmd/cli_run.h"

enum { PERIOD_MS = 1000 };

static const struct cli_column columns[] = {
    { "At", "/at", CELL_TEXT, false, false },         { "Customer", "/customerId", CELL_TEXT, false, false },
    { "Type", "/type", CELL_TEXT, false, false },     { "Reason", "/reason", CELL_TEXT, false, false },
    { "Object", "/object", CELL_TEXT, false, false }, { "Message", "/message", CELL_PROSE, false, false },
    { "Seq", "/seq", CELL_TEXT, true, false },        { 0 },
};

const struct cli_view cli_event_view = { .noun = "event", .id = "/seq", .columns = columns, .limit = 50 };

static json_t *reversed(struct arena *a, const json_t *items)
{
    json_t *list = json_own(a, json_array());

    for (size_t i = json_array_size(items); i-- > 0;)
        json_array_append(list, json_array_get(items, i));
    return list;
}

static int print_lines(struct cli *cli, const json_t *items, bool heading, struct error *err)
{
    const json_t *item;
    size_t i;

    if (cli->format != CLI_JSON && cli->format != CLI_YAML)
        return cli_print_list(cli, items, &cli_event_view, heading, err);
    json_array_foreach(items, i, item) if (cli_print_json_line(cli, item) < 0) return error_set(err, ERROR_IO,
                                                                                                "writing the answer");
    return 0;
}

/* The events behind `*seq`, which moves on. */
static int print_newer(struct cli *cli, int64_t *seq, bool *heading, struct error *err)
{
    const char *path = cli_request_path(cli);
    json_t *items;

    path = arena_printf(cli->arena, "%s%cafter=%lld", path, strchr(path, '?') ? '&' : '?', (long long)*seq);
    if (cli_fetch_list(cli, path, 0, &items, err) < 0)
        return -1;
    size_t n = json_array_size(items);
    if (n == 0)
        return 0;
    *seq = json_int_at(json_array_get(items, n - 1), "/seq", *seq);
    if (print_lines(cli, items, *heading, err) < 0)
        return -1;
    *heading = false;
    return fflush(stdout) == 0 ? 0 : error_set(err, ERROR_IO, "writing the answer");
}

static int follow(struct cli *cli, int64_t seq, bool heading, struct error *err)
{
    struct arena *outer = cli->arena;
    int rc = 0;

    while (rc == 0) {
        struct arena *a = arena_new(); /* of one look, so that a day of watching costs no memory */
        clock_sleep_ms(PERIOD_MS);
        cli->arena = a;
        rc = print_newer(cli, &seq, &heading, err);
        if (rc < 0 && error_retriable(err->code)) {
            cli_say(cli, "%s: %s", cli->program, cli_clean(a, err->message));
            *err = ERROR_INIT;
            rc = 0;
        }
        cli->arena = outer;
        cli->request_id = NULL;
        arena_free(a);
    }
    return rc;
}

int cli_events(struct cli *cli, struct error *err)
{
    bool watch = cli_has(cli, "watch");
    json_t *items;

    if (cli_fetch_list(cli, cli_request_path(cli), cli_limit(cli), &items, err) < 0)
        return -1;
    size_t n = json_array_size(items);
    int64_t seq = n ? json_int_at(json_array_get(items, 0), "/seq", 0) : 0;
    items = reversed(cli->arena, items);
    if (n == 0 && !watch && cli->format <= CLI_WIDE)
        cli_say(cli, "there are none");
    int rc = watch ? print_lines(cli, items, true, err) : cli_print_list(cli, items, &cli_event_view, true, err);
    if (rc < 0 || !watch)
        return rc;
    (void)fflush(stdout);
    return follow(cli, seq, n == 0, err);
}
