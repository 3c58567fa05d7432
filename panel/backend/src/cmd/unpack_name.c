/* Names in an archive: see unpack_name.h. */
#include "cmd/unpack_name.h"

#include <string.h>

#include "base/str.h"

/* The message of a failed release has room for 400 bytes. */
enum { SHOWN_MAX = 120 };

char *unpack_name_show(struct arena *a, const char *raw)
{
    bool utf8 = raw && str_has_utf8(raw, strlen(raw));
    struct strbuf b;

    strbuf_init(&b, a, (size_t)4 * SHOWN_MAX);
    strbuf_add(&b, "'");
    for (size_t i = 0; raw && raw[i]; i++) {
        unsigned char c = (unsigned char)raw[i];
        /* Never cut within a character: 10xxxxxx continues one. */
        if (i >= SHOWN_MAX && (!utf8 || (c & 0xc0) != 0x80)) {
            strbuf_add(&b, "…");
            break;
        }
        if (c < 0x20 || c == 0x7f || (c >= 0x80 && !utf8))
            strbuf_addf(&b, "\\x%02x", c);
        else
            strbuf_add_n(&b, raw + i, 1);
    }
    strbuf_add(&b, "'");
    return b.text;
}

static int refuse(struct arena *a, const char *raw, const char *why, struct error *err)
{
    return error_set(err, ERROR_UNPROCESSABLE, "%s %s", unpack_name_show(a, raw), why);
}

static bool has_control(const char *s)
{
    for (; *s; s++)
        if ((unsigned char)*s < 0x20 || *s == 0x7f)
            return true;
    return false;
}

static int add_part(struct arena *a, const char *raw, const char *part, size_t len, struct strbuf *out,
                    struct error *err)
{
    if (len == 0 || (len == 1 && part[0] == '.'))
        return 0;
    if (len == 2 && memcmp(part, "..", 2) == 0)
        return refuse(a, raw, "climbs by '..'; pack the files with paths that go down only", err);
    if (len > UNPACK_PART_MAX)
        return refuse(a, raw, "has a name of more than 255 bytes; shorten it", err);
    if (out->len > 0)
        strbuf_add(out, "/");
    strbuf_add_n(out, part, len);
    return 0;
}

int unpack_name_clean(struct arena *a, const char *raw, const char **ret, struct error *err)
{
    struct strbuf out;
    size_t depth = 1;

    if (str_empty(raw))
        return error_set(err, ERROR_UNPROCESSABLE, "an entry has no name; pack the archive again");
    if (!str_has_utf8(raw, strlen(raw)))
        return refuse(a, raw, "is not UTF-8; rename it, or pack with a tool that writes UTF-8 names", err);
    if (has_control(raw))
        return refuse(a, raw, "has a control character in its name; rename it", err);
    if (raw[0] == '/')
        return refuse(a, raw, "is an absolute path; pack the files with paths beneath the site's folder", err);
    strbuf_init(&out, a, UNPACK_PATH_MAX);
    for (const char *part = raw;; depth++) {
        size_t len = strcspn(part, "/");
        if (add_part(a, raw, part, len, &out, err) < 0)
            return -1;
        if (part[len] == '\0')
            break;
        part += len + 1;
    }
    if (strbuf_overflowed(&out))
        return refuse(a, raw, "has a path of more than 1024 bytes; shorten it", err);
    if (depth > UNPACK_DEPTH_MAX)
        return refuse(a, raw, "lies more than 64 folders deep; move it up", err);
    *ret = out.text;
    return 0;
}

int unpack_name_target(struct arena *a, const char *name, const char *target, struct error *err)
{
    if (str_empty(target))
        return refuse(a, name, "is a link to nothing; leave it out", err);
    if (strlen(target) > UNPACK_PATH_MAX || !str_has_utf8(target, strlen(target)) || has_control(target))
        return refuse(a, name, "is a link to a path that no file here can have; leave it out", err);
    if (target[0] == '/')
        return error_set(err, ERROR_UNPROCESSABLE,
                         "%s is a link to the absolute path %s; make it a relative link within the site",
                         unpack_name_show(a, name), unpack_name_show(a, target));
    return 0;
}
