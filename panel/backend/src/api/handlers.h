/* The handlers, one for each line of routes.def; each is in the file of its resource. A handler fills the response, or
 * returns -1 and its error is answered. */
#ifndef BERTH_API_HANDLERS_H
#define BERTH_API_HANDLERS_H

#include "api/call.h"

#define ROUTE(method, path, id, handler, access, query) int handler(struct call *c, struct error *err) WARN_UNUSED;
#include "api/routes.def"
#undef ROUTE

#endif
