/* Server-sent events (WHATWG HTML, section 9.2), as far as the API sends them: `id`, `event`, `data`, and comments. Events
 * of another name than `operation` (the log) are passed over. */
#ifndef BERTH_CMD_CLI_SSE_H
#define BERTH_CMD_CLI_SSE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

struct cli_sse;

/* One event; id is "" when none was given yet. false ends the stream. */
typedef bool (*cli_sse_event)(void *ctx, const char *id, const char *data);

struct cli_sse *cli_sse_new(struct arena *a, cli_sse_event on_event, void *ctx);
/* Bytes as they come, cut anywhere. false: the stream is at its end, by on_event or because an event was over 4 MiB. */
bool cli_sse_feed(struct cli_sse *s, const char *data, size_t len);

#endif
