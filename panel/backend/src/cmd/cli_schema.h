/* What the API's description (OpenAPI 3.1, as the server has it) says of resources and their fields. Pure functions. */
#ifndef BERTH_CMD_CLI_SCHEMA_H
#define BERTH_CMD_CLI_SCHEMA_H

#include <jansson.h>

#include "base/arena.h"

/* A schema that answers have, and what may be written of it. */
struct cli_resource {
    const char *schema; /* "AuditRow" */
    const char *name; /* "audit-row" */
    const char *read, *list; /* the paths that answer one of it, and a page of them; or NULL */
    const char *create, *update; /* method and path: "POST /api/v1/sites"; or NULL */
    const json_t *create_body, *update_body; /* the schemas of their bodies; or NULL */
};

/* A resource by the name of its schema, in any case, with dashes or without, or in the plural: "AuditRow", "audit-row",
 * "customers". And by a noun of the command line: what its first command that only reads is answered. false: neither. */
bool cli_resource_find(struct arena *a, const json_t *doc, const char *word, struct cli_resource *ret);

/* The names of what the API answers, as an array of {"name", "description"}. */
json_t *cli_resource_list(struct arena *a, const json_t *doc);

/* An object with name, schema, description, read, list, create and update. */
json_t *cli_resource_json(struct arena *a, const json_t *doc, const struct cli_resource *resource);

/* The fields as an array of objects with field ("site.hostnames"), name, type, shown ("always", "sometimes", "never"), written
 * ("create (required), update" or "never"), description, values, limits, default, example; and, of what has fields itself,
 * `fields` of the same form. */
json_t *cli_resource_fields(struct arena *a, const json_t *doc, const struct cli_resource *resource);

#endif
