/* Checks of single fields: see input.h. */
#include "api/input.h"

#include <string.h>

#include "base/str.h"
#include "model/names.h"

const char *input_text(const json_t *body, const char *name)
{
    return json_string_value(json_object_get(body, name));
}

void input_slug(const json_t *body, const char *name, struct error *err)
{
    const char *s = input_text(body, name);
    char pointer[ERROR_POINTER_MAX];

    snprintf(pointer, sizeof pointer, "/%s", name);
    if (s)
        (void)!name_check_slug(s, pointer, err);
}

void input_customer_id(const json_t *body, const char *name, struct error *err)
{
    char pointer[ERROR_POINTER_MAX];

    snprintf(pointer, sizeof pointer, "/%s", name);
    input_slug(body, name, err);
    if (str_eq(input_text(body, name), "bulk"))
        error_field(err, pointer, "may not be 'bulk', which stands for changes of many customers in the API's paths");
}

void input_line(const json_t *body, const char *name, size_t max, struct error *err)
{
    const char *s = input_text(body, name);
    char pointer[ERROR_POINTER_MAX];
    size_t chars = 0;

    snprintf(pointer, sizeof pointer, "/%s", name);
    for (const char *p = s; p && *p; p++) {
        if ((unsigned char)*p < 0x20 || *p == 0x7f) {
            error_field(err, pointer, "may not hold control characters");
            return;
        }
        chars += ((unsigned char)*p & 0xc0) != 0x80;
    }
    if (chars > max)
        error_field(err, pointer, "has %zu characters; at most %zu are allowed", chars, max);
}

/* One name has one spelling everywhere, so what would have to be converted is refused. */
static bool spelled(struct call *c, const char *name, const char *platform, const char *pointer, struct error *err)
{
    char *canonical;

    if (name_hostname(c->arena, name, platform, pointer, &canonical, err) < 0)
        return false;
    if (!str_eq(name, canonical))
        error_field(err, pointer, "must be written as '%.180s'", canonical);
    return str_eq(name, canonical);
}

void input_domain(struct call *c, const char *name, const char *pointer, struct error *err)
{
    if (name)
        (void)spelled(c, name, c->config->platform_domain, pointer, err);
}

static bool is_reserved(const struct call *c, const char *hostname, const char *label)
{
    static const char *const labels[] = { "admin",   "api",   "autoconfig", "autodiscover", "mail",
                                          "mta-sts", "panel", "webmail",    "www",          NULL };
    const char *host = strstr(c->config->public_url, "://");
    size_t len = strlen(hostname);

    for (const char *const *l = labels; *l; l++)
        if (str_eq(*l, label))
            return true;
    for (size_t i = 0; i < c->config->nameserver_count; i++)
        if (str_eq(c->config->nameservers[i], hostname))
            return true;
    return host && strncmp(host + 3, hostname, len) == 0 && (host[3 + len] == '\0' || host[3 + len] == ':');
}

bool input_is_platform_name(const struct call *c, const char *hostname)
{
    return name_within(hostname, c->config->platform_domain);
}

void input_hostname(struct call *c, const char *name, const char *pointer, struct error *err)
{
    if (!name || !spelled(c, name, NULL, pointer, err) || !input_is_platform_name(c, name))
        return;
    size_t label = strcspn(name, ".");
    if (!str_eq(name + label + 1, c->config->platform_domain))
        error_field(err, pointer, "must have one label before '%.120s'", c->config->platform_domain);
    else if (is_reserved(c, name, arena_strndup(c->arena, name, label)))
        error_field(err, pointer, "belongs to the platform itself");
}

void input_hostnames(struct call *c, const json_t *list, const char *pointer, struct error *err)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *name = json_string_value(json_array_get(list, i));
        const char *where = arena_printf(c->arena, "%s/%zu", pointer, i);
        if (str_empty(name))
            continue;
        input_hostname(c, name, where, err);
        for (size_t j = 0; j < i; j++)
            if (str_eq(name, json_string_value(json_array_get(list, j))))
                error_field(err, where, "is in the list twice");
    }
}

int input_conflict(struct error *err, const char *pointer, const char *format, ...)
{
    char message[ERROR_FIELD_MESSAGE_MAX];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args);
    va_end(args);
    error_field(err, pointer, "%s", message);
    err->code = ERROR_CONFLICT;
    return -1;
}

void input_nest(struct error *err, const char *prefix, const struct error *inner)
{
    for (size_t i = 0; i < inner->field_count; i++) {
        char pointer[ERROR_POINTER_MAX];
        snprintf(pointer, sizeof pointer, "%s%.60s", prefix, inner->fields[i].pointer);
        error_field(err, pointer, "%s", inner->fields[i].message);
    }
}
