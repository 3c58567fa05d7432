/* The rows of the mail database that a customer should have: see mailrows.h. */
#include "reconcile/mailrows.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "reconcile/sieve.h"

enum {
    MAILBOX_HOURLY = 200, /* messages that a mailbox may submit */
    CUSTOMER_HOURLY_PART = 20, /* and all of a customer, for each mailbox of its plan, */
    CUSTOMER_HOURLY_MIN = 200, /* but not less, */
    CUSTOMER_HOURLY_MAX = 5000, /* and not more */
    FIELDS_MAX = 5,
    REPLY_ADDRESSES_MAX = 32,
};

#define CATCH_ALL "*"

/* --- what should be there --- */

static bool has_domain(const struct maildb_rows *rows, const char *name)
{
    for (size_t i = 0; i < rows->domain_count; i++)
        if (str_eq(rows->domains[i].name, name))
            return true;
    return false;
}

static bool is_served(const struct domain *d)
{
    return d->mail && d->ownership != OWNERSHIP_PENDING;
}

static bool is_wanted(const struct domain *d, const struct maildb_rows *have)
{
    return is_served(d) || ((d->mail || d->mailbox_count > 0) && has_domain(have, d->name));
}

static const char *address(struct arena *a, const char *local, const char *domain)
{
    return arena_printf(a, "%s@%s", local, domain);
}

static const char *score(struct arena *a, int64_t points)
{
    return arena_printf(a, "%" PRId64 ".00", points);
}

static bool is_kept(const struct customer *c)
{
    return c->state == CUSTOMER_ACTIVE || c->state == CUSTOMER_SUSPENDED;
}

/* Of one in the trash it is 0, by which Postfix knows that nobody is to write there (postfix/sql/trashed.cf). */
static int64_t customer_limit(const struct customer *c, const struct plan *p)
{
    int64_t limit = p->mailboxes > CUSTOMER_HOURLY_MAX ? CUSTOMER_HOURLY_MAX : p->mailboxes * CUSTOMER_HOURLY_PART;

    if (!is_kept(c))
        return 0;
    return limit < CUSTOMER_HOURLY_MIN   ? CUSTOMER_HOURLY_MIN
           : limit > CUSTOMER_HOURLY_MAX ? CUSTOMER_HOURLY_MAX
                                         : limit;
}

static bool leads_to(const struct mail_alias *alias, const char *own)
{
    for (size_t i = 0; i < alias->target_count; i++)
        if (str_eq(alias->targets[i], own))
            return !str_eq(alias->local, CATCH_ALL);
    return false;
}

/* It answers for the aliases that lead to the mailbox too, which may be in other domains of the customer. */
static const char *reply_script(struct arena *a, const struct tenant *t, const struct domain *d,
                                const struct mailbox *m)
{
    const char *own = address(a, m->local, d->name), *others[REPLY_ADDRESSES_MAX];
    size_t n = 0;

    if (!m->reply.on)
        return "";
    for (size_t i = 0; i < t->domain_count; i++)
        for (size_t j = 0; j < t->domains[i].alias_count && n < REPLY_ADDRESSES_MAX; j++)
            if (leads_to(&t->domains[i].aliases[j], own))
                others[n++] = address(a, t->domains[i].aliases[j].local, t->domains[i].name);
    return sieve_vacation(a, &m->reply, others, n);
}

static struct maildb_user want_user(struct arena *a, const struct tenant *t, const struct domain *d,
                                    const struct mailbox *m)
{
    return (struct maildb_user){ .domain = d->name,
                                 .local = m->local,
                                 .password = m->password,
                                 .sieve = reply_script(a, t, d, m),
                                 .quota = m->quota,
                                 .hourly_limit = MAILBOX_HOURLY,
                                 .created_ms = m->created_ms,
                                 .active = m->active };
}

static bool has_catch_all(const struct domain *d)
{
    for (size_t i = 0; i < d->alias_count; i++)
        if (str_eq(d->aliases[i].local, CATCH_ALL))
            return true;
    return false;
}

