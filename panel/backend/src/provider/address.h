/* "host:port" to a socket address. */
#ifndef BERTH_PROVIDER_ADDRESS_H
#define BERTH_PROVIDER_ADDRESS_H

#include <netdb.h>

#include "base/arena.h"

/* socktype: SOCK_STREAM or SOCK_DGRAM. *ret is freed by freeaddrinfo(); *ret_port lives in the arena. */
int address_resolve(struct arena *a, const char *host_port, int socktype, struct addrinfo **ret, const char **ret_port,
                    struct error *err) WARN_UNUSED;

#endif
