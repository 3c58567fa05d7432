/* The numbered migrations, oldest first; made from migrations/ at build time. */
#ifndef BERTH_STORE_MIGRATIONS_H
#define BERTH_STORE_MIGRATIONS_H

extern const char *const migrations[];
extern const int migration_count;

#endif
