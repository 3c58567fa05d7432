/* Lists by pages: see page.h. */
#include "api/page.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "api/access.h"
#include "base/id.h"
#include "base/str.h"

enum { SCOPE_CHARS = 12, CURSOR_MAX = 2048 };

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

/* A cursor is the scope, the key and, on a line of its own, the value. */
static int read_cursor(struct call *c, const char *cursor, struct paging *p, struct error *err)
{
    size_t len = strlen(cursor), got;
    char *text = arena_alloc(c->arena, len + 1);

    if (len > CURSOR_MAX || sodium_base642bin((unsigned char *)text, len, cursor, len, NULL, &got, NULL, variant) != 0)
        return call_bad_query(err, "cursor", "is no cursor of this API");
    text[got] = '\0';
    char *value = got > SCOPE_CHARS ? strchr(text + SCOPE_CHARS, '\n') : NULL;
    if (!value || value == text + SCOPE_CHARS || strncmp(text, p->scope, SCOPE_CHARS) != 0 || !str_has_utf8(text, got))
        return call_bad_query(err, "cursor", "belongs to a list with other filters or in another order");
    *value++ = '\0';
    p->after = text + SCOPE_CHARS;
    p->after_value = value;
    return 0;
}

static int read_sort(struct call *c, const char *const sorts[], const char *standard, struct paging *p,
                     struct error *err)
{
    const char *sort = httpd_query(c->req, "sort"), *known = sorts[0];

    sort = sort ? sort : standard;
    p->descending = sort[0] == '-';
    for (p->sort = 0; sorts[p->sort]; p->sort++)
        if (str_eq(sorts[p->sort], sort + p->descending))
            return 0;
    for (size_t i = 1; sorts[i]; i++)
        known = arena_printf(c->arena, "%s, %s", known, sorts[i]);
    return call_bad_query(err, "sort", arena_printf(c->arena, "is one of %s, with - before it for descending", known));
}

int page_read(struct call *c, const char *const sorts[], const char *standard, struct paging *ret, struct error *err)
{
    const char *cursor = httpd_query(c->req, "cursor");
    struct paging p = {
        .after = "", .scope = scope_of(c), .account = access_account(c), .customer = access_customer(c)
    };
    int64_t limit = PAGE_DEFAULT;

    if (call_query_int(c, "limit", 1, PAGE_MAX, &limit, err) < 0 || read_sort(c, sorts, standard, &p, err) < 0)
        return -1;
    if (cursor && read_cursor(c, cursor, &p, err) < 0)
        return -1;
    p.limit = (size_t)limit;
    *ret = p;
    return 0;
}

struct page page_of(struct paging *p)
{
    return (struct page){ .after = p->after,
                          .limit = (int)p->limit + 1,
                          .account = p->account,
                          .customer = p->customer,
                          .sort = p->sort,
                          .descending = p->descending,
                          .after_value = p->after_value,
                          .ret_value = &p->last_value };
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
        const char *text = arena_printf(c->arena, "%s%s\n%s", p->scope, last_key, p->last_value ? p->last_value : "");
        size_t len = strlen(text), room = sodium_base64_encoded_len(len, variant);
        char *cursor = arena_alloc(c->arena, room);
        sodium_bin2base64(cursor, room, (const unsigned char *)text, len, variant);
        json_object_set_new(list, "nextCursor", json_string(cursor));
    }
    return call_answer(c, 200, list);
}

/* --- lists in memory --- */

struct place {
    const char *value, *key;
    const json_t *item;
};

/* Numbers are written so that they are in the order of their texts. */
static const char *value_of(struct arena *a, const json_t *item, const char *field)
{
    const json_t *value = json_object_get(item, field);

    if (json_is_integer(value))
        return arena_printf(a, "%020lld", (long long)json_integer_value(value));
    return json_is_string(value) ? json_string_value(value) : "";
}

static int compare(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    int order = strcmp(x->value, y->value);

    return order ? order : strcmp(x->key, y->key);
}

static struct place *places_of(struct call *c, const char *field, const json_t *items, page_key key, size_t *ret_count)
{
    size_t count = json_array_size(items);
    struct place *list = arena_array(c->arena, count + 1, sizeof *list);

    for (size_t i = 0; i < count; i++) {
        const json_t *item = json_array_get(items, i);
        list[i] = (struct place){ value_of(c->arena, item, field), key(c->arena, item), item };
    }
    if (count)
        qsort(list, count, sizeof *list, compare);
    *ret_count = count;
    return list;
}

int page_answer_all(struct call *c, struct paging *p, const char *const sorts[], const json_t *items, page_key key)
{
    json_t *shown = json_own(c->arena, json_array());
    const struct place after = { p->after_value, p->after, NULL }, *last = NULL;
    size_t count;
    const struct place *list = places_of(c, sorts[p->sort], items, key, &count);

    for (size_t n = 0; n < count; n++) {
        const struct place *place = &list[p->descending ? count - 1 - n : n];
        int order = after.value ? compare(place, &after) : p->descending ? -1 : 1;
        if (p->descending ? order >= 0 : order <= 0)
            continue;
        if (last && json_array_size(shown) == p->limit) { /* limit is 1 or more */
            p->last_value = last->value;
            return page_answer(c, p, shown, last->key);
        }
        json_array_append(shown, (json_t *)(uintptr_t)place->item);
        last = place;
    }
    return page_answer(c, p, shown, NULL);
}
