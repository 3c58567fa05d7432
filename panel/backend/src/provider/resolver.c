/* Looking names up through a recursive resolver: see resolver.h. */
#include "provider/resolver.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <resolv.h>
#include <string.h>

#include "base/crash.h"
#include "base/id.h"
#include "base/str.h"
#include "provider/address.h"

enum {
    TIMEOUT_S = 2,
    TRIES = 2,
    MESSAGE_MAX = 16384,
    DS_MIN = 5,
    TYPE_DS = 43,
    NUMBER = 2 /* bytes of one in rdata */
};

static const int types[] = { [RESOLVER_TXT] = ns_t_txt, [RESOLVER_NS] = ns_t_ns,   [RESOLVER_DS] = TYPE_DS,
                             [RESOLVER_MX] = ns_t_mx,   [RESOLVER_SRV] = ns_t_srv, [RESOLVER_A] = ns_t_a };

/* --- asking --- */

/* The library's state with our server in place of those of /etc/resolv.conf. */
static int open_state(struct arena *a, const char *server, struct __res_state *state, struct error *err)
{
    struct addrinfo *ai = NULL;
    const char *port;

    memset(state, 0, sizeof *state);
    if (!str_empty(server)) {
        if (address_resolve(a, server, SOCK_DGRAM, &ai, &port, err) < 0)
            return -1;
        if (ai->ai_family != AF_INET) {
            freeaddrinfo(ai);
            return error_set(err, ERROR_INVALID, "the resolver %s has no IPv4 address", server);
        }
    }
    if (res_ninit(state) < 0) {
        if (ai)
            freeaddrinfo(ai);
        return error_set(err, ERROR_UNAVAILABLE, "the system's resolver cannot be set up");
    }
    if (ai) {
        memcpy(&state->nsaddr_list[0], ai->ai_addr, sizeof state->nsaddr_list[0]);
        state->nscount = 1;
        freeaddrinfo(ai);
    }
    state->retrans = TIMEOUT_S;
    state->retry = TRIES;
    state->options |= RES_RECURSE;
    state->options &= ~(unsigned long)(RES_DNSRCH | RES_DEFNAMES);
    return 0;
}

static int exchange(struct __res_state *state, const char *server, const char *name, int type, unsigned char *answer,
                    struct error *err)
{
    unsigned char question[NS_PACKETSZ];
    int len = res_nmkquery(state, ns_o_query, name, ns_c_in, type, NULL, 0, NULL, question, sizeof question);

    if (len < 0)
        return error_set(err, ERROR_INVALID, "'%s' cannot be asked for", name);
    crashpoint_hit("resolver", name, "before");
    int got = res_nsend(state, question, len, answer, MESSAGE_MAX);
    crashpoint_hit("resolver", name, "after");
    if (got < NS_HFIXEDSZ || got > MESSAGE_MAX)
        return error_set(err, ERROR_UNAVAILABLE,
                         "the resolver%s%s gave no usable answer for %s: it failed, refused, or "
                         "did not answer in time",
                         str_empty(server) ? "" : " ", str_empty(server) ? "" : server, name);
    return got;
}

/* --- reading --- */

static const char *txt_of(struct arena *a, const ns_rr *rr)
{
    const unsigned char *p = ns_rr_rdata(*rr), *end = p + ns_rr_rdlen(*rr);
    struct strbuf out;

    strbuf_init(&out, a, MESSAGE_MAX);
    while (p < end && p + 1 + *p <= end) {
        strbuf_add_n(&out, (const char *)p + 1, *p);
        p += 1 + *p;
    }
    return out.text;
}

static const char *address_of(struct arena *a, const ns_rr *rr)
{
    char text[INET_ADDRSTRLEN];

    if (ns_rr_rdlen(*rr) != sizeof(struct in_addr) || !inet_ntop(AF_INET, ns_rr_rdata(*rr), text, sizeof text))
        return NULL;
    return arena_strdup(a, text);
}

/* The name that stands behind `numbers` numbers of 16 bits, and these in front of it. */
static const char *numbers_and_name_of(struct arena *a, const ns_msg *msg, const ns_rr *rr, size_t numbers)
{
    const unsigned char *rdata = ns_rr_rdata(*rr);
    const char *out = "";
    char name[NS_MAXDNAME];

    if (ns_rr_rdlen(*rr) <= numbers * NUMBER ||
        ns_name_uncompress(ns_msg_base(*msg), ns_msg_end(*msg), rdata + numbers * NUMBER, name, sizeof name) < 0)
        return NULL;
    for (size_t i = 0; i < numbers; i++)
        out = arena_printf(a, "%s%u ", out, ns_get16(rdata + i * NUMBER));
    return arena_printf(a, "%s%s", out, str_lower(a, name));
}

