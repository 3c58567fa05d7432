/* For the tests of berth-unpack: a site's folder, archives that libarchive writes, and a server that answers by a script. */
#ifndef BERTH_TESTS_UNPACK_FIXTURE_H
#define BERTH_TESTS_UNPACK_FIXTURE_H

#include <archive.h>
#include <archive_entry.h>
#include <arpa/inet.h>
#include <fcntl.h>
#include <ftw.h>
#include <locale.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/id.h"
#include "base/str.h"
#include "cmd/unpack.h"

#define TOKEN "secret-of-this-release"

enum { PACKED_MAX = 4 << 20, ANSWERS_MAX = 8 };

struct entry {
    const char *name;
    const char *text; /* NULL: a folder, unless kind says something else */
    const char *link, *hard; /* targets */
    mode_t kind; /* AE_IFIFO and the like; 0: by the above */
    mode_t perm; /* 0: 0640 or 0750 */
    size_t zeros; /* as many NUL bytes in place of text */
};

struct packed {
    char *data;
    size_t len;
};

enum packing { PACK_TAR, PACK_TAR_GZ, PACK_TAR_XZ, PACK_ZIP, PACK_ZIP_SECRET };

struct answer {
    int status; /* 0: 200 */
    struct packed body;
    size_t cut; /* > 0: the connection ends after so many bytes of the body */
};

struct fixture {
    struct arena *arena;
    char dir[64];
    char url[64];
    int listener;
    pthread_t server;
    struct answer answers[ANSWERS_MAX]; /* the last one is given again and again */
    size_t answer_count;
    atomic_uint requests, with_token;
    struct unpack_limits limits;
};

static inline void pack_entry(struct archive *ar, const struct entry *e)
{
    struct archive_entry *ae = archive_entry_new();
    size_t size = e->text ? strlen(e->text) : e->zeros;
    bool folder = !e->text && !e->link && !e->hard && !e->kind && !e->zeros;
    static const char zeros[64 * 1024];

    archive_entry_set_pathname(ae, e->name);
    archive_entry_set_filetype(ae, e->link ? AE_IFLNK : e->kind ? e->kind : folder ? AE_IFDIR : AE_IFREG);
    archive_entry_set_perm(ae, e->perm ? e->perm : folder ? 0750 : 0640);
    if (e->link)
        archive_entry_set_symlink(ae, e->link);
    if (e->hard)
        archive_entry_set_hardlink(ae, e->hard);
    archive_entry_set_size(ae, (int64_t)size);
    assert_int_equal(archive_write_header(ar, ae), ARCHIVE_OK);
    for (size_t done = 0, n; done < size; done += n) {
        n = e->text ? size : size - done < sizeof zeros ? size - done : sizeof zeros;
        assert_int_equal(archive_write_data(ar, e->text ? e->text : zeros, n), (la_ssize_t)n);
    }
    archive_entry_free(ae);
}

static inline struct packed pack_n(struct arena *a, enum packing how, const struct entry *entries, size_t count)
{
    struct packed p = { .data = arena_alloc(a, PACKED_MAX) };
    struct archive *ar = archive_write_new();

    if (how == PACK_ZIP || how == PACK_ZIP_SECRET)
        assert_int_equal(archive_write_set_format_zip(ar), ARCHIVE_OK);
    else
        assert_int_equal(archive_write_set_format_gnutar(ar), ARCHIVE_OK);
    if (how == PACK_ZIP_SECRET) {
        assert_int_equal(archive_write_set_options(ar, "zip:encryption=traditional"), ARCHIVE_OK);
        assert_int_equal(archive_write_set_passphrase(ar, "open sesame"), ARCHIVE_OK);
    }
    if (how == PACK_TAR_GZ)
        assert_int_equal(archive_write_add_filter_gzip(ar), ARCHIVE_OK);
    if (how == PACK_TAR_XZ)
        assert_int_equal(archive_write_add_filter_xz(ar), ARCHIVE_OK);
    archive_write_set_bytes_in_last_block(ar, 1);
    assert_int_equal(archive_write_open_memory(ar, p.data, PACKED_MAX, &p.len), ARCHIVE_OK);
    for (size_t i = 0; i < count; i++)
        pack_entry(ar, &entries[i]);
    assert_int_equal(archive_write_close(ar), ARCHIVE_OK);
    archive_write_free(ar);
    return p;
}

#define pack(arena, how, ...)                                                                                          \
    pack_n((arena), (how), (const struct entry[]){ __VA_ARGS__ },                                                      \
           sizeof((const struct entry[]){ __VA_ARGS__ }) / sizeof(struct entry))

/* --- the server --- */

