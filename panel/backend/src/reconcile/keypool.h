/* A few RSA keys made beforehand: making one takes a fraction of a second of a processor, which a pass need not spend. A thread
 * fills the pool while the machine has nothing else to do; who comes when it is empty makes a key himself. */
#ifndef BERTH_RECONCILE_KEYPOOL_H
#define BERTH_RECONCILE_KEYPOOL_H

#include "base/arena.h"

struct keypool;

int keypool_start(struct keypool **ret, struct error *err) WARN_UNUSED;
void keypool_stop(struct keypool *p); /* wipes what is left; NULL is a no-op */
/* A key that nobody else has, as signkey_make(). p NULL: made now. */
int keypool_take(struct keypool *p, struct arena *a, char **ret_private, char **ret_public,
                 struct error *err) WARN_UNUSED;
int keypool_count(struct keypool *p); /* how many wait */

#endif
