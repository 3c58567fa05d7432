/* Resources and fields: see cli_schema.h. References and allOf are resolved here; other ways to put schemas together the API does
 * not use in what it answers. */
#include "cmd/cli_schema.h"

#include <stdint.h>
#include <string.h>

#include "base/json.h"
#include "base/str.h"
#include "cmd/cli.h"

enum { REFERENCES_MAX = 8, DEPTH_MAX = 6, TEXT_MAX = 4096 };

static const char json_body[] = "/content/application~1json/schema";

/* --- schemas --- */

static void lay_over(json_t *into, const json_t *from)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)(uintptr_t)from, key, value)
    {
        json_t *old = json_object_get(into, key);
        if (str_eq(key, "properties") && old)
            json_object_update(old, value);
        else if (str_eq(key, "required") && old)
            json_array_extend(old, value);
        else if (!str_eq(key, "$ref") && !str_eq(key, "allOf"))
            json_object_set_new(into, key, json_copy(value));
    }
}

static void resolve_into(json_t *into, const json_t *doc, const json_t *schema, int left)
{
    const char *ref = json_str_at(schema, "/$ref");
    const json_t *part;
    size_t i;

    if (left == 0)
        return;
    if (ref && ref[0] == '#')
        resolve_into(into, doc, json_at(doc, ref + 1), left - 1);
    json_array_foreach(json_object_get(schema, "allOf"), i, part) resolve_into(into, doc, part, left - 1);
    lay_over(into, schema);
}

/* The schema without references of its own; NULL of NULL. What stands beside a reference goes before what it refers to. */
static json_t *resolved(struct arena *a, const json_t *doc, const json_t *schema)
{
    if (!schema)
        return NULL;
    json_t *out = json_own(a, json_object());
    resolve_into(out, doc, schema, REFERENCES_MAX);
    return out;
}

/* "AuditRow" of "#/components/schemas/AuditRow"; NULL when the schema is no reference. */
static const char *referred(const json_t *schema)
{
    const char *ref = json_str_at(schema, "/$ref"), *slash = ref ? strrchr(ref, '/') : NULL;

    return slash ? slash + 1 : NULL;
}

/* "audit-row" of "AuditRow" */
static const char *dashed(struct arena *a, const char *schema)
{
    struct strbuf b;

    strbuf_init(&b, a, TEXT_MAX);
    for (const char *p = schema; *p; p++) {
        bool capital = *p >= 'A' && *p <= 'Z';
        if (capital && p > schema)
            strbuf_add(&b, "-");
        strbuf_add_n(&b, p, 1);
    }
    return str_lower(a, b.text);
}

/* A page has `items`; what a path answers is then each of them. */
static const char *answered(const json_t *doc, const json_t *path_item, bool *ret_list)
{
    char pointer[64];

    snprintf(pointer, sizeof pointer, "/get/responses/200%s", json_body);
    const char *name = referred(json_at(path_item, pointer));
    const json_t *schema = name ? json_object_get(json_at(doc, "/components/schemas"), name) : NULL;
    const char *element = referred(json_at(schema, "/properties/items/items"));
    *ret_list = element != NULL;
    return element ? element : name;
}

/* --- resources --- */

static const json_t *body_of(const json_t *doc, const char *path, const char *method)
{
    const json_t *operation = json_object_get(json_object_get(json_object_get(doc, "paths"), path), method);
    char pointer[64];

    snprintf(pointer, sizeof pointer, "/requestBody%s", json_body);
    return json_at(operation, pointer);
}

static void find_paths(struct arena *a, const json_t *doc, struct cli_resource *r)
{
    const char *path, *name;
    json_t *item;
    bool list;

    json_object_foreach(json_object_get(doc, "paths"), path, item)
    {
        name = answered(doc, item, &list);
        if (!str_eq(name, r->schema))
            continue;
        if (list && !r->list)
            r->list = path;
        if (!list && !r->read)
            r->read = path;
    }
    const char *collection = r->list ? r->list : r->read;
    if (!r->list && r->read && str_ends(r->read, "}"))
        collection = arena_strndup(a, r->read, (size_t)(strrchr(r->read, '/') - r->read));
    r->create_body = collection ? body_of(doc, collection, "post") : NULL;
    r->create = r->create_body ? arena_printf(a, "POST %s", collection) : NULL;
    for (int i = 0; r->read && !r->update && i < 2; i++) {
        r->update_body = body_of(doc, r->read, i == 0 ? "patch" : "put");
        if (r->update_body)
            r->update = arena_printf(a, "%s %s", i == 0 ? "PATCH" : "PUT", r->read);
    }
}