static inline void send_all(int fd, const char *data, size_t len)
{
    while (len > 0) {
        ssize_t n = send(fd, data, len, MSG_NOSIGNAL);
        if (n <= 0)
            return;
        data += n;
        len -= (size_t)n;
    }
}

static inline void answer_one(struct fixture *f, int fd)
{
    char head[4096];
    size_t len = 0;

    while (len < sizeof head - 1) {
        ssize_t n = recv(fd, head + len, sizeof head - 1 - len, 0);
        if (n <= 0)
            return;
        len += (size_t)n;
        head[len] = '\0';
        if (strstr(head, "\r\n\r\n"))
            break;
    }
    if (strstr(head, "\r\nAuthorization: Bearer " TOKEN "\r\n"))
        atomic_fetch_add(&f->with_token, 1);
    unsigned at = atomic_fetch_add(&f->requests, 1);
    const struct answer *w = &f->answers[at < f->answer_count ? at : f->answer_count - 1];
    int n = snprintf(head, sizeof head, "HTTP/1.1 %d Said\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n",
                     w->status ? w->status : 200, w->body.len);
    send_all(fd, head, (size_t)n);
    send_all(fd, w->body.data, w->cut ? w->cut : w->body.len);
}

static inline void *serve(void *ctx)
{
    struct fixture *f = ctx;
    int fd;

    while ((fd = accept(f->listener, NULL, NULL)) >= 0) {
        answer_one(f, fd);
        close(fd);
    }
    return NULL;
}

static inline int fixture_setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t len = sizeof at;
    struct error err = ERROR_INIT;

    assert_non_null(f);
    assert_non_null(setlocale(LC_CTYPE, "C.UTF-8"));
    assert_int_equal(id_init(&err), 0);
    f->arena = arena_new();
    f->limits = unpack_limits_default;
    snprintf(f->dir, sizeof f->dir, "/tmp/berth-unpack-XXXXXX");
    assert_non_null(mkdtemp(f->dir));
    f->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(f->listener, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(listen(f->listener, 8), 0);
    assert_int_equal(getsockname(f->listener, (struct sockaddr *)&at, &len), 0);
    snprintf(f->url, sizeof f->url, "http://127.0.0.1:%d/spool/r1", ntohs(at.sin_port));
    assert_int_equal(pthread_create(&f->server, NULL, serve, f), 0);
    *state = f;
    return 0;
}

static inline int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st, (void)kind, (void)at;
    return remove(path);
}

static inline int fixture_teardown(void **state)
{
    struct fixture *f = *state;

    shutdown(f->listener, SHUT_RDWR);
    pthread_join(f->server, NULL);
    close(f->listener);
    nftw(f->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    arena_free(f->arena);
    free(f);
    return 0;
}

/* --- runs --- */

static inline char *digest_of(struct arena *a, struct packed p)
{
    struct id_sha256 *h = id_sha256_new();

    id_sha256_add(h, p.data, p.len);
    return id_sha256_hex(h, a);
}

/* What the server answers, in turn, from now on. */
static inline void script(struct fixture *f, const struct answer *answers, size_t count)
{
    memcpy(f->answers, answers, count * sizeof *answers);
    f->answer_count = count;
    atomic_store(&f->requests, 0);
    atomic_store(&f->with_token, 0);
}

static inline int run_job(struct fixture *f, const char *release, const char *sha256, struct error *err)
{
    const struct unpack_job job = { .source = { .url = f->url,
                                                .token = TOKEN,
                                                .sha256 = sha256,
                                                .max_bytes = PACKED_MAX,
                                                .attempts = 3,
                                                .pause_ms = 1 },
                                    .release = release,
                                    .dir = f->dir,
                                    .limits = &f->limits };

    *err = ERROR_INIT;
    return unpack_run(&job, err);
}

static inline int deploy(struct fixture *f, const char *release, struct packed p, struct error *err)
{
    script(f, &(struct answer){ .body = p }, 1);
    return run_job(f, release, digest_of(f->arena, p), err);
}

static inline const char *in_site(struct fixture *f, const char *path)
{
    return arena_printf(f->arena, "%s/%s", f->dir, path);
}

static inline const char *content(struct fixture *f, const char *path)
{
    struct error err = ERROR_INIT;
    char *text;

    return file_read(f->arena, in_site(f, path), 1 << 20, &text, NULL, &err) == 0 ? text : NULL;
}

static inline bool exists(struct fixture *f, const char *path)
{
    struct stat st;

    return lstat(in_site(f, path), &st) == 0;
}

static inline const char *current(struct fixture *f)
{
    char *target = arena_alloc(f->arena, 256);

    return readlink(in_site(f, "current"), target, 255) < 0 ? NULL : target;
}

#endif
