/* The spool (store/spool.h) in a folder, and its S3 back end against a scripted bad server. The real one is a component test. */
#include "peer.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/file.h"
#include "base/id.h"
#include "store/spool.h"

#define CONTENT "content"

struct world {
    struct arena *arena;
    const char *dir, *digest;
    struct spool *spool;
};

static const char *digest_of(struct arena *a, const char *text)
{
    struct id_sha256 *sum = id_sha256_new();

    id_sha256_add(sum, text, strlen(text));
    return id_sha256_hex(sum, a);
}

static int up(void **state)
{
    struct arena *a = arena_new();
    struct world *w = arena_alloc(a, sizeof *w);
    struct error err = ERROR_INIT;

    expect_ok(id_init(&err));
    *w = (struct world){ .arena = a, .dir = unit_folder(a), .digest = digest_of(a, CONTENT) };
    const struct spool_config config = { .data_dir = w->dir, .url = "" };
    expect_ok(spool_new(&config, &w->spool, &err));
    *state = w;
    return 0;
}

static int down(void **state)
{
    struct world *w = *state;

    spool_free(w->spool);
    unit_remove(w->dir);
    arena_free(w->arena);
    return 0;
}

static int files_in(struct world *w)
{
    DIR *d = opendir(arena_printf(w->arena, "%s/spool", w->dir));
    int n = 0;

    assert_non_null(d);
    for (const struct dirent *e = readdir(d); e; e = readdir(d))
        n += e->d_name[0] != '.';
    closedir(d);
    return n;
}

static void put(struct spool *spool, const char *text, const char *digest)
{
    struct error err = ERROR_INIT;
    struct spool_part *p;

    expect_ok(spool_part_new(spool, &p, &err));
    expect_ok(spool_part_write(p, text, strlen(text), &err));
    expect_ok(spool_part_keep(p, digest, &err));
    spool_part_free(p);
}

static void test_folder(void **state)
{
    struct world *w = *state;
    struct error err = ERROR_INIT;
    char text[32] = "";
    uint64_t size;
    int fd;

    expect_error(spool_open(w->spool, w->digest, &fd, &size, &err), ERROR_NOT_FOUND);
    put(w->spool, CONTENT, w->digest);
    put(w->spool, CONTENT, w->digest); /* the same again is the same archive */
    assert_int_equal(files_in(w), 1);
    expect_ok(spool_open(w->spool, w->digest, &fd, &size, &err));
    assert_int_equal(size, strlen(CONTENT));
    assert_int_equal(read(fd, text, sizeof text), strlen(CONTENT));
    assert_string_equal(text, CONTENT);
    close(fd);
    expect_error(spool_drop(w->spool, w->digest, clock_mono_ms(), &err), ERROR_TIMEOUT); /* the lease is over */
    assert_int_equal(files_in(w), 1);
    expect_ok(spool_drop(w->spool, w->digest, clock_mono_ms() + 1000, &err));
    expect_ok(spool_drop(w->spool, w->digest, clock_mono_ms() + 1000, &err)); /* gone is gone */
    assert_int_equal(files_in(w), 0);
}

/* What is not kept leaves nothing, and what a dead process left goes; a living one's part is let be. */
static void test_parts(void **state)
{
    struct world *w = *state;
    struct error err = ERROR_INIT;
    const struct spool_config config = { .data_dir = w->dir, .url = "" };
    struct spool_part *alive, *dropped;
    struct spool *second;

    expect_ok(spool_part_new(w->spool, &dropped, &err));
    expect_ok(spool_part_write(dropped, "x", 1, &err));
    spool_part_free(dropped);
    assert_int_equal(files_in(w), 0);
    expect_ok(file_write(arena_printf(w->arena, "%s/spool/part-left", w->dir), "x", 1, 0600, &err));
    expect_ok(spool_part_new(w->spool, &alive, &err));
    expect_ok(spool_part_write(alive, CONTENT, strlen(CONTENT), &err));
    assert_int_equal(files_in(w), 2);
    expect_ok(spool_new(&config, &second, &err)); /* another process of the folder starts */
    spool_free(second);
    assert_int_equal(files_in(w), 1);
    expect_ok(spool_part_keep(alive, w->digest, &err));
    spool_part_free(alive);
    assert_int_equal(files_in(w), 1);
}

static const char *key_file(struct world *w)
{
    const char *path = arena_printf(w->arena, "%s/key", w->dir);
    struct error err = ERROR_INIT;

    expect_ok(file_write(path, "key\n", 4, 0600, &err));
    return path;
}

