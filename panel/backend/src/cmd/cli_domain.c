/* Domains and the records of their zones: their columns. */
#include "cmd/cli_commands.h"

static const struct cli_column domain_columns[] = {
    { "Name", "/name", CELL_TEXT, false, false },
    { "Customer", "/customerId", CELL_TEXT, false, false },
    { "Ready", "/ready", CELL_TEXT, false, false },
    { "Created", "/createdAt", CELL_AGE, false, false },
    { "Nameservers", "/nameservers", CELL_TEXT, false, false },
    { 0 },
};

const struct cli_view cli_domain_view = {
    .noun = "domain", .id = "/name", .columns = domain_columns, .collection = "/api/v1/domains"
};

static const struct cli_column record_columns[] = {
    { "Name", "/name", CELL_TEXT, false, false },      { "TTL", "/ttl", CELL_TEXT, false, false },
    { "Type", "/type", CELL_TEXT, false, false },      { "Owned", "/owned", CELL_TEXT, false, false },
    { "Values", "/values", CELL_LINES, false, false }, { 0 },
};

const struct cli_view cli_record_view = { .noun = "record", .id = "/name", .columns = record_columns };
