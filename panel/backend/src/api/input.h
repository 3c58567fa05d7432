/* Checks of single fields beyond their shape. Each notes what is wrong by error_field() and returns -1, so that a body's
 * faults are collected; NULL (absent, or of another type, which json_read() has noted) is no fault here. */
#ifndef BERTH_API_INPUT_H
#define BERTH_API_INPUT_H

#include "api/call.h"

/* A field of a body, when it is a string. */
const char *input_text(const json_t *body, const char *name);

void input_slug(const json_t *body, const char *name, struct error *err);
/* A slug that is no word of the API's paths: of a customer that may be made. */
void input_customer_id(const json_t *body, const char *name, struct error *err);
/* No control characters, and at most `max` characters. */
void input_line(const json_t *body, const char *name, size_t max, struct error *err);

/* A name in its one spelling, which is not of the platform. */
void input_domain(struct call *c, const char *name, const char *pointer, struct error *err);
/* As input_domain(), but one free label before the platform's domain is allowed. */
void input_hostname(struct call *c, const char *name, const char *pointer, struct error *err);
/* Each of a list of hostnames, none of them twice. */
void input_hostnames(struct call *c, const json_t *list, const char *pointer, struct error *err);
bool input_is_platform_name(const struct call *c, const char *hostname);

/* Notes the faults of an object within the body, whose pointers begin there, with `prefix` before them. */
void input_nest(struct error *err, const char *prefix, const struct error *inner);

/* ERROR_CONFLICT that names the field. Returns -1. */
int input_conflict(struct error *err, const char *pointer, const char *format, ...) PRINTF_LIKE(3, 4);

#endif
