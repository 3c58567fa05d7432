/* What was found right: see compared.h. The store has it as hexadecimal digits, DIGITS a hash. */
#include "reconcile/compared.h"

#include <inttypes.h>
#include <string.h>

#include "base/id.h"
#include "base/str.h"
#include "reconcile/owned.h"

enum { DIGITS = 16 };

static uint64_t hash_of(uint64_t key, uint64_t want_hash, uint64_t have_hash)
{
    const uint64_t parts[] = { OWNED_RULES, key, want_hash, have_hash };

    return id_hash64(parts, sizeof parts);
}

void compared_add(struct step_ctx *ctx, uint64_t key, uint64_t want_hash, uint64_t have_hash)
{
    uint64_t hash = hash_of(key, want_hash, have_hash);

    for (size_t i = 0; i < ctx->compared_count; i++)
        if (ctx->compared[i] == hash)
            return;
    if (ctx->compared_count < COMPARED_MAX)
        ctx->compared[ctx->compared_count++] = hash;
    else
        ctx->compared_more = true;
}

bool compared_before(struct step_ctx *ctx, uint64_t key, uint64_t want_hash, uint64_t have_hash)
{
    struct error ignored = ERROR_INIT; /* the API server is asked then */
    const char *customer = ctx->tenant->customer.id;

    if (!ctx->compared_before &&
        store_compared_get(ctx->planes->store, ctx->arena, customer, &ctx->compared_before, &ignored) < 0)
        ctx->compared_before = "";
    const char *hash = arena_printf(ctx->arena, "%016" PRIx64, hash_of(key, want_hash, have_hash));
    for (const char *at = ctx->compared_before; strlen(at) >= DIGITS; at += DIGITS)
        if (strncmp(at, hash, DIGITS) == 0)
            return true;
    return false;
}

const char *compared_text(struct step_ctx *ctx)
{
    struct strbuf out;

    if (ctx->compared_more)
        return NULL;
    strbuf_init(&out, ctx->arena, (size_t)COMPARED_MAX * DIGITS);
    for (size_t i = 0; i < ctx->compared_count; i++)
        strbuf_addf(&out, "%016" PRIx64, ctx->compared[i]);
    return out.text;
}
