/* Nearest words: see cli_suggest.h. */
#include "cmd/cli_suggest.h"

#include <stdint.h>
#include <string.h>

#include "base/str.h"

enum { WORD_MAX = 63 };

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Optimal string alignment: Levenshtein's distance in which a swap of two neighbours costs one. */
size_t cli_distance(const char *a, const char *b)
{
    size_t rows[3][WORD_MAX + 1], la = strlen(a), lb = strlen(b);
    size_t *before = rows[0], *last = rows[1], *row = rows[2];

    if (la > WORD_MAX || lb > WORD_MAX)
        return SIZE_MAX;
    for (size_t j = 0; j <= lb; j++)
        last[j] = before[j] = j;
    for (size_t i = 1; i <= la; i++) {
        row[0] = i;
        for (size_t j = 1; j <= lb; j++) {
            size_t cost = a[i - 1] == b[j - 1] ? 0 : 1;
            row[j] = least(least(last[j] + 1, row[j - 1] + 1), last[j - 1] + cost);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = least(row[j], before[j - 2] + 1);
        }
        size_t *oldest = before;
        before = last;
        last = row;
        row = oldest;
    }
    return last[lb];
}

void cli_nearest_offer(struct cli_nearest *n, const char *candidate)
{
    size_t len = strlen(n->word), d = cli_distance(n->word, candidate), enough = len < 4 ? 1 : len < 7 ? 2 : 3;

    if (len >= 2 && strncmp(candidate, n->word, len) == 0)
        d = 1; /* it was cut short */
    if (d > enough || (n->best && d >= n->distance))
        return;
    n->best = candidate;
    n->distance = d;
}

const char *cli_synonym(const char *verb)
{
    static const char *const table[][2] = {
        { "ls", "list" },       { "get", "show" },         { "describe", "show" },    { "info", "show" },
        { "new", "create" },    { "add", "create" },       { "make", "create" },      { "rm", "delete" },
        { "del", "delete" },    { "remove", "delete" },    { "erase", "delete" },     { "edit", "update" },
        { "set", "update" },    { "change", "update" },    { "patch", "update" },     { "create", "add" },
        { "status", "show" },   { "unsuspend", "resume" }, { "undelete", "restore" }, { "follow", "watch" },
        { "upload", "deploy" },
    };

    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (str_eq(verb, table[i][0]))
            return table[i][1];
    return NULL;
}
