/* What domains with mail serve by themselves: their MTA-STS policies and the settings of mail programs. A listener of its own, which
 * the ingress alone reaches; which domain is asked is the Host header's to say, and what it gets is the store's.
 *
 * Beside that, the same listener tells the ingress (Traefik's HTTP provider) which names to lead here and to get certificates for:
 * so the one who routes and the one who answers know the same domains, and no customer can lead anything here or from here. */
#ifndef BERTH_API_MAIL_WEB_H
#define BERTH_API_MAIL_WEB_H

#include "api/api.h"

struct mail_web;

/* *ret NULL: there is nothing to serve (no mail_web_listen, or no mail servers). `config` must live as long. */
int mail_web_start(const struct api_config *config, struct mail_web **ret, struct error *err) WARN_UNUSED;
void mail_web_stop(struct mail_web *w); /* NULL is a no-op */
unsigned mail_web_port(const struct mail_web *w);

#endif
