/* Client of PowerDNS's HTTP API: see pdns.h. */
#include "provider/pdns.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/http.h"
#include "base/json.h"
#include "base/str.h"

#define ZONES "/api/v1/servers/localhost/zones"
#define OWNER "berth"

struct pdns {
    struct http_client *http;
    int64_t deadline_ms; /* 0: none */
};

int pdns_new(const char *url, const char *key_file, struct pdns **ret, struct error *err)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    char *key;

    if (file_read(a, key_file, 4096, &key, NULL, err) < 0)
        return error_context(err, "PowerDNS's API key");
    const char *const headers[] = { arena_printf(a, "X-API-Key: %s", str_trim(a, key)), NULL };
    const struct http_client_config config = { .base_url = url, .headers = headers, .crash_name = "pdns" };
    struct http_client *http;
    if (http_client_new(&config, &http, err) < 0)
        return -1;
    *ret = calloc(1, sizeof **ret);
    if (!*ret)
        abort();
    (*ret)->http = http;
    return 0;
}

void pdns_free(struct pdns *p)
{
    if (!p)
        return;
    http_client_free(p->http);
    free(p);
}

struct pdns *pdns_until(const struct pdns *p, struct arena *a, int64_t deadline_ms)
{
    struct pdns *bound = arena_alloc(a, sizeof *bound);

    *bound = (struct pdns){ .http = p->http, .deadline_ms = deadline_ms };
    return bound;
}

void pdns_trim(struct pdns *p)
{
    http_client_trim(p->http);
}

uint64_t pdns_requests(const struct pdns *p)
{
    return http_client_requests(p->http);
}

static enum error_code code_of(long status)
{
    switch (status) {
    case 401:
    case 403:
        return ERROR_FORBIDDEN;
    case 404:
        return ERROR_NOT_FOUND;
    case 409:
        return ERROR_CONFLICT;
    case 400:
    case 422:
        return ERROR_UNPROCESSABLE;
    case 429:
        return ERROR_RATE;
    default:
        return status >= 500 ? ERROR_UNAVAILABLE : ERROR_BAD_GATEWAY;
    }
}

static int request(struct pdns *p, struct arena *a, const char *method, const char *path, const json_t *body,
                   json_t **ret, struct error *err)
{
    struct http_request req = { .method = method, .path = path, .deadline_ms = p->deadline_ms };
    struct http_response res;

    if (body) {
        req.content_type = "application/json";
        req.body = json_text(a, body);
        req.body_len = strlen(req.body);
    }
    if (http_do(p->http, a, &req, &res, err) < 0)
        return error_context(err, "PowerDNS: %s %s", method, path);
    json_t *answer = NULL;
    struct error bad = ERROR_INIT;
    int parsed = res.body_len ? json_parse_foreign(a, res.body, res.body_len, &answer, &bad) : -1;
    if (res.status < 200 || res.status > 299) {
        const char *why = parsed == 0 ? json_str_at(answer, "/error") : NULL;
        return error_set(err, code_of(res.status), "PowerDNS: %s %s: %ld: %s", method, path, res.status,
                         why ? why : "no reason given");
    }
    if (ret && parsed < 0)
        return error_set(err, ERROR_BAD_GATEWAY, "PowerDNS: %s %s: %s", method, path, bad.message);
    if (ret)
        *ret = answer;
    return 0;
}

/* PowerDNS escapes nothing but "/" in zone ids, and no name of ours has one. */
static char *zone_path(struct arena *a, const char *zone)
{
    return arena_printf(a, ZONES "/%s.", str_url_encode(a, zone));
}

static int by_text(const void *x, const void *y)
{
    return strcmp(*(const char *const *)x, *(const char *const *)y);
}

void rrset_sort(struct rrset *r)
{
    if (r->value_count > 1)
        qsort(r->values, r->value_count, sizeof r->values[0], by_text);
}

bool rrset_equal(const struct rrset *x, const struct rrset *y)
{
    if (!str_eq(x->name, y->name) || !str_eq(x->type, y->type) || x->ttl != y->ttl || x->owned != y->owned ||
        x->value_count != y->value_count)
        return false;
    for (size_t i = 0; i < x->value_count; i++)
        if (!str_eq(x->values[i], y->values[i]))
            return false;
    return true;
}

