/* The sender of mail: see mailer.h. */
#include "reconcile/mailer.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"
#include "provider/smtp.h"

enum {
    LEASE_MS = 2 * 60 * 1000, /* longer than a message can take */
    FIRST_RETRY_MS = 15 * 1000,
    LAST_RETRY_MS = 60 * 60 * 1000,
    IDLE_MS = 1000,
    PAUSE_MS = 1000,
    LOOK_MS = 100, /* between looks while others commit */
};

struct mailer {
    const struct planes *planes;
    struct smtp *smtp;
    pthread_t thread;
    atomic_bool stop;
};

static const char *subject_of(struct arena *a, const struct mail *m, const char *platform)
{
    return arena_printf(a, str_eq(m->kind, "invitation") ? "Your account at %s" : "Set a new password at %s", platform);
}

static const char *text_of(struct arena *a, const struct mail *m, const char *platform)
{
    bool invited = str_eq(m->kind, "invitation");

    return arena_printf(a,
                        "%s at %s %s:\n\n%s\n\nThe link is good once, until %s. Your address to sign in with is %s.\n\n"
                        "If you did not expect this mail, ignore it: nothing changes until the link is used.\n",
                        invited ? "An account" : "Somebody who manages your account", platform,
                        invited ? "was made for you. Set its password here" : "made a link to set a new password",
                        m->link, clock_rfc3339(a, m->expires_ms), m->recipient);
}

/* Twice as long after each attempt. */
static int64_t retry_ms(int64_t attempts)
{
    int64_t ms = FIRST_RETRY_MS;

    for (int64_t i = 1; i < attempts && ms < LAST_RETRY_MS; i++)
        ms *= 2;
    return ms < LAST_RETRY_MS ? ms : LAST_RETRY_MS;
}

static void count(const struct mailer *m, const char *label)
{
    metrics_add(m->planes->metrics, "berth_mails_total", label, "One-time links that were mailed.", 1);
}

/* Sends one. *ret_found false: there was none to send. */
static int send_next(struct mailer *m, struct arena *a, bool *ret_found, struct error *err)
{
    const char *platform = m->planes->settings->platform_domain;
    struct store *store = m->planes->store;
    struct mail mail = { 0 };
    int64_t waiting = 0;

    if (store_mail_claim(store, a, LEASE_MS, &mail, ret_found, &waiting, err) < 0)
        return -1;
    metrics_set(m->planes->metrics, "berth_mails_waiting", NULL, "Mails that wait to be sent.", waiting);
    if (!*ret_found)
        return 0;
    const struct smtp_message message = { .id = mail.id,
                                          .to = mail.recipient,
                                          .subject = subject_of(a, &mail, platform),
                                          .text = text_of(a, &mail, platform),
                                          .at_ms = clock_wall_ms() };
    if (smtp_send(m->smtp, a, &message, err) == 0) {
        count(m, "result=\"sent\"");
        return store_mail_sent(store, mail.id, err);
    }
    struct error ignored = ERROR_INIT;
    count(m, "result=\"failed\"");
    (void)!store_mail_later(store, mail.id, retry_ms(mail.attempts), &ignored);
    return error_context(err, "mail %s, attempt %lld", mail.id, (long long)mail.attempts);
}

static void *run(void *ctx)
{
    struct mailer *m = ctx;
    int64_t seen = 0;

    while (!atomic_load(&m->stop)) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        struct error err = ERROR_INIT;
        bool found = false;
        int rc = send_next(m, a, &found, &err);
        if (rc < 0) {
            log_line(LOG_LEVEL_WARN, "mail was not sent", LOG_S("error", err.message));
            clock_sleep_ms(PAUSE_MS);
        } else if (!found) {
            (void)store_wait(m->planes->store, &seen, IDLE_MS);
            clock_sleep_ms(LOOK_MS);
        }
    }
    return NULL;
}

int mailer_start(const struct planes *p, struct mailer **ret, struct error *err)
{
    const struct settings *set = p->settings;
    const struct smtp_config config = { .url = set->smtp_url,
                                        .from = set->smtp_from,
                                        .credentials_file = set->smtp_credentials_file,
                                        .ca_file = set->smtp_ca,
                                        .domain = set->platform_domain };

    *ret = NULL;
    if (str_empty(set->smtp_url))
        return 0;
    struct mailer *m = calloc(1, sizeof *m);
    if (!m)
        abort();
    m->planes = p;
    int rc = smtp_new(&config, &m->smtp, err);
    if (rc == 0 && (rc = pthread_create(&m->thread, NULL, run, m)) != 0)
        rc = error_set_errno(err, rc, "starting the sender of mail");
    if (rc < 0) {
        smtp_free(m->smtp);
        free(m);
        return -1;
    }
    *ret = m;
    return 0;
}

void mailer_stop(struct mailer *m)
{
    if (!m)
        return;
    atomic_store(&m->stop, true);
    pthread_join(m->thread, NULL);
    smtp_free(m->smtp);
    free(m);
}
