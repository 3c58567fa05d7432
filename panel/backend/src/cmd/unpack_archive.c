/* Archives: see unpack_archive.h. */
#include "cmd/unpack_archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/str.h"
#include "cmd/unpack_name.h"
#include "cmd/unpack_tree.h"

enum { BLOCK = 64 * 1024 };

const struct unpack_limits unpack_limits_default = {
    .bytes = 2LL << 30, .entries = 50000, .links = 1000, .ratio = 200, .ratio_free = 64LL << 20
};

/* One pass. */
struct walk {
    const struct unpack_limits *limits;
    struct archive *ar;
    struct arena *arena; /* of one entry */
    int64_t packed, bytes; /* the archive's size, and what came out of it so far */
    size_t entries, links;
};

struct item {
    const char *name; /* clean */
    const char *target; /* of a link, else NULL */
    bool folder, executable;
    int64_t size; /* as stated; 0 when it is not */
};

typedef int visit_fn(void *ctx, struct walk *w, const struct item *item, struct error *err);

static int refuse(struct walk *w, const char *name, const char *why, struct error *err)
{
    return error_set(err, ERROR_UNPROCESSABLE, "%s %s", unpack_name_show(w->arena, name), why);
}

/* What libarchive has to complain of. A disk that fails is no fault of the archive. */
static int broken(struct walk *w, const char *name, struct error *err)
{
    int errnum = archive_errno(w->ar);
    const char *why = archive_error_string(w->ar);

    if (errnum == EIO || errnum == ESTALE || errnum == ETIMEDOUT)
        return error_set_errno(err, errnum, "reading the archive");
    if (errnum == ENOMEM)
        return error_set(err, ERROR_UNPROCESSABLE,
                         "the archive needs too much memory to unpack; pack it with fewer files or weaker compression");
    if (w->entries == 0 && archive_format(w->ar) == 0)
        return error_set(err, ERROR_UNPROCESSABLE,
                         "this is no zip, tar, tar.gz or tar.xz archive, or its end is missing; pack it again");
    return error_set(err, ERROR_UNPROCESSABLE, "the archive is damaged%s%s (%s); pack it again",
                     str_empty(name) ? "" : " at ", str_empty(name) ? "" : unpack_name_show(w->arena, name),
                     str_empty(why) ? "no reason given" : why);
}

static int add_bytes(struct walk *w, const char *name, int64_t more, struct error *err)
{
    const struct unpack_limits *l = w->limits;

    if (more < 0 || more > l->bytes - w->bytes)
        return error_set(err, ERROR_UNPROCESSABLE,
                         "with %s the files have more than %lld bytes; leave out what the site does not serve",
                         unpack_name_show(w->arena, name), (long long)l->bytes);
    w->bytes += more;
    if (w->bytes > l->ratio_free && w->bytes / l->ratio > w->packed)
        return error_set(err, ERROR_UNPROCESSABLE,
                         "%s unpacks to more than %lld times the archive's size, as only a decompression bomb does; "
                         "leave it out",
                         unpack_name_show(w->arena, name), (long long)l->ratio);
    return 0;
}

static int check_kind(struct walk *w, struct archive_entry *e, struct item *item, struct error *err)
{
    const mode_t kind = archive_entry_filetype(e);

    if (archive_entry_is_encrypted(e))
        return refuse(w, item->name, "is encrypted; pack the archive without a password", err);
    if (archive_entry_hardlink(e))
        return refuse(w, item->name, "is a hard link; pack the file itself (tar --hard-dereference)", err);
    item->folder = kind == AE_IFDIR;
    item->executable = (archive_entry_perm(e) & S_IXUSR) != 0;
    item->size = kind == AE_IFREG && archive_entry_size_is_set(e) ? archive_entry_size(e) : 0;
    if (kind == AE_IFREG || kind == AE_IFDIR)
        return 0;
    if (kind != AE_IFLNK)
        return refuse(w, item->name, "is a device, pipe or socket; leave it out", err);
    item->target = archive_entry_symlink(e);
    if (++w->links > w->limits->links)
        return error_set(err, ERROR_UNPROCESSABLE, "the archive has more than %zu links; pack the files themselves",
                         w->limits->links);
    return unpack_name_target(w->arena, item->name, item->target, err);
}