static bool same_name(struct arena *a, const char *word, const char *schema)
{
    const char *given = str_lower(a, str_replace(a, word, "-", "")), *name = str_lower(a, schema);

    return str_eq(given, name) || str_eq(given, arena_printf(a, "%ss", name));
}

/* "/api/v1/sites/{SITE}" and "/api/v1/sites/{site}" are one path. */
static bool same_path(const char *p, const char *q)
{
    while (*p && *p == *q) {
        if (*p == '{') {
            p += strcspn(p, "}");
            q += strcspn(q, "}");
        }
        if (*p) {
            p++;
            q++;
        }
    }
    return *p == *q;
}

static const char *schema_of_noun(const json_t *doc, const char *noun)
{
    const char *path;
    json_t *item;
    bool list;

    for (const struct cli_command *c = cli_commands; c->noun; c++) {
        if (!str_eq(c->noun, noun) || !c->verb[0] || !str_eq(c->method, "GET"))
            continue;
        json_object_foreach(json_object_get(doc, "paths"), path, item)
        {
            if (same_path(c->path, path))
                return answered(doc, item, &list);
        }
    }
    return NULL;
}

bool cli_resource_find(struct arena *a, const json_t *doc, const char *word, struct cli_resource *ret)
{
    const char *name, *found = NULL;
    json_t *schema;

    json_object_foreach(json_at(doc, "/components/schemas"), name, schema)
    {
        if (same_name(a, word, name) && (!found || str_eq(word, dashed(a, name))))
            found = name;
    }
    found = found ? found : schema_of_noun(doc, word);
    if (!found)
        return false;
    *ret = (struct cli_resource){ .schema = found, .name = dashed(a, found) };
    find_paths(a, doc, ret);
    return true;
}

/* --- as JSON --- */

/* A description as one line. */
static void put_line(struct arena *a, json_t *into, const char *key, const char *text)
{
    if (text)
        json_object_set_new(into, key, json_string(str_replace(a, str_trim(a, text), "\n", " ")));
}

json_t *cli_resource_list(struct arena *a, const json_t *doc)
{
    json_t *list = json_own(a, json_array()), *seen = json_own(a, json_object()), *item;
    const char *path;
    bool is_list;

    json_object_foreach(json_object_get(doc, "paths"), path, item)
    {
        const char *name = answered(doc, item, &is_list);
        if (!name || json_object_get(seen, name))
            continue;
        json_object_set_new(seen, name, json_true());
        struct cli_resource r = { .schema = name, .name = dashed(a, name) };
        json_array_append(list, cli_resource_json(a, doc, &r));
    }
    return list;
}

json_t *cli_resource_json(struct arena *a, const json_t *doc, const struct cli_resource *r)
{
    const json_t *schema = json_object_get(json_at(doc, "/components/schemas"), r->schema);
    json_t *out = json_own(a, json_object());

    put_line(a, out, "name", r->name);
    put_line(a, out, "schema", r->schema);
    put_line(a, out, "description", json_str_at(resolved(a, doc, schema), "/description"));
    put_line(a, out, "read", r->read ? arena_printf(a, "GET %s", r->read) : NULL);
    put_line(a, out, "list", r->list ? arena_printf(a, "GET %s", r->list) : NULL);
    put_line(a, out, "create", r->create);
    put_line(a, out, "update", r->update);
    return out;
}

/* --- fields --- */

/* The same place in an answer and in the bodies that write it; resolved, NULL where there is none. */
struct place {
    const json_t *read, *create, *update;
};

static bool is_required(const json_t *schema, const char *name)
{
    const json_t *member;
    size_t i;

    json_array_foreach(json_object_get(schema, "required"), i,
                       member) if (str_eq(json_string_value(member), name)) return true;
    return false;
}

static const json_t *property(const json_t *schema, const char *name)
{
    return json_object_get(json_object_get(schema, "properties"), name);
}

static const char *type_text(struct arena *a, const json_t *doc, const json_t *schema)
{
    const json_t *full = resolved(a, doc, schema), *items = json_object_get(full, "items");
    const char *type = json_str_at(full, "/type"), *format = json_str_at(full, "/format"), *name = referred(schema);

    if (items)
        return arena_printf(a, "list of %s", type_text(a, doc, items));
    if (name && json_object_get(full, "properties"))
        return dashed(a, name);
    if (!type)
        return "any";
    return format ? arena_printf(a, "%s (%s)", type, format) : type;
}

