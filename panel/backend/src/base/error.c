/* Errors: see error.h. */
#include "base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#undef error_set
#undef error_set_errno
#undef error_context
#undef error_field

struct code_facts {
    const char *name, *title;
    int status;
    bool retriable;
};

static const struct code_facts facts[] = {
    [ERROR_NONE] = { "NONE", "No error", 200, false },
#define ERROR_CODE(name, status, retry, title) [ERROR_##name] = { #name, title, status, retry },
#include "base/error.def"
#undef ERROR_CODE
};

/* A code out of range is a bug somewhere; it is answered like one. */
static const struct code_facts *facts_of(enum error_code code)
{
    if ((size_t)code >= sizeof facts / sizeof facts[0])
        return &facts[ERROR_INTERNAL];
    return &facts[code];
}

/* vsnprintf() that leaves no half of a multi-byte character where it had to cut: messages end up in JSON. */
static void print_cut(char *out, size_t size, const char *format, va_list args)
{
    int n = vsnprintf(out, size, format, args);

    if (n < 0) {
        out[0] = '\0';
        return;
    }
    if ((size_t)n < size)
        return;
    size_t start = size - 1;
    while (start > 0 && ((unsigned char)out[start - 1] & 0xc0) == 0x80)
        start--;
    if (start == 0)
        return;
    unsigned char lead = (unsigned char)out[start - 1];
    size_t need = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
    if (size - start < need)
        out[start - 1] = '\0';
}

static void print_message(struct error *err, const char *format, ...) PRINTF_LIKE(2, 3);
static void print_message(struct error *err, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    print_cut(err->message, sizeof err->message, format, args);
    va_end(args);
}

int error_set(struct error *err, enum error_code code, const char *format, ...)
{
    char text[ERROR_MESSAGE_MAX]; /* an argument may point into *err itself */
    va_list args;

    va_start(args, format);
    print_cut(text, sizeof text, format, args);
    va_end(args);
    err->code = code;
    err->retry_after_s = 0;
    err->field_count = 0;
    memcpy(err->message, text, sizeof text);
    return -1;
}

int error_set_errno(struct error *err, int errnum, const char *format, ...)
{
    char text[ERROR_MESSAGE_MAX], reason_buf[128];
    const char *reason = strerror_r(errnum, reason_buf, sizeof reason_buf);
    va_list args;

    va_start(args, format);
    print_cut(text, sizeof text, format, args);
    va_end(args);
    err->code = errnum == ENOSPC || errnum == EDQUOT ? ERROR_FULL : ERROR_IO;
    err->retry_after_s = 0;
    err->field_count = 0;
    print_message(err, "%s: %s", text, reason);
    return -1;
}

int error_context(struct error *err, const char *format, ...)
{
    char context[ERROR_MESSAGE_MAX], old[ERROR_MESSAGE_MAX];
    va_list args;

    va_start(args, format);
    print_cut(context, sizeof context, format, args);
    va_end(args);
    memcpy(old, err->message, sizeof old);
    if (old[0])
        print_message(err, "%s: %s", context, old);
    else
        print_message(err, "%s", context);
    return -1;
}

/* Cuts like print_message(): a pointer that does not fit is still useful from its start. */
static void print_field(char *out, size_t size, const char *format, ...) PRINTF_LIKE(3, 4);
static void print_field(char *out, size_t size, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    print_cut(out, size, format, args);
    va_end(args);
}

int error_field(struct error *err, const char *pointer, const char *format, ...)
{
    struct error_field field;
    va_list args;

    print_field(field.pointer, sizeof field.pointer, "%s", pointer);
    va_start(args, format);
    print_cut(field.message, sizeof field.message, format, args);
    va_end(args);

    if (err->code != ERROR_UNPROCESSABLE)
        err->field_count = 0; /* whatever was there before spoke of something else */
    err->code = ERROR_UNPROCESSABLE;
    err->retry_after_s = 0;
    if (err->field_count == 0)
        print_message(err, "%s: %s", field.pointer, field.message);
    if (err->field_count < ERROR_FIELDS_MAX)
        err->fields[err->field_count++] = field;
    return -1;
}

int error_status(enum error_code code)
{
    return facts_of(code)->status;
}

const char *error_title(enum error_code code)
{
    return facts_of(code)->title;
}

const char *error_name(enum error_code code)
{
    return facts_of(code)->name;
}

bool error_retriable(enum error_code code)
{
    return facts_of(code)->retriable;
}
