/* Errors: what every fallible function of Berth fills in.
 *
 * The contract. A fallible function returns 0 or -1 (or a documented >= 0 value or -1) and takes `struct error *err` as
 * its last parameter, never NULL. On -1 it has filled *err once; outputs are untouched. Callers on the way up add
 * context with error_context(), so that the message reads from the outside in: "creating site 's1': POST /apis/...: timed out".
 * Errors that concern input name the field by a JSON pointer (RFC 6901); several may be collected before giving up.
 * Errors are plain data on the stack: nothing to free.
 */
#ifndef BERTH_BASE_ERROR_H
#define BERTH_BASE_ERROR_H

#include <stdbool.h>
#include <stddef.h>

#define WARN_UNUSED __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))

enum error_code {
    ERROR_NONE = 0,
#define ERROR_CODE(name, status, retry, title) ERROR_##name,
#include "base/error.def"
#undef ERROR_CODE
};

enum { ERROR_FIELDS_MAX = 16, ERROR_MESSAGE_MAX = 512, ERROR_POINTER_MAX = 96, ERROR_FIELD_MESSAGE_MAX = 224 };

struct error_field {
    char pointer[ERROR_POINTER_MAX]; /* JSON pointer into the request body, or "?name" for a query parameter */
    char message[ERROR_FIELD_MESSAGE_MAX];
};

struct error {
    enum error_code code;
    char message[ERROR_MESSAGE_MAX];
    unsigned retry_after_s; /* 0: not said by the other side */
    size_t field_count;
    struct error_field fields[ERROR_FIELDS_MAX];
};

/* An empty error, ready to be filled. */
#define ERROR_INIT                                                                                                     \
    (struct error)                                                                                                     \
    {                                                                                                                  \
        .code = ERROR_NONE                                                                                             \
    }

/* Fills *err and returns -1, so that `return error_set(err, ERROR_X, "…")` is the idiom. Long messages are cut at the end. */
int error_set(struct error *err, enum error_code code, const char *format, ...) PRINTF_LIKE(3, 4);

/* As error_set(), with ": <strerror(errnum)>" behind the message; ENOSPC and EDQUOT make the code ERROR_FULL. */
int error_set_errno(struct error *err, int errnum, const char *format, ...) PRINTF_LIKE(3, 4);

/* Puts "<context>: " before the message. Returns -1. */
int error_context(struct error *err, const char *format, ...) PRINTF_LIKE(2, 3);

/* Notes that one field is wrong: code becomes ERROR_UNPROCESSABLE, message that of the first field. Returns -1.
 * Fields beyond ERROR_FIELDS_MAX are dropped: the caller has enough to mend. */
int error_field(struct error *err, const char *pointer, const char *format, ...) PRINTF_LIKE(3, 4);

/* That these give -1 is told to compilers and analysers too: else they follow paths on which a failed call went well. */
#define ERROR_FAILED(call)                                                                                             \
    ({                                                                                                                 \
        (void)call;                                                                                                    \
        -1;                                                                                                            \
    })
#define error_set(...) ERROR_FAILED(error_set(__VA_ARGS__))
#define error_set_errno(...) ERROR_FAILED(error_set_errno(__VA_ARGS__))
#define error_context(...) ERROR_FAILED(error_context(__VA_ARGS__))
#define error_field(...) ERROR_FAILED(error_field(__VA_ARGS__))

/* The HTTP status, the problem title, the code's name ("NOT_FOUND"), and whether a retry of the same attempt may help. */
int error_status(enum error_code code);
const char *error_title(enum error_code code);
const char *error_name(enum error_code code);
bool error_retriable(enum error_code code);

#endif
