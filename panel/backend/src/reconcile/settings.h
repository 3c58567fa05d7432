/* What the reconciler is told from outside: addresses, names and files. Strings live as long as the process. */
#ifndef BERTH_RECONCILE_SETTINGS_H
#define BERTH_RECONCILE_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct settings {
    const char
        *data_dir; /* holds the locks of the reconcilers that share it, and the fetch key unless a file is named */
    const char
        *fetch_key_file; /* the key of helper pods' tokens, the same for all reconcilers; "": <data_dir>/fetch-key */
    const char *kubeconfig; /* "" in a pod */
    const char *pdns_url, *pdns_key_file;
    const char *pdns_listen_file; /* libpq connection string of PowerDNS's database, for notifications; "" none */
    const char *pdns_dns; /* host:port that answers authoritatively */
    const char *platform_domain;
    const char *resolver; /* host:port that proofs of ownership are looked up with; "" the system's */
    bool proof_delegation; /* a delegation to our name servers is a proof too */
    size_t free_domain_count;
    const char **free_domains; /* names below them need no proof */
    const char *ingress_address; /* what A records say */
    const char *ingress_probe; /* host:port of the ingress's HTTPS, as seen from here */
    const char *acme_ca; /* PEM file of the roots that sites' certificates must lead to; "" the system's */
    const char *cert_resolver; /* Traefik's; "" no certificates */
    const char *storage_class;
    const char *image_static, *image_helper;
    const char *templates; /* folder */
    const char *internal_listen, *internal_url; /* where helper pods fetch releases */
    const char *smtp_url, *smtp_from; /* the mail relay, and whom its mail is from; url "": none */
    const char *smtp_credentials_file, *smtp_ca; /* "": none; the system's */
    const char *mail_url, *mail_password_file, *mail_ca_file; /* the mail database; url "": no mail servers */
    const char *mail_host; /* the mail servers' name, as customers' programs and MX records have it */
    const char *mail_probe; /* host:port of the mail servers' SMTP, as seen from here; "": <mail_host>:25 */
    int64_t mta_sts_testing_ms, mta_sts_max_age_s; /* model/mta_sts.h */
    const char *mail_spf; /* what SPF names after mx (model/mail_dns.h) */
    const char *postmaster; /* address of who runs the installation; "": none */
    bool mail_pop3; /* the mail servers serve POP3 */
    const char *dkim_token_file; /* of the token by which DKIM keys are given out; "": none is */
    int64_t dkim_rotate_ms, dkim_wait_ms, dkim_keep_ms; /* model/dkim.h */
    const char *host; /* its name, for the owner of leases */
    int64_t lease_ms;
    int64_t workers;
    size_t nameserver_count;
    const char **nameservers; /* canonical names; the first is the zone's primary */
    const char **nameserver_addresses; /* IPv4 of each, as glue; where it is "", the ingress's */
};

#endif
