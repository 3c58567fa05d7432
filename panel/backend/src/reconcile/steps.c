/* The table of steps, and the two ways through it. See step.h. */
#include <stdarg.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/str.h"
#include "reconcile/step.h"

const struct step *const steps[] = {
#define X(name) &step_##name,
    STEPS(X)
#undef X
        NULL,
};

static enum step_result say_wait(struct step_ctx *ctx, const char *format, va_list args)
{
    (void)vsnprintf(ctx->message, sizeof ctx->message, format, args);
    return STEP_WAIT;
}

enum step_result step_wait(struct step_ctx *ctx, const char *format, ...)
{
    va_list args;

    ctx->polls = true;
    va_start(args, format);
    enum step_result result = say_wait(ctx, format, args);
    va_end(args);
    return result;
}

enum step_result step_watch(struct step_ctx *ctx, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    enum step_result result = say_wait(ctx, format, args);
    va_end(args);
    return result;
}

void step_change(struct step_ctx *ctx, const char *plane, const char *action, const char *object, const char **fields,
                 size_t field_count)
{
    if (ctx->change_count < CHANGES_MAX)
        ctx->changes[ctx->change_count++] = (struct change){ plane, action, object, field_count, fields };
}

void step_event(struct step_ctx *ctx, const char *type, const char *reason, const char *object, const char *format, ...)
{
    va_list args;

    if (ctx->event_count == EVENTS_MAX)
        return;
    va_start(args, format);
    const char *message = arena_vprintf(ctx->arena, format, args);
    va_end(args);
    ctx->events[ctx->event_count++] = (struct event){
        .customer = ctx->tenant->customer.id, .type = type, .reason = reason, .object = object, .message = message
    };
}

int step_repair_begin(struct step_ctx *ctx, const char *object, const char *message, struct error *err)
{
    const struct event e = { .customer = ctx->tenant->customer.id,
                             .type = "Warning",
                             .reason = "Repaired",
                             .object = object,
                             .message = message };

    ctx->repair_seq = 0;
    ctx->repair_object = object;
    return ctx->repair ? store_event_add(ctx->planes->store, ctx->lease, &e, &ctx->repair_seq, err) : 0;
}

void step_repair_untell(struct step_ctx *ctx, const char *object)
{
    struct error ignored = ERROR_INIT; /* the event stays then, beside the right one */

    if (ctx->repair_seq > 0 && ctx->repair_object == object)
        (void)!store_event_drop(ctx->planes->store, ctx->repair_seq, &ignored);
    ctx->repair_seq = 0;
}

/* After a 4xx nothing has been done; after any other failure perhaps. */
void step_repair_failed(struct step_ctx *ctx, const struct error *err)
{
    struct error ignored = ERROR_INIT; /* the event stays then, and tells of a try */

    if (ctx->repair_seq > 0 && error_status(err->code) < 500)
        (void)!store_event_drop(ctx->planes->store, ctx->repair_seq, &ignored);
    ctx->repair_seq = 0;
}

void step_condition(struct step_ctx *ctx, const char *step, const char *subject, enum condition_status status,
                    const char *reason, const char *message)
{
    if (ctx->condition_count < CONDITIONS_MAX)
        ctx->conditions[ctx->condition_count++] = (struct condition){
            .step = step, .subject = subject, .status = status, .reason = reason, .message = message
        };
}

void step_pending(struct step_ctx *ctx, const char *step, const char *subject, const char *message)
{
    size_t before = ctx->condition_count;

    step_condition(ctx, step, subject, CONDITION_FALSE, "Pending", message);
    if (ctx->condition_count > before)
        ctx->conditions[before].pending = true;
}

void step_look_at(struct step_ctx *ctx, int64_t wall_ms)
{
    if (ctx->look_ms == 0 || wall_ms < ctx->look_ms)
        ctx->look_ms = wall_ms;
}

enum step_result step_each_domain(struct step_ctx *ctx, int64_t budget_ms, step_domain ensure, struct error *err)
{
    const struct tenant *t = ctx->tenant;
    int64_t end_ms = clock_mono_ms() + budget_ms;

    for (size_t i = 0; i < t->domain_count; i++)
        if (ensure(ctx, &t->domains[i], end_ms, err) == STEP_FAILED)
            return STEP_FAILED;
    return STEP_DONE;
}

static bool is_true(const struct step_ctx *ctx, const char *step)
{
    for (size_t i = 0; i < ctx->condition_count; i++)
        if (str_eq(ctx->conditions[i].step, step) && ctx->conditions[i].subject[0] == '\0')
            return ctx->conditions[i].status == CONDITION_TRUE;
    return false;
}

static const char *missing_need(const struct step_ctx *ctx, const struct step *step)
{
    for (const char *const *need = step->needs; need && *need; need++)
        if (!is_true(ctx, *need))
            return *need;
    return NULL;
}

/* No sooner than the plane wants it is the customer looked at again. */
static void step_hold(struct step_ctx *ctx, const struct error *err)
{
    if (err->retry_after_s > ctx->retry_after_s)
        ctx->retry_after_s = err->retry_after_s;
}

static bool ensure_one(struct step_ctx *ctx, const struct step *step)
{
    struct error err = ERROR_INIT;
    const char *need = ctx->dry ? NULL : missing_need(ctx, step);

    if (need) {
        step_condition(ctx, step->name, "", CONDITION_UNKNOWN, "Waiting",
                       arena_printf(ctx->arena, "waits for the step %s", need));
        return false;
    }
    ctx->message[0] = '\0';
    enum step_result result = step->ensure(ctx, &err);
    const char *message = arena_strdup(ctx->arena, result == STEP_FAILED ? err.message : ctx->message);
    switch (result) {
    case STEP_DONE:
        step_condition(ctx, step->name, "", CONDITION_TRUE, "Done", message);
        return true;
    case STEP_WAIT:
        step_condition(ctx, step->name, "", CONDITION_FALSE, "InProgress", message);
        return false;
    default:
        ctx->polls = true;
        step_hold(ctx, &err);
        step_condition(ctx, step->name, "", CONDITION_FALSE, error_name(err.code), message);
        return false;
    }
}

bool steps_ensure(struct step_ctx *ctx)
{
    bool all = true;

    for (const struct step *const *s = steps; *s; s++)
        all = ensure_one(ctx, *s) && all;
    return all;
}

enum step_result steps_remove(struct step_ctx *ctx, struct error *err)
{
    size_t n = 0;

    while (steps[n])
        n++;
    while (n-- > 0) {
        if (!steps[n]->remove)
            continue;
        enum step_result result = steps[n]->remove(ctx, err);
        if (result == STEP_FAILED)
            step_hold(ctx, err);
        if (result != STEP_DONE)
            return result;
    }
    return STEP_DONE;
}
