/* -w: what is new or has changed, every two seconds, until the user has seen enough. */
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/str.h"
#include "cmd/cli_run.h"

enum { PERIOD_MS = 2000 };

/* Conditions share their type, and are told apart by their subject. */
static const char *key_of(struct arena *a, const json_t *item, const struct cli_view *view)
{
    const char *id = json_str_at(item, view->id), *subject = json_str_at(item, "/subject");

    return arena_printf(a, "%s %s", id ? id : "", subject ? subject : "");
}

/* The items that are not as they were in *seen, which they are then. */
static json_t *news(struct arena *a, json_t *seen, const json_t *items, const struct cli_view *view)
{
    json_t *changed = json_own(a, json_array()), *item;
    size_t i;

    json_array_foreach(items, i, item)
    {
        const char *key = json_is_object(item) ? key_of(a, item, view) : "conditions";
        if (json_equal(json_object_get(seen, key), item))
            continue;
        json_object_set(seen, key, item);
        json_array_append(changed, item);
    }
    return changed;
}

static bool is_item(const struct cli *cli)
{
    return strchr(cli->command->path, '{') && str_eq(cli->command->verb, "show");
}

static int print_news(struct cli *cli, const json_t *items, const json_t *changed, bool first, struct error *err)
{
    const struct cli_view *view = cli->command->view;
    const json_t *item;
    size_t i;

    if (cli->format == CLI_JSON || cli->format == CLI_YAML) {
        json_array_foreach(changed, i, item) if (json_is_object(item) && cli_print_json_line(cli, item) <
                                                                             0) return error_set(err, ERROR_IO,
                                                                                                 "writing the answer");
        return 0;
    }
    if (cli->out_terminal && cli->format != CLI_NAME)
        fputs("\033[H\033[2J", stdout); /* the whole picture, again */
    if (is_item(cli)) {
        if (!first && !cli->out_terminal)
            putchar('\n');
        return cli_print_item(cli, json_array_get(items, 0), view, json_array_get(items, 1), err);
    }
    if (cli->out_terminal)
        return cli_print_list(cli, cli->format == CLI_NAME ? changed : items, view, true, err);
    return cli_print_list(cli, changed, view, first, err);
}

static int look(struct cli *cli, cli_fetch fetch, json_t *seen, bool *first, struct error *err)
{
    json_t *items;

    if (fetch(cli, &items, err) < 0) {
        if (*first || !error_retriable(err->code))
            return -1;
        cli_say(cli, "%s: %s", cli->program, cli_clean(cli->arena, err->message));
        *err = ERROR_INIT;
        return 0;
    }
    const json_t *changed = news(cli->arena, seen, items, cli->command->view);
    if (json_array_size(changed) > 0 && print_news(cli, items, changed, *first, err) < 0)
        return -1;
    *first = *first && json_array_size(changed) == 0;
    return fflush(stdout) == 0 ? 0 : error_set(err, ERROR_IO, "writing the answer");
}

int cli_watch(struct cli *cli, cli_fetch fetch, struct error *err)
{
    json_t *seen = json_own(cli->arena, json_object());
    struct arena *outer = cli->arena;
    bool first = true;
    int rc = 0;

    while (rc == 0) {
        struct arena *a = arena_new(); /* of one look, so that a day of watching costs no memory */
        cli->arena = a;
        rc = look(cli, fetch, seen, &first, err);
        cli->arena = outer;
        cli->request_id = NULL;
        arena_free(a);
        if (rc == 0)
            clock_sleep_ms(PERIOD_MS);
    }
    return rc;
}
