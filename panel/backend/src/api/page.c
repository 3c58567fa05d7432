/* Lists by pages: see page.h. */
#include "api/page.h"

#include <sodium.h>
#include <string.h>

#include "api/access.h"
#include "base/id.h"
#include "base/str.h"

enum { SCOPE_CHARS = 12, CURSOR_MAX = 512 };

static const int variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;

/* A few characters that differ when the path or a filter does. */
static const char *scope_of(struct call *c)
{
    const char *const *names = httpd_query_names(c->req);
    const char *text = httpd_path(c->req);

    for (; *names; names++)
        if (!str_eq(*names, "limit") && !str_eq(*names, "cursor"))
            text = arena_printf(c->arena, "%s\n%s=%s", text, *names, httpd_query(c->req, *names));
    return arena_strndup(c->arena, id_hash_token(c->arena, text), SCOPE_CHARS);
}

static int read_cursor(struct call *c, const char *cursor, struct paging *p, struct error *err)
{
    size_t len = strlen(cursor), got;
    char *text = arena_alloc(c->arena, len + 1);

    if (len > CURSOR_MAX || sodium_base642bin((unsigned char *)text, len, cursor, len, NULL, &got, NULL, variant) != 0)
        return call_bad_query(err, "cursor", "is no cursor of this API");
    if (got <= SCOPE_CHARS || strncmp(text, p->scope, SCOPE_CHARS) != 0 || !str_has_utf8(text, got))
        return call_bad_query(err, "cursor", "belongs to a list with other filters");
    p->after = text + SCOPE_CHARS;
    return 0;
}

int page_read(struct call *c, struct paging *ret, struct error *err)
{
    const char *cursor = httpd_query(c->req, "cursor");
    struct paging p = {
        .after = "", .scope = scope_of(c), .account = access_account(c), .customer = access_customer(c)
    };
    int64_t limit = PAGE_DEFAULT;

    if (call_query_int(c, "limit", 1, PAGE_MAX, &limit, err) < 0)
        return -1;
    if (cursor && read_cursor(c, cursor, &p, err) < 0)
        return -1;
    p.limit = (size_t)limit;
    *ret = p;
    return 0;
}

struct page page_of(const struct paging *p)
{
    return (
        struct page){ .after = p->after, .limit = (int)p->limit + 1, .account = p->account, .customer = p->customer };
}

size_t page_shown(const struct paging *p, size_t found)
{
    return found < p->limit ? found : p->limit;
}

int page_answer(struct call *c, const struct paging *p, const json_t *items, const char *last_key)
{
    json_t *list = json_own(c->arena, json_object());

    json_object_set(list, "items", (json_t *)(uintptr_t)items);
    if (last_key) {
        const char *text = arena_printf(c->arena, "%s%s", p->scope, last_key);
        size_t len = strlen(text), room = sodium_base64_encoded_len(len, variant);
        char *cursor = arena_alloc(c->arena, room);
        sodium_bin2base64(cursor, room, (const unsigned char *)text, len, variant);
        json_object_set_new(list, "nextCursor", json_string(cursor));
    }
    return call_answer(c, 200, list);
}

size_t page_start(const struct paging *p, const void *rows, size_t count, page_key key)
{
    if (p->after[0] == '\0')
        return 0;
    for (size_t i = 0; i < count; i++)
        if (str_eq(key(rows, i), p->after))
            return i + 1;
    return count; /* the row is gone, and with it the place in the list */
}