static void add_alias(struct maildb_rows *w, const struct domain *d, const char *local, const char *destination)
{
    w->aliases[w->alias_count++] = (struct maildb_alias){ d->name, local, destination };
}

/* Names that each domain with mail must have (RFC 2142, section 5 of RFC 5321). */
static const char *const duties[] = { "postmaster", "abuse" };
enum { DUTIES = sizeof duties / sizeof duties[0] };

static bool has_address(const struct domain *d, const char *local)
{
    for (size_t i = 0; i < d->mailbox_count; i++)
        if (str_eq(d->mailboxes[i].local, local))
            return true;
    for (size_t i = 0; i < d->alias_count; i++)
        if (str_eq(d->aliases[i].local, local))
            return true;
    return has_catch_all(d);
}

/* The older one of the mailbox and the oldest of the domain. One that only forwards may lead back. */
static const struct mailbox *older(const struct domain *d, const struct mailbox *m)
{
    for (size_t i = 0; i < d->mailbox_count; i++)
        if (d->mailboxes[i].keep && (!m || d->mailboxes[i].created_ms < m->created_ms))
            m = &d->mailboxes[i];
    return m;
}

/* Whoever was there first: in the domain, or else in any of the customer's. */
static const char *responsible(struct arena *a, const struct tenant *t, const struct domain *d, const char *postmaster)
{
    const struct mailbox *own = older(d, NULL), *m = own;

    for (size_t i = 0; !own && i < t->domain_count; i++)
        if (is_served(&t->domains[i]))
            m = older(&t->domains[i], m);
    return m ? address(a, m->local, m->domain) : postmaster;
}

static void want_duties(struct arena *a, const struct tenant *t, const struct domain *d, const char *postmaster,
                        struct maildb_rows *w)
{
    const char *who = responsible(a, t, d, postmaster);

    for (size_t i = 0; !str_empty(who) && i < DUTIES; i++)
        if (!has_address(d, duties[i]))
            add_alias(w, d, duties[i], who);
}

/* A mailbox that forwards names itself when it keeps what comes. In a domain with a catch-all each mailbox does, or Postfix would
 * take the catch-all for it: it looks for "@domain" when it finds nothing else among the aliases. */
static void want_aliases(struct arena *a, const struct domain *d, struct maildb_rows *w)
{
    bool caught = has_catch_all(d);

    for (size_t i = 0; i < d->mailbox_count; i++) {
        const struct mailbox *m = &d->mailboxes[i];
        for (size_t j = 0; j < m->forward_count; j++)
            add_alias(w, d, m->local, m->forwards[j]);
        if (m->forward_count > 0 ? m->keep : caught)
            add_alias(w, d, m->local, address(a, m->local, d->name));
    }
    for (size_t i = 0; i < d->alias_count; i++)
        for (size_t j = 0; j < d->aliases[i].target_count; j++)
            add_alias(w, d, str_eq(d->aliases[i].local, CATCH_ALL) ? "" : d->aliases[i].local,
                      d->aliases[i].targets[j]);
}

static void want_domain(struct arena *a, const struct tenant *t, const struct domain *d, const char *postmaster,
                        struct maildb_rows *w)
{
    static const char *const algorithms[] = {
#define X(e, n) n,
        DKIM_ALGORITHMS(X)
#undef X
    };
    w->domains[w->domain_count++] = (struct maildb_domain){ d->name, is_served(d) && is_kept(&t->customer) };
    for (size_t i = 0; i < d->mailbox_count; i++)
        w->users[w->user_count++] = want_user(a, t, d, &d->mailboxes[i]);
    want_aliases(a, d, w);
    want_duties(a, t, d, postmaster, w);
    for (size_t i = 0; i < d->dkim_key_count; i++)
        if (d->dkim_keys[i].state == DKIM_SIGNING)
            w->selectors[w->selector_count++] = (struct maildb_selector){ d->name, d->dkim_keys[i].selector,
                                                                          algorithms[d->dkim_keys[i].algorithm] };
}

