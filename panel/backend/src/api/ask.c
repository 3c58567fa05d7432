/* Questions to the reconciler: see ask.h. */
#include "api/ask.h"

#include <string.h>

#include "base/clock.h"
#include "base/id.h"

enum { ANSWER_MS = 15 * 1000, SLICE_MS = 500, OPERATION_CHARS = 16 };

static int put(struct call *c, const struct question *q, const char *id, struct error *err)
{
    const struct operation op = { .id = id,
                                  .kind = q->kind,
                                  .customer = q->customer,
                                  .subject = q->subject,
                                  .actor = c->user,
                                  .request_id = httpd_id(c->req),
                                  .message = "",
                                  .state = OPERATION_ACCEPTED,
                                  .result = "",
                                  .input = q->input };
    struct store_tx *tx;

    if (store_begin(c->store, &tx, err) < 0)
        return -1;
    if (store_operation_insert(tx, &op, err) < 0) {
        store_rollback(tx);
        return -1;
    }
    return store_commit(tx, err);
}

int ask_reconciler(struct call *c, const struct question *q, json_t **ret_result, struct error *err)
{
    const char *id = id_new(c->arena, "op-", OPERATION_CHARS);
    int64_t seen = 0, end = clock_mono_ms() + (c->config->answer_ms ? c->config->answer_ms : ANSWER_MS);
    struct operation op;

    if (put(c, q, id, err) < 0)
        return -1;
    for (;;) {
        if (store_operation_get(c->store, c->arena, id, &op, err) < 0)
            return -1;
        if (op.state == OPERATION_FAILED)
            return error_set(err, ERROR_UNAVAILABLE, "%s", op.message);
        if (op.state == OPERATION_DONE)
            return json_parse_foreign(c->arena, op.result, strlen(op.result), ret_result, err);
        int64_t left = end - clock_mono_ms();
        if (left <= 0 || httpd_stopping(c->req))
            return error_set(err, ERROR_TIMEOUT, "the reconciler has not answered yet; its operation is %s", op.id);
        (void)store_wait(c->store, &seen, left < SLICE_MS ? left : SLICE_MS);
    }
}
