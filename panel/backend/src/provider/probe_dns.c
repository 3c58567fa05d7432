/* The DNS probe: one question to one server, by the resolver library's own encoder and parser (RFC 1035). */
#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <errno.h>
#include <resolv.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/crash.h"
#include "base/file.h"
#include "base/str.h"
#include "provider/address.h"
#include "provider/probe.h"

enum { DNS_TRIES = 2, DNS_TIMEOUT_S = 2, DNS_MESSAGE_MAX = 4096 };

static int ask(int fd, const unsigned char *question, int len, unsigned char *answer, struct error *err)
{
    for (int i = 0; i < DNS_TRIES; i++) {
        if (send(fd, question, (size_t)len, 0) < 0)
            continue;
        ssize_t got = recv(fd, answer, DNS_MESSAGE_MAX, 0);
        if (got >= NS_HFIXEDSZ && answer[0] == question[0] && answer[1] == question[1])
            return (int)got;
    }
    return error_set(err, ERROR_UNAVAILABLE, "no answer from the name server");
}

static bool has_address(ns_msg *msg, const char *address)
{
    char text[INET_ADDRSTRLEN];

    for (int i = 0; i < ns_msg_count(*msg, ns_s_an); i++) {
        ns_rr rr;
        if (ns_parserr(msg, ns_s_an, i, &rr) == 0 && ns_rr_type(rr) == ns_t_a && ns_rr_rdlen(rr) == 4 &&
            inet_ntop(AF_INET, ns_rr_rdata(rr), text, sizeof text) && str_eq(text, address))
            return true;
    }
    return false;
}

static int check(const unsigned char *answer, int len, const char *name, const char *address, struct error *err)
{
    ns_msg msg;

    if (ns_initparse(answer, len, &msg) < 0)
        return error_set(err, ERROR_UNAVAILABLE, "%s: an answer that is no DNS message", name);
    if (ns_msg_getflag(msg, ns_f_rcode) != ns_r_noerror)
        return error_set(err, ERROR_UNAVAILABLE, "%s: the name server answered with code %d", name,
                         (int)ns_msg_getflag(msg, ns_f_rcode));
    if (!ns_msg_getflag(msg, ns_f_aa))
        return error_set(err, ERROR_UNAVAILABLE, "%s: the answer is not authoritative", name);
    if (!has_address(&msg, address))
        return error_set(err, ERROR_UNAVAILABLE, "%s: the answer does not hold %s", name, address);
    return 0;
}

/* A query with a random id, without recursion: an authoritative server needs none. */
static int make_question(const char *name, unsigned char *question)
{
    struct __res_state state;

    memset(&state, 0, sizeof state);
    if (res_ninit(&state) < 0)
        return -1;
    state.options &= ~(unsigned long)RES_RECURSE;
    int len = res_nmkquery(&state, ns_o_query, name, ns_c_in, ns_t_a, NULL, 0, NULL, question, NS_PACKETSZ);
    res_nclose(&state);
    return len;
}

int probe_dns(struct arena *a, const char *server, const char *name, const char *address, struct error *err)
{
    unsigned char question[NS_PACKETSZ], answer[DNS_MESSAGE_MAX];
    const struct timeval limit = { .tv_sec = DNS_TIMEOUT_S };
    struct addrinfo *ai;
    const char *port;

    int len = make_question(name, question);
    if (len < 0)
        return error_set(err, ERROR_INVALID, "'%s' cannot be asked for", name);
    if (address_resolve(a, server, SOCK_DGRAM, &ai, &port, err) < 0)
        return -1;
    CLEANUP(file_closep) int fd = socket(ai->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    int connected = fd < 0 ? -1 : connect(fd, ai->ai_addr, ai->ai_addrlen);
    freeaddrinfo(ai);
    if (connected < 0)
        return error_set(err, ERROR_UNAVAILABLE, "no way to the name server %s", server);
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    crashpoint_hit("probe", name, "before");
    int got = ask(fd, question, len, answer, err);
    crashpoint_hit("probe", name, "after");
    return got < 0 ? error_context(err, "%s", server) : check(answer, got, name, address, err);
}