static size_t alias_room(const struct domain *d)
{
    size_t room = d->mailbox_count + DUTIES;

    for (size_t i = 0; i < d->mailbox_count; i++)
        room += d->mailboxes[i].forward_count;
    for (size_t i = 0; i < d->alias_count; i++)
        room += d->aliases[i].target_count;
    return room;
}

struct maildb_rows mailrows_want(struct arena *a, const struct tenant *t, const struct maildb_rows *have,
                                 const char *postmaster)
{
    size_t users = 0, aliases = 0, selectors = 0;
    struct maildb_rows w = { .customer = { .sending = t->customer.state == CUSTOMER_ACTIVE,
                                           .hourly_limit = customer_limit(&t->customer, &t->plan),
                                           .spam_header = score(a, t->customer.spam.junk),
                                           .spam_reject = score(a, t->customer.spam.reject) } };

    for (size_t i = 0; i < t->domain_count; i++) {
        users += t->domains[i].mailbox_count;
        aliases += alias_room(&t->domains[i]);
        selectors += t->domains[i].dkim_key_count;
    }
    w.domains = arena_array(a, t->domain_count, sizeof *w.domains);
    w.users = arena_array(a, users, sizeof *w.users);
    w.aliases = arena_array(a, aliases, sizeof *w.aliases);
    w.selectors = arena_array(a, selectors, sizeof *w.selectors);
    for (size_t i = 0; i < t->domain_count; i++)
        if (is_wanted(&t->domains[i], have))
            want_domain(a, t, &t->domains[i], postmaster, &w);
    w.there = w.domain_count > 0;
    return w;
}

/* --- what differs --- */

static int by_domain(const void *x, const void *y)
{
    return strcmp(((const struct maildb_domain *)x)->name, ((const struct maildb_domain *)y)->name);
}

static int by_user(const void *x, const void *y)
{
    const struct maildb_user *u = x, *v = y;
    int order = strcmp(u->domain, v->domain);

    return order ? order : strcmp(u->local, v->local);
}

static int by_alias(const void *x, const void *y)
{
    const struct maildb_alias *u = x, *v = y;
    int order = strcmp(u->domain, v->domain);

    order = order ? order : strcmp(u->local, v->local);
    return order ? order : strcmp(u->destination, v->destination);
}

static int by_selector(const void *x, const void *y)
{
    const struct maildb_selector *u = x, *v = y;
    int order = strcmp(u->domain, v->domain);

    order = order ? order : strcmp(u->selector, v->selector);
    return order ? order : strcmp(u->algorithm, v->algorithm); /* under another algorithm it is another row */
}

/* Sorted, and each row once: the same destination twice is one row. */
#define SORT(list, count, order)                                                                                       \
    do {                                                                                                               \
        size_t kept = 0;                                                                                               \
        if ((count) > 1)                                                                                               \
            qsort(list, count, sizeof *(list), order);                                                                 \
        for (size_t i = 0; i < (count); i++)                                                                           \
            if (kept == 0 || (order)(&(list)[kept - 1], &(list)[i]) != 0)                                              \
                (list)[kept++] = (list)[i];                                                                            \
        (count) = kept;                                                                                                \
    } while (0)

static void sort_rows(struct maildb_rows *r)
{
    SORT(r->domains, r->domain_count, by_domain);
    SORT(r->users, r->user_count, by_user);
    SORT(r->aliases, r->alias_count, by_alias);
    SORT(r->selectors, r->selector_count, by_selector);
}

struct comparing {
    struct arena *arena;
    struct mailrows_diff d;
    size_t room; /* of the lines */
};

static void add_line(struct comparing *c, const char *action, const char *object, const char **fields, size_t count)
{
    if (c->d.count == c->room) {
        size_t more = c->room ? c->room * 2 : 16;
        c->d.lines = arena_grow(c->arena, c->d.lines, c->room * sizeof *c->d.lines, more * sizeof *c->d.lines);
        c->room = more;
    }
    c->d.lines[c->d.count++] = (struct mailrows_line){ action, object, count, fields };
}

