/* Operations: their columns, and following one. */
#include "base/json.h"
#include "base/str.h"
#include "cmd/cli_commands.h"
#include "cmd/cli_run.h"
#include "cmd/cli_wait.h"

static const struct cli_column columns[] = {
    { "Id", "/id", CELL_TEXT, false, false },
    { "Kind", "/kind", CELL_TEXT, false, false },
    { "Subject", "/subject", CELL_TEXT, false, false },
    { "State", "/state", CELL_TEXT, false, false },
    { "Customer", "/customerId", CELL_TEXT, true, false },
    { "Actor", "/actor", CELL_TEXT, true, false },
    { "Created", "/createdAt", CELL_AGE, false, false },
    { "Finished", "/finishedAt", CELL_AGE, true, false },
    { "Request", "/requestId", CELL_TEXT, true, false },
    { "Message", "/message", CELL_PROSE, false, false },
    { 0 },
};

static const struct cli_column item_columns[] = {
    { "Object", "/object", CELL_TEXT, false, false },
    { "State", "/state", CELL_TEXT, false, false },
    { "Message", "/message", CELL_TEXT, false, false },
    { "Operation", "/operation", CELL_TEXT, true, false },
    { 0 },
};

const struct cli_view cli_item_view = { .noun = "object", .id = "/object", .columns = item_columns };

const struct cli_view cli_op_view = {
    .noun = "op", .id = "/id", .columns = columns, .conditions = "/steps", .limit = 50
};

/* --- watching --- */

struct watch {
    struct cli *cli;
    json_t *seen; /* step and subject -> the step as it was printed */
    int failed; /* printing did */
};

static void print_step(const struct watch *w, struct arena *a, const json_t *step)
{
    const char *reason = json_str_at(step, "/reason"), *message = json_str_at(step, "/message");

    printf("%-10s %-24s %-7s %s%s%s\n", cli_clean(a, json_str_at(step, "/type")),
           cli_clean(a, json_str_at(step, "/subject")), cli_clean(a, json_str_at(step, "/status")),
           reason ? cli_clean(a, reason) : "", str_empty(reason) || str_empty(message) ? "" : ": ",
           message ? cli_clean(a, message) : "");
    (void)w;
}

static void on_operation(void *ctx, const json_t *operation)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct watch *w = ctx;
    json_t *step;
    size_t i;

    if (w->cli->format == CLI_JSON || w->cli->format == CLI_YAML) {
        w->failed |= cli_print_json_line(w->cli, operation) < 0;
        return;
    }
    json_array_foreach(json_object_get(operation, "steps"), i, step)
    {
        const char *type = json_str_at(step, "/type"), *subject = json_str_at(step, "/subject");
        if (!type || !subject || !json_str_at(step, "/status"))
            continue;
        const char *key = arena_printf(a, "%s %s", type, subject);
        if (json_equal(json_object_get(w->seen, key), step))
            continue;
        json_object_set(w->seen, key, step);
        print_step(w, a, step);
    }
    w->failed |= fflush(stdout) != 0;
}

int cli_op_watch(struct cli *cli, struct error *err)
{
    struct watch w = { cli, json_own(cli->arena, json_object()), 0 };
    const struct cli_wait wait = { .operation = cli_get(cli, "OPERATION"), .on_operation = on_operation, .ctx = &w };
    json_t *operation;

    if (cli_wait_for(cli, &wait, &operation, err) < 0)
        return -1;
    if (w.failed)
        return error_set(err, ERROR_IO, "writing the answer");
    if (cli_wait_check(operation, err) < 0) {
        err->field_count = 0; /* the steps were printed as they went */
        return -1;
    }
    if (cli->format == CLI_TABLE || cli->format == CLI_WIDE)
        printf("%s of %s is done\n", cli_clean(cli->arena, json_str_at(operation, "/kind")),
               cli_clean(cli->arena, json_str_at(operation, "/subject")));
    return 0;
}

int cli_op_wait(struct cli *cli, struct error *err)
{
    const struct cli_wait wait = { .operation = cli_get(cli, "OPERATION"),
                                   .timeout_s = cli->timeout_s,
                                   .progress = true };
    json_t *operation;

    if (cli_wait_for(cli, &wait, &operation, err) < 0 || cli_wait_check(operation, err) < 0)
        return -1;
    if (cli->format != CLI_TABLE && cli->format != CLI_WIDE)
        return cli_print_item(cli, operation, &cli_op_view, NULL, err);
    printf("%s of %s is done\n", cli_clean(cli->arena, json_str_at(operation, "/kind")),
           cli_clean(cli->arena, json_str_at(operation, "/subject")));
    return 0;
}