static void read_rrset(struct arena *a, const json_t *from, struct rrset *ret)
{
    const char *name = json_str_at(from, "/name"), *type = json_str_at(from, "/type");
    const json_t *records = json_object_get(from, "records");
    size_t i;
    json_t *item;

    name = name ? name : "";
    *ret = (struct rrset){ .name = arena_strndup(a, name, strlen(name) - str_ends(name, ".")),
                           .type = type ? type : "" };
    ret->ttl = json_int_at(from, "/ttl", 0);
    ret->values = arena_array(a, json_array_size(records), sizeof ret->values[0]);
    json_array_foreach(records, i, item)
    {
        const char *content = json_str_at(item, "/content");
        if (content && !json_bool_at(item, "/disabled", false))
            ret->values[ret->value_count++] = content;
    }
    json_array_foreach(json_object_get(from, "comments"), i, item) if (str_eq(json_str_at(item, "/account"), OWNER))
        ret->owned = true;
    rrset_sort(ret);
}

int pdns_zone_get(struct pdns *p, struct arena *a, const char *zone, struct zone *ret, struct error *err)
{
    json_t *answer, *item;
    size_t i;

    if (request(p, a, "GET", zone_path(a, zone), NULL, &answer, err) < 0)
        return -1;
    const json_t *rrsets = json_object_get(answer, "rrsets");
    struct zone z = { .rrsets = arena_array(a, json_array_size(rrsets), sizeof z.rrsets[0]) };
    json_array_foreach(rrsets, i, item) read_rrset(a, item, &z.rrsets[z.rrset_count++]);
    *ret = z;
    return 0;
}

static json_t *rrset_json(struct arena *a, const struct rrset *r, bool patch)
{
    json_t *records = json_array(), *comments = json_array();
    json_t *out = json_pack("{s:s, s:s, s:I, s:o, s:o}", "name", arena_printf(a, "%s.", r->name), "type", r->type,
                            "ttl", (json_int_t)r->ttl, "records", records, "comments", comments);

    for (size_t i = 0; i < r->value_count; i++)
        json_array_append_new(records, json_pack("{s:s, s:b}", "content", r->values[i], "disabled", 0));
    if (r->owned && r->value_count)
        json_array_append_new(comments, json_pack("{s:s, s:s}", "content", "kept by Berth", "account", OWNER));
    if (patch)
        json_object_set_new(out, "changetype", json_string(r->value_count ? "REPLACE" : "DELETE"));
    return out;
}

static json_t *rrsets_json(struct arena *a, const struct rrset *rrsets, size_t count, bool patch)
{
    json_t *list = json_array();

    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, rrset_json(a, &rrsets[i], patch));
    return list;
}

int pdns_zone_create(struct pdns *p, struct arena *a, const char *zone, const struct rrset *rrsets, size_t count,
                     struct error *err)
{
    json_t *body = json_own(a, json_pack("{s:s, s:s, s:s, s:s, s:o}", "name", arena_printf(a, "%s.", zone), "kind",
                                         "Native", "account", OWNER, "soa_edit_api", "DEFAULT", "rrsets",
                                         rrsets_json(a, rrsets, count, false)));
    return request(p, a, "POST", ZONES, body, NULL, err);
}

int pdns_zone_patch(struct pdns *p, struct arena *a, const char *zone, const struct rrset *rrsets, size_t count,
                    struct error *err)
{
    json_t *body = json_own(a, json_pack("{s:o}", "rrsets", rrsets_json(a, rrsets, count, true)));
    return request(p, a, "PATCH", zone_path(a, zone), body, NULL, err);
}

int pdns_zone_delete(struct pdns *p, struct arena *a, const char *zone, struct error *err)
{
    return request(p, a, "DELETE", zone_path(a, zone), NULL, NULL, err);
}

/* --- signing --- */

static char *keys_path(struct arena *a, const char *zone)
{
    return arena_printf(a, "%s/cryptokeys", zone_path(a, zone));
}