static const char *name_of(struct arena *a, const ns_msg *msg, const ns_rr *rr)
{
    return numbers_and_name_of(a, msg, rr, 0);
}

static const char *ds_of(struct arena *a, const ns_rr *rr)
{
    const unsigned char *p = ns_rr_rdata(*rr);

    if (ns_rr_rdlen(*rr) < DS_MIN)
        return NULL;
    return arena_printf(a, "%d %d %d %s", p[0] << 8 | p[1], p[2], p[3], id_hex(a, p + 4, (size_t)ns_rr_rdlen(*rr) - 4));
}

static const char *value_of(struct arena *a, const ns_msg *msg, const ns_rr *rr, enum resolver_type type)
{
    switch (type) {
    case RESOLVER_TXT:
        return txt_of(a, rr);
    case RESOLVER_NS:
        return name_of(a, msg, rr);
    case RESOLVER_MX:
        return numbers_and_name_of(a, msg, rr, 1);
    case RESOLVER_SRV:
        return numbers_and_name_of(a, msg, rr, 3);
    case RESOLVER_A:
        return address_of(a, rr);
    case RESOLVER_DS:
    default:
        return ds_of(a, rr);
    }
}

/* The records of `name` into *ret; *ret_alias: what it is another name of, or NULL. Records of other names (a chain that the
 * resolver followed, or what nobody asked for) are left to the next question. */
static void read_answer(struct arena *a, ns_msg *msg, const char *name, enum resolver_type type, struct resolved *ret,
                        const char **ret_alias)
{
    *ret_alias = NULL;
    for (int i = 0; i < ns_msg_count(*msg, ns_s_an) && ret->count < RESOLVER_VALUES_MAX; i++) {
        ns_rr rr;
        if (ns_parserr(msg, ns_s_an, i, &rr) < 0)
            return;
        if (ns_rr_class(rr) != ns_c_in || !str_eq(str_lower(a, ns_rr_name(rr)), name))
            continue;
        if (ns_rr_type(rr) == ns_t_cname)
            *ret_alias = name_of(a, msg, &rr);
        const char *value = (int)ns_rr_type(rr) == types[type] ? value_of(a, msg, &rr, type) : NULL;
        if (!value)
            continue;
        ret->values[ret->count++] = value;
        ret->ttl_s = (int64_t)ns_rr_ttl(rr) > ret->ttl_s ? (int64_t)ns_rr_ttl(rr) : ret->ttl_s;
    }
}

/* One question. *ret_alias: the name to ask for next, NULL: none. */
static int ask_once(struct arena *a, struct __res_state *state, const char *server, const char *name,
                    enum resolver_type type, struct resolved *ret, const char **ret_alias, struct error *err)
{
    unsigned char *answer = arena_alloc(a, MESSAGE_MAX);
    int len = exchange(state, server, name, types[type], answer, err);
    ns_msg msg;

    if (len < 0)
        return -1;
    if (ns_initparse(answer, len, &msg) < 0)
        return error_set(err, ERROR_UNAVAILABLE, "the answer for %s is no DNS message", name);
    int rcode = (int)ns_msg_getflag(msg, ns_f_rcode);
    if (rcode != ns_r_noerror && rcode != ns_r_nxdomain)
        return error_set(err, ERROR_UNAVAILABLE, "the resolver answered the question for %s with code %d", name, rcode);
    ret->recursive = ns_msg_getflag(msg, ns_f_ra) && !ns_msg_getflag(msg, ns_f_aa);
    read_answer(a, &msg, name, type, ret, ret_alias);
    return 0;
}

int resolver_ask(struct arena *a, const char *server, const char *name, enum resolver_type type, struct resolved *ret,
                 struct error *err)
{
    struct __res_state state;
    struct resolved *r = arena_alloc(a, sizeof *r);
    const char *at = name, *alias = NULL;
    int rc = 0;

    if (open_state(a, server, &state, err) < 0)
        return -1;
    for (int hop = 0; rc == 0 && at && hop <= RESOLVER_HOPS_MAX; hop++) {
        rc = ask_once(a, &state, server, at, type, r, &alias, err);
        at = (type == RESOLVER_TXT || type == RESOLVER_A) && r->count == 0 ? alias : NULL;
    }
    res_nclose(&state);
    if (rc < 0)
        return -1;
    if (at)
        return error_set(err, ERROR_UNAVAILABLE, "%s is a chain of more than %d CNAMEs", name, RESOLVER_HOPS_MAX);
    *ret = *r;
    return 0;
}
