/* Mail by a relay: see smtp.h. */
#include "provider/smtp.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/crash.h"
#include "base/file.h"
#include "base/str.h"
#include "model/user.h"

enum {
    CONNECT_TIMEOUT_MS = 5000,
    TIMEOUT_MS = 20000,
    CREDENTIALS_MAX = 1024,
    REPLY_REFUSED = 400,
    REPLY_PERMANENT = 500
};

struct smtp {
    struct arena *arena;
    const char *url, *from, *address, *credentials_file, *ca_file, *domain;
    bool loopback;
};

static bool is_loopback(struct arena *a, const char *host)
{
    struct in_addr v4;
    const char *bare = str_replace(a, str_replace(a, host, "[", ""), "]", "");

    if (inet_pton(AF_INET, bare, &v4) == 1)
        return ntohl(v4.s_addr) >> 24 == 127;
    return str_eq(bare, "localhost") || str_eq(bare, "::1");
}

static int check_url(struct smtp *s, struct error *err)
{
    CURLU *u = curl_url();
    char *scheme = NULL, *host = NULL, *user = NULL, *path = NULL;
    bool good = u && curl_url_set(u, CURLUPART_URL, s->url, 0) == CURLUE_OK &&
                curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
                curl_url_get(u, CURLUPART_HOST, &host, 0) == CURLUE_OK && !str_empty(host) &&
                (str_eq(scheme, "smtp") || str_eq(scheme, "smtps")) &&
                curl_url_get(u, CURLUPART_USER, &user, 0) != CURLUE_OK &&
                curl_url_get(u, CURLUPART_PATH, &path, 0) == CURLUE_OK && str_eq(path, "/");

    s->loopback = good && is_loopback(s->arena, host);
    curl_free(scheme);
    curl_free(host);
    curl_free(user);
    curl_free(path);
    curl_url_cleanup(u);
    return good ? 0
                : error_set(err, ERROR_INVALID,
                            "BERTH_SMTP_URL must be smtp://HOST:PORT or smtps://HOST:PORT; user and password go into "
                            "the file of BERTH_SMTP_CREDENTIALS_FILE");
}

/* "Name <address>" or the address alone; nothing that could begin another header. */
static int check_from(struct smtp *s, struct error *err)
{
    const char *open = strchr(s->from, '<'), *inside = open ? open + 1 : s->from;
    size_t len = strcspn(inside, ">");
    struct error ignored = ERROR_INIT;
    char *address;
    bool clean = true;

    for (const char *p = s->from; *p; p++)
        clean = clean && (unsigned char)*p >= ' ' && (unsigned char)*p < 127 && !strchr("\",;:()", *p);
    if (!clean || (open && inside[len] != '>') || (open && inside[len + 1] != '\0') ||
        user_check_email(s->arena, arena_strndup(s->arena, inside, len), "", &address, &ignored) < 0)
        return error_set(err, ERROR_INVALID, "BERTH_SMTP_FROM must be an address, or a name in ASCII and <address>");
    s->address = address;
    return 0;
}

/* *ret_user NULL: there are none. */
static int credentials(const struct smtp *s, struct arena *a, const char **ret_user, const char **ret_password,
                       struct error *err)
{
    char *text;
    size_t len;

    *ret_user = *ret_password = NULL;
    if (str_empty(s->credentials_file))
        return 0;
    if (file_read_private(a, s->credentials_file, CREDENTIALS_MAX, &text, &len, err) < 0)
        return error_context(err, "BERTH_SMTP_CREDENTIALS_FILE");
    char *line_end = strchr(text, '\n');
    if (!line_end || line_end == text || line_end[1] == '\0')
        return error_set(err, ERROR_INVALID,
                         "BERTH_SMTP_CREDENTIALS_FILE: %s must hold the user in its first line and the password in its "
                         "second",
                         s->credentials_file);
    *line_end = '\0';
    line_end[1 + strcspn(line_end + 1, "\r\n")] = '\0';
    text[strcspn(text, "\r")] = '\0';
    *ret_user = text;
    *ret_password = line_end + 1;
    return 0;
}

int smtp_new(const struct smtp_config *config, struct smtp **ret, struct error *err)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct smtp *s = calloc(1, sizeof *s);
    const char *user, *password;

    if (!s)
        abort();
    s->arena = arena_new();
    s->url = arena_strdup(s->arena, config->url);
    s->from = arena_strdup(s->arena, config->from);
    s->credentials_file = arena_strdup(s->arena, config->credentials_file);
    s->ca_file = arena_strdup(s->arena, config->ca_file);
    s->domain = arena_strdup(s->arena, config->domain);
    if (check_url(s, err) < 0 || check_from(s, err) < 0 || credentials(s, a, &user, &password, err) < 0) {
        smtp_free(s);
        return -1;
    }
    *ret = s;
    return 0;
}

void smtp_free(struct smtp *s)
{
    if (!s)
        return;
    arena_free(s->arena);
    free(s);
}