static void one_field(struct comparing *c, const char *action, const char *object, const char *field)
{
    const char **fields = arena_array(c->arena, 1, sizeof *fields);

    fields[0] = field;
    add_line(c, action, object, fields, 1);
}

static size_t note_number(struct arena *a, const char **fields, size_t n, const char *name, int64_t from, int64_t to)
{
    if (from != to)
        fields[n++] = arena_printf(a, "%s: %" PRId64 " -> %" PRId64, name, from, to);
    return n;
}

static size_t note_text(struct arena *a, const char **fields, size_t n, const char *name, const char *from,
                        const char *to)
{
    if (!str_eq(from, to))
        fields[n++] = arena_printf(a, "%s: %s -> %s", name, from, to);
    return n;
}

/* Calls one of three for each key, in order: only in `have`, only in `want`, or in both. */
typedef void pair_fn(struct comparing *c, const void *have, const void *want);

static void walk(struct comparing *c, const void *have, size_t have_count, const void *want, size_t want_count,
                 size_t size, int (*order)(const void *, const void *), pair_fn *pair)
{
    for (size_t i = 0, j = 0; i < have_count || j < want_count;) {
        const char *h = i < have_count ? (const char *)have + i * size : NULL;
        const char *w = j < want_count ? (const char *)want + j * size : NULL;
        int o = !h ? 1 : !w ? -1 : order(h, w);
        const void *x = o <= 0 ? h : NULL, *y = o >= 0 ? w : NULL;
        if (x || y)
            pair(c, x, y);
        i += o <= 0;
        j += o >= 0;
    }
}

static void pair_domain(struct comparing *c, const void *have, const void *want)
{
    const struct maildb_domain *h = have, *w = want;
    struct maildb_change *ch = &c->d.change;
    const char *object = arena_printf(c->arena, "MailDomain/%s", h ? h->name : w ? w->name : "");

    if (h && !w) {
        ch->gone.domains[ch->gone.domain_count++] = *h;
        add_line(c, "delete", object, NULL, 0);
    } else if (w && !h) {
        ch->add.domains[ch->add.domain_count++] = *w;
        add_line(c, "create", object, NULL, 0);
    } else if (h && w && h->active != w->active) {
        ch->set.domains[ch->set.domain_count++] = *w;
        one_field(c, "update", object, w->active ? "active: 0 -> 1" : "active: 1 -> 0");
    }
}

static size_t user_fields(struct arena *a, const struct maildb_user *h, const struct maildb_user *w,
                          const char **fields)
{
    size_t n = note_number(a, fields, 0, "quota_bytes", h->quota, w->quota);

    n = note_number(a, fields, n, "active", h->active, w->active);
    n = note_number(a, fields, n, "hourly_limit", h->hourly_limit, w->hourly_limit);
    if (!str_eq(h->password, w->password))
        fields[n++] = "password: changed";
    if (!str_eq(h->sieve, w->sieve))
        fields[n++] = "sieve: changed";
    return n;
}

/* A mailbox that was deleted and made again is another one: it gets nothing of the first. */
static void pair_user(struct comparing *c, const void *have, const void *want)
{
    const struct maildb_user *h = have, *w = want;
    struct maildb_change *ch = &c->d.change;
    const char *object = arena_printf(c->arena, "Mailbox/%s@%s",
                                      h   ? h->local
                                      : w ? w->local
                                          : "",
                                      h   ? h->domain
                                      : w ? w->domain
                                          : "");

    if (h && w && h->created_ms == w->created_ms) {
        const char **fields = arena_array(c->arena, FIELDS_MAX, sizeof *fields);
        size_t n = user_fields(c->arena, h, w, fields);
        if (n == 0)
            return;
        ch->set.users[ch->set.user_count++] = *w;
        add_line(c, "update", object, fields, n);
        return;
    }
    if (h) {
        ch->gone.users[ch->gone.user_count++] = *h;
        add_line(c, "delete", object, NULL, 0);
    }
    if (w) {
        ch->add.users[ch->add.user_count++] = *w;
        add_line(c, "create", object, NULL, 0);
    }
}

