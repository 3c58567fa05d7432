/* Text on its way out. What the planes, the paths of requests or old rows hold need not be UTF-8, and JSON must be. */
#ifndef BERTH_API_TEXT_H
#define BERTH_API_TEXT_H

#include <jansson.h>
#include <stdint.h>

#include "base/arena.h"

/* New references. Bytes of a text that is no UTF-8 are replaced; NULL is "". */
json_t *text_json(const char *s);
json_t *text_time(int64_t wall_ms); /* RFC 3339 */

/* object[name] = the text or time. */
void text_put(json_t *object, const char *name, const char *s);
void text_put_time(json_t *object, const char *name, int64_t wall_ms);
void text_put_int(json_t *object, const char *name, int64_t n);

/* For people: "1 mailbox", "2 mailboxes". `one`: an English noun that does not end in y. */
const char *text_count(struct arena *a, int64_t n, const char *one);

#endif
