/* The bodies by which mailboxes are made and changed: see mailboxes.h. */
#include <string.h>

#include "api/input.h"
#include "api/mailboxes.h"
#include "api/signin.h"
#include "base/clock.h"
#include "base/str.h"
#include "model/names.h"
#include "model/user.h"

enum { NAME_CHARS = 120, NAME_BYTES = 480, SUBJECT_CHARS = 200, SUBJECT_BYTES = 800, TEXT_BYTES = 8192 };
enum { USERS_MAX = 100, MILLI = 1000 };

static const int64_t quota_min = 1LL << 20, quota_max = 1LL << 40, quota_default = 1LL << 30;

#define TEXT(name, field, max)                                                                                         \
    {                                                                                                                  \
        name, JSON_KIND_STRING, false, offsetof(struct mailbox_input, field), JSON_NO_HAS, 0, (max)                    \
    }
#define GIVEN(name, kind, field, has, max)                                                                             \
    {                                                                                                                  \
        name, JSON_KIND_##kind, false, offsetof(struct mailbox_input, field), offsetof(struct mailbox_input, has), 0,  \
            (max)                                                                                                      \
    }

static const struct json_field fields[] = {
    TEXT("name", name, NAME_BYTES),
    TEXT("password", password, 0),
    TEXT("passwordHash", hash, 0),
    TEXT("quota", quota_text, 0),
    GIVEN("active", BOOL, active, has_active, 0),
    GIVEN("keep", BOOL, keep, has_keep, 0),
    GIVEN("forwards", STRINGS, forwards, has_forwards, MAIL_TARGETS_MAX),
    GIVEN("autoReply", ANY, reply_json, has_reply, 0),
    { "address", JSON_KIND_STRING, true, offsetof(struct mailbox_input, address), JSON_NO_HAS, 0, 0 },
};

enum { CREATE_FIELDS = sizeof fields / sizeof fields[0], UPDATE_FIELDS = CREATE_FIELDS - 1 };

/* --- the auto-reply --- */

struct reply_input {
    bool on;
    const char *subject, *text, *from, *until;
};

static void read_time(const char *text, const char *pointer, int64_t *ret, struct error *err)
{
    int64_t ms = text ? clock_parse_rfc3339(text) : 0;

    if (text && ms <= 0)
        error_field(err, pointer, "must be a time like 2026-12-24T08:00:00Z");
    *ret = ms;
}

/* It goes to whoever wrote, so it is text and nothing else. */
static bool is_text(const char *s)
{
    for (; *s; s++)
        if (((unsigned char)*s < 0x20 && !strchr("\n\t", *s)) || *s == 0x7f)
            return false;
    return true;
}

static void read_reply(struct call *c, const json_t *json, struct auto_reply *ret, struct error *err)
{
    static const struct json_field parts[] = {
        { "on", JSON_KIND_BOOL, true, offsetof(struct reply_input, on), JSON_NO_HAS, 0, 0 },
        { "subject", JSON_KIND_STRING, false, offsetof(struct reply_input, subject), JSON_NO_HAS, 0, SUBJECT_BYTES },
        { "text", JSON_KIND_STRING, false, offsetof(struct reply_input, text), JSON_NO_HAS, 0, TEXT_BYTES },
        { "from", JSON_KIND_STRING, false, offsetof(struct reply_input, from), JSON_NO_HAS, 0, 0 },
        { "until", JSON_KIND_STRING, false, offsetof(struct reply_input, until), JSON_NO_HAS, 0, 0 },
    };
    struct reply_input in = { .subject = "", .text = "" };
    struct error inner = ERROR_INIT;
    struct auto_reply r;

    if (!json_is_object(json)) {
        error_field(err, "/autoReply", "must be an object like {\"on\": true, \"text\": \"Back on Monday.\"}");
        return;
    }
    if (json_read(c->arena, json, parts, sizeof parts / sizeof parts[0], &in, &inner) < 0) {
        input_nest(err, "/autoReply", &inner);
        return;
    }
    r = (struct auto_reply){ .on = in.on, .subject = in.subject };
    r.text = str_replace(c->arena, in.text, "\r\n", "\n");
    input_line(json, "subject", SUBJECT_CHARS, &inner);
    input_nest(err, "/autoReply", &inner);
    if (!is_text(r.text))
        error_field(err, "/autoReply/text", "may not hold control characters");
    if (r.on && str_empty(str_trim(c->arena, r.text)))
        error_field(err, "/autoReply/text", "must say what is answered");
    read_time(in.from, "/autoReply/from", &r.from_ms, err);
    read_time(in.until, "/autoReply/until", &r.until_ms, err);
    if (r.from_ms > 0 && r.until_ms > 0 && r.until_ms <= r.from_ms)
        error_field(err, "/autoReply/until", "must be later than from");
    *ret = r;
}

