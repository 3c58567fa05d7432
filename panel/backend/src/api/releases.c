/* Releases: the uploads of a site's files, and going back to an earlier one. */
#include "api/releases.h"

#include <string.h>
#include <strings.h>

#include "api/change.h"
#include "api/handlers.h"
#include "api/input.h"
#include "api/page.h"
#include "api/present.h"
#include "api/sites.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/str.h"

enum { RELEASE_ID_CHARS = 10, DIGEST_CHARS = 64 };

static const struct {
    const char *type, *media;
} archives[] = { { "application/x-tar", "tar" }, { "application/gzip", "gzip" }, { "application/zip", "zip" } };

static const char *media_of(const char *type)
{
    for (size_t i = 0; type && i < sizeof archives / sizeof archives[0]; i++) {
        size_t len = strlen(archives[i].type);
        if (strncasecmp(type, archives[i].type, len) == 0 && (type[len] == '\0' || type[len] == ';'))
            return archives[i].media;
    }
    return NULL;
}

static const char *release_key(struct arena *a, const json_t *item)
{
    (void)a;
    return json_string_value(json_object_get(item, "id"));
}

int releases_list(struct call *c, struct error *err)
{
    static const char *const sorts[] = { "createdAt", "size", NULL };
    static const char *const states[] = { "uploaded", "deploying", "current", "kept", "failed", NULL };
    const char *state;
    struct paging p;
    struct site s;
    struct release *list;
    size_t count;

    if (call_query_word(c, "state", states, &state, err) < 0 || page_read(c, sorts, "-createdAt", &p, err) < 0 ||
        store_site_get(c->store, c->arena, c->segment, &s, err) < 0 ||
        store_release_list(c->store, c->arena, s.id, &list, &count, err) < 0)
        return -1;
    json_t *items = json_own(c->arena, json_array());
    for (size_t i = 0; i < count; i++)
        if (!state || str_eq(state, release_state_name(list[i].state)))
            json_array_append(items, present_release(c, &list[i]));
    return page_answer_all(c, &p, sorts, items, release_key);
}

/* --- uploading --- */

int releases_open(struct call *c, struct upload **ret, struct error *err)
{
    struct site s;
    struct customer customer;

    if (!media_of(httpd_header(c->req, "Content-Type")))
        return error_set(err, ERROR_BAD_TYPE, "application/x-tar, application/gzip or application/zip is needed here");
    if (store_site_get(c->store, c->arena, c->segment, &s, err) < 0 ||
        store_customer_get(c->store, c->arena, s.customer, &customer, err) < 0)
        return -1;
    if (change_check_open(&customer, err) < 0)
        return -1;
    return upload_open(c, ret, err);
}

/* Is it what the sender meant to send? */
static int check_digest(struct call *c, const char *digest, struct error *err)
{
    const char *said = httpd_header(c->req, "X-Content-SHA256");

    if (!said || str_eq(said, digest))
        return 0;
    if (strlen(said) != DIGEST_CHARS || strspn(said, "0123456789abcdef") != DIGEST_CHARS)
        return error_field(err, "/X-Content-SHA256", "must be 64 lower-case hexadecimal digits");
    return error_field(err, "/X-Content-SHA256", "the body's SHA-256 is %s", digest);
}

static int apply_create(struct change *ch, struct error *err)
{
    struct upload *u = (struct upload *)(uintptr_t)ch->input;
    struct call *c = ch->call;
    struct tenant t;
    struct site s;
    struct release r = { .id = id_new(c->arena, "r", RELEASE_ID_CHARS),
                         .sha256 = upload_digest(u),
                         .size = upload_size(u),
                         .state = RELEASE_UPLOADED,
                         .message = "" };

    if (sites_load_to_change(ch, &t, &s, err) < 0 || (!ch->dry && upload_kept(u, ch->tx, err) < 0))
        return -1;
    r.site = s.id;
    r.media = media_of(httpd_header(c->req, "Content-Type"));
    r.created_ms = clock_wall_ms();
    s.release = r.id;
    if (store_release_insert(ch->tx, &r, err) < 0 || store_site_update(ch->tx, &s, -1, err) < 0)
        return -1;
    ch->customer = s.customer;
    ch->subject = s.id;
    ch->release = r.id;
    json_object_set(ch->answer, "release", present_release(c, &r));
    return 0;
}

int releases_create(struct call *c, struct error *err)
{
    struct upload *u = httpd_sink_ctx(c->req);

    if (!u)
        return error_set(err, ERROR_INTERNAL, "the upload has no file");
    if (upload_size(u) == 0)
        return error_set(err, ERROR_INVALID, "the body is empty; an archive is needed");
    c->body_digest = upload_digest(u);
    if (check_digest(c, c->body_digest, err) < 0 || upload_keep(u, err) < 0)
        return -1;
    return change_run(c, "site.deploy", apply_create, u, err);
}

/* --- going back --- */

static bool was_served(const struct release *r)
{
    return r->state == RELEASE_CURRENT || r->state == RELEASE_KEPT;
}

/* The one that is asked for, or the newest before the site's that was served. */
static int find_release(struct change *ch, const struct site *s, const char *wanted, const char **ret,
                        struct error *err)
{
    struct release *list;
    size_t count;
    bool past = str_empty(s->release);

    if (store_release_list(ch->call->store, ch->call->arena, s->id, &list, &count, err) < 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        if (wanted ? str_eq(list[i].id, wanted) : past && was_served(&list[i])) {
            *ret = list[i].id;
            return was_served(&list[i])
                       ? 0
                       : input_conflict(err, "/release", "the release '%s' was never served", list[i].id);
        }
        past = past || str_eq(list[i].id, s->release);
    }
    if (wanted)
        return error_field(err, "/release", "the site has no release '%s'", wanted);
    return error_set(err, ERROR_CONFLICT, "the site '%s' has no release before this one", s->id);
}

static int apply_rollback(struct change *ch, struct error *err)
{
    const char *wanted = ch->input;
    struct tenant t;
    struct site s;

    if (sites_load_to_change(ch, &t, &s, err) < 0 || find_release(ch, &s, wanted, &s.release, err) < 0)
        return -1;
    ch->release = s.release;
    return sites_write_back(ch, &s, err);
}

int releases_rollback(struct call *c, struct error *err)
{
    struct {
        const char *release;
    } in = { 0 };
    static const struct json_field fields[] = { { "release", JSON_KIND_STRING, false, 0, JSON_NO_HAS, 1, 64 } };
    json_t *body;

    if (call_body(c, false, &body, err) < 0 || json_read(c->arena, body, fields, 1, &in, err) < 0)
        return -1;
    return change_run(c, "site.rollback", apply_rollback, in.release, err);
}
