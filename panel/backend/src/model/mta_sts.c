/* MTA-STS: see mta_sts.h. */
#include "model/mta_sts.h"

#include <string.h>

#include "base/id.h"
#include "base/str.h"

enum { ID_CHARS = 24, NONE_MAX_AGE_S = 86400 };

static const char *const names[] = {
#define X(e, n) n,
    MTA_STS_MODES(X)
#undef X
};

const char *mta_sts_mode_name(enum mta_sts_mode m)
{
    return names[m];
}

int mta_sts_mode_parse(const char *name)
{
    for (int i = 0; i < (int)(sizeof names / sizeof names[0]); i++)
        if (str_eq(names[i], name))
            return i;
    return -1;
}

const char *mta_sts_text(struct arena *a, const struct mta_sts_policy *p, enum mta_sts_mode mode)
{
    int64_t age = p->max_age_s;

    if (mode == MTA_STS_OFF)
        return NULL;
    if (mode == MTA_STS_NONE)
        return arena_printf(a, "version: STSv1\r\nmode: none\r\nmax_age: %lld\r\n",
                            (long long)(age < NONE_MAX_AGE_S ? age : NONE_MAX_AGE_S));
    return arena_printf(a, "version: STSv1\r\nmode: %s\r\nmx: %s\r\nmax_age: %lld\r\n", mta_sts_mode_name(mode), p->mx,
                        (long long)age);
}

const char *mta_sts_id(struct arena *a, const struct mta_sts_policy *p, enum mta_sts_mode mode)
{
    const char *text = mta_sts_text(a, p, mode);

    if (!text)
        return "";
    struct id_sha256 *h = id_sha256_new();
    id_sha256_add(h, text, strlen(text));
    return arena_strndup(a, id_sha256_hex(h, a), ID_CHARS);
}

static struct mta_sts begin(const struct mta_sts *have, enum mta_sts_mode mode, int64_t now)
{
    return (struct mta_sts){ .mode = mode, .since_ms = mode == MTA_STS_OFF ? 0 : now, .id = have->id };
}

/* Whoever was never told of a policy need not be told that there is none. */
static struct mta_sts leave(const struct mta_sts *have, const struct mta_sts_times *times, int64_t now,
                            int64_t *ret_next_ms)
{
    const struct mta_sts nothing = { .mode = MTA_STS_OFF, .id = "" };

    if (have->mode == MTA_STS_OFF || str_empty(have->id))
        return nothing;
    if (have->mode != MTA_STS_NONE) {
        *ret_next_ms = now + times->max_age_ms;
        return begin(have, MTA_STS_NONE, now);
    }
    if (now >= have->since_ms + times->max_age_ms)
        return nothing;
    *ret_next_ms = have->since_ms + times->max_age_ms;
    return *have;
}

static struct mta_sts stay(const struct mta_sts *have, const struct mta_sts_facts *facts,
                           const struct mta_sts_times *times, int64_t now, int64_t *ret_next_ms)
{
    struct mta_sts next = *have;

    if (have->mode == MTA_STS_ENFORCE)
        return facts->mail == MTA_STS_BAD ? begin(have, MTA_STS_TESTING, now) : next;
    const bool good = facts->served && facts->mail == MTA_STS_GOOD;
    if (!facts->served || facts->mail == MTA_STS_BAD)
        next.good_ms = 0;
    else if (good && next.good_ms == 0)
        next.good_ms = now;
    if (next.good_ms == 0)
        return next;
    if (now >= next.good_ms + times->testing_ms)
        return good ? begin(have, MTA_STS_ENFORCE, now) : next;
    *ret_next_ms = next.good_ms + times->testing_ms;
    return next;
}

struct mta_sts mta_sts_next(const struct mta_sts *have, const struct mta_sts_facts *facts, const char *current,
                            const struct mta_sts_times *times, int64_t now_ms, int64_t *ret_next_ms)
{
    struct mta_sts seen = *have;

    *ret_next_ms = 0;
    if (facts->served && have->mode != MTA_STS_OFF)
        seen.id = current;
    if (!facts->wanted)
        return leave(&seen, times, now_ms, ret_next_ms);
    if (have->mode == MTA_STS_OFF || have->mode == MTA_STS_NONE)
        return begin(&seen, MTA_STS_TESTING, now_ms);
    return stay(&seen, facts, times, now_ms, ret_next_ms);
}
