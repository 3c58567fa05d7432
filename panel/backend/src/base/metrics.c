/* Metrics: see metrics.h.
 *
 * A fixed table of families, each with a chain of series: some dozens of families and some hundreds of series, so a look-up
 * by hash in one table under one lock costs less than a request's smallest system call. When the table is full, new series
 * are dropped and counted in berth_metrics_dropped_total: labels must never come from outside unchecked. */
#include "base/metrics.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

enum { SERIES_MAX = 4096, BUCKETS = 1024 };

struct series {
    struct series *next; /* in its bucket */
    char *name, *label, *help;
    int64_t value;
    size_t number; /* how many were there when it was made */
    bool counter;
};

struct metrics {
    pthread_mutex_t lock;
    struct series *buckets[BUCKETS];
    size_t count;
    int64_t dropped;
};

struct metrics *metrics_new(void)
{
    struct metrics *m = calloc(1, sizeof *m);

    if (!m)
        abort();
    pthread_mutex_init(&m->lock, NULL);
    return m;
}

static void series_free(struct series *s)
{
    free(s->name);
    free(s->label);
    free(s->help);
    free(s);
}

void metrics_free(struct metrics *m)
{
    if (!m)
        return;
    for (size_t i = 0; i < BUCKETS; i++) {
        while (m->buckets[i]) {
            struct series *s = m->buckets[i];
            m->buckets[i] = s->next;
            series_free(s);
        }
    }
    pthread_mutex_destroy(&m->lock);
    free(m);
}

/* FNV-1a: names are our own, so nobody can aim for collisions. */
static size_t bucket_of(const char *name, const char *label)
{
    uint32_t h = 2166136261u;

    for (const char *p = name; *p; p++)
        h = (h ^ (unsigned char)*p) * 16777619u;
    h = (h ^ '{') * 16777619u;
    for (const char *p = label; *p; p++)
        h = (h ^ (unsigned char)*p) * 16777619u;
    return h % BUCKETS;
}

/* The series, made when it is new; NULL when the table is full. The lock is held. */
static struct series *series_of(struct metrics *m, const char *name, const char *label, const char *help, bool counter)
{
    const char *tag = label ? label : "";
    struct series **bucket = &m->buckets[bucket_of(name, tag)];

    for (struct series *s = *bucket; s; s = s->next) {
        if (str_eq(s->name, name) && str_eq(s->label, tag))
            return s;
    }
    if (m->count == SERIES_MAX) {
        m->dropped++;
        return NULL;
    }
    struct series *s = calloc(1, sizeof *s);
    if (!s)
        abort();
    s->name = strdup(name);
    s->label = strdup(tag);
    s->help = strdup(help ? help : "");
    s->counter = counter;
    if (!s->name || !s->label || !s->help)
        abort();
    s->next = *bucket;
    *bucket = s;
    s->number = m->count++;
    return s;
}

void metrics_add(struct metrics *m, const char *name, const char *label, const char *help, int64_t delta)
{
    pthread_mutex_lock(&m->lock);
    struct series *s = series_of(m, name, label, help, true);
    if (s && __builtin_add_overflow(s->value, delta, &s->value))
        s->value = 0; /* Prometheus takes a fall of a counter for a restart */
    pthread_mutex_unlock(&m->lock);
}

void metrics_set(struct metrics *m, const char *name, const char *label, const char *help, int64_t value)
{
    pthread_mutex_lock(&m->lock);
    struct series *s = series_of(m, name, label, help, false);
    if (s)
        s->value = value;
    pthread_mutex_unlock(&m->lock);
}

static int by_name(const void *a, const void *b)
{
    const struct series *x = *(const struct series *const *)a, *y = *(const struct series *const *)b;
    int order = strcmp(x->name, y->name);

    return order ? order : strcmp(x->label, y->label);
}

/* HELP allows no bare newline and no bare backslash. */
static void add_help(struct strbuf *b, const char *help)
{
    for (; *help; help++) {
        if (*help == '\n')
            strbuf_add(b, "\\n");
        else if (*help == '\\')
            strbuf_add(b, "\\\\");
        else
            strbuf_add_n(b, help, 1);
    }
}

/* The series of the family at all[0] that was made first: its help is the family's. */
static const struct series *first_of(const struct series *const *all, size_t n)
{
    const struct series *first = all[0];

    for (size_t i = 1; i < n && str_eq(all[i]->name, first->name); i++)
        if (all[i]->number < first->number)
            first = all[i];
    return first;
}

char *metrics_text(struct metrics *m, struct arena *a)
{
    struct strbuf b;

    strbuf_init(&b, a, 8u << 20);
    pthread_mutex_lock(&m->lock);
    const struct series **all = arena_array(a, m->count + 1, sizeof(struct series *));
    size_t n = 0;
    for (size_t i = 0; i < BUCKETS; i++) {
        for (const struct series *s = m->buckets[i]; s; s = s->next)
            all[n++] = s;
    }
    qsort(all, n, sizeof(struct series *), by_name);
    for (size_t i = 0; i < n; i++) {
        const struct series *s = all[i];
        if (i == 0 || !str_eq(all[i - 1]->name, s->name)) {
            strbuf_addf(&b, "# HELP %s ", s->name);
            add_help(&b, first_of(all + i, n - i)->help);
            strbuf_addf(&b, "\n# TYPE %s %s\n", s->name, s->counter ? "counter" : "gauge");
        }
        if (*s->label)
            strbuf_addf(&b, "%s{%s} %" PRId64 "\n", s->name, s->label, s->value);
        else
            strbuf_addf(&b, "%s %" PRId64 "\n", s->name, s->value);
    }
    if (m->dropped)
        strbuf_addf(&b,
                    "# HELP berth_metrics_dropped_total Samples without a place in the table.\n"
                    "# TYPE berth_metrics_dropped_total counter\nberth_metrics_dropped_total %" PRId64 "\n",
                    m->dropped);
    pthread_mutex_unlock(&m->lock);
    return b.text;
}
