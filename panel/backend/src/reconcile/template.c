/* Templates: see template.h. */
#include "reconcile/template.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "base/str.h"
#include "base/yaml.h"

enum { TEMPLATE_MAX = 64 * 1024, TEXT_MAX = 1 << 20 };

static const char *const names[] = {
    "namespace",   "resourcequota",   "limitrange", "networkpolicy", "networkpolicy-helper",
    "rolebinding", "configmap-hosts", "pvc",        "deployment",    "service",
    "ingress",     "helper-pod"
};
enum { NAME_COUNT = sizeof names / sizeof names[0] };

struct templates {
    struct arena *arena;
    json_t *trees[NAME_COUNT];
};

int templates_load(const char *folder, struct templates **ret, struct error *err)
{
    struct arena *a = arena_new();
    struct templates *t = arena_alloc(a, sizeof *t);

    t->arena = a;
    for (size_t i = 0; i < NAME_COUNT; i++) {
        const char *path = arena_printf(a, "%s/%s.yaml", folder, names[i]);
        char *text;
        size_t len;
        if (file_read(a, path, TEMPLATE_MAX, &text, &len, err) < 0 ||
            yaml_to_json(a, text, len, &t->trees[i], err) < 0) {
            error_context(err, "template %s", path);
            arena_free(a);
            return -1;
        }
    }
    *ret = t;
    return 0;
}

void templates_free(struct templates *t)
{
    if (t)
        arena_free(t->arena);
}

struct fill {
    struct arena *arena;
    const struct placeholder *values;
    size_t count;
    const char *item; /* the value of the list placeholder within a repeated element */
};

static const char *value_text(const struct fill *f, const struct placeholder *p)
{
    if (p->list)
        return f->item ? f->item : "";
    return p->is_number ? arena_printf(f->arena, "%lld", (long long)p->number) : p->text;
}

static const struct placeholder *named(const struct fill *f, const char *word, size_t len)
{
    for (size_t i = 0; i < f->count; i++)
        if (strlen(f->values[i].name) == len && strncmp(f->values[i].name, word, len) == 0)
            return &f->values[i];
    return NULL;
}

/* Word by word from left to right: HELPER_IMAGE is not IMAGE, and what a value holds is not looked at again. */
static json_t *fill_string(const struct fill *f, const char *s)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
    struct strbuf out;

    strbuf_init(&out, f->arena, TEXT_MAX);
    for (const char *p = s; *p;) {
        size_t len = strspn(p, letters);
        const struct placeholder *found = len ? named(f, p, len) : NULL;
        if (found && found->is_number && str_eq(s, found->name))
            return json_integer(found->number);
        if (len == 0)
            len = strcspn(p, letters);
        if (found)
            strbuf_add(&out, value_text(f, found));
        else
            strbuf_add_n(&out, p, len);
        p += len;
    }
    return json_string(out.text);
}

/* The list placeholder that `tree` holds, or NULL. */
static const struct placeholder *held_list(const struct fill *f, const json_t *tree)
{
    const char *key;
    json_t *item;
    size_t i;

    if (json_is_string(tree)) {
        for (i = 0; i < f->count; i++)
            if (f->values[i].list && strstr(json_string_value(tree), f->values[i].name))
                return &f->values[i];
    } else if (json_is_object(tree)) {
        json_object_foreach((json_t *)(uintptr_t)tree, key, item)
        {
            const struct placeholder *p = held_list(f, item);
            if (p)
                return p;
        }
    } else if (json_is_array(tree)) {
        json_array_foreach(tree, i, item)
        {
            const struct placeholder *p = held_list(f, item);
            if (p)
                return p;
        }
    }
    return NULL;
}

static json_t *fill(const struct fill *f, const json_t *tree);

static json_t *fill_array(const struct fill *f, const json_t *tree)
{
    json_t *out = json_array(), *item;
    size_t i;

    json_array_foreach(tree, i, item)
    {
        const struct placeholder *p = f->item ? NULL : held_list(f, item);
        if (!p) {
            json_array_append_new(out, fill(f, item));
            continue;
        }
        for (size_t j = 0; j < p->list_count; j++) {
            struct fill one = *f;
            one.item = p->list[j];
            json_array_append_new(out, fill(&one, item));
        }
    }
    return out;
}

static json_t *fill(const struct fill *f, const json_t *tree)
{
    const char *key;
    json_t *item;

    if (json_is_string(tree))
        return fill_string(f, json_string_value(tree));
    if (json_is_array(tree))
        return fill_array(f, tree);
    if (!json_is_object(tree))
        return json_deep_copy(tree);
    json_t *out = json_object();
    json_object_foreach((json_t *)(uintptr_t)tree, key, item) json_object_set_new(out, key, fill(f, item));
    return out;
}

int template_fill(const struct templates *t, struct arena *a, const char *name, const struct placeholder *values,
                  size_t count, json_t **ret, struct error *err)
{
    const struct fill f = { a, values, count, NULL };

    for (size_t i = 0; i < NAME_COUNT; i++) {
        if (str_eq(names[i], name)) {
            *ret = json_own(a, fill(&f, t->trees[i]));
            return 0;
        }
    }
    return error_set(err, ERROR_INTERNAL, "there is no template '%s'", name);
}
