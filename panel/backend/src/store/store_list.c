/* Lists by pages, sorted by one column and the key: see struct listing in internal.h. */
#include "base/str.h"
#include "store/internal.h"

const char *store_list_key(const struct page *p)
{
    return p->after && p->after[0] ? p->after : p->descending ? AFTER_LAST : "";
}

/* By its first sort a list is sorted by its key. */
const char *store_list_value(const struct page *p)
{
    if (p->after_value)
        return p->after_value;
    return p->sort == 0 ? store_list_key(p) : p->descending ? AFTER_LAST : "";
}

void store_list_row(void *ctx, const struct db_row *row)
{
    struct listing *l = ctx;

    l->add(&l->rows, row);
    if (l->page.ret_value && (int)l->rows.count == l->page.limit - 1)
        *l->page.ret_value = arena_strdup(l->rows.arena, db_text(row, l->value_column));
}

int store_list_read(struct store *s, struct listing *l, store_read_fn fn, void *ret_items, size_t *ret_count,
                    struct error *err)
{
    if (store_read(s, fn, l, err) < 0)
        return -1;
    *(void **)ret_items = l->rows.items;
    *ret_count = l->rows.count;
    return 0;
}

const char *store_list_like(struct arena *a, const char *text)
{
    const char *s = str_replace(a, str_lower(a, text ? text : ""), "\\", "\\\\");

    return arena_printf(a, "%%%s%%", str_replace(a, str_replace(a, s, "%", "\\%"), "_", "\\_"));
}
