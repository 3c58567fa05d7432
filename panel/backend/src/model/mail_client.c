/* What mail programs are told: see mail_client.h. */
#include "model/mail_client.h"

#include <string.h>
#include <strings.h>

#include "base/str.h"
#include "model/mail.h"
#include "model/names.h"

#define OUTLOOK "http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a"

enum { XML_MAX = 8192 };

static const char *const labels[] = {
#define X(e, label) label,
    MAIL_HOSTS(X)
#undef X
};

/* --- names --- */

const char *mail_host_name(struct arena *a, enum mail_host h, const char *domain)
{
    return arena_printf(a, "%s%s", labels[h], domain);
}

const char *mail_host_header(struct arena *a, const char *header)
{
    struct error ignored = ERROR_INIT;
    char *name;

    if (str_empty(header) || strlen(header) > HOSTNAME_MAX + sizeof ":65535.")
        return NULL;
    const char *host = arena_strndup(a, header, strcspn(header, ":"));
    return name_hostname(a, host, NULL, "/host", &name, &ignored) < 0 ? NULL : name;
}

const char *mail_host_domain(const char *name, enum mail_host *ret_host)
{
    for (int h = 0; h < MAIL_HOST_COUNT; h++)
        if (str_starts(name, labels[h])) {
            *ret_host = (enum mail_host)h;
            return name + strlen(labels[h]);
        }
    return name;
}

/* --- XML --- */

const char *mail_client_escape(struct arena *a, const char *text)
{
    static const struct {
        const char *from, *to;
    } table[] = { { "&", "&amp;" }, { "<", "&lt;" }, { ">", "&gt;" }, { "\"", "&quot;" }, { "'", "&apos;" } };

    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        text = str_replace(a, text, table[i].from, table[i].to);
    return text;
}

struct server {
    const char *protocol, *security; /* in Thunderbird's words */
    const char *type; /* in Outlook's */
    bool incoming;
    int port;
};

/* In the order in which programs are to try them. */
static const struct server servers[] = {
    { "imap", "SSL", "IMAP", true, 993 },
    { "pop3", "SSL", "POP3", true, 995 },
    { "smtp", "SSL", "SMTP", false, 465 },
    { "smtp", "STARTTLS", "SMTP", false, 587 },
};
enum { SERVER_COUNT = sizeof servers / sizeof servers[0] };

static bool is_offered(const struct server *s, bool pop3)
{
    return pop3 || !str_eq(s->protocol, "pop3");
}

const char *mail_client_autoconfig(struct arena *a, const char *domain, const char *mail_host, bool pop3)
{
    const char *name = mail_client_escape(a, domain), *host = mail_client_escape(a, mail_host);
    struct strbuf b;

    strbuf_init(&b, a, XML_MAX);
    strbuf_addf(&b,
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<clientConfig version=\"1.1\">\n  <emailProvider "
                "id=\"%s\">\n    <domain>%s</domain>\n    <displayName>%s</displayName>\n    "
                "<displayShortName>%s</displayShortName>\n",
                name, name, name, name);
    for (size_t i = 0; i < SERVER_COUNT; i++) {
        if (!is_offered(&servers[i], pop3))
            continue;
        const char *element = servers[i].incoming ? "incomingServer" : "outgoingServer";
        strbuf_addf(&b,
                    "    <%s type=\"%s\">\n      <hostname>%s</hostname>\n      <port>%d</port>\n      "
                    "<socketType>%s</socketType>\n      <username>%%EMAILADDRESS%%</username>\n      "
                    "<authentication>password-cleartext</authentication>\n    </%s>\n",
                    element, servers[i].protocol, host, servers[i].port, servers[i].security, element);
    }
    strbuf_add(&b, "  </emailProvider>\n</clientConfig>\n");
    return b.text;
}

/* The text of the first element of this name, whatever its prefix; NULL: there is none. No reader of XML: what it does not find
 * is not there, and what it finds is checked as an address, which no mark-up passes. */
static const char *text_of(struct arena *a, const char *body, const char *name)
{
    const size_t len = strlen(name);

    for (const char *p = strchr(body, '<'); p; p = strchr(p + 1, '<')) {
        const char *at = p + 1, *close = strchr(at, '>');
        const char *colon = memchr(at, ':', strcspn(at, " \t\r\n/>"));
        at = colon ? colon + 1 : at;
        if (!close || strncmp(at, name, len) != 0 || strcspn(at, " \t\r\n/>") != len || close[-1] == '/')
            continue;
        return str_trim(a, arena_strndup(a, close + 1, strcspn(close + 1, "<")));
    }
    return NULL;
}

const char *mail_client_asked(struct arena *a, const char *body, const char *domain, bool *ret_known)
{
    struct error ignored = ERROR_INIT;
    const char *schema = text_of(a, body, "AcceptableResponseSchema"), *text = text_of(a, body, "EMailAddress");
    char *address;

    *ret_known = str_empty(schema) || strcasecmp(schema, OUTLOOK) == 0;
    if (str_empty(text) || mail_address(a, text, "/address", &address, &ignored) < 0)
        return NULL;
    return str_eq(mail_domain_of(address), domain) ? address : NULL;
}

const char *mail_client_autodiscover(struct arena *a, const char *address, const char *mail_host, bool pop3)
{
    const char *login = mail_client_escape(a, address), *host = mail_client_escape(a, mail_host);
    struct strbuf b;

    strbuf_init(&b, a, XML_MAX);
    strbuf_addf(&b,
                "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<Autodiscover "
                "xmlns=\"http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006\">\n  <Response "
                "xmlns=\"" OUTLOOK "\">\n    <User>\n      <DisplayName>%s</DisplayName>\n    </User>\n    <Account>\n"
                "      <AccountType>email</AccountType>\n      <Action>settings</Action>\n",
                login);
    for (size_t i = 0; i < SERVER_COUNT; i++) {
        if (!is_offered(&servers[i], pop3))
            continue;
        const bool start = str_eq(servers[i].security, "STARTTLS");
        strbuf_addf(&b,
                    "      <Protocol>\n        <Type>%s</Type>\n        <Server>%s</Server>\n        "
                    "<Port>%d</Port>\n        <LoginName>%s</LoginName>\n        <DomainRequired>off</DomainRequired>\n"
                    "        <SPA>off</SPA>\n        <SSL>on</SSL>\n        <Encryption>%s</Encryption>\n        "
                    "<AuthRequired>on</AuthRequired>\n      </Protocol>\n",
                    servers[i].type, host, servers[i].port, login, start ? "TLS" : "SSL");
    }
    strbuf_add(&b, "    </Account>\n  </Response>\n</Autodiscover>\n");
    return b.text;
}

const char *mail_client_refusal(struct arena *a, int code, const char *message)
{
    return arena_printf(a,
                        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<Autodiscover "
                        "xmlns=\"http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006\">\n  "
                        "<Response>\n    <Error>\n      <ErrorCode>%d</ErrorCode>\n      <Message>%s</Message>\n      "
                        "<DebugData />\n    </Error>\n  </Response>\n</Autodiscover>\n",
                        code, mail_client_escape(a, message));
}
