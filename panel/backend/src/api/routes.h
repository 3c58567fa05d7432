/* The table of routes, and finding the one that a request means. */
#ifndef BERTH_API_ROUTES_H
#define BERTH_API_ROUTES_H

#include <stdio.h>

#include "api/call.h"

enum route_access { ROUTE_SIGNED_IN, ROUTE_PUBLIC };

struct route {
    const char *method;
    const char *path; /* with at most CALL_SEGMENTS {segments} */
    const char *operation_id;
    int (*handle)(struct call *c, struct error *err); /* fills the response; on -1 the error is answered */
    enum route_access access;
    const char *query; /* names of its query parameters, with commas between */
};

/* The route, and what stands for its {segments} in their order ("" for those that it does not have). NULL: no path is like it, or *ret_allow, when it is not
 * NULL afterwards, lists the methods that the path takes. HEAD finds GET. */
const struct route *route_find(struct arena *a, const char *method, const char *path,
                               const char *ret_segments[CALL_SEGMENTS], const char **ret_allow);
bool route_is(const struct route *r, const char *operation_id); /* r may be NULL */

/* Only parameters that the route names, each once, in UTF-8; anything else is ERROR_INVALID naming it. */
int route_check_query(const struct route *r, const struct httpd_request *req, struct error *err) WARN_UNUSED;

void routes_print(FILE *out);

#endif
