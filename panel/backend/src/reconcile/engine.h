/* The reconciler: worker threads that take due customers one by one and make them as they should be.
 *
 *   due -> claimed by lease -> steps in order -> conditions written, lease given back -> due again, later or never
 *
 * Work on one customer is serial, customers run side by side. What waits is looked at again after a quarter of the time
 * that it has waited already (between 150 ms and a minute), so that one stuck customer costs ever less.
 */
#ifndef BERTH_RECONCILE_ENGINE_H
#define BERTH_RECONCILE_ENGINE_H

#include "base/metrics.h"
#include "reconcile/settings.h"
#include "store/spool.h"
#include "store/store.h"

struct engine;

/* Connects to the planes and starts the threads; settings, store, spool and metrics must outlive the engine. */
int engine_start(const struct settings *settings, struct store *store, struct spool *spool, struct metrics *metrics,
                 struct engine **ret, struct error *err) WARN_UNUSED;
void engine_stop(struct engine *e); /* waits for running passes; NULL is a no-op */
void engine_print_steps(void); /* the table, on stdout */

#endif
