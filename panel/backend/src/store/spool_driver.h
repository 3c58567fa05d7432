/* A spool's back end, as spool.c sees it. Private to store/. */
#ifndef BERTH_STORE_SPOOL_DRIVER_H
#define BERTH_STORE_SPOOL_DRIVER_H

#include "store/spool.h"

struct spool_file { /* a part that is whole */
    const char *path;
    int fd;
    int64_t size;
};

struct spool_driver {
    /* May take the file away from its path. */
    int (*put)(void *ctx, const struct spool_file *file, const char *sha256, struct error *err);
    int (*open)(void *ctx, const char *sha256, int *ret_fd, struct error *err); /* at its start */
    int (*drop)(void *ctx, const char *sha256, int64_t deadline_ms, struct error *err);
    void (*free)(void *ctx);
};

extern const struct spool_driver spool_driver_folder, spool_driver_s3;

/* What a driver works with; ret belongs to the driver's free. dir is <data_dir>/spool. */
int spool_folder_new(const char *dir, void **ret, struct error *err) WARN_UNUSED;
int spool_s3_new(const struct spool_config *config, const char *dir, void **ret, struct error *err) WARN_UNUSED;

/* A file that has a name only until it is open, for a part (ret_path) or for reading once (NULL: it loses its name at once). */
int spool_scratch(const char *dir, struct arena *a, const char **ret_path, int *ret_fd, struct error *err) WARN_UNUSED;
int spool_write_all(int fd, const char *data, size_t len, struct error *err) WARN_UNUSED;

#endif