static int look_at_entry(struct walk *w, struct archive_entry *e, visit_fn *visit, void *ctx, struct error *err)
{
    struct item item = { 0 };

    if (++w->entries > w->limits->entries)
        return error_set(err, ERROR_UNPROCESSABLE,
                         "the archive has more than %zu entries; leave out what the site does not serve",
                         w->limits->entries);
    if (unpack_name_clean(w->arena, archive_entry_pathname(e), &item.name, err) < 0)
        return -1;
    if (str_eq(item.name, "__MACOSX") || str_starts(item.name, "__MACOSX/"))
        return 0;
    if (check_kind(w, e, &item, err) < 0)
        return -1;
    if (str_empty(item.name))
        return item.folder ? 0 : refuse(w, ".", "is no folder; pack the archive again", err);
    return visit(ctx, w, &item, err);
}

static int for_each_entry(struct walk *w, visit_fn *visit, void *ctx, struct error *err)
{
    const char *last = "";
    struct archive_entry *e;

    for (;;) {
        int rc = archive_read_next_header(w->ar, &e);
        if (rc == ARCHIVE_EOF)
            return 0;
        if (rc != ARCHIVE_OK && rc != ARCHIVE_WARN)
            return broken(w, last, err);
        arena_reset(w->arena);
        if (look_at_entry(w, e, visit, ctx, err) < 0)
            return -1;
        last = arena_strdup(w->arena, archive_entry_pathname(e)); /* the next header overwrites the entry */
    }
}

static struct archive *new_reader(void)
{
    struct archive *ar = archive_read_new();

    /* Few formats, each one a parser that strangers feed. Zip by its directory, which is what other tools go by. */
    if (ar && archive_read_support_format_tar(ar) == ARCHIVE_OK &&
        archive_read_support_format_zip_seekable(ar) == ARCHIVE_OK &&
        archive_read_support_filter_gzip(ar) == ARCHIVE_OK && archive_read_support_filter_xz(ar) == ARCHIVE_OK)
        return ar;
    archive_read_free(ar);
    return NULL;
}

static int walk_archive(int fd, const struct unpack_limits *limits, visit_fn *visit, void *ctx, struct walk *ret,
                        struct error *err)
{
    CLEANUP(arena_freep) struct arena *entry_arena = arena_new();
    struct stat st;

    if (fstat(fd, &st) < 0 || lseek(fd, 0, SEEK_SET) < 0)
        return error_set_errno(err, errno, "reading the archive");
    struct walk w = { .limits = limits, .ar = new_reader(), .arena = entry_arena, .packed = st.st_size };
    if (!w.ar)
        return error_set(err, ERROR_INTERNAL, "libarchive cannot read tar, zip, gzip and xz here");
    int rc = archive_read_open_fd(w.ar, fd, BLOCK) == ARCHIVE_OK ? for_each_entry(&w, visit, ctx, err)
                                                                 : broken(&w, "", err);
    archive_read_free(w.ar);
    w.ar = NULL;
    w.arena = NULL;
    *ret = w;
    return rc;
}

/* --- first pass --- */

struct check {
    struct arena *arena;
    const char *top; /* the first part of every name so far; NULL: none yet */
    bool many, beneath, start_page; /* several tops; something lies beneath the top; and that is a start page */
};

static bool is_start_page(const char *name)
{
    return str_eq(name, "index.html") || str_eq(name, "index.htm") || str_eq(name, "index.php");
}