static void add_range(struct strbuf *b, const json_t *schema, const char *least, const char *most, const char *unit)
{
    const json_t *min = json_object_get(schema, least), *max = json_object_get(schema, most);
    long long from = (long long)json_integer_value(min), to = (long long)json_integer_value(max);

    if (!min && !max)
        return;
    strbuf_add(b, b->len ? ", " : "");
    if (min && max)
        strbuf_addf(b, "%lld to %lld%s", from, to, unit);
    else
        strbuf_addf(b, "%s %lld%s", min ? "at least" : "at most", min ? from : to, unit);
}

static const char *limits_text(struct arena *a, const json_t *schema)
{
    const char *pattern = json_str_at(schema, "/pattern");
    struct strbuf b;

    strbuf_init(&b, a, TEXT_MAX);
    add_range(&b, schema, "minimum", "maximum", "");
    add_range(&b, schema, "minLength", "maxLength", " characters");
    add_range(&b, schema, "minItems", "maxItems", " of them");
    if (json_bool_at(schema, "/uniqueItems", false))
        strbuf_addf(&b, "%snone twice", b.len ? ", " : "");
    if (pattern)
        strbuf_addf(&b, "%smatches %s", b.len ? ", " : "", pattern);
    return b.len ? b.text : NULL;
}

static const char *written_text(struct arena *a, const struct place *at, const char *name)
{
    const char *text = "";

    if (property(at->create, name))
        text = is_required(at->create, name) ? "create (required)" : "create";
    if (property(at->update, name))
        text = arena_printf(a, "%s%supdate%s", text, text[0] ? ", " : "",
                            is_required(at->update, name) ? " (required)" : "");
    return text[0] ? text : "never";
}

static json_t *fields_at(struct arena *a, const json_t *doc, struct place at, const char *prefix, int left);

/* Where the fields of a field are: in itself, or in each of its items. */
static const json_t *inner(struct arena *a, const json_t *doc, const json_t *schema)
{
    const json_t *full = resolved(a, doc, schema), *items = json_object_get(full, "items");

    return items ? resolved(a, doc, items) : full;
}

static json_t *field_json(struct arena *a, const json_t *doc, const struct place *at, const char *name,
                          const char *prefix, int left)
{
    const json_t *read = property(at->read, name), *create = property(at->create, name),
                 *update = property(at->update, name),
                 *schema = read     ? read
                           : create ? create
                                    : update;
    const json_t *full = resolved(a, doc, schema), *values = json_object_get(inner(a, doc, schema), "enum");
    const char *path = arena_printf(a, "%s.%s", prefix, name),
               *shown = is_required(at->read, name) ? "always" : "sometimes";
    const struct place below = { inner(a, doc, read), inner(a, doc, create), inner(a, doc, update) };
    json_t *out = json_own(a, json_object()), *fields = fields_at(a, doc, below, path, left - 1);

    put_line(a, out, "field", path);
    put_line(a, out, "name", name);
    put_line(a, out, "type", type_text(a, doc, schema));
    put_line(a, out, "shown", read ? shown : "never");
    put_line(a, out, "written", written_text(a, at, name));
    put_line(a, out, "description", json_str_at(full, "/description"));
    put_line(a, out, "limits", limits_text(a, full));
    if (values)
        json_object_set(out, "values", (json_t *)(uintptr_t)values);
    json_object_set(out, "default", json_object_get(full, "default"));
    json_object_set(out, "example", json_at(full, "/examples/0"));
    if (json_array_size(fields))
        json_object_set(out, "fields", fields);
    return out;
}

static json_t *fields_at(struct arena *a, const json_t *doc, struct place at, const char *prefix, int left)
{
    const json_t *const schemas[] = { at.read, at.create, at.update };
    json_t *list = json_own(a, json_array()), *seen = json_own(a, json_object()), *value;
    const char *name;

    for (size_t i = 0; left > 0 && i < 3; i++)
        json_object_foreach(json_object_get(schemas[i], "properties"), name, value)
        {
            if (json_object_get(seen, name))
                continue;
            json_object_set_new(seen, name, json_true());
            json_array_append(list, field_json(a, doc, &at, name, prefix, left));
        }
    return list;
}

json_t *cli_resource_fields(struct arena *a, const json_t *doc, const struct cli_resource *r)
{
    const json_t *schema = json_object_get(json_at(doc, "/components/schemas"), r->schema);
    const struct place at = { resolved(a, doc, schema), resolved(a, doc, r->create_body),
                              resolved(a, doc, r->update_body) };

    return fields_at(a, doc, at, r->name, DEPTH_MAX);
}