/* --- passwords and quotas --- */

static void read_quota(const char *text, const char *pointer, int64_t *ret, struct error *err)
{
    struct error why = ERROR_INIT;

    if (!text)
        return;
    if (str_ends(text, "i") && quantity_check(text, quota_min * MILLI, quota_max * MILLI, pointer, &why) == 0)
        *ret = quantity_milli(text) / MILLI;
    else
        error_field(err, pointer, "must be between 1Mi and 1Ti, like 500Mi or 2Gi");
}

static int hash_password(struct call *c, const char *password, const char **ret, struct error *err)
{
    char *hash;

    if (signin_hash(c, password, &hash, err) < 0)
        return -1;
    *ret = arena_printf(c->arena, "{ARGON2ID}%s", hash);
    return 0;
}

int mailboxes_read_object(struct call *c, const json_t *object, const char *own, const char *good,
                          struct mailbox_input *ret, struct error *err)
{
    struct mailbox_input in = { .keep = true };

    if (json_read(c->arena, object, fields, own ? UPDATE_FIELDS : CREATE_FIELDS, &in, err) < 0)
        return -1;
    if (own && json_object_size(object) == 0)
        return error_field(err, "",
                           "must name what is to change: name, password, quota, active, forwards, keep or autoReply");
    if (!own)
        (void)!address_read(c, in.address, false, good, "/address", &in.at, err);
    input_line(object, "name", NAME_CHARS, err);
    read_quota(in.quota_text, "/quota", &in.quota, err);
    if (in.password && in.hash)
        error_field(err, "/passwordHash", "does not go together with a password");
    if (in.password)
        (void)!user_check_password(in.password, own ? own : in.address, "/password", err);
    if (in.hash)
        (void)!mail_check_hash(in.hash, "/passwordHash", err);
    (void)!address_targets(c, &in.forwards, "/forwards", own ? own : in.address, &in.forwards, err);
    if (in.has_reply)
        read_reply(c, in.reply_json, &in.reply, err);
    if (err->code != ERROR_NONE)
        return -1;
    in.stored = in.hash;
    *ret = in;
    return 0;
}

int mailboxes_hash_passwords(struct call *c, const json_t *body, struct mailbox_input *list, size_t count,
                             struct error *err)
{
    for (size_t i = 0; i < count; i++) {
        if (!list[i].password)
            continue;
        if (!c->body_digest)
            address_hide_passwords(c, body);
        if (hash_password(c, list[i].password, &list[i].stored, err) < 0)
            return -1;
    }
    return 0;
}

int mailboxes_read(struct call *c, const char *own, struct mailbox_input *ret, struct error *err)
{
    struct mailbox_input in;
    json_t *body;

    if (call_body(c, true, &body, err) < 0 || mailboxes_read_object(c, body, own, NULL, &in, err) < 0 ||
        mailboxes_hash_passwords(c, body, &in, 1, err) < 0)
        return -1;
    *ret = in;
    return 0;
}

struct mailbox mailboxes_new(const struct mailbox_input *in)
{
    return (struct mailbox){ .domain = in->at.domain,
                             .local = in->at.local,
                             .name = "",
                             .password = "",
                             .quota = quota_default,
                             .active = true,
                             .keep = true,
                             .reply = { .subject = "", .text = "" } };
}

