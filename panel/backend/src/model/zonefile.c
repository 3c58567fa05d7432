/* Master files: see zonefile.h. A file is cut into logical lines (parentheses join lines, comments go), each of which is a
 * directive or a record. */
#include "model/zonefile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/str.h"
#include "model/names.h"

enum { WORDS_MAX = 8, LINE_MAX_BYTES = 65536 };

struct parser {
    struct arena *arena;
    const char *zone, *origin, *owner; /* owner: of the record before; NULL: none yet */
    const char *next, *end;
    size_t line, first_line; /* of the logical line: where it begins */
    int64_t default_ttl, last_ttl; /* 0: not said */
    struct record_set *sets;
    size_t count, room, records, soa_count;
};

static int fault(const struct parser *p, struct error *err, const char *message)
{
    char pointer[ERROR_POINTER_MAX];

    snprintf(pointer, sizeof pointer, "/line/%zu", p->first_line);
    return error_field(err, pointer, "%s", message);
}

/* --- logical lines --- */

/* A quoted string with its marks, escapes untouched. */
static int copy_quoted(struct parser *p, struct strbuf *out, struct error *err)
{
    const char *begin = p->next++;

    while (p->next < p->end && *p->next != '"') {
        if (*p->next == '\n')
            return fault(p, err, "has a quotation mark without its other one");
        p->next += *p->next == '\\' && p->next + 1 < p->end ? 2 : 1;
    }
    if (p->next >= p->end)
        return fault(p, err, "has a quotation mark without its other one");
    p->next++;
    strbuf_add_n(out, begin, (size_t)(p->next - begin));
    return 0;
}

/* One character outside of quotation marks; *depth counts parentheses. */
static int copy_plain(struct parser *p, struct strbuf *out, int *depth, struct error *err)
{
    char c = *p->next;

    if (c == '\\' && p->next + 1 < p->end && p->next[1] != '\n') {
        strbuf_add_n(out, p->next, 2);
        p->next += 2;
        return 0;
    }
    p->next++;
    if (c == ')' && *depth == 0)
        return fault(p, err, "has a ')' without its '('");
    *depth += (c == '(') - (c == ')');
    if (c == '\n')
        p->line++;
    bool blank = c == '(' || c == ')' || c == '\n' || c == '\r' || c == '\t';
    strbuf_add_n(out, blank ? " " : &c, 1);
    return 0;
}

/* The next logical line without its comments. *ret NULL: there is none. */
static int read_line(struct parser *p, const char **ret, struct error *err)
{
    struct strbuf out;
    int depth = 0;

    strbuf_init(&out, p->arena, LINE_MAX_BYTES);
    p->first_line = p->line;
    *ret = NULL;
    if (p->next >= p->end)
        return 0;
    while (p->next < p->end && (*p->next != '\n' || depth > 0)) {
        if (*p->next == ';') {
            while (p->next < p->end && *p->next != '\n')
                p->next++;
        } else if ((*p->next == '"' ? copy_quoted(p, &out, err) : copy_plain(p, &out, &depth, err)) < 0) {
            return -1;
        }
    }
    if (depth > 0)
        return fault(p, err, "has a '(' without its ')'");
    if (strbuf_overflowed(&out))
        return fault(p, err, "is too long");
    p->line += p->next < p->end;
    p->next += p->next < p->end;
    *ret = out.text;
    return 0;
}

/* The next word of *at, or NULL; *at is left behind it. */
static const char *word(struct arena *a, const char **at)
{
    const char *begin = *at + strspn(*at, " ");
    size_t len = strcspn(begin, " ");

    *at = begin + len;
    return len ? arena_strndup(a, begin, len) : NULL;
}

/* --- fields --- */

/* "3600", "1h30m": seconds; -1: no TTL. */
static int64_t read_ttl(const char *text)
{
    static const char units[] = "smhdw";
    static const int64_t seconds[] = { 1, 60, 3600, 86400, 604800 };
    int64_t sum = 0;

    if (*text < '0' || *text > '9')
        return -1;
    while (*text) {
        int64_t n = 0;
        if (*text < '0' || *text > '9')
            return -1;
        for (; *text >= '0' && *text <= '9'; text++) {
            n = n * 10 + *text - '0';
            if (n > INT32_MAX)
                return -1;
        }
        const char *unit = *text ? strchr(units, *text | 0x20) : units;
        if (!unit)
            return -1;
        text += *text != '\0';
        sum += n * seconds[unit - units];
        if (sum > INT32_MAX)
            return -1;
    }
    return sum;
}

