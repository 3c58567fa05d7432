/* berth-unpack: what it unpacks, what it refuses and in which words, and that a site is never seen half. */
#include <dirent.h>
#include <spawn.h>
#include <sys/wait.h>

#include "unpack_fixture.h"

#include "cmd/unpack_site.h"

#define HELLO                                                                                                          \
    {                                                                                                                  \
        .name = "index.html", .text = "hello"                                                                          \
    }

static void unpacks_each_format(void **state)
{
    struct fixture *f = *state;
    const enum packing all[] = { PACK_TAR, PACK_TAR_GZ, PACK_TAR_XZ, PACK_ZIP };
    struct error err;
    struct stat st;

    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        const char *release = arena_printf(f->arena, "r%zu", i);
        /* No entry names the folders a, a/b and ü. */
        struct packed p = pack(f->arena, all[i], HELLO, { .name = "./a/b//c.txt", .text = "deep" },
                               { .name = "empty/" }, { .name = "ü/é.txt", .text = "utf" },
                               { .name = "run.cgi", .text = "#!", .perm = 06755 });
        assert_int_equal(deploy(f, release, p, &err), 0);
        assert_string_equal(current(f), arena_printf(f->arena, "releases/%s", release));
        assert_string_equal(content(f, "current/index.html"), "hello");
        assert_string_equal(content(f, "current/a/b/c.txt"), "deep");
        assert_string_equal(content(f, "current/ü/é.txt"), "utf");
        assert_int_equal(lstat(in_site(f, "current/index.html"), &st), 0);
        assert_int_equal(st.st_mode, S_IFREG | 0644);
        assert_int_equal(lstat(in_site(f, "current/run.cgi"), &st), 0);
        assert_int_equal(st.st_mode, S_IFREG | 0755);
        assert_int_equal(lstat(in_site(f, "current/empty"), &st), 0);
        assert_int_equal(st.st_mode, S_IFDIR | 0755);
        assert_int_equal(atomic_load(&f->with_token), 1);
    }
}

/* The refusal is for good, in these words, and the site goes on with what it had. */
static void expect_refused(struct fixture *f, struct packed p, const char *words)
{
    struct error err;

    assert_int_equal(deploy(f, "r0", pack(f->arena, PACK_TAR, { .name = "index.html", .text = "old" }), &err), 0);
    assert_int_equal(deploy(f, "bad", p, &err), -1);
    if (!strstr(err.message, words))
        fail_msg("\"%s\" does not say \"%s\"", err.message, words);
    assert_true(unpack_final(&err));
    assert_string_equal(content(f, "current/index.html"), "old");
    assert_false(exists(f, "releases/bad"));
    assert_false(exists(f, "releases/bad.new"));
    assert_false(exists(f, "archive.new"));
}

static char *repeat(struct arena *a, const char *s, size_t times)
{
    struct strbuf b;

    strbuf_init(&b, a, 1 << 16);
    while (times-- > 0)
        strbuf_add(&b, s);
    return b.text;
}

static void refuses_bad_names(void **state)
{
    struct fixture *f = *state;
    struct arena *a = f->arena;
    const struct {
        const char *name, *words;
    } bad[] = {
        { "/etc/passwd", "'/etc/passwd' is an absolute path" },
        { "../../x", "'../../x' climbs by '..'" },
        { "a/../b", "'a/../b' climbs by '..'" },
        { "a/..", "'a/..' climbs by '..'" },
        { "a\nb", "'a\\x0ab' has a control character" },
        { "caf\xe9.html", "'caf\\xe9.html' is not UTF-8" },
        { repeat(a, "n", 256), "of more than 255 bytes" },
        { repeat(a, "d/", 65), "more than 64 folders deep" },
        { repeat(a, "0123456789/", 100), "path of more than 1024 bytes" },
    };

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        expect_refused(f, pack(a, PACK_TAR, HELLO, { .name = bad[i].name, .text = "x" }), bad[i].words);
    expect_refused(f, pack(a, PACK_ZIP, HELLO, { .name = "../x", .text = "x" }), "'../x' climbs by '..'");
}

