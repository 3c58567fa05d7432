/* DKIM keys in the store (model/dkim.h): what is public is a row, loaded with its tenant; the private half is a secret of kind "dkim",
 * owner DOMAIN/SELECTOR, so that it is rotated with the rest. Both go with the domain. */
#ifndef BERTH_STORE_DKIM_H
#define BERTH_STORE_DKIM_H

#include "store/store.h"

struct dkim_write { /* what a pass does to the keys of a domain, as a whole */
    const struct domain *domain;
    size_t made_count, key_count, gone_count;
    const struct dkim_key *made; /* new ones, with their private halves (base/signkey.h) */
    const char *const *made_private;
    const struct dkim_key *keys; /* those there are: state and times; the private half of a retired one is forgotten */
    const char *const *gone; /* selectors */
    const struct event *event; /* NULL: none */
};
/* Nothing when the domain is gone, or is another one by now. */
int store_dkim_write(struct store *s, const struct lease *l, const struct dkim_write *w, struct error *err) WARN_UNUSED;
struct dkim_signer {
    struct dkim_key key;
    const char *private_key;
};
/* What signs mail of this domain now: none when its mail is off, it is nobody's proven one, or its customer is not active. */
int store_dkim_signers(struct store *s, struct arena *a, const char *domain, struct dkim_signer **ret,
                       size_t *ret_count, struct error *err) WARN_UNUSED;

#endif
