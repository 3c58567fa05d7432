/* Uploads: see upload.h. */
#include "api/upload.h"

#include "base/id.h"
#include "base/str.h"

/* Longer than the slowest way into the spool takes (store/spool_s3.c), and the transaction behind it. */
enum { HOLD_MS = 20 * 60 * 1000 };

struct upload {
    struct arena *arena;
    struct store *store;
    struct spool_part *part; /* NULL: dropped */
    int64_t size;
    struct id_sha256 *sum;
    const char *digest; /* NULL while it is summed */
};

static void discard(void *handle)
{
    struct upload *u = handle;

    spool_part_free(u->part);
    u->part = NULL;
    id_sha256_free(u->sum);
    u->sum = NULL;
}

static int too_large(struct error *err)
{
    return error_set(err, ERROR_TOO_LARGE, "the body has more than %d bytes", SPOOL_ARCHIVE_MAX);
}

static int sink_write(void *ctx, const char *data, size_t len, struct error *err)
{
    struct upload *u = ctx;

    if (u->size + (int64_t)len > SPOOL_ARCHIVE_MAX)
        return too_large(err);
    if (spool_part_write(u->part, data, len, err) < 0)
        return -1;
    id_sha256_add(u->sum, data, len);
    u->size += (int64_t)len;
    return 0;
}

const struct httpd_sink upload_sink = { .write = sink_write, .abort = discard };

static int check_length(const struct call *c, struct error *err)
{
    const char *header = httpd_header(c->req, "Content-Length");
    struct error ignored = ERROR_INIT;
    int64_t length;

    /* A chunked body has no length; it is counted as it comes. */
    if (!header || str_to_i64(header, 0, SPOOL_ARCHIVE_MAX, &length, &ignored) == 0)
        return 0;
    return too_large(err);
}

int upload_open(struct call *c, struct upload **ret, struct error *err)
{
    struct spool_part *part;

    if (check_length(c, err) < 0 || spool_part_new(c->config->spool, &part, err) < 0)
        return -1;
    struct upload *u = arena_alloc(c->arena, sizeof *u);
    *u = (struct upload){ .arena = c->arena, .store = c->store, .part = part, .sum = id_sha256_new() };
    arena_defer(c->arena, discard, u);
    *ret = u;
    return 0;
}

const char *upload_digest(struct upload *u)
{
    if (!u->digest) {
        u->digest = id_sha256_hex(u->sum, u->arena);
        u->sum = NULL;
    }
    return u->digest;
}

int64_t upload_size(const struct upload *u)
{
    return u->size;
}

int upload_keep(struct upload *u, struct error *err)
{
    if (store_archive_hold(u->store, upload_digest(u), HOLD_MS, err) < 0)
        return -1;
    return spool_part_keep(u->part, upload_digest(u), err);
}

int upload_kept(struct upload *u, struct store_tx *tx, struct error *err)
{
    return store_archive_held(tx, upload_digest(u), err);
}
