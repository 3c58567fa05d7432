/* Client of a mail relay (SMTP by libcurl: RFC 5321, STARTTLS RFC 3207, AUTH RFC 4954). One connection a message: Berth sends
 * few. TLS is required and the relay's name checked, unless the relay is this machine (a loopback address). */
#ifndef BERTH_PROVIDER_SMTP_H
#define BERTH_PROVIDER_SMTP_H

#include <stdint.h>

#include "base/arena.h"

struct smtp;

struct smtp_config {
    const char *url; /* smtp://HOST:PORT or smtps://HOST:PORT */
    const char *from; /* envelope sender and From: an address, or "Name <address>" */
    const char
        *credentials_file; /* user, line break, password; "": none. Read for each message, so it can be changed */
    const char *ca_file; /* PEM; "": the system's */
    const char *domain; /* of message ids and of EHLO */
};

/* Checks all but what only the relay knows; INVALID. Strings are copied. */
int smtp_new(const struct smtp_config *config, struct smtp **ret, struct error *err) WARN_UNUSED;
void smtp_free(struct smtp *s); /* NULL is a no-op */

struct smtp_message {
    const char *id; /* the same when it is sent again, so that who receives it can tell */
    const char *to; /* an address, as user_check_email() lets through */
    const char *subject, *text; /* UTF-8; lines of the text end with \n */
    int64_t at_ms;
};
/* 0: the relay has taken it over. UNAVAILABLE or TIMEOUT: it may later; BAD_GATEWAY: it said no for good, and what; in no
 * case with the text or the credentials in the message. */
int smtp_send(struct smtp *s, struct arena *a, const struct smtp_message *m, struct error *err) WARN_UNUSED;
/* The message as it goes over the wire (RFC 5322): pure. */
char *smtp_format(const struct smtp *s, struct arena *a, const struct smtp_message *m);

#endif