static void takes_names_at_the_limit(void **state)
{
    struct fixture *f = *state;
    struct error err;
    const char *longest = repeat(f->arena, "n", 255);
    const char *deepest = arena_printf(f->arena, "%sx", repeat(f->arena, "d/", 63));
    struct packed p = pack(f->arena, PACK_TAR, HELLO, { .name = longest, .text = "l" },
                           { .name = deepest, .text = "d" }, { .name = "..a/b..", .text = "dots" });

    assert_int_equal(deploy(f, "r1", p, &err), 0);
    assert_string_equal(content(f, arena_printf(f->arena, "current/%s", longest)), "l");
    assert_string_equal(content(f, arena_printf(f->arena, "current/%s", deepest)), "d");
    assert_string_equal(content(f, "current/..a/b.."), "dots");
}

static void refuses_what_is_no_file(void **state)
{
    struct fixture *f = *state;
    struct arena *a = f->arena;

    expect_refused(f, pack(a, PACK_TAR, HELLO, { .name = "p", .kind = AE_IFIFO }), "'p' is a device, pipe or socket");
    expect_refused(f, pack(a, PACK_TAR, HELLO, { .name = "c", .kind = AE_IFCHR }), "'c' is a device, pipe or socket");
    expect_refused(f, pack(a, PACK_TAR, HELLO, { .name = "b", .kind = AE_IFBLK }), "'b' is a device, pipe or socket");
    expect_refused(f, pack(a, PACK_TAR, HELLO, { .name = "h", .hard = "index.html" }), "'h' is a hard link");
    expect_refused(f, pack(a, PACK_TAR, HELLO, { .name = "h", .hard = "/etc/passwd" }), "'h' is a hard link");
    expect_refused(f, pack(a, PACK_ZIP_SECRET, HELLO), "'index.html' is encrypted");
}

static void refuses_links_that_lead_out(void **state)
{
    struct fixture *f = *state;
    struct arena *a = f->arena;

    expect_refused(f, pack(a, PACK_TAR, HELLO, { .name = "l", .link = "/etc/passwd" }), "absolute path '/etc/passwd'");
    expect_refused(f, pack(a, PACK_TAR, HELLO, { .name = "l", .link = "../../../etc" }), "leads out of the site");
    expect_refused(f, pack(a, PACK_ZIP, HELLO, { .name = "d/l", .link = "../../r0" }), "leads out of the site");
    /* By the letters d/.. is the release itself; by what d is, it is above. */
    expect_refused(f, pack(a, PACK_TAR, HELLO, { .name = "d", .link = "." }, { .name = "e", .link = "d/../r0" }),
                   "'e' is a link to 'd/../r0', which leads out of the site");
    expect_refused(f, pack(a, PACK_TAR, HELLO, { .name = "l", .link = "nowhere" }), "which is not in the archive");
    expect_refused(f, pack(a, PACK_TAR, HELLO, { .name = "l", .link = "m" }, { .name = "m", .link = "l" }),
                   "leads back to the link");
    /* The folder is left away, and with it the link that went through its name. */
    expect_refused(f, pack(a, PACK_TAR, { .name = "s/index.html", .text = "" }, { .name = "s/l", .link = "../bad" }),
                   "leads out of the site");
    /* Nothing is written through a link, in whichever order they come. */
    expect_refused(f, pack(a, PACK_TAR, HELLO, { .name = "d", .link = ".." }, { .name = "d/x", .text = "x" }),
                   "'d' is in the archive twice");
}

static void keeps_links_within(void **state)
{
    struct fixture *f = *state;
    struct error err;
    struct packed p = pack(f->arena, PACK_TAR, { .name = "de/start", .link = "../index.html" }, HELLO,
                           { .name = "german", .link = "de" });

    assert_int_equal(deploy(f, "r1", p, &err), 0);
    assert_string_equal(content(f, "current/german/start"), "hello");
}