int mailboxes_apply(const struct mailbox_input *in, struct mailbox *m, struct error *err)
{
    m->name = in->name ? in->name : m->name;
    m->password = in->stored ? in->stored : m->password;
    m->quota = in->quota ? in->quota : m->quota;
    m->active = in->has_active ? in->active : m->active;
    m->reply = in->has_reply ? in->reply : m->reply;
    if (in->has_forwards) {
        m->forwards = in->forwards.items;
        m->forward_count = in->forwards.count;
    }
    m->keep = in->has_keep ? in->keep : m->keep;
    if (m->forward_count == 0 && in->has_keep && !in->keep)
        return error_field(err, "/keep", "must be true without forwards: mail would go nowhere");
    m->keep = m->keep || m->forward_count == 0;
    return 0;
}

/* --- of a new domain --- */

struct user_input {
    const char *local, *password, *name, *quota;
};

#define USER(name, needed, max)                                                                                        \
    {                                                                                                                  \
#name, JSON_KIND_STRING, (needed), offsetof(struct user_input, name), JSON_NO_HAS, 0, (max)                    \
    }

/* One entry of the list, without its password's hash. */
static void read_user(struct call *c, const json_t *entry, const char *domain, const char *pointer,
                      struct user_input *ret, struct mailbox *m, struct error *err)
{
    static const struct json_field parts[] = { USER(local, true, 0), USER(password, false, 0),
                                               USER(name, false, NAME_BYTES), USER(quota, false, 0) };
    struct error inner = ERROR_INIT;
    struct mailbox_input in = { .at = { .domain = domain } };
    const bool plain = json_is_string(entry);

    *ret = (struct user_input){ .local = json_string_value(entry) };
    if (!plain && !json_is_object(entry)) {
        error_field(err, pointer, "must be the part before the @, or an object with it as local");
        return;
    }
    if (!plain && json_read(c->arena, entry, parts, sizeof parts / sizeof parts[0], ret, &inner) < 0) {
        input_nest(err, pointer, &inner);
        return;
    }
    (void)!mail_check_local(ret->local, plain ? "" : "/local", &inner);
    if (!plain)
        input_line(entry, "name", NAME_CHARS, &inner);
    read_quota(ret->quota, "/quota", &in.quota, &inner);
    if (ret->password)
        (void)!user_check_password(ret->password, arena_printf(c->arena, "%s@%s", ret->local, domain), "/password",
                                   &inner);
    input_nest(err, pointer, &inner);
    in.at.local = ret->local;
    in.name = ret->name;
    *m = mailboxes_new(&in);
    if (mailboxes_apply(&in, m, &inner) < 0)
        input_nest(err, pointer, &inner);
}

int mailboxes_read_users(struct call *c, const json_t *list, const char *domain, struct mailbox **ret,
                         size_t *ret_count, struct error *err)
{
    size_t count = json_array_size(list);

    if (!json_is_array(list) || count > USERS_MAX)
        return error_field(err, "/mailUsers", "must be a list of at most %d mailboxes", USERS_MAX);
    struct mailbox *out = arena_array(c->arena, count + 1, sizeof *out);
    struct user_input *users = arena_array(c->arena, count + 1, sizeof *users);
    for (size_t i = 0; i < count; i++) {
        const char *pointer = arena_printf(c->arena, "/mailUsers/%zu", i);
        read_user(c, json_array_get(list, i), domain, pointer, &users[i], &out[i], err);
        for (size_t j = 0; users[i].local && j < i; j++)
            if (str_eq(users[i].local, users[j].local))
                error_field(err, pointer, "is in the list twice");
    }
    for (size_t i = 0; i < count && err->code == ERROR_NONE; i++)
        if (users[i].password && hash_password(c, users[i].password, &out[i].password, err) < 0)
            return -1;
    if (err->code != ERROR_NONE)
        return -1;
    *ret = out;
    *ret_count = count;
    return 0;
}
