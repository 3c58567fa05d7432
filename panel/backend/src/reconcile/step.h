/* Steps: what must be true of a customer, each with the code that makes it true.
 *
 * A step's ensure() renders what should be, observes, compares and changes only what differs. In a dry run
 * (step_ctx.dry) the very same code runs, and each change is noted instead of made: so what `berth plan` says is what would
 * be done (docs/decisions/0004-plan-is-a-dry-run.md). A step that has nothing to say returns STEP_DONE.
 */
#ifndef BERTH_RECONCILE_STEP_H
#define BERTH_RECONCILE_STEP_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/metrics.h"
#include "model/steps.h"
#include "model/tenant.h"
#include "provider/kube.h"
#include "provider/maildb.h"
#include "provider/pdns.h"
#include "reconcile/settings.h"
#include "reconcile/template.h"
#include "store/spool.h"
#include "store/store.h"

struct keypool;
struct mailhost;
struct seen;

/* What every pass shares; safe for many threads. */
struct planes {
    const struct settings *settings;
    struct store *store;
    struct kube *kube;
    struct pdns *pdns;
    struct maildb *maildb; /* NULL: there are no mail servers */
    struct templates *templates;
    struct seen *seen; /* what the watches know of the objects */
    struct metrics *metrics;
    struct spool *spool;
    struct keypool *keypool; /* RSA keys made beforehand; NULL: none */
    struct mailhost *mailhost; /* the mail servers, as others see them */
    const char *fetch_key; /* of helper pods' tokens */
};

enum step_result {
    STEP_DONE, /* true, as was just observed */
    STEP_WAIT, /* on its way: ctx->message says what is waited for */
    STEP_FAILED, /* *err says why; tried again later */
};

struct change {
    const char *plane, *action, *object;
    size_t field_count;
    const char **fields; /* "/spec/replicas: 1 -> 0" */
};

enum { CHANGES_MAX = 512, EVENTS_MAX = 64, CONDITIONS_MAX = 256, COMPARED_MAX = 512, MESSAGE_MAX = 256 };

struct step_ctx {
    struct arena *arena; /* of this pass */
    const struct tenant *tenant;
    const struct planes *planes; /* bound to the lease: no request outlives it */
    const struct lease *lease; /* NULL in a dry run */
    bool settling; /* the holder before may still be heard of: nothing that is gone is forgotten yet */
    bool moved; /* another reconciler had the customer not long ago: the watch may be behind what that one did */
    bool dry; /* note changes, make none */
    bool fresh; /* in a dry run: the namespace would be made, so nothing is in it, and it may not even be looked into */
    bool repair; /* the desired state was reached before: what differs now was changed by somebody else */
    bool polls; /* something is waited for, or failed, of which no watch tells */
    unsigned retry_after_s; /* a plane wants to be left alone for so long */
    int64_t repair_seq; /* the event of the repair that is being made; 0: none */
    const char *repair_object; /* what it tells of */
    int64_t look_ms; /* a step wants the next look at this time (wall clock) at the latest; 0: none does */
    char message[MESSAGE_MAX]; /* of STEP_WAIT, or a remark on STEP_DONE */
    size_t change_count, event_count, condition_count;
    struct change changes[CHANGES_MAX];
    struct event events[EVENTS_MAX];
    struct condition conditions[CONDITIONS_MAX];
    const char *compared_before; /* what the store has of earlier passes (compared.h); NULL: it was not asked */
    size_t compared_count;
    bool compared_more; /* there was more than is kept */
    uint64_t compared[COMPARED_MAX];
};

struct step {
    const char *name; /* also the condition's type */
    const char *plane; /* "kubernetes", "dns", "mail" or "outside" */
    const char *help;
    const char *const *needs; /* NULL-terminated: steps that must be true first */
    enum step_result (*ensure)(struct step_ctx *ctx, struct error *err);
    enum step_result (*remove)(struct step_ctx *ctx,
                               struct error *err); /* for good; NULL: another step's removal takes it along */
};

extern const struct step *const steps[]; /* in order, NULL-terminated */

/* step_wait(): nothing tells when it is over, so it is looked at again soon. step_watch(): a watch tells. */
enum step_result step_wait(struct step_ctx *ctx, const char *format, ...) PRINTF_LIKE(2, 3);
enum step_result step_watch(struct step_ctx *ctx, const char *format, ...) PRINTF_LIKE(2, 3);
void step_change(struct step_ctx *ctx, const char *plane, const char *action, const char *object, const char **fields,
                 size_t field_count);
void step_event(struct step_ctx *ctx, const char *type, const char *reason, const char *object, const char *format, ...)
    PRINTF_LIKE(5, 6);
/* A repair is told of before it is made, in a transaction of its own: a crash between may tell it twice, never lose it. A
 * repair that was refused is taken back. Neither does anything unless the pass repairs (step_ctx.repair). */
int step_repair_begin(struct step_ctx *ctx, const char *object, const char *message, struct error *err) WARN_UNUSED;
void step_repair_failed(struct step_ctx *ctx, const struct error *err);
/* Takes back what was told last, when that was of this object (the very same pointer): it turned out to be another repair. */
void step_repair_untell(struct step_ctx *ctx, const char *object);
/* A condition of a part (a site) beside the step's own. */
void step_condition(struct step_ctx *ctx, const char *step, const char *subject, enum condition_status status,
                    const char *reason, const char *message);

/* A condition that is false until somebody outside has done something, perhaps for days: the customer is ready without it, and
 * its operations end. */
void step_pending(struct step_ctx *ctx, const char *step, const char *subject, const char *message);
void step_look_at(struct step_ctx *ctx, int64_t wall_ms);
/* A step that is made true domain by domain. After budget_ms the rest is to do without waiting for anybody outside (each is told
 * when that is, by the monotonic clock), so that silent servers do not outlast the lease. The first that fails ends it. */
typedef enum step_result (*step_domain)(struct step_ctx *ctx, const struct domain *d, int64_t end_ms,
                                        struct error *err);
enum step_result step_each_domain(struct step_ctx *ctx, int64_t budget_ms, step_domain ensure, struct error *err);

/* All steps in order; conditions of each are put into ctx. True when every step is done. */
bool steps_ensure(struct step_ctx *ctx);
/* All removals in the opposite order. */
enum step_result steps_remove(struct step_ctx *ctx, struct error *err);

/* --- each in a file of its own --- */
#define X(name) extern const struct step step_##name;
STEPS(X)
#undef X

#endif