static char *key_path(struct arena *a, const char *zone, int64_t id)
{
    return arena_printf(a, "%s/%lld", keys_path(a, zone), (long long)id);
}

/* "TAG ALGORITHM 1 HEX" is a SHA-1 digest, which is not to be published any more. */
static bool is_sha1(const char *ds)
{
    const char *space = strchr(ds, ' ');

    space = space ? strchr(space + 1, ' ') : NULL;
    return space && str_starts(space, " 1 ");
}

static void read_key(struct arena *a, const json_t *from, struct pdns_key *ret)
{
    const char *type = json_str_at(from, "/keytype"), *dnskey = json_str_at(from, "/dnskey"), *ds = "";
    size_t i;
    json_t *item;

    json_array_foreach(json_object_get(from, "ds"), i, item)
    {
        const char *text = json_string_value(item);
        if (text && !is_sha1(text))
            ds = arena_printf(a, "%s%s%s", ds, ds[0] ? "\n" : "", text);
    }
    *ret = (struct pdns_key){ .id = json_int_at(from, "/id", 0),
                              .active = json_bool_at(from, "/active", false),
                              .published = json_bool_at(from, "/published", false),
                              .dnskey = dnskey ? dnskey : "",
                              .ds = ds };
    ret->combined = str_eq(type, "csk") && str_starts(ret->dnskey, "257 3 13 ");
}

int pdns_keys_get(struct pdns *p, struct arena *a, const char *zone, struct pdns_key **ret, size_t *ret_count,
                  struct error *err)
{
    json_t *answer, *item;
    size_t i, n = 0;

    if (request(p, a, "GET", keys_path(a, zone), NULL, &answer, err) < 0)
        return -1;
    struct pdns_key *keys = arena_array(a, json_array_size(answer) + 1, sizeof *keys);
    json_array_foreach(answer, i, item) read_key(a, item, &keys[n++]);
    *ret = keys;
    *ret_count = n;
    return 0;
}

int pdns_key_create(struct pdns *p, struct arena *a, const char *zone, struct pdns_key *ret, struct error *err)
{
    enum { ECDSAP256SHA256 = 13 };
    json_t *body = json_own(a, json_pack("{s:s, s:b, s:b, s:i}", "keytype", "csk", "active", 1, "published", 1,
                                         "algorithm", ECDSAP256SHA256)),
           *answer;

    if (request(p, a, "POST", keys_path(a, zone), body, &answer, err) < 0)
        return -1;
    read_key(a, answer, ret);
    return 0;
}

int pdns_key_activate(struct pdns *p, struct arena *a, const char *zone, int64_t id, struct error *err)
{
    json_t *body = json_own(a, json_pack("{s:b, s:b}", "active", 1, "published", 1));
    return request(p, a, "PUT", key_path(a, zone, id), body, NULL, err);
}

int pdns_key_delete(struct pdns *p, struct arena *a, const char *zone, int64_t id, struct error *err)
{
    return request(p, a, "DELETE", key_path(a, zone, id), NULL, NULL, err);
}

int pdns_signing_get(struct pdns *p, struct arena *a, const char *zone, struct pdns_signing *ret, struct error *err)
{
    json_t *answer;

    if (request(p, a, "GET", arena_printf(a, "%s?rrsets=false", zone_path(a, zone)), NULL, &answer, err) < 0)
        return -1;
    const char *param = json_str_at(answer, "/nsec3param");
    *ret = (struct pdns_signing){ .nsec3param = param ? param : "",
                                  .narrow = json_bool_at(answer, "/nsec3narrow", false),
                                  .rectify = json_bool_at(answer, "/api_rectify", false) };
    return 0;
}

int pdns_signing_put(struct pdns *p, struct arena *a, const char *zone, const struct pdns_signing *s, struct error *err)
{
    json_t *body = json_own(a, json_pack("{s:s, s:b, s:b}", "nsec3param", s->nsec3param, "nsec3narrow", (int)s->narrow,
                                         "api_rectify", (int)s->rectify));
    return request(p, a, "PUT", zone_path(a, zone), body, NULL, err);
}
