/* DKIM keys and how they take turns: see dkim.h. */
#include "model/dkim.h"

#include <time.h>

#include "base/str.h"

/* --- turns --- */

static void move(struct dkim_plan *p, size_t i, enum dkim_move what)
{
    p->moves[i] = what;
    p->moves_any = true;
}

static void not_before(struct dkim_plan *p, int64_t ms)
{
    if (p->next_ms == 0 || ms < p->next_ms)
        p->next_ms = ms;
}

/* The newest key of the algorithm in this state; -1: none. The list is in order of age. */
static int newest(const struct domain *d, enum dkim_algorithm algorithm, enum dkim_state state)
{
    int found = -1;

    for (size_t i = 0; i < d->dkim_key_count; i++)
        if (d->dkim_keys[i].algorithm == algorithm && d->dkim_keys[i].state == state)
            found = (int)i;
    return found;
}

/* Retired keys go when no mail that they signed can be on its way any more. */
static void let_go(const struct domain *d, const struct dkim_times *times, int64_t now, struct dkim_plan *p)
{
    for (size_t i = 0; i < d->dkim_key_count; i++) {
        const struct dkim_key *k = &d->dkim_keys[i];
        if (k->state != DKIM_RETIRED)
            continue;
        if (now >= k->retired_ms + times->keep_ms)
            move(p, i, DKIM_REMOVE);
        else
            not_before(p, k->retired_ms + times->keep_ms);
    }
}

/* Of a domain that signs no more: what never signed goes at once. */
static void end_all(const struct domain *d, struct dkim_plan *p)
{
    for (size_t i = 0; i < d->dkim_key_count; i++)
        if (d->dkim_keys[i].state == DKIM_PUBLISHED)
            move(p, i, DKIM_REMOVE);
        else if (d->dkim_keys[i].state == DKIM_SIGNING)
            move(p, i, DKIM_RETIRE);
}

static bool is_old(const struct domain *d, const struct dkim_key *k, const struct dkim_times *times, int64_t now)
{
    return k->created_ms < d->dkim_rotate_ms || now >= k->signing_ms + times->rotate_ms;
}

static void take_turns(const struct domain *d, enum dkim_algorithm algorithm, const struct dkim_times *times,
                       int64_t now, struct dkim_plan *p)
{
    const int next = newest(d, algorithm, DKIM_PUBLISHED), present = newest(d, algorithm, DKIM_SIGNING);

    if (next < 0) {
        const struct dkim_key *k = present < 0 ? NULL : &d->dkim_keys[present];
        p->make[algorithm] = !k || is_old(d, k, times, now);
        if (k && !p->make[algorithm])
            not_before(p, k->signing_ms + times->rotate_ms);
        return;
    }
    const int64_t seen = d->dkim_keys[next].published_ms;
    if (seen == 0)
        return; /* whoever looks at the zone moves it */
    if (now < seen + times->wait_ms) {
        not_before(p, seen + times->wait_ms);
        return;
    }
    for (size_t i = 0; i < d->dkim_key_count; i++) {
        const struct dkim_key *k = &d->dkim_keys[i];
        if (k->algorithm == algorithm && k->state != DKIM_RETIRED)
            move(p, i, k->state == DKIM_SIGNING ? DKIM_RETIRE : i == (size_t)next ? DKIM_SIGN : DKIM_REMOVE);
    }
}

void dkim_next(struct arena *a, const struct domain *d, bool wanted, const struct dkim_times *times, int64_t now_ms,
               struct dkim_plan *ret)
{
    *ret = (struct dkim_plan){ .moves = arena_array(a, d->dkim_key_count + 1, sizeof ret->moves[0]) };
    let_go(d, times, now_ms, ret);
    if (!wanted) {
        end_all(d, ret);
        return;
    }
    for (int i = 0; i < DKIM_ALGORITHM_COUNT; i++)
        take_turns(d, (enum dkim_algorithm)i, times, now_ms, ret);
}

/* --- names --- */

const char *dkim_selector(struct arena *a, const struct domain *d, enum dkim_algorithm algorithm, int64_t now_ms)
{
    enum { DATE_MAX = 16, MS = 1000 };
    const time_t seconds = (time_t)(now_ms / MS);
    char date[DATE_MAX];
    struct tm utc;

    (void)strftime(date, sizeof date, "%Y%m%d", gmtime_r(&seconds, &utc));
    for (int n = 1;; n++) {
        const char *name = arena_printf(a, "b%s%c", date, dkim_algorithm_name(algorithm)[0]);
        if (n > 1)
            name = arena_printf(a, "%s%d", name, n);
        bool taken = false;
        for (size_t i = 0; i < d->dkim_key_count; i++)
            taken = taken || str_eq(d->dkim_keys[i].selector, name);
        if (!taken)
            return name;
    }
}

const char *dkim_record_name(struct arena *a, const struct dkim_key *k)
{
    return arena_printf(a, "%s._domainkey.%s", k->selector, k->domain);
}

const char *dkim_record_text(struct arena *a, const struct dkim_key *k)
{
    return arena_printf(a, "v=DKIM1; k=%s; p=%s", dkim_algorithm_name(k->algorithm), k->public_key);
}
