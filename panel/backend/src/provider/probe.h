/* Looking at a customer's services from outside, as a visitor would: DNS, TLS and HTTP. No state. */
#ifndef BERTH_PROVIDER_PROBE_H
#define BERTH_PROVIDER_PROBE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

/* Asks the server at `server` ("host:port", UDP) for the A records of `name` (RFC 1035) and fails unless the answer is
 * authoritative, NOERROR and holds `address`. UNAVAILABLE says what came instead. */
int probe_dns(struct arena *a, const char *server, const char *name, const char *address,
              struct error *err) WARN_UNUSED;

/* GETs https://<host>/ from the ingress at `ingress` ("host:port"), whose certificate must be good for `host` under ca_file
 * (NULL or "": the system's roots). verify false: any certificate (the site is looked at before it has one). */
int probe_http(struct arena *a, const char *ingress, const char *host, const char *ca_file, bool verify,
               long *ret_status, struct error *err) WARN_UNUSED;

/* GETs https://<host><path> in the same way, follows no redirect, and reads at most max bytes of the answer's body into *ret_body. */
int probe_fetch(struct arena *a, const char *ingress, const char *host, const char *path, const char *ca_file,
                size_t max, long *ret_status, const char **ret_body, struct error *err) WARN_UNUSED;

/* What a sending mail server does (RFC 3207): connects to `server` ("host:port"), asks for TLS, and wants a certificate that is good
 * for `host`. UNAVAILABLE: no answer, or none of a mail server. CONFLICT: no TLS, or no good certificate. */
int probe_smtp_tls(struct arena *a, const char *server, const char *host, const char *ca_file,
                   struct error *err) WARN_UNUSED;

/* A TLS handshake with SNI `host`. UNAVAILABLE: no connection. CONFLICT: the certificate is not (yet) a good one for host;
 * the message says why. *ret_expires_ms: its notAfter, Unix time in ms. */
int probe_tls(struct arena *a, const char *ingress, const char *host, const char *ca_file, int64_t *ret_expires_ms,
              struct error *err) WARN_UNUSED;

#endif
