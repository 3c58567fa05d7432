/* Commands that are one request, by their rows in the table: lists, single items and changes. */
#include "cmd/cli_run.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/str.h"
#include "cmd/cli_commands.h"
#include "cmd/cli_wait.h"

enum { PAGE = 200, ANSWER_MAX = 512 };

/* --- lists --- */

static const char *with_query(struct arena *a, const char *path, const char *name, const char *value)
{
    return arena_printf(a, "%s%c%s=%s", path, strchr(path, '?') ? '&' : '?', name, str_url_encode(a, value));
}

int cli_fetch_list(struct cli *cli, const char *path, long limit, json_t **ret, struct error *err)
{
    json_t *items = json_own(cli->arena, json_array());
    const char *cursor = NULL;

    do {
        long left = limit ? limit - (long)json_array_size(items) : PAGE;
        struct cli_reply reply;
        const char *page = path;
        if (!cli->command->view->one_page)
            page = with_query(cli->arena, path, "limit", arena_printf(cli->arena, "%ld", left < PAGE ? left : PAGE));
        if (cursor)
            page = with_query(cli->arena, page, "cursor", cursor);
        const struct cli_call call = { .method = "GET", .path = page };
        if (cli_call(cli, &call, &reply, err) < 0)
            return -1;
        json_array_extend(items, json_object_get(reply.json, "items"));
        cursor = json_str_at(reply.json, "/nextCursor");
    } while (cursor && (!limit || (long)json_array_size(items) < limit));
    *ret = items;
    return 0;
}

long cli_limit(const struct cli *cli)
{
    const char *limit = cli_get(cli, "limit");

    return limit ? strtol(limit, NULL, 10) : cli->command->view->limit;
}

static int fetch_items(struct cli *cli, json_t **ret, struct error *err)
{
    return cli_fetch_list(cli, cli_request_path(cli), cli_limit(cli), ret, err);
}

int cli_list(struct cli *cli, struct error *err)
{
    json_t *items;

    if (cli_has(cli, "watch"))
        return cli_watch(cli, fetch_items, err);
    if (fetch_items(cli, &items, err) < 0)
        return -1;
    if (json_array_size(items) == 0 && cli->format <= CLI_WIDE)
        cli_say(cli, "there are none");
    return cli_print_list(cli, items, cli->command->view, true, err);
}

/* --- single items --- */

static int fetch_conditions(struct cli *cli, const json_t *item, json_t **ret, struct error *err)
{
    const struct cli_view *view = cli->command->view;
    struct cli_reply reply;

    *ret = view->conditions ? json_at(item, view->conditions) : NULL;
    if (!view->conditions_path || cli->format > CLI_WIDE)
        return 0;
    const struct cli_call call = { .method = "GET", .path = cli_fill_path(cli, view->conditions_path) };
    if (cli_call(cli, &call, &reply, err) < 0)
        return -1;
    *ret = json_object_get(reply.json, "items");
    return 0;
}

static int fetch_item(struct cli *cli, json_t **ret_items, struct error *err)
{
    const struct cli_call call = { .method = "GET", .path = cli_request_path(cli) };
    json_t *conditions;
    struct cli_reply reply;

    if (cli_call(cli, &call, &reply, err) < 0 || fetch_conditions(cli, reply.json, &conditions, err) < 0)
        return -1;
    *ret_items = json_own(cli->arena, json_array());
    json_array_append(*ret_items, reply.json);
    if (conditions)
        json_array_append(*ret_items, conditions);
    return 0;
}

int cli_show(struct cli *cli, struct error *err)
{
    json_t *pair;

    if (cli_has(cli, "watch"))
        return cli_watch(cli, fetch_item, err);
    if (fetch_item(cli, &pair, err) < 0)
        return -1;
    return cli_print_item(cli, json_array_get(pair, 0), cli->command->view, json_array_get(pair, 1), err);
}

/* --- changes --- */

int cli_print_changes(struct cli *cli, const json_t *answer, const char *none, struct error *err)
{
    const json_t *changes = json_object_get(answer, "changes");

    if (cli->format == CLI_JSON || cli->format == CLI_YAML)
        return cli_print_json(cli, answer, err);
    if (json_array_size(changes) == 0)
        cli_say(cli, "%s", none);
    return cli_print_list(cli, changes, &cli_change_view, true, err);
}

int cli_confirm(struct cli *cli, const char *what, const char *name, struct error *err)
{
    char answer[ANSWER_MAX];

    if (cli->dry_run || cli_has(cli, "yes"))
        return 0;
    if (!isatty(STDIN_FILENO) || !cli->err_terminal)
        return cli_usage_error(cli, err, "%s cannot be undone; say --yes to do it without being asked", what);
    fprintf(stderr, "%s cannot be undone. Type '%s' to go on: ", what, name);
    (void)fflush(stderr);
    if (!fgets(answer, sizeof answer, stdin) || !str_eq(str_trim(cli->arena, answer), name))
        return error_set(err, ERROR_INVALID, "that is not '%s'; nothing was changed", name);
    return 0;
}