static bool is_class(const char *text)
{
    return strcasecmp(text, "IN") == 0 || strcasecmp(text, "CH") == 0 || strcasecmp(text, "HS") == 0;
}

/* An error of record.c, told of the line. */
static int retell(const struct parser *p, const struct error *why, struct error *err)
{
    return fault(p, err, why->field_count ? why->fields[0].message : why->message);
}

static int read_origin(struct parser *p, const char *text, struct error *err)
{
    size_t len = strlen(text);

    if (str_eq(text, "@"))
        return 0;
    if (str_eq(text, "."))
        return fault(p, err, "has an $ORIGIN that is not in the zone");
    p->origin = text[len - 1] == '.' ? str_lower(p->arena, arena_strndup(p->arena, text, len - 1))
                                     : str_lower(p->arena, arena_printf(p->arena, "%s.%s", text, p->origin));
    return strlen(p->origin) <= HOSTNAME_MAX ? 0 : fault(p, err, "has an $ORIGIN of too many bytes");
}

static int read_directive(struct parser *p, const char *name, const char *rest, struct error *err)
{
    const char *value = word(p->arena, &rest);

    if (!name || (strcasecmp(name, "$ORIGIN") != 0 && strcasecmp(name, "$TTL") != 0))
        return fault(p, err, "has a directive that is none of $ORIGIN and $TTL");
    if (!value || word(p->arena, &rest))
        return fault(p, err, "has a directive that needs one value");
    if (strcasecmp(name, "$ORIGIN") == 0)
        return read_origin(p, value, err);
    p->default_ttl = read_ttl(value);
    return p->default_ttl > 0 ? 0 : fault(p, err, "has a $TTL that is no time, such as 3600 or 1h");
}

/* --- records --- */

static struct record_set *set_for(struct parser *p, const char *name, const char *type, int64_t ttl)
{
    for (size_t i = p->count; i-- > 0;) /* an RRset's records mostly stand together */
        if (str_eq(p->sets[i].name, name) && str_eq(p->sets[i].type, type))
            return &p->sets[i];
    if (p->count == p->room) {
        size_t room = p->room ? 2 * p->room : 64;
        p->sets = arena_grow(p->arena, p->sets, p->room * sizeof *p->sets, room * sizeof *p->sets);
        p->room = room;
    }
    p->sets[p->count] = (struct record_set){
        .name = name, .type = type, .ttl = ttl, .values = arena_array(p->arena, RECORD_VALUES_MAX, sizeof(char *))
    };
    return &p->sets[p->count++];
}

/* A value that is there already is there once (RFC 2181, section 5); the RRset's TTL is the least of its records'. */
static int add_value(struct parser *p, struct record_set *set, const char *value, int64_t ttl, struct error *err)
{
    if (ttl < set->ttl)
        set->ttl = ttl;
    for (size_t i = 0; i < set->value_count; i++)
        if (str_eq(set->values[i], value))
            return 0;
    if (set->value_count == RECORD_VALUES_MAX)
        return fault(p, err,
                     arena_printf(p->arena, "is one too many: an RRset has at most %d values", RECORD_VALUES_MAX));
    set->values[set->value_count++] = value;
    return 0;
}

static int add_record(struct parser *p, const char *type_text, int64_t ttl, const char *rdata, struct error *err)
{
    const char *type, *name, *value;
    struct error why = ERROR_INIT;

    if (++p->records > ZONEFILE_RECORDS_MAX)
        return fault(p, err,
                     arena_printf(p->arena, "is one too many: at most %d records are read", ZONEFILE_RECORDS_MAX));
    if (strcasecmp(type_text, "SOA") == 0) {
        p->soa_count++;
        return 0;
    }
    rdata += strspn(rdata, " ");
    if (record_type(p->arena, type_text, "/type", &type, &why) < 0)
        return fault(p, err,
                     arena_printf(p->arena, "has the type '%.40s', which %.150s", type_text, why.fields[0].message));
    if (record_name(p->arena, p->owner, type, p->zone, NULL, "/name", &name, &why) < 0)
        return fault(p, err,
                     arena_printf(p->arena, "has the name '%.80s', which %.120s", p->owner, why.fields[0].message));
    if (record_value(p->arena, type, rdata, p->origin, "/value", &value, &why) < 0)
        return retell(p, &why, err);
    if (ttl < RECORD_TTL_MIN || ttl > RECORD_TTL_MAX)
        return fault(p, err,
                     arena_printf(p->arena, "has the TTL %lld; it must be from %d to %d seconds", (long long)ttl,
                                  RECORD_TTL_MIN, RECORD_TTL_MAX));
    return add_value(p, set_for(p, name, type, ttl), value, ttl, err);
}

