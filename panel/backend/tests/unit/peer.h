/* A scripted peer: a TCP server that sends exactly the bytes that a test tells it to, well-formed or not. It answers the
 * n-th request with the n-th answer, and every later one with the last. */
#ifndef BERTH_TESTS_PEER_H
#define BERTH_TESTS_PEER_H

#include "unit.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>

#include "base/clock.h"

enum { PEER_REQUEST_MAX = 65536 };

struct peer_answer {
    const char *bytes;
    int64_t before_ms, after_ms; /* waits before the bytes, and before what `keep` says */
    bool keep; /* the connection stays open for another request */
};

struct peer {
    int fd;
    unsigned port;
    pthread_t thread;
    const struct peer_answer *answers;
    size_t count;
    atomic_size_t requests, connections;
    atomic_bool stop;
    char last[PEER_REQUEST_MAX]; /* the newest request; look at it when it was answered */
};

/* One request with its body; false when the client is gone. */
static inline bool peer_read(struct peer *p, int fd)
{
    size_t len = 0, want = 0;

    for (;;) {
        ssize_t n = recv(fd, p->last + len, sizeof p->last - 1 - len, 0);
        if (n <= 0)
            return false;
        len += (size_t)n;
        p->last[len] = '\0';
        char *end = strstr(p->last, "\r\n\r\n");
        if (!end)
            continue;
        const char *size = strcasestr(p->last, "content-length:");
        want = (size_t)(end + 4 - p->last) + (size && size < end ? strtoul(size + 15, NULL, 10) : 0);
        if (len >= want)
            return true;
    }
}

static inline void peer_wait(struct peer *p, int64_t ms)
{
    for (int64_t end = clock_mono_ms() + ms; clock_mono_ms() < end && !atomic_load(&p->stop);)
        clock_sleep_ms(5);
}

static inline void peer_serve(struct peer *p, int fd)
{
    const struct timeval limit = { .tv_sec = 10 };

    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    while (!atomic_load(&p->stop) && peer_read(p, fd)) {
        size_t i = atomic_fetch_add(&p->requests, 1);
        const struct peer_answer *w = &p->answers[i < p->count ? i : p->count - 1];
        peer_wait(p, w->before_ms);
        (void)send(fd, w->bytes, strlen(w->bytes), MSG_NOSIGNAL);
        peer_wait(p, w->after_ms);
        if (!w->keep)
            break;
    }
    (void)shutdown(fd, SHUT_RDWR);
    close(fd);
}

static inline void *peer_run(void *ctx)
{
    struct peer *p = ctx;

    while (!atomic_load(&p->stop)) {
        int fd = accept(p->fd, NULL, NULL);
        if (fd < 0)
            break;
        atomic_fetch_add(&p->connections, 1);
        peer_serve(p, fd);
    }
    return NULL;
}

static inline struct peer *peer_start(const struct peer_answer *answers, size_t count)
{
    struct peer *p = unit_new(sizeof *p);
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t len = sizeof at;

    p->answers = answers;
    p->count = count;
    p->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(p->fd, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(listen(p->fd, 16), 0);
    assert_int_equal(getsockname(p->fd, (struct sockaddr *)&at, &len), 0);
    p->port = ntohs(at.sin_port);
    assert_int_equal(pthread_create(&p->thread, NULL, peer_run, p), 0);
    return p;
}

static inline void peer_stop(struct peer *p)
{
    atomic_store(&p->stop, true);
    (void)shutdown(p->fd, SHUT_RDWR);
    pthread_join(p->thread, NULL);
    close(p->fd);
    free(p);
}

/* A socket to a port of this host. */
static inline int peer_connect(unsigned port)
{
    const struct sockaddr_in at = { .sin_family = AF_INET,
                                    .sin_port = htons((uint16_t)port),
                                    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    const struct timeval limit = { .tv_sec = 8 };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    assert_int_equal(connect(fd, (const struct sockaddr *)&at, sizeof at), 0);
    return fd;
}

/* A port of this host that nobody listens on. */
static inline unsigned peer_free_port(void)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t len = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &len), 0);
    close(fd);
    return ntohs(at.sin_port);
}

#endif