/* The item of the answer as it is now; as it was accepted when it is gone. */
static json_t *refreshed(struct cli *cli, json_t *item)
{
    const struct cli_view *view = cli->command->view;
    const char *id = json_str_at(item, view->id);
    struct error ignored = ERROR_INIT;
    struct cli_reply reply;

    if (!id || !view->collection)
        return item;
    const char *path = arena_printf(cli->arena, "%s/%s", view->collection, str_url_encode(cli->arena, id));
    const struct cli_call call = { .method = "GET", .path = path };
    if (cli_call(cli, &call, &reply, &ignored) < 0) {
        cli->request_id = NULL;
        return item;
    }
    return reply.json;
}

/* What the user wants to know next, below the line that says that it is done. */
static void print_notes(struct cli *cli, const json_t *answer)
{
    const char *noun = cli->command->noun, *url = json_str_at(answer, "/site/url");
    const char *erase_at = json_str_at(answer, "/customer/eraseAt"), *state = json_str_at(answer, "/customer/state");
    const struct cli_column nameservers = { "Nameservers", "/domain/nameservers", CELL_TEXT, false, false };
    const char *servers = cli_cell_text(cli->arena, answer, &nameservers, 0);

    if (str_eq(cli->command->method, "DELETE")) {
        if (erase_at && str_eq(state, "trashed"))
            printf("  erased at %s; until then: %s customer restore %s\n", cli_clean(cli->arena, erase_at),
                   cli->program, cli_clean(cli->arena, json_str_at(answer, "/customer/id")));
        return;
    }
    if (url)
        printf("  site/%s at %s\n", cli_clean(cli->arena, json_str_at(answer, "/site/id")), cli_clean(cli->arena, url));
    const char *challenge = json_str_at(answer, "/domain/challenge/name");
    if (challenge)
        printf("  not served before its owner has published: %s TXT \"%s\"\n", cli_clean(cli->arena, challenge),
               cli_clean(cli->arena, json_str_at(answer, "/domain/challenge/value")));
    if (str_eq(noun, "domain") && servers[0])
        printf("  to be delegated to: %s\n", servers);
}

static int print_sentence(struct cli *cli, const json_t *answer, const json_t *operation, const char *done)
{
    const struct cli_view *view = cli->command->view;
    const char *subject = json_str_at(operation, "/subject"), *id = json_str_at(operation, "/id");
    const char *own = cli_get(cli, "ID");

    if (!subject) /* there is no operation: a plan */
        printf("%s/%s %s\n", view->noun, cli_clean(cli->arena, own ? own : ""), done);
    else if (str_eq(json_str_at(operation, "/state"), "done"))
        printf("%s %s\n", cli_clean(cli->arena, subject), done);
    else
        printf("%s: accepted as %s\n", cli_clean(cli->arena, subject), cli_clean(cli->arena, id));
    print_notes(cli, answer);
    if (subject && !cli->wait && cli->err_terminal)
        cli_say(cli, "follow it with: %s op watch %s", cli->program, id);
    return 0;
}

static int print_answer(struct cli *cli, const json_t *answer, const json_t *operation, const char *done,
                        struct error *err)
{
    const struct cli_view *view = cli->command->view;
    const json_t *item = json_object_get(answer, view->noun);

    if (cli->format == CLI_JSON || cli->format == CLI_YAML)
        return cli_print_json(cli, answer, err);
    if (cli->format == CLI_NAME)
        return cli_print_item(cli, item ? item : answer, view, NULL, err);
    return print_sentence(cli, answer, operation, done);
}

int cli_finish(struct cli *cli, const struct cli_reply *reply, const char *done, struct error *err)
{
    const struct cli_view *view = cli->command->view;
    json_t *operation = json_object_get(reply->json, "operation"), *item = json_object_get(reply->json, view->noun);
    const char *id = json_str_at(operation, "/id");

    if (id && cli->wait) {
        const struct cli_wait wait = { .operation = id, .timeout_s = cli->timeout_s, .progress = true };
        if (cli_wait_for(cli, &wait, &operation, err) < 0 || cli_wait_check(operation, err) < 0)
            return -1;
        json_object_set(reply->json, "operation", operation);
        if (item)
            json_object_set(reply->json, view->noun, refreshed(cli, item));
    }
    return print_answer(cli, reply->json, operation, done, err);
}

int cli_change_with(struct cli *cli, const json_t *body, const char *if_match, const char *done, struct error *err)
{
    const struct cli_call call = {
        .method = cli->command->method, .path = cli_request_path(cli), .body = body, .if_match = if_match
    };
    struct cli_reply reply;

    if (cli_call(cli, &call, &reply, err) < 0)
        return -1;
    if (cli->dry_run)
        return cli_print_changes(cli, reply.json, "nothing would change", err);
    return cli_finish(cli, &reply, done, err);
}

int cli_change(struct cli *cli, struct error *err)
{
    const json_t *body = cli_request_body(cli);

    if (!body && str_eq(cli->command->method, "PATCH"))
        return cli_usage_error(cli, err, "there is nothing to change: say what, by an option");
    return cli_change_with(cli, body, NULL, cli->command->done, err);
}

int cli_delete(struct cli *cli, struct error *err)
{
    const char *name = cli->values[0].text;

    for (size_t i = 0; i < cli->value_count; i++)
        if (cli->values[i].param->place == CLI_PATH)
            name = cli->values[i].text;
    const char *what = arena_printf(cli->arena, "deleting the %s '%s'", cli->command->noun, name);
    if (cli_confirm(cli, what, name, err) < 0)
        return -1;
    return cli_change(cli, err);
}