/* [TTL] [class] type, or [class] [TTL] type. */
static int read_record(struct parser *p, const char *rest, struct error *err)
{
    int64_t ttl = -1;
    bool has_class = false;
    const char *text = word(p->arena, &rest);

    for (; text; text = word(p->arena, &rest)) {
        if (!has_class && is_class(text)) {
            has_class = true;
            if (strcasecmp(text, "IN") != 0)
                return fault(p, err, "is of another class than IN");
        } else if (ttl < 0 && read_ttl(text) >= 0) {
            ttl = read_ttl(text);
        } else {
            break;
        }
    }
    if (!text)
        return fault(p, err, "has no type");
    if (ttl < 0)
        ttl = p->default_ttl ? p->default_ttl : p->last_ttl ? p->last_ttl : RECORD_TTL_DEFAULT;
    p->last_ttl = ttl;
    return add_record(p, text, ttl, rest, err);
}

/* The record's owner: whole, with A-labels left to record_name(). */
static int read_owner(struct parser *p, const char **line, struct error *err)
{
    if (**line == ' ') {
        if (!p->owner)
            return fault(p, err, "has no name, and there is none before it");
        return 0;
    }
    const char *text = word(p->arena, line);
    if (str_empty(text) || str_eq(text, "@"))
        p->owner = p->origin;
    else if (text[strlen(text) - 1] == '.')
        p->owner = text;
    else
        p->owner = arena_printf(p->arena, "%s.%s", text, p->origin);
    return 0;
}

static int read_one(struct parser *p, const char *line, struct error *err)
{
    const char *rest = line;

    if (line[strspn(line, " ")] == '\0')
        return 0;
    if (line[0] == '$') {
        const char *name = word(p->arena, &rest);
        return read_directive(p, name, rest, err);
    }
    return read_owner(p, &rest, err) < 0 ? -1 : read_record(p, rest, err);
}

int zonefile_parse(struct arena *a, const char *text, size_t len, const char *zone, struct zonefile *ret,
                   struct error *err)
{
    struct parser p = { .arena = a, .zone = zone, .origin = zone, .next = text, .end = text + len, .line = 1 };
    const char *line;

    if (len > ZONEFILE_MAX)
        return error_set(err, ERROR_TOO_LARGE, "the zone file has more than %d bytes", ZONEFILE_MAX);
    p.first_line = 1;
    if (!str_has_utf8(text, len))
        return fault(&p, err, "the file is not UTF-8");
    do {
        if (read_line(&p, &line, err) < 0)
            return -1; /* where the next line begins is not known */
        if (line)
            (void)!read_one(&p, line, err);
    } while (line && err->field_count < ERROR_FIELDS_MAX);
    if (err->code != ERROR_NONE)
        return -1;
    record_sort(p.sets, p.count);
    *ret = (struct zonefile){ p.count, p.sets, p.soa_count };
    return 0;
}

/* --- printing --- */

static int rank(const char *zone, const struct record_set *s)
{
    if (!str_eq(s->name, zone))
        return 3;
    return str_eq(s->type, "SOA") ? 0 : str_eq(s->type, "NS") ? 1 : 2;
}

char *zonefile_print(struct arena *a, const char *zone, const struct record_set *sets, size_t count)
{
    struct record_set *sorted = arena_array(a, count + 1, sizeof *sorted);
    struct strbuf out;

    for (size_t i = 0; i < count; i++)
        sorted[i] = sets[i];
    record_sort(sorted, count);
    strbuf_init(&out, a, (size_t)64 << 20);
    strbuf_addf(&out, "$ORIGIN %s.\n$TTL %d\n", zone, RECORD_TTL_DEFAULT);
    for (int r = 0; r <= 3; r++)
        for (size_t i = 0; i < count; i++)
            for (size_t j = 0; rank(zone, &sorted[i]) == r && j < sorted[i].value_count; j++)
                strbuf_addf(&out, "%s.\t%lld\tIN\t%s\t%s\n", sorted[i].name, (long long)sorted[i].ttl, sorted[i].type,
                            sorted[i].values[j]);
    return out.text;
}
