/* The mail servers as another one sees them: see mailhost.h. */
#include "reconcile/mailhost.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/str.h"
#include "provider/probe.h"

enum { GOOD_MS = 60 * 1000, ELSE_MS = 5 * 1000 };

struct mailhost {
    pthread_mutex_t lock;
    int64_t until_ms; /* of the monotonic clock: what was seen is good */
    enum mta_sts_seen seen;
    char why[ERROR_MESSAGE_MAX];
};

struct mailhost *mailhost_new(void)
{
    struct mailhost *m = calloc(1, sizeof *m);

    if (!m)
        abort();
    pthread_mutex_init(&m->lock, NULL);
    return m;
}

void mailhost_free(struct mailhost *m)
{
    if (!m)
        return;
    pthread_mutex_destroy(&m->lock);
    free(m);
}

static enum mta_sts_seen look(struct arena *a, const struct settings *set, struct error *err)
{
    const char *server = str_empty(set->mail_probe) ? arena_printf(a, "%s:25", set->mail_host) : set->mail_probe;

    if (probe_smtp_tls(a, server, set->mail_host, set->acme_ca, err) == 0)
        return MTA_STS_GOOD;
    return err->code == ERROR_CONFLICT ? MTA_STS_BAD : MTA_STS_UNSEEN;
}

enum mta_sts_seen mailhost_look(struct mailhost *m, struct arena *a, const struct settings *set, const char **ret_why)
{
    struct error err = ERROR_INIT;

    /* Who comes while it is looked at waits for what is seen. */
    pthread_mutex_lock(&m->lock);
    if (clock_mono_ms() >= m->until_ms) {
        m->seen = look(a, set, &err);
        (void)snprintf(m->why, sizeof m->why, "%s", m->seen == MTA_STS_GOOD ? "" : err.message);
        m->until_ms = clock_mono_ms() + (m->seen == MTA_STS_GOOD ? GOOD_MS : ELSE_MS);
    }
    enum mta_sts_seen seen = m->seen;
    *ret_why = arena_strdup(a, m->why);
    pthread_mutex_unlock(&m->lock);
    return seen;
}