static void refused(const struct spool_config *config, enum error_code code, const char *words)
{
    struct error err = ERROR_INIT;
    struct spool *spool;

    assert_int_equal(spool_new(config, &spool, &err), -1);
    assert_int_equal(err.code, code);
    assert_non_null(strstr(err.message, words));
}

static void test_settings(void **state)
{
    static const char *const bad[] = { "s3://bucket",
                                       "https://host",
                                       "https://host/",
                                       "https:///bucket",
                                       "http://h//b",
                                       "https://user@host/bucket",
                                       "https://host/bucket?x=1" };
    struct world *w = *state;
    struct spool_config config = { .data_dir = w->dir, .region = "r", .ca_file = "", .secret_file = "" };

    config.key_id_file = config.secret_file = key_file(w);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        config.url = bad[i];
        refused(&config, ERROR_INVALID, "BERTH_SPOOL must be");
    }
    config.url = "https://host:1/bucket/prefix/";
    config.secret_file = "";
    refused(&config, ERROR_INVALID, "BERTH_SPOOL_SECRET_FILE");
    config.secret_file = arena_printf(w->arena, "%s/none", w->dir);
    refused(&config, ERROR_NOT_FOUND, "BERTH_SPOOL_SECRET_FILE");
}

static struct spool *s3_at(struct world *w, unsigned port)
{
    struct error err = ERROR_INIT;
    const struct spool_config config = { .data_dir = w->dir,
                                         .url = arena_printf(w->arena, "http://127.0.0.1:%u/bucket/pre", port),
                                         .region = "r1",
                                         .ca_file = "",
                                         .key_id_file = key_file(w),
                                         .secret_file = key_file(w) };
    struct spool *s;

    expect_ok(spool_new(&config, &s, &err));
    return s;
}

#define ANSWER(status, body) "HTTP/1.1 " status "\r\nContent-Type: application/xml\r\n" body

/* Another content than was asked for, a cut off answer and a missing bucket are UNAVAILABLE: a release must not fail for good
 * by them. A missing object alone is NOT_FOUND. */
static void test_s3_faults(void **state)
{
    static const struct peer_answer answers[] = {
        { ANSWER("200 OK", "Content-Length: 5\r\n\r\nother"), .keep = true },
        { ANSWER("200 OK", "Content-Length: 7\r\n\r\ncon") },
        { ANSWER("404 Not Found", "Content-Length: 0\r\n\r\n"), .keep = true },
        { ANSWER("404 Not Found", "Content-Length: 0\r\n\r\n"), .keep = true }, /* HEAD of the bucket */
        { ANSWER("404 Not Found", "Content-Length: 0\r\n\r\n"), .keep = true },
        { ANSWER("200 OK", "Content-Length: 0\r\n\r\n"), .keep = true },
        { ANSWER("403 Forbidden", "Content-Length: 0\r\n\r\n"), .keep = true },
        { ANSWER("200 OK", "Content-Length: 7\r\n\r\ncontent"), .keep = true },
    };
    static const enum error_code codes[] = { ERROR_UNAVAILABLE, ERROR_UNAVAILABLE, ERROR_UNAVAILABLE, ERROR_NOT_FOUND,
                                             ERROR_UNAVAILABLE };
    struct world *w = *state;
    struct error err = ERROR_INIT;
    struct peer *p = peer_start(answers, sizeof answers / sizeof answers[0]);
    struct spool *s = s3_at(w, p->port);
    uint64_t size;
    int fd;

    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        err = ERROR_INIT;
        expect_error(spool_open(s, w->digest, &fd, &size, &err), codes[i]);
    }
    err = ERROR_INIT;
    expect_ok(spool_open(s, w->digest, &fd, &size, &err));
    assert_int_equal(size, 7);
    close(fd);
    assert_true(str_starts(p->last, arena_printf(w->arena, "GET /bucket/pre/%s HTTP/1.1\r\n", w->digest)));
    assert_non_null(strstr(p->last, "\r\nAuthorization: AWS4-HMAC-SHA256 Credential=key/"));
    assert_non_null(strstr(p->last, "/r1/s3/aws4_request"));
    assert_int_equal(files_in(w), 0); /* no scratch file is left */
    spool_free(s);
    peer_stop(p);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_folder, up, down),
        cmocka_unit_test_setup_teardown(test_parts, up, down),
        cmocka_unit_test_setup_teardown(test_settings, up, down),
        cmocka_unit_test_setup_teardown(test_s3_faults, up, down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
