/* Step "mail": the mail database holds what the customer's mailboxes, aliases and keys should be, and nothing else of it. */
#include <stdio.h>

#include "base/clock.h"
#include "base/str.h"
#include "reconcile/mailrows.h"
#include "reconcile/step.h"

enum { LATER_MS = 60 * 1000 };

static bool wants_mail(const struct tenant *t)
{
    for (size_t i = 0; i < t->domain_count; i++)
        if (t->domains[i].mail || t->domains[i].mailbox_count > 0)
            return true;
    return false;
}

static int look(struct step_ctx *ctx, bool erasing, struct mailrows_diff *ret, struct error *err)
{
    const struct tenant *t = ctx->tenant;
    struct maildb_rows have = { 0 }, want = { 0 };

    if (maildb_read(ctx->planes->maildb, ctx->arena, t->customer.id, &have, err) < 0)
        return -1;
    if (!erasing)
        want = mailrows_want(ctx->arena, t, &have, ctx->planes->settings->postmaster);
    *ret = mailrows_compare(ctx->arena, t->customer.id, &have, &want);
    return 0;
}

static void note(struct step_ctx *ctx, const struct mailrows_diff *d)
{
    for (size_t i = 0; i < d->count; i++)
        step_change(ctx, "mail", d->lines[i].action, d->lines[i].object, d->lines[i].fields, d->lines[i].field_count);
}

/* Which keys sign changes by itself: that is no repair. */
static const struct mailrows_line *foreign_line(const struct mailrows_diff *d)
{
    for (size_t i = 0; i < d->count; i++)
        if (!str_starts(d->lines[i].object, "Selector/"))
            return &d->lines[i];
    return NULL;
}

static const char *told(struct arena *a, const struct mailrows_diff *d, const struct mailrows_line *l)
{
    static const char *const words[][2] = { { "create", "was missing and is made again" },
                                            { "delete", "was added from outside and is taken away" },
                                            { "update", "was changed from outside and is put back" } };
    const char *what = "";

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (str_eq(l->action, words[i][0]))
            what = words[i][1];
    if (l->field_count > 0)
        what = arena_printf(a, "%s: %s", what, l->fields[0]);
    return d->count > 1 ? arena_printf(a, "%s; with %zu other changes of the customer's mail", what, d->count - 1)
                        : what;
}

static int write_rows(struct step_ctx *ctx, const struct mailrows_diff *d, size_t *ret_held, struct error *err)
{
    const struct mailrows_line *l = foreign_line(d);

    if (l && step_repair_begin(ctx, l->object, told(ctx->arena, d, l), err) < 0)
        return -1;
    if (maildb_write(ctx->planes->maildb, ctx->arena, ctx->tenant->customer.id, ctx->lease->fence, &d->change, ret_held,
                     err) == 0)
        return 0;
    if (l)
        step_repair_failed(ctx, err);
    return -1;
}

static enum step_result make_so(struct step_ctx *ctx, bool erasing, struct mailrows_diff *d, struct error *err)
{
    size_t held = 0;

    if (write_rows(ctx, d, &held, err) < 0) {
        if (err->code != ERROR_CONFLICT)
            return STEP_FAILED;
        /* the domain's customer before has not been worked on yet */
        return step_wait(ctx, "waits until the rows are gone that are there: %s", err->message);
    }
    if (look(ctx, erasing, d, err) < 0)
        return STEP_FAILED;
    if (d->count == 0)
        return STEP_DONE;
    if (held > 0)
        return step_wait(ctx, "waits until the files of %zu removed mailbox%s are deleted, before %s made again", held,
                         held == 1 ? "" : "es", held == 1 ? "one of that name is" : "those of that name are");
    return step_wait(ctx, "%s differs again right after it was written", d->lines[0].object);
}

/* All is right, but who held the customer before may still be about to write what was wanted then. */
static enum step_result raise_fence(struct step_ctx *ctx, const struct mailrows_diff *d, struct error *err)
{
    size_t held;

    return maildb_write(ctx->planes->maildb, ctx->arena, ctx->tenant->customer.id, ctx->lease->fence, &d->change, &held,
                        err) < 0
               ? STEP_FAILED
               : STEP_DONE;
}

static enum step_result ensure_rows(struct step_ctx *ctx, bool erasing, struct error *err)
{
    struct mailrows_diff d;

    if (look(ctx, erasing, &d, err) < 0)
        return STEP_FAILED;
    if (d.count == 0)
        return d.there && ctx->settling && !ctx->dry ? raise_fence(ctx, &d, err) : STEP_DONE;
    if (!ctx->dry)
        return make_so(ctx, erasing, &d, err);
    note(ctx, &d);
    return STEP_DONE;
}

/* Who has no mail does not wait for its database; that nothing of an earlier time is left there is looked at later. */
static enum step_result mail_ensure(struct step_ctx *ctx, struct error *err)
{
    if (!ctx->planes->maildb)
        return STEP_DONE;
    enum step_result result = ensure_rows(ctx, false, err);
    if (result != STEP_FAILED || wants_mail(ctx->tenant) || err->code == ERROR_STALE)
        return result;
    (void)snprintf(ctx->message, sizeof ctx->message, "nothing is wanted; what may be left is looked for later: %.180s",
                   err->message);
    step_look_at(ctx, clock_wall_ms() + LATER_MS);
    *err = ERROR_INIT;
    return STEP_DONE;
}

static enum step_result mail_remove(struct step_ctx *ctx, struct error *err)
{
    return ctx->planes->maildb ? ensure_rows(ctx, true, err) : STEP_DONE;
}

const struct step step_mail = {
    .name = "mail",
    .plane = "mail",
    .help = "The mail servers know each domain's mailboxes, forwards and aliases, and nothing else of the customer.",
    .ensure = mail_ensure,
    .remove = mail_remove,
};
