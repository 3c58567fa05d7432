/* Fuzzing the reader of zone files (run.sh): whatever the bytes, it ends with an error that names a line, or with records that
 * keep the rules of record.h and that are the same when they are written out and read again. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/str.h"
#include "model/names.h"
#include "model/zonefile.h"

#define ZONE "example.com"

static void check_error(const struct error *err)
{
    assert(err->code == ERROR_UNPROCESSABLE && err->field_count > 0);
    for (size_t i = 0; i < err->field_count; i++)
        assert(str_starts(err->fields[i].pointer, "/line/"));
}

static void check_set(struct arena *a, const struct record_set *s)
{
    struct error err = ERROR_INIT;
    const char *again;

    assert(name_within(s->name, ZONE) && strlen(s->name) <= HOSTNAME_MAX);
    assert(s->value_count > 0 && s->value_count <= RECORD_VALUES_MAX);
    assert(s->ttl >= RECORD_TTL_MIN && s->ttl <= RECORD_TTL_MAX);
    for (size_t i = 0; i < s->value_count; i++) {
        for (const char *p = s->values[i]; *p; p++) /* one value is one line of the store and of a file */
            assert(*p >= 0x20 && *p < 0x7f);
        assert(record_value(a, s->type, s->values[i], NULL, "/v", &again, &err) == 0);
        assert(str_eq(again, s->values[i]));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct error err = ERROR_INIT;
    struct zonefile first, second;

    if (zonefile_parse(a, (const char *)data, size, ZONE, &first, &err) < 0) {
        check_error(&err);
        return 0;
    }
    for (size_t i = 0; i < first.count; i++)
        check_set(a, &first.sets[i]);
    const char *text = zonefile_print(a, ZONE, first.sets, first.count);
    assert(zonefile_parse(a, text, strlen(text), ZONE, &second, &err) == 0);
    assert(second.count == first.count);
    assert(str_eq(zonefile_print(a, ZONE, second.sets, second.count), text));
    return 0;
}
