/* "host:port" to a socket address: see address.h. */
#include "provider/address.h"

#include <string.h>

#include "base/str.h"

int address_resolve(struct arena *a, const char *host_port, int socktype, struct addrinfo **ret, const char **ret_port,
                    struct error *err)
{
    const char *colon = strrchr(host_port, ':');
    const struct addrinfo hints = { .ai_socktype = socktype, .ai_flags = AI_NUMERICSERV };

    int64_t port;
    if (!colon || colon == host_port || str_to_i64(colon + 1, 1, UINT16_MAX, &port, err) < 0)
        return error_set(err, ERROR_INVALID, "'%s' is not host:port", host_port);
    const char *host = arena_strndup(a, host_port, (size_t)(colon - host_port));
    int rc = getaddrinfo(host, colon + 1, &hints, ret);
    if (rc != 0)
        return error_set(err, ERROR_UNAVAILABLE, "looking up %s: %s", host, gai_strerror(rc));
    *ret_port = arena_strdup(a, colon + 1);
    return 0;
}
