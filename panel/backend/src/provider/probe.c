/* Probes over HTTP and TLS: see probe.h. The DNS question is in probe_dns.c. */
#include "provider/probe.h"

#include <errno.h>
#include <netdb.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "base/crash.h"
#include "base/file.h"
#include "base/http.h"
#include "base/str.h"
#include "provider/address.h"

enum { PROBE_TIMEOUT_MS = 5000 };

static void freeaddr(struct addrinfo **ai)
{
    if (*ai)
        freeaddrinfo(*ai);
}

static int get(struct arena *a, const char *ingress, const char *host, const char *ca_file, bool verify,
               const struct http_request *req, struct http_response *ret, struct error *err)
{
    CLEANUP(freeaddr) struct addrinfo *ai = NULL;
    const char *port;
    char ip[NI_MAXHOST];

    if (address_resolve(a, ingress, SOCK_STREAM, &ai, &port, err) < 0)
        return -1;
    if (getnameinfo(ai->ai_addr, ai->ai_addrlen, ip, sizeof ip, NULL, 0, NI_NUMERICHOST) != 0)
        return error_set(err, ERROR_UNAVAILABLE, "%s has no numeric address", ingress);
    const char *const resolve[] = { arena_printf(a, "%s:%s:%s", host, port, ip), NULL };
    const struct http_client_config config = {
        .base_url = arena_printf(a, "https://%s:%s", host, port),
        .ca_file = str_empty(ca_file) ? NULL : ca_file,
        .resolve = resolve,
        .timeout_ms = PROBE_TIMEOUT_MS,
        .insecure = !verify,
        .crash_name = "probe",
    };
    struct http_client *client;
    if (http_client_new(&config, &client, err) < 0)
        return -1;
    int rc = http_do(client, a, req, ret, err);
    http_client_free(client);
    return rc < 0 ? error_context(err, "GET https://%s%s at %s", host, req->path, ingress) : 0;
}

int probe_http(struct arena *a, const char *ingress, const char *host, const char *ca_file, bool verify,
               long *ret_status, struct error *err)
{
    const struct http_request req = { .method = "GET", .path = "/", .max_response = 8 << 20 };
    struct http_response res;

    if (get(a, ingress, host, ca_file, verify, &req, &res, err) < 0)
        return -1;
    *ret_status = res.status;
    return 0;
}

int probe_fetch(struct arena *a, const char *ingress, const char *host, const char *path, const char *ca_file,
                size_t max, long *ret_status, const char **ret_body, struct error *err)
{
    const struct http_request req = { .method = "GET", .path = path, .max_response = max };
    struct http_response res;

    if (get(a, ingress, host, ca_file, true, &req, &res, err) < 0)
        return -1;
    *ret_status = res.status;
    *ret_body = res.body ? res.body : "";
    return 0;
}

static int connect_to(struct arena *a, const char *ingress, struct error *err)
{
    CLEANUP(freeaddr) struct addrinfo *ai = NULL;
    const struct timeval limit = { .tv_sec = PROBE_TIMEOUT_MS / 1000 };
    const char *port;

    if (address_resolve(a, ingress, SOCK_STREAM, &ai, &port, err) < 0)
        return -1;
    int fd = socket(ai->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return error_set_errno(err, errno, "socket");
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    if (connect(fd, ai->ai_addr, ai->ai_addrlen) < 0) {
        int saved = errno;
        close(fd);
        error_set_errno(err, saved, "connecting to %s", ingress);
        err->code = ERROR_UNAVAILABLE;
        return -1;
    }
    return fd;
}

static int certificate_expiry(SSL *ssl, int64_t *ret_ms)
{
    X509 *cert = SSL_get1_peer_certificate(ssl);
    struct tm tm;
    int ok = cert && ASN1_TIME_to_tm(X509_get0_notAfter(cert), &tm);

    X509_free(cert);
    if (!ok)
        return -1;
    *ret_ms = (int64_t)timegm(&tm) * 1000;
    return 0;
}

static int handshake(SSL *ssl, int fd, const char *host, int64_t *ret_expires_ms, struct error *err)
{
    if (!SSL_set_fd(ssl, fd) || !SSL_set_tlsext_host_name(ssl, host) || !SSL_set1_host(ssl, host))
        return error_set(err, ERROR_INTERNAL, "TLS set-up");
    if (SSL_connect(ssl) != 1) {
        long why = SSL_get_verify_result(ssl);
        if (why != X509_V_OK)
            return error_set(err, ERROR_CONFLICT, "no good certificate yet: %s", X509_verify_cert_error_string(why));
        return error_set(err, ERROR_UNAVAILABLE, "the TLS handshake failed");
    }
    if (certificate_expiry(ssl, ret_expires_ms) < 0)
        return error_set(err, ERROR_BAD_GATEWAY, "the certificate's end cannot be read");
    return 0;
}

/* On a connection that is ready for it. */
static int verify(int fd, const char *host, const char *ca_file, int64_t *ret_expires_ms, struct error *err)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
    SSL *ssl = ctx ? SSL_new(ctx) : NULL;
    int rc = -1;

    if (!ssl) {
        error_set(err, ERROR_INTERNAL, "TLS set-up");
    } else {
        int trusted = str_empty(ca_file) ? SSL_CTX_set_default_verify_paths(ctx)
                                         : SSL_CTX_load_verify_file(ctx, ca_file);
        SSL_set_verify(ssl, SSL_VERIFY_PEER, NULL);
        crashpoint_hit("probe", host, "before");
        if (trusted == 1)
            rc = handshake(ssl, fd, host, ret_expires_ms, err);
        else
            error_set(err, ERROR_UNAVAILABLE, "the trusted roots in '%s' cannot be read", ca_file);
        crashpoint_hit("probe", host, "after");
    }
    SSL_free(ssl);
    SSL_CTX_free(ctx);
    ERR_clear_error();
    return rc;
}