static int check_item(void *ctx, struct walk *w, const struct item *item, struct error *err)
{
    struct check *c = ctx;
    size_t len = strcspn(item->name, "/");

    if (!c->top)
        c->top = arena_strndup(c->arena, item->name, len);
    if (strlen(c->top) != len || memcmp(c->top, item->name, len) != 0)
        c->many = true;
    if (item->name[len] == '/') {
        c->beneath = true;
        c->start_page = c->start_page || is_start_page(item->name + len + 1);
    }
    return add_bytes(w, item->name, item->size, err);
}

int unpack_archive_check(struct arena *a, int fd, const struct unpack_limits *limits, struct unpack_plan *ret,
                         struct error *err)
{
    struct check c = { .arena = a };
    struct walk w;

    if (walk_archive(fd, limits, check_item, &c, &w, err) < 0)
        return -1;
    if (!c.top)
        return error_set(err, ERROR_UNPROCESSABLE, "the archive holds no files; pack the site's folder");
    *ret = (struct unpack_plan){ .entries = w.entries,
                                 .bytes = w.bytes,
                                 .folder = c.beneath && !c.many && c.start_page ? c.top : "" };
    return 0;
}

/* --- second pass --- */

struct link {
    const char *name, *target;
};

struct write {
    struct arena *arena;
    const char *folder;
    struct unpack_tree tree;
    struct link *links;
    size_t link_count;
};

/* The name without the folder that is left away; "" is that folder itself. */
static const char *name_in_release(const struct write *o, const char *name)
{
    size_t len = strlen(o->folder);

    return len == 0 ? name : name[len] == '/' ? name + len + 1 : "";
}

static int write_all(int fd, const char *data, size_t len, const char *shown, struct error *err)
{
    while (len > 0) {
        ssize_t n = write(fd, data, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return error_set_errno(err, errno, "writing %s", shown);
        data += n;
        len -= (size_t)n;
    }
    return 0;
}

static int copy_data(struct walk *w, const struct item *item, int fd, struct error *err)
{
    const char *shown = unpack_name_show(w->arena, item->name);
    char buf[BLOCK];

    for (;;) {
        ssize_t n = archive_read_data(w->ar, buf, sizeof buf);
        if (n == 0)
            return 0;
        if (n < 0)
            return broken(w, item->name, err);
        if (add_bytes(w, item->name, n, err) < 0 || write_all(fd, buf, (size_t)n, shown, err) < 0)
            return -1;
    }
}

static int write_item(void *ctx, struct walk *w, const struct item *item, struct error *err)
{
    struct write *o = ctx;
    const char *name = name_in_release(o, item->name);
    CLEANUP(file_closep) int fd = -1;

    if (item->folder)
        return unpack_tree_folder(&o->tree, w->arena, name, err);
    if (str_empty(name)) /* the folder that is left away was a link or a file after all */
        return refuse(w, item->name, "is in the archive twice; pack it again from one folder", err);
    if (item->target) {
        o->links[o->link_count++] = (struct link){ arena_strdup(o->arena, name), arena_strdup(o->arena, item->target) };
        return 0;
    }
    if (unpack_tree_file(&o->tree, w->arena, name, item->executable, &fd, err) < 0)
        return -1;
    return copy_data(w, item, fd, err);
}

static int write_links(struct write *o, struct error *err)
{
    for (size_t i = 0; i < o->link_count; i++)
        if (unpack_tree_link(&o->tree, o->arena, o->links[i].name, o->links[i].target, err) < 0)
            return -1;
    for (size_t i = 0; i < o->link_count; i++)
        if (unpack_tree_check_link(&o->tree, o->arena, o->links[i].name, o->links[i].target, err) < 0)
            return -1;
    return 0;
}

int unpack_archive_write(struct arena *a, int fd, const struct unpack_limits *limits, const struct unpack_plan *plan,
                         int root, struct error *err)
{
    struct write o = { .arena = a,
                       .folder = plan->folder,
                       .tree = { .root = root, .made_max = limits->entries },
                       .links = arena_array(a, limits->links, sizeof(struct link)) };
    struct walk w;

    if (walk_archive(fd, limits, write_item, &o, &w, err) < 0)
        return -1;
    return write_links(&o, err);
}
