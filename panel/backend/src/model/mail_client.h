/* What mail programs are told when they are given an address: Thunderbird's autoconfig (config-v1.1) and Outlook's autodiscover (its
 * "plain old XML"), and the names at which they, and senders' mail servers, ask. Pure functions.
 *
 * Nothing that a client sends is looked up or comes back, but for an address of the very domain that was asked: so nobody learns
 * which mailboxes there are. */
#ifndef BERTH_MODEL_MAIL_CLIENT_H
#define BERTH_MODEL_MAIL_CLIENT_H

#include <stdbool.h>

#include "base/arena.h"
#include "model/tenant.h"

/* The names of a domain with mail: label (none: the domain itself) and number; domain.web_hosts has a bit of each. */
#define MAIL_HOSTS(X) X(MTA_STS, "mta-sts.") X(AUTOCONFIG, "autoconfig.") X(AUTODISCOVER, "autodiscover.") X(APEX, "")

enum mail_host {
#define X(e, label) MAIL_HOST_##e,
    MAIL_HOSTS(X)
#undef X
        MAIL_HOST_COUNT
};

const char *mail_host_name(struct arena *a, enum mail_host h, const char *domain);
/* The Host header of a request, as a name: in lower case, without port and dot at the end; NULL: it is no hostname. */
const char *mail_host_header(struct arena *a, const char *header);
/* The domain that this name would be one of, by its label alone; *ret_host which. */
const char *mail_host_domain(const char *name, enum mail_host *ret_host);

#define MTA_STS_PATH "/.well-known/mta-sts.txt"
#define AUTOCONFIG_PATH "/mail/config-v1.1.xml"
#define AUTOCONFIG_WELL_KNOWN "/.well-known/autoconfig/mail/config-v1.1.xml"
#define AUTODISCOVER_PATH "/autodiscover/autodiscover.xml" /* whatever its case: Outlook asks in both */

const char *mail_client_escape(struct arena *a, const char *text); /* for XML, also within attributes */

/* https://wiki.mozilla.org/Thunderbird:Autoconfiguration:ConfigFileFormat; pop3: it is served beside IMAP. */
const char *mail_client_autoconfig(struct arena *a, const char *domain, const char *mail_host, bool pop3);

/* The address that a request of [MS-OXDSCLI], section 2.2.3, asks for, when it is one of the domain, in lower case; else NULL.
 * *ret_known: the answer may be of the one schema that is spoken here. The body is hostile. */
const char *mail_client_asked(struct arena *a, const char *body, const char *domain, bool *ret_known);
const char *mail_client_autodiscover(struct arena *a, const char *address, const char *mail_host, bool pop3);
/* An answer that says no: 600 the request is not valid, 601 no such schema, 500 the address is none of here. */
const char *mail_client_refusal(struct arena *a, int code, const char *message);

#endif