static void pair_alias(struct comparing *c, const void *have, const void *want)
{
    const struct maildb_alias *h = have, *w = want, *x = h ? h : w;
    struct maildb_change *ch = &c->d.change;

    if (!x || (h && w))
        return;
    if (h)
        ch->gone.aliases[ch->gone.alias_count++] = *h;
    else if (w)
        ch->add.aliases[ch->add.alias_count++] = *w;
    one_field(c, h ? "delete" : "create",
              arena_printf(c->arena, "Alias/%s@%s", x->local[0] ? x->local : CATCH_ALL, x->domain),
              arena_printf(c->arena, "destination: %s", x->destination));
}

static void pair_selector(struct comparing *c, const void *have, const void *want)
{
    const struct maildb_selector *h = have, *w = want, *x = h ? h : w;
    struct maildb_change *ch = &c->d.change;

    if (!x || (h && w))
        return;
    if (h)
        ch->gone.selectors[ch->gone.selector_count++] = *h;
    else if (w)
        ch->add.selectors[ch->add.selector_count++] = *w;
    one_field(c, h ? "delete" : "create", arena_printf(c->arena, "Selector/%s._domainkey.%s", x->selector, x->domain),
              arena_printf(c->arena, "algorithm: %s", x->algorithm));
}

static void compare_customer(struct comparing *c, const char *customer, const struct maildb_rows *have,
                             const struct maildb_rows *want)
{
    const struct maildb_customer *h = &have->customer, *w = &want->customer;
    const char *object = arena_printf(c->arena, "Mail/%s", customer),
               **fields = arena_array(c->arena, FIELDS_MAX, sizeof *fields);

    c->d.there = have->there;
    c->d.change.customer = *w;
    c->d.change.erase = have->there && !want->there;
    if (!have->there || !want->there) {
        if (have->there != want->there)
            add_line(c, want->there ? "create" : "delete", object, NULL, 0);
        return;
    }
    size_t n = note_number(c->arena, fields, 0, "sending", h->sending, w->sending);
    n = note_number(c->arena, fields, n, "hourly_limit", h->hourly_limit, w->hourly_limit);
    n = note_text(c->arena, fields, n, "spam_header", h->spam_header, w->spam_header);
    n = note_text(c->arena, fields, n, "spam_reject", h->spam_reject, w->spam_reject);
    if (n > 0)
        add_line(c, "update", object, fields, n);
}

static struct maildb_rows room_of(struct arena *a, const struct maildb_rows *r)
{
    return (struct maildb_rows){ .domains = arena_array(a, r->domain_count, sizeof *r->domains),
                                 .users = arena_array(a, r->user_count, sizeof *r->users),
                                 .aliases = arena_array(a, r->alias_count, sizeof *r->aliases),
                                 .selectors = arena_array(a, r->selector_count, sizeof *r->selectors) };
}

struct mailrows_diff mailrows_compare(struct arena *a, const char *customer, struct maildb_rows *have,
                                      struct maildb_rows *want)
{
    struct comparing c = { .arena = a };

    sort_rows(have);
    sort_rows(want);
    c.d.change.gone = room_of(a, have);
    c.d.change.add = room_of(a, want);
    c.d.change.set = room_of(a, want);
    compare_customer(&c, customer, have, want);
    walk(&c, have->domains, have->domain_count, want->domains, want->domain_count, sizeof *have->domains, by_domain,
         pair_domain);
    walk(&c, have->users, have->user_count, want->users, want->user_count, sizeof *have->users, by_user, pair_user);
    walk(&c, have->aliases, have->alias_count, want->aliases, want->alias_count, sizeof *have->aliases, by_alias,
         pair_alias);
    walk(&c, have->selectors, have->selector_count, want->selectors, want->selector_count, sizeof *have->selectors,
         by_selector, pair_selector);
    return c.d;
}