static void refuses_what_is_there_twice(void **state)
{
    struct fixture *f = *state;
    struct arena *a = f->arena;

    expect_refused(f, pack(a, PACK_TAR, HELLO, HELLO), "'index.html' is in the archive twice");
    expect_refused(f, pack(a, PACK_TAR, HELLO, { .name = "index.html/" }), "'index.html' is in the archive twice");
    expect_refused(f, pack(a, PACK_TAR, { .name = "a/b", .text = "" }, { .name = "a", .text = "" }),
                   "'a' is in the archive twice");
    expect_refused(f, pack(a, PACK_TAR, HELLO, { .name = "index.html/x", .text = "" }), "beneath what is no folder");
}

static void holds_the_limits(void **state)
{
    struct fixture *f = *state;
    struct arena *a = f->arena;
    struct unpack_plan plan;
    struct error err = ERROR_INIT;
    struct packed three = pack(a, PACK_TAR, HELLO, { .name = "a", .text = "12345" }, { .name = "b", .text = "12345" });

    f->limits.bytes = 14;
    expect_refused(f, three, "with 'b' the files have more than 14 bytes");
    f->limits.bytes = 15;
    assert_int_equal(deploy(f, "r1", three, &err), 0);
    f->limits = unpack_limits_default;
    f->limits.entries = 2;
    expect_refused(f, three, "more than 2 entries");
    expect_refused(f, pack(a, PACK_TAR, { .name = "x/y/z/file", .text = "" }), "more than 2 files and folders");
    f->limits = unpack_limits_default;
    f->limits.links = 1;
    expect_refused(f, pack(a, PACK_TAR, HELLO, { .name = "l", .link = "." }, { .name = "m", .link = "." }),
                   "more than 1 links");
    f->limits = unpack_limits_default;
    f->limits.ratio_free = 1 << 16;
    expect_refused(f, pack(a, PACK_TAR_GZ, HELLO, { .name = "bomb", .zeros = 8 << 20 }), "'bomb' unpacks to more than");
    expect_refused(f, pack(a, PACK_ZIP, HELLO, { .name = "bomb", .zeros = 8 << 20 }), "decompression bomb");

    /* What comes out is counted, whatever the headers said when they were looked at. */
    int fd = open(in_site(f, "lie"), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    assert_int_equal(write(fd, three.data, three.len), (ssize_t)three.len);
    assert_int_equal(unpack_archive_check(a, fd, &unpack_limits_default, &plan, &err), 0);
    assert_int_equal(plan.bytes, 15);
    int root = open(f->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    f->limits.bytes = 9;
    assert_int_equal(unpack_archive_write(a, fd, &f->limits, &plan, root, &err), -1);
    assert_non_null(strstr(err.message, "with 'a' the files have more than 9 bytes"));
    close(root);
    close(fd);
}

static void leaves_a_lone_folder_away(void **state)
{
    struct fixture *f = *state;
    struct arena *a = f->arena;
    struct error err;

    assert_int_equal(
        deploy(f, "r1",
               pack(a, PACK_ZIP, { .name = "site/" }, { .name = "site/index.html", .text = "1" },
                    { .name = "site/css/a.css", .text = "2" }, { .name = "__MACOSX/site/._index.html", .text = "3" }),
               &err),
        0);
    assert_string_equal(content(f, "current/index.html"), "1");
    assert_string_equal(content(f, "current/css/a.css"), "2");
    assert_false(exists(f, "current/__MACOSX"));
    assert_false(exists(f, "current/site"));
    /* No start page in it: it is meant as it is. */
    assert_int_equal(deploy(f, "r2", pack(a, PACK_TAR, { .name = "docs/a.html", .text = "1" }), &err), 0);
    assert_true(exists(f, "current/docs/a.html"));
    /* Not alone. */
    assert_int_equal(
        deploy(f, "r3",
               pack(a, PACK_TAR, { .name = "docs/index.html", .text = "1" }, { .name = "robots.txt", .text = "" }),
               &err),
        0);
    assert_true(exists(f, "current/docs/index.html"));
}

static void refuses_damaged_archives(void **state)
{
    struct fixture *f = *state;
    struct arena *a = f->arena;
    char *noise = arena_alloc(a, 60000);
    uint32_t seed = 1; /* noise does not compress, so that half of the archive holds entries */

    for (size_t i = 0; i < 60000; i++)
        noise[i] = (char)(1 + ((seed = seed * 1664525 + 1013904223) >> 24) % 255);
    noise[59999] = '\0';
    struct packed tar = pack(a, PACK_TAR, HELLO, { .name = "noise", .text = noise });
    struct packed zip = pack(a, PACK_ZIP, HELLO, { .name = "noise", .text = noise });
    expect_refused(f, (struct packed){ tar.data, tar.len / 2 }, "the archive is damaged at 'noise' (");
    expect_refused(f, (struct packed){ zip.data, zip.len / 2 }, "this is no zip, tar, tar.gz or tar.xz archive");
    zip.data[zip.len / 3] ^= 0x55;
    expect_refused(f, zip, "the archive is damaged");
    expect_refused(f, (struct packed){ (char *)(uintptr_t) "<html>", 6 }, "this is no zip");
    expect_refused(f, (struct packed){ noise, 0 }, "this is no zip");
    expect_refused(f, pack_n(a, PACK_TAR, NULL, 0), "the archive holds no files");
    expect_refused(f, pack(a, PACK_TAR, { .name = "./" }), "the archive holds no files");
}

static void fetches_again_after_a_cut(void **state)
{
    struct fixture *f = *state;
    struct packed p = pack(f->arena, PACK_TAR, HELLO), other = pack(f->arena, PACK_TAR, { .name = "x", .text = "y" });
    const char *digest = digest_of(f->arena, p);
    struct error err;

    script(f, (struct answer[]){ { .body = p, .cut = p.len / 2 }, { .status = 503 }, { .body = p } }, 3);
    assert_int_equal(run_job(f, "r1", digest, &err), 0);
    assert_int_equal(atomic_load(&f->requests), 3);
    assert_string_equal(content(f, "current/index.html"), "hello");

    script(f, (struct answer[]){ { .body = other }, { .body = p } }, 2);
    assert_int_equal(run_job(f, "r2", digest, &err), 0);
    assert_false(exists(f, "current/x"));

    script(f, &(struct answer){ .body = other }, 1);
    assert_int_equal(run_job(f, "r3", digest, &err), -1);
    assert_false(unpack_final(&err));
    assert_non_null(strstr(err.message, digest));
    script(f, &(struct answer){ .status = 404 }, 1);
    assert_int_equal(run_job(f, "r3", digest, &err), -1);
    assert_false(unpack_final(&err));
    assert_int_equal(atomic_load(&f->requests), 3);
    script(f, &(struct answer){ .status = 410 }, 1);
    assert_int_equal(run_job(f, "r3", digest, &err), -1);
    assert_true(unpack_final(&err));
    assert_int_equal(atomic_load(&f->requests), 1);
    assert_string_equal(current(f), "releases/r2");
    struct packed large = { .data = arena_alloc(f->arena, PACKED_MAX + 1), .len = PACKED_MAX + 1 };
    expect_refused(f, large, "the archive has more than");
}

static void goes_back_without_fetching(void **state)
{
    struct fixture *f = *state;
    struct arena *a = f->arena;
    struct error err;

    assert_int_equal(deploy(f, "r1", pack(a, PACK_TAR, { .name = "index.html", .text = "1" }), &err), 0);
    assert_int_equal(deploy(f, "r2", pack(a, PACK_TAR, { .name = "index.html", .text = "2" }), &err), 0);
    script(f, &(struct answer){ .status = 410 }, 1);
    assert_int_equal(run_job(f, "r1", "unknown", &err), 0);
    assert_string_equal(content(f, "current/index.html"), "1");
    assert_int_equal(run_job(f, "r1", "unknown", &err), 0);
    assert_int_equal(atomic_load(&f->requests), 0);
}

static void removes_leftovers_and_old_releases(void **state)
{
    struct fixture *f = *state;
    struct arena *a = f->arena;
    struct error err;

    assert_int_equal(mkdir(in_site(f, "releases"), 0755), 0);
    assert_int_equal(mkdir(in_site(f, "releases/dead.new"), 0755), 0);
    assert_int_equal(symlink("/etc", in_site(f, "releases/dead.new/out")), 0);
    assert_int_equal(symlink("releases/dead", in_site(f, "current.new")), 0);
    for (int i = 0; i < 9; i++)
        assert_int_equal(
            deploy(f, arena_printf(a, "r%d", i), pack(a, PACK_TAR, HELLO, { .name = "d/e", .text = "" }), &err), 0);
    assert_false(exists(f, "releases/dead.new"));
    assert_false(exists(f, "current.new"));
    assert_true(exists(f, "releases/r3"));
    assert_false(exists(f, "releases/r2"));
    /* The current one is never removed, however old it is. */
    assert_int_equal(run_job(f, "r3", "unknown", &err), 0);
    assert_int_equal(deploy(f, "r9", pack(a, PACK_TAR, HELLO), &err), 0);
    assert_true(exists(f, "releases/r8"));
    assert_int_equal(run_job(f, "r4", "unknown", &err), 0);
    assert_false(exists(f, "releases/r3"));
    assert_true(exists(f, "releases/r4"));
}

/* --clear: whatever is there goes, links are not followed, and the folder itself stays. */
static void clears_the_folder(void **state)
{
    struct fixture *f = *state;
    struct error err = ERROR_INIT;
    struct stat st;

    assert_int_equal(deploy(f, "r0", pack(f->arena, PACK_TAR, HELLO, { .name = "d/e", .text = "" }), &err), 0);
    assert_int_equal(symlink(f->dir, in_site(f, "loop")), 0);
    assert_int_equal(unpack_site_clear(f->dir, &err), 0);
    assert_false(exists(f, "releases"));
    assert_int_equal(lstat(in_site(f, "current"), &st), -1);
    assert_int_equal(lstat(in_site(f, "loop"), &st), -1);
    assert_int_equal(stat(f->dir, &st), 0);
    assert_int_equal(unpack_site_clear(f->dir, &err), 0); /* again: nothing to do */
    assert_int_equal(unpack_site_clear("/nowhere/at/all", &err), -1);
}

struct reader {
    struct fixture *f;
    atomic_bool stop;
    atomic_uint reads, faults;
};

/* Opens the link once and reads two files beneath it, as a request for a page and its style would. */
static void *read_on(void *ctx)
{
    struct reader *r = ctx;
    const char *link = arena_printf(r->f->arena, "%s/current", r->f->dir);

    while (!atomic_load(&r->stop)) {
        char got[2][16] = { "", "" };
        CLEANUP(file_closep) int dir = open(link, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        CLEANUP(file_closep) int page = openat(dir, "index.html", O_RDONLY | O_CLOEXEC);
        CLEANUP(file_closep) int style = openat(dir, "z/last.css", O_RDONLY | O_CLOEXEC);
        if (read(page, got[0], 15) <= 0 || read(style, got[1], 15) <= 0 || strcmp(got[0], got[1]) != 0)
            atomic_fetch_add(&r->faults, 1);
        atomic_fetch_add(&r->reads, 1);
    }
    return NULL;
}

static void switches_at_once(void **state)
{
    struct fixture *f = *state;
    struct arena *a = arena_new(); /* f's belongs to the reader's thread meanwhile */
    struct reader r = { .f = f };
    struct error err;
    pthread_t thread;

    for (int i = 0; i < 60; i++) {
        const char *text = arena_printf(a, "%d", i % 4);
        struct packed p = pack(a, PACK_TAR, { .name = "index.html", .text = text },
                               { .name = "z/last.css", .text = text });
        script(f, &(struct answer){ .body = p }, 1);
        assert_int_equal(run_job(f, arena_printf(a, "r%d", i % 4), digest_of(a, p), &err), 0);
        if (i == 0)
            assert_int_equal(pthread_create(&thread, NULL, read_on, &r), 0);
    }
    while (atomic_load(&r.reads) < 100)
        ;
    atomic_store(&r.stop, true);
    pthread_join(thread, NULL);
    assert_int_equal(atomic_load(&r.faults), 0);
    arena_free(a);
}

/* --- the program --- */

static int run_program(struct fixture *f, char *const env[], char *ret_message, size_t cap)
{
    char *const argv[] = { (char *)(uintptr_t) "berth-unpack", NULL };
    const char *log = in_site(f, "log");
    posix_spawn_file_actions_t files;
    int status;
    pid_t pid;

    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, 1, log, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    posix_spawn_file_actions_adddup2(&files, 1, 2);
    assert_int_equal(posix_spawn(&pid, UNPACK_PROGRAM, &files, NULL, argv, env), 0);
    posix_spawn_file_actions_destroy(&files);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    snprintf(ret_message, cap, "%s", content(f, "log"));
    return WEXITSTATUS(status);
}

static void ends_as_the_reconciler_expects(void **state)
{
    struct fixture *f = *state;
    struct arena *a = f->arena;
    struct packed good = pack(a, PACK_TAR_GZ, HELLO), bad = pack(a, PACK_ZIP, HELLO, { .name = "../x", .text = "" });
    char *release = arena_strdup(a, "BERTH_RELEASE=r1"),
         *digest = arena_printf(a, "BERTH_SHA256=%s", digest_of(a, bad));
    char *env[] = { arena_printf(a, "BERTH_FETCH_URL=%s", f->url),
                    arena_strdup(a, "BERTH_FETCH_TOKEN=" TOKEN),
                    arena_printf(a, "BERTH_SITE_DIR=%s", f->dir),
                    release,
                    digest,
                    NULL };
    char said[1024];

    script(f, &(struct answer){ .body = bad }, 1);
    assert_int_equal(run_program(f, env, said, sizeof said), 2);
    assert_string_equal(said, "'../x' climbs by '..'; pack the files with paths that go down only\n");

    script(f, &(struct answer){ .body = good }, 1);
    env[4] = arena_printf(a, "BERTH_SHA256=%s", digest_of(a, good));
    assert_int_equal(run_program(f, env, said, sizeof said), 0);
    assert_string_equal(content(f, "current/index.html"), "hello");

    env[3] = arena_strdup(a, "BERTH_RELEASE=../r1");
    assert_int_equal(run_program(f, env, said, sizeof said), 1);
    assert_non_null(strstr(said, "BERTH_RELEASE is not valid"));
    env[3] = NULL;
    assert_int_equal(run_program(f, env, said, sizeof said), 1);
    assert_non_null(strstr(said, "BERTH_SHA256 is missing"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(unpacks_each_format),
        TEST(refuses_bad_names),
        TEST(takes_names_at_the_limit),
        TEST(refuses_what_is_no_file),
        TEST(refuses_links_that_lead_out),
        TEST(keeps_links_within),
        TEST(refuses_what_is_there_twice),
        TEST(holds_the_limits),
        TEST(leaves_a_lone_folder_away),
        TEST(refuses_damaged_archives),
        TEST(fetches_again_after_a_cut),
        TEST(goes_back_without_fetching),
        TEST(removes_leftovers_and_old_releases),
        TEST(clears_the_folder),
        TEST(switches_at_once),
        TEST(ends_as_the_reconciler_expects),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
