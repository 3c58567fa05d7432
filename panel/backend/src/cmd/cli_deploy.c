/* `site deploy`: pack, upload, and wait until the release is served. */
#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "base/str.h"
#include "cmd/cli_commands.h"
#include "cmd/cli_pack.h"
#include "cmd/cli_progress.h"
#include "cmd/cli_run.h"
#include "cmd/cli_wait.h"

static const char *size_text(struct arena *a, int64_t size)
{
    static const struct cli_column column = { "Size", "/size", CELL_BYTES, false, false };
    json_t *item = json_own(a, json_object());

    json_object_set_new(item, "size", json_integer(size));
    return cli_cell_text(a, item, &column, 0);
}

static int upload(struct cli *cli, const struct cli_archive *archive, struct cli_reply *reply, struct error *err)
{
    const char *site = str_url_encode(cli->arena, cli_get(cli, "site"));
    const struct cli_call call = { .method = "POST",
                                   .path = arena_printf(cli->arena, "/api/v1/sites/%s/releases", site),
                                   .body_fd = archive->fd,
                                   .body_len = (size_t)archive->size,
                                   .content_type = archive->media,
                                   .sha256 = archive->sha256 };

    return cli_call(cli, &call, reply, err);
}

/* Packs and uploads, with a line that moves on a terminal. */
static int send_files(struct cli *cli, struct cli_archive *archive, struct cli_reply *reply, struct error *err)
{
    const char *path = cli_get(cli, "PATH");
    struct cli_progress *progress;

    if (cli_progress_start(cli, CLI_WORKING, 0, &progress, err) < 0)
        return -1;
    cli_progress_text(progress, arena_printf(cli->arena, "packing %s", path));
    int rc = cli_pack(cli->arena, path, archive, err);
    if (rc == 0) {
        cli_progress_text(progress, arena_printf(cli->arena, "uploading %s", size_text(cli->arena, archive->size)));
        rc = upload(cli, archive, reply, err);
    }
    cli_progress_end(progress);
    return rc;
}

/* The release as it is now, in the place of what it was when it was accepted. */
static int refresh_release(struct cli *cli, json_t *answer, struct error *err)
{
    const char *id = json_str_at(answer, "/release/id"), *site = str_url_encode(cli->arena, cli_get(cli, "site"));
    json_t *releases, *release;
    size_t i;

    if (cli_fetch_list(cli, arena_printf(cli->arena, "/api/v1/sites/%s/releases", site), 0, &releases, err) < 0)
        return -1;
    json_array_foreach(releases, i, release) if (str_eq(json_str_at(release, "/id"), id))
        json_object_set(answer, "release", release);
    return 0;
}

static int print_served(struct cli *cli, const json_t *answer, struct error *err)
{
    const char *id = json_str_at(answer, "/release/id"), *site = json_str_at(answer, "/release/siteId");
    const char *path = arena_printf(cli->arena, "/api/v1/sites/%s", str_url_encode(cli->arena, site ? site : ""));
    const struct cli_call call = { .method = "GET", .path = path };
    struct cli_reply reply;

    if (cli_call(cli, &call, &reply, err) < 0)
        return -1;
    const char *url = json_str_at(reply.json, "/url");
    printf("site/%s serves release %s at %s\n", cli_clean(cli->arena, site ? site : ""),
           cli_clean(cli->arena, id ? id : ""), cli_clean(cli->arena, url ? url : ""));
    return 0;
}

static int wait_until_served(struct cli *cli, json_t *answer, const char *operation_id, struct error *err)
{
    const struct cli_wait wait = { .operation = operation_id, .timeout_s = cli->timeout_s, .progress = true };
    json_t *operation;

    if (cli_wait_for(cli, &wait, &operation, err) < 0 || cli_wait_check(operation, err) < 0)
        return -1;
    if (cli->format == CLI_TABLE || cli->format == CLI_WIDE)
        return print_served(cli, answer, err);
    json_object_set(answer, "operation", operation);
    if (refresh_release(cli, answer, err) < 0)
        return -1;
    if (cli->format == CLI_NAME)
        return cli_print_item(cli, json_object_get(answer, "release"), &cli_release_view, NULL, err);
    return cli_print_json(cli, answer, err);
}

static void close_archive(struct cli_archive *archive)
{
    file_closep(&archive->fd);
}

int cli_site_deploy(struct cli *cli, struct error *err)
{
    CLEANUP(close_archive) struct cli_archive archive = { .fd = -1 };
    struct cli_reply reply = { 0 };

    if (send_files(cli, &archive, &reply, err) < 0)
        return -1;
    if (archive.file_count >= 0 && cli->err_terminal)
        cli_say(cli, "uploaded %lld file%s, %s packed", (long long)archive.file_count,
                archive.file_count == 1 ? "" : "s", size_text(cli->arena, archive.size));
    const char *id = json_str_at(reply.json, "/operation/id");
    if (cli->wait && id)
        return wait_until_served(cli, reply.json, id, err);
    return cli_finish(cli, &reply, cli->command->done, err);
}