int probe_tls(struct arena *a, const char *ingress, const char *host, const char *ca_file, int64_t *ret_expires_ms,
              struct error *err)
{
    CLEANUP(file_closep) int fd = connect_to(a, ingress, err);

    if (fd < 0)
        return -1;
    return verify(fd, host, ca_file, ret_expires_ms, err) < 0 ? error_context(err, "https://%s at %s", host, ingress)
                                                              : 0;
}

/* --- mail --- */

/* Sends a line, "" none, and reads a reply of one line or more (RFC 5321, section 4.2.1). Its code, or -1. */
static int say(int fd, const char *line, struct error *err)
{
    enum { REPLY_MAX = 4096, CODE_LEN = 3 };
    char text[REPLY_MAX + 1];
    size_t len = 0;
    const char *last = text;

    if (line[0] && send(fd, line, strlen(line), MSG_NOSIGNAL) != (ssize_t)strlen(line))
        return error_set(err, ERROR_UNAVAILABLE, "the connection was closed");
    while (len < REPLY_MAX) {
        ssize_t got = recv(fd, text + len, 1, 0);
        if (got <= 0)
            return error_set(err, ERROR_UNAVAILABLE, "the mail server does not answer");
        text[++len] = '\0';
        if (text[len - 1] != '\n')
            continue;
        if (text + len - last > CODE_LEN && strspn(last, "0123456789") == CODE_LEN && last[CODE_LEN] != '-')
            return (last[0] - '0') * 100 + (last[1] - '0') * 10 + (last[2] - '0');
        last = text + len;
    }
    return error_set(err, ERROR_UNAVAILABLE, "the answer is none of a mail server");
}

static int expect(int fd, const char *line, int want, struct error *err)
{
    const int code = say(fd, line, err);

    if (code < 0)
        return -1;
    return code == want ? 0 : error_set(err, ERROR_UNAVAILABLE, "the mail server answered with code %d", code);
}

int probe_smtp_tls(struct arena *a, const char *server, const char *host, const char *ca_file, struct error *err)
{
    enum { READY = 220, DONE = 250 };
    CLEANUP(file_closep) int fd = connect_to(a, server, err);
    int64_t ignored;

    if (fd < 0)
        return -1;
    if (expect(fd, "", READY, err) < 0 || expect(fd, "EHLO probe.invalid\r\n", DONE, err) < 0)
        return error_context(err, "SMTP at %s", server);
    const int code = say(fd, "STARTTLS\r\n", err);
    if (code < 0)
        return error_context(err, "SMTP at %s", server);
    if (code != READY)
        return error_set(err, ERROR_CONFLICT, "the mail server at %s offers no TLS", server);
    return verify(fd, host, ca_file, &ignored, err) < 0 ? error_context(err, "SMTP with TLS of %s at %s", host, server)
                                                        : 0;
}
