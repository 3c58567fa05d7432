/* "Did you mean ...?": the known word that is nearest to one that is not. */
#ifndef BERTH_CMD_CLI_SUGGEST_H
#define BERTH_CMD_CLI_SUGGEST_H

#include <stddef.h>

/* Insertions, deletions, replacements and swaps of neighbours that make b of a. Words over 63 bytes are far from all. */
size_t cli_distance(const char *a, const char *b);

struct cli_nearest {
    const char *word; /* what was written */
    const char *best; /* the nearest of those offered that is near enough; NULL: none */
    size_t distance;
};

void cli_nearest_offer(struct cli_nearest *n, const char *candidate);

/* What somebody who knows other tools means by a verb: "list" for "ls". NULL: nothing known. */
const char *cli_synonym(const char *verb);

#endif
