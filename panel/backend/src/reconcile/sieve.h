/* The auto-reply of a mailbox as a Sieve script (RFC 5228) with the vacation action (RFC 5230). Pure. */
#ifndef BERTH_RECONCILE_SIEVE_H
#define BERTH_RECONCILE_SIEVE_H

#include "base/arena.h"
#include "model/mail.h"

/* A quoted string: UTF-8, of one line. */
char *sieve_quote(struct arena *a, const char *text);
/* A multi-line string, `text:` to the dot. */
char *sieve_multi_line(struct arena *a, const char *text);
/* "" when nothing is to be answered. `addresses`: others than the mailbox's own that lead to it; mail to them is answered too. */
const char *sieve_vacation(struct arena *a, const struct auto_reply *r, const char *const *addresses, size_t count);

#endif
