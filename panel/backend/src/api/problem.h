/* Errors as answers: application/problem+json (RFC 9457). */
#ifndef BERTH_API_PROBLEM_H
#define BERTH_API_PROBLEM_H

#include "base/httpd.h"

/* A fault of the server (500) says nothing of its inside; the log has it under the request's id. */
void problem_answer(struct httpd_request *req, const struct error *err, struct httpd_response *res);

#endif