/* --- a message --- */

/* RFC 5322, section 3.3; in English whatever the locale is. */
static const char *date_of(struct arena *a, int64_t at_ms)
{
    static const char *const days[] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
    static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
    time_t seconds = (time_t)(at_ms / 1000);
    struct tm t;

    gmtime_r(&seconds, &t);
    return arena_printf(a, "%s, %d %s %d %02d:%02d:%02d +0000", days[t.tm_wday], t.tm_mday, months[t.tm_mon],
                        t.tm_year + 1900, t.tm_hour, t.tm_min, t.tm_sec);
}

char *smtp_format(const struct smtp *s, struct arena *a, const struct smtp_message *m)
{
    return arena_printf(a,
                        "Date: %s\r\nFrom: %s\r\nTo: <%s>\r\nMessage-ID: <%s@%s>\r\nSubject: %s\r\n"
                        "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
                        "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n%s",
                        date_of(a, m->at_ms), s->from, m->to, m->id, s->domain, m->subject,
                        str_replace(a, m->text, "\n", "\r\n"));
}

struct upload {
    const char *text;
    size_t left;
};

static size_t read_text(char *out, size_t size, size_t count, void *ctx)
{
    struct upload *u = ctx;
    size_t n = size * count < u->left ? size * count : u->left;

    memcpy(out, u->text, n);
    u->text += n;
    u->left -= n;
    return n;
}

static void set_relay(const struct smtp *s, struct arena *a, CURL *h)
{
    curl_easy_setopt(h, CURLOPT_NOSIGNAL, 1L);
    /* The path is what EHLO says. */
    curl_easy_setopt(h, CURLOPT_URL, arena_printf(a, "%s/%s", s->url, s->domain));
    curl_easy_setopt(h, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(h, CURLOPT_PROXY, "");
    curl_easy_setopt(h, CURLOPT_USE_SSL, (long)(s->loopback ? CURLUSESSL_TRY : CURLUSESSL_ALL));
    if (!str_empty(s->ca_file))
        curl_easy_setopt(h, CURLOPT_CAINFO, s->ca_file);
    curl_easy_setopt(h, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_TIMEOUT_MS);
    curl_easy_setopt(h, CURLOPT_TIMEOUT_MS, (long)TIMEOUT_MS);
}

static int finish(CURL *h, struct arena *a, CURLcode code, const char *url, const char *detail, struct error *err)
{
    long reply = 0;

    if (code == CURLE_OK)
        return 0;
    (void)curl_easy_getinfo(h, CURLINFO_RESPONSE_CODE, &reply);
    const char *why = detail[0] ? detail : curl_easy_strerror(code);
    if (reply >= REPLY_REFUSED)
        why = arena_printf(a, "%s (the relay answered %ld)", why, reply);
    if (code == CURLE_OPERATION_TIMEDOUT)
        return error_set(err, ERROR_TIMEOUT, "%s: %s", url, why);
    /* RFC 5321, section 4.2.1: 5yz is for good. A refused sign-in is our side's fault, which somebody will mend. */
    if (reply >= REPLY_PERMANENT && code != CURLE_LOGIN_DENIED)
        return error_set(err, ERROR_BAD_GATEWAY, "%s: %s", url, why);
    return error_set(err, ERROR_UNAVAILABLE, "%s: %s", url, why);
}

int smtp_send(struct smtp *s, struct arena *a, const struct smtp_message *m, struct error *err)
{
    const char *user, *password, *text = smtp_format(s, a, m);
    struct upload upload = { text, strlen(text) };
    char detail[CURL_ERROR_SIZE] = "";

    if (credentials(s, a, &user, &password, err) < 0)
        return -1;
    CURL *h = curl_easy_init();
    struct curl_slist *to = curl_slist_append(NULL, m->to);
    if (!h || !to) {
        curl_easy_cleanup(h);
        curl_slist_free_all(to);
        return error_set(err, ERROR_INTERNAL, "out of memory");
    }
    set_relay(s, a, h);
    if (user) {
        curl_easy_setopt(h, CURLOPT_USERNAME, user);
        curl_easy_setopt(h, CURLOPT_PASSWORD, password);
    }
    curl_easy_setopt(h, CURLOPT_MAIL_FROM, s->address);
    curl_easy_setopt(h, CURLOPT_MAIL_RCPT, to);
    curl_easy_setopt(h, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(h, CURLOPT_READFUNCTION, read_text);
    curl_easy_setopt(h, CURLOPT_READDATA, &upload);
    curl_easy_setopt(h, CURLOPT_ERRORBUFFER, detail);
    crashpoint_hit("smtp", "mail", "before");
    CURLcode code = curl_easy_perform(h);
    crashpoint_hit("smtp", "mail", "after");
    int rc = finish(h, a, code, s->url, detail, err);
    curl_slist_free_all(to);
    curl_easy_cleanup(h);
    return rc;
}
