/* `berth` against servers that misbehave, on a terminal, and what `site deploy` sends. */
#include <archive.h>
#include <archive_entry.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pty.h>
#include <sys/socket.h>

#include "cli_fixture.h"

/* --- a server that says what it is told to say --- */

enum { SCRIPT_MAX = 16, REQUEST_MAX = 4096 };

struct scripted {
    int listener;
    unsigned port;
    const char *const *answers; /* one a connection, NULL-terminated; "" closes without one; the last is repeated */
    pthread_t thread;
    atomic_bool stop;
    atomic_int count;
    char requests[SCRIPT_MAX][REQUEST_MAX];
};

static void answer_one(struct scripted *s, int fd)
{
    int n = atomic_load(&s->count), last = 0;
    char *request = s->requests[n < SCRIPT_MAX ? n : SCRIPT_MAX - 1];
    size_t len = 0;
    ssize_t got;

    while (len < REQUEST_MAX - 1 && (got = read(fd, request + len, REQUEST_MAX - 1 - len)) > 0) {
        len += (size_t)got;
        request[len] = '\0';
        const char *end = strstr(request, "\r\n\r\n"), *size = strstr(request, "Content-Length: ");
        if (end && (!size || strlen(end + 4) >= strtoul(size + 16, NULL, 10)))
            break;
    }
    while (s->answers[last + 1])
        last++;
    const char *answer = s->answers[n < last ? n : last];
    (void)!write(fd, answer, strlen(answer));
    close(fd);
    atomic_fetch_add(&s->count, 1);
}

static void *serve(void *ctx)
{
    struct scripted *s = ctx;
    struct pollfd look = { .fd = s->listener, .events = POLLIN };

    while (!atomic_load(&s->stop)) {
        if (poll(&look, 1, 50) <= 0)
            continue;
        int fd = accept(s->listener, NULL, NULL);
        if (fd >= 0)
            answer_one(s, fd);
    }
    return NULL;
}

static const char *script_begin(struct fixture *f, struct scripted *s, const char *const *answers)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t len = sizeof address;

    memset(s, 0, sizeof *s);
    s->answers = answers;
    s->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(s->listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(s->listener, 16), 0);
    assert_int_equal(getsockname(s->listener, (struct sockaddr *)&address, &len), 0);
    assert_int_equal(pthread_create(&s->thread, NULL, serve, s), 0);
    return arena_printf(f->arena, "http://127.0.0.1:%u", ntohs(address.sin_port));
}

static void script_end(struct scripted *s)
{
    atomic_store(&s->stop, true);
    pthread_join(s->thread, NULL);
    close(s->listener);
}

#define HTTP(status, type, more, body)                                                                                 \
    "HTTP/1.1 " status "\r\nConnection: close\r\nContent-Type: " type "\r\n" more "\r\n" body
#define JSON(status, body) HTTP(status, "application/json", "", body)

static const char *key_of(struct fixture *f, const char *request)
{
    const char *key = strstr(request, "Idempotency-Key: ");

    assert_non_null(key);
    return arena_strndup(f->arena, key, strcspn(key, "\r"));
}

/* A POST is sent again under the same key until it is answered, so it is carried out once. */
static void test_repeats(void **state)
{
    static const char *const answers[] = {
        "", HTTP("503 Busy", "application/problem+json", "Retry-After: 1\r\n", "{\"title\":\"t\",\"requestId\":\"r\"}"),
        JSON("202 Accepted", "{\"operation\":{\"id\":\"op-1\",\"subject\":\"customer/x\",\"state\":\"accepted\"}}"),
        NULL
    };
    struct fixture *f = *state;
    struct scripted s;
    const char *url = script_begin(f, &s, answers);
    int64_t begin = clock_mono_ms();

    struct ran r = berth(f, "--server", url, "--token", "t", "customer", "create", "x", "--plan", "small");
    script_end(&s);
    expect_ran(&r, 0, "customer/x: accepted as op-1\n", "");
    assert_int_equal(atomic_load(&s.count), 3);
    assert_true(clock_mono_ms() - begin >= 1000);
    assert_string_equal(key_of(f, s.requests[0]), key_of(f, s.requests[1]));
    assert_string_equal(key_of(f, s.requests[0]), key_of(f, s.requests[2]));
    expect_in(s.requests[2], "Authorization: Bearer t\r\n");
}

/* What must not be done twice is not sent twice; nor is it waited for long. */
static void test_no_repeats(void **state)
{
    static const char *const closes[] = { "", NULL };
    static const char *const late[] = {
        HTTP("429 Slow", "application/problem+json", "Retry-After: 86400\r\n",
             "{\"title\":\"Too many\",\"detail\":\"try again tomorrow\",\"requestId\":\"r9\"}"),
        NULL
    };
    struct fixture *f = *state;
    struct scripted s;
    const char *url = script_begin(f, &s, closes);

    struct ran r = berth(f, "--server", url, "--token", "t", "customer", "delete", "x");
    script_end(&s);
    expect_ran(&r, 1, "", NULL);
    assert_int_equal(atomic_load(&s.count), 1);
    url = script_begin(f, &s, late);
    r = berth(f, "--server", url, "--token", "t", "customer", "list");
    script_end(&s);
    expect_ran(&r, 1, "", "berth: try again tomorrow\n(request r9)\n");
    assert_int_equal(atomic_load(&s.count), 1);
}

static void test_not_berth(void **state)
{
    static const char *const page[] = { HTTP("200 OK", "text/html", "", "<html>"), NULL };
    static const char *const missing[] = { HTTP("404 Not Found", "text/plain", "", "404 page not found\n"), NULL };
    struct fixture *f = *state;
    struct scripted s;
    const char *url = script_begin(f, &s, page);

    struct ran r = berth_with(f, "t\n", NULL, "login", url);
    script_end(&s);
    expect_ran(&r, 1, "", NULL);
    expect_in(r.err, "does not answer as Berth's API does");
    url = script_begin(f, &s, missing);
    r = berth(f, "--server", url, "--token", "t", "customer", "list");
    script_end(&s);
    expect_ran(&r, 1, "", NULL);
    expect_in(r.err, "answered 404, and not as Berth's API does");
}

/* Where the stream does not come through, the operation is read again and again. */
static void test_polling(void **state)
{
#define OPERATION(state)                                                                                               \
    "{\"id\":\"op-1\",\"kind\":\"customer.create\",\"subject\":\"customer/x\",\"state\":\"" state "\",\"steps\":[]}"
    static const char *const answers[] = { HTTP("502 Bad Gateway", "text/plain", "", "no"),
                                           JSON("200 OK", OPERATION("running")),
                                           "",
                                           JSON("200 OK", OPERATION("running")),
                                           HTTP("200 OK", "text/event-stream", "", "data: {\"broken\n\n"),
                                           JSON("200 OK", OPERATION("done")),
                                           NULL };
    struct fixture *f = *state;
    struct scripted s;
    const char *url = script_begin(f, &s, answers);

    struct ran r = berth(f, "--server", url, "--token", "t", "op", "wait", "op-1", "--timeout", "30");
    script_end(&s);
    expect_ran(&r, 0, "customer.create of customer/x is done\n", "");
    assert_int_equal(atomic_load(&s.count), 6);
}

/* --- on a terminal --- */

/* Runs berth on a terminal, types `input` when `prompt` was printed (NULL: at once, nothing), and gives all that was shown. */
static const char *on_terminal(struct fixture *f, const char *prompt, const char *input, int *ret_code,
                               const char *const *words)
{
    const struct winsize size = { .ws_row = 24, .ws_col = 80 };
    char *argv[RUN_WORDS + 2] = { arena_strdup(f->arena, "berth") };
    char *const *env = run_environment(f, NULL);
    struct strbuf shown;
    char block[512];
    bool typed = !input;
    ssize_t n;
    int fd;

    for (size_t i = 0; words[i]; i++)
        argv[i + 1] = arena_strdup(f->arena, words[i]);
    pid_t pid = forkpty(&fd, NULL, NULL, &size);
    assert_true(pid >= 0);
    if (pid == 0) {
        execve(BERTH_PROGRAM, argv, env);
        _exit(127);
    }
    strbuf_init(&shown, f->arena, RUN_OUTPUT_MAX);
    while ((n = read(fd, block, sizeof block)) > 0) {
        strbuf_add_n(&shown, block, (size_t)n);
        if (!typed && strstr(shown.text, prompt)) {
            typed = true;
            assert_int_equal(write(fd, input, strlen(input)), (ssize_t)strlen(input));
        }
    }
    close(fd);
    *ret_code = end_of(pid);
    return shown.text;
}

static void test_terminal(void **state)
{
    struct fixture *f = *state;
    int code;

    sign_in(f);
    engine_begin(f);
    const char *shown = on_terminal(
        f, NULL, NULL, &code,
        (const char *const[]){ "customer", "create", "shown", "--plan", "small", "--wait", NULL });
    stand_in_end(f);
    assert_int_equal(code, 0);
    expect_in(shown, "✓\033[0m namespace  customer/shown");
    expect_in(shown, "web customer/shown: 0 of 1 pods are ready (");
    expect_in(shown, "✓\033[0m web        customer/shown");
    expect_in(shown, "customer/shown made\r\n");
    shown = on_terminal(f, NULL, NULL, &code, (const char *const[]){ "customer", "list", NULL });
    expect_in(shown, "\033[32mactive");
    shown = on_terminal(f, NULL, NULL, &code, (const char *const[]){ "customer", "list", "--no-color", NULL });
    assert_null(strstr(shown, "\033["));
    shown = on_terminal(f, "to go on: ", "other\n", &code,
                        (const char *const[]){ "customer", "delete", "shown", "--purge", NULL });
    assert_int_equal(code, 1);
    expect_in(shown, "nothing was changed");
    shown = on_terminal(f, "to go on: ", "shown\n", &code,
                        (const char *const[]){ "customer", "delete", "shown", "--purge", NULL });
    assert_int_equal(code, 0);
    expect_in(shown, "customer/shown: accepted as op-");
    shown = on_terminal(f, "Token: ", arena_printf(f->arena, "%s\n", f->token), &code,
                        (const char *const[]){ "login", NULL });
    assert_int_equal(code, 0);
    assert_null(strstr(shown, f->token)); /* it was not shown as it was typed */
}

/* Ctrl-C ends the waiting, not the work. */
static void test_interrupt(void **state)
{
    struct fixture *f = *state;
    int code;

    sign_in(f);
    const char *shown = on_terminal(
        f, "waiting for", "\003", &code,
        (const char *const[]){ "customer", "create", "stays", "--plan", "small", "--wait", NULL });
    assert_int_equal(code, 130);
    expect_in(shown, "stopped waiting for customer/stays; the work goes on: berth op watch op-");
}

/* --- site deploy --- */

static void put(struct fixture *f, const char *name, const char *text)
{
    const char *path = arena_printf(f->arena, "%s/files/%s", f->dir, name);
    struct error err = ERROR_INIT;
    char *dir = arena_strndup(f->arena, path, (size_t)(strrchr(path, '/') - path));

    assert_int_equal(file_mkdirs(dir, 0755, &err), 0);
    assert_int_equal(file_write(path, text, strlen(text), 0644, &err), 0);
}

static void put_link(struct fixture *f, const char *name, const char *target)
{
    assert_int_equal(symlink(target, arena_printf(f->arena, "%s/files/%s", f->dir, name)), 0);
}

/* The names in the newest archive of the spool, with what they are; "a=text;l->a;". */
static const char *uploaded(struct fixture *f, const char *site)
{
    struct ran r = berth(f, "site", "releases", site, "-o", "json");
    const char *sum = strstr(r.out, "\"sha256\": \""), *list = "";
    struct archive *in = archive_read_new();
    struct archive_entry *e;
    char text[256];

    assert_non_null(sum);
    const char *path = arena_printf(f->arena, "%s/spool/%.64s", f->dir, sum + 11);
    archive_read_support_filter_all(in);
    archive_read_support_format_all(in);
    assert_int_equal(archive_read_open_filename(in, path, 10240), ARCHIVE_OK);
    while (archive_read_next_header(in, &e) == ARCHIVE_OK) {
        const char *link = archive_entry_symlink(e);
        ssize_t n = archive_read_data(in, text, sizeof text - 1);
        text[n > 0 ? n : 0] = '\0';
        assert_int_equal(archive_entry_uid(e), 0);
        list = arena_printf(f->arena, "%s%s%s%s;", list, archive_entry_pathname(e),
                            link                                    ? "->"
                            : archive_entry_filetype(e) == AE_IFDIR ? ""
                                                                    : "=",
                            link ? link : text);
    }
    archive_read_free(in);
    return list;
}

static void test_deploy(void **state)
{
    struct fixture *f = *state;
    const char *files = arena_printf(f->arena, "%s/files", f->dir);

    sign_in(f);
    make_domain(f, "example", "hello.localhost");
    put(f, "index.html", "hello");
    put(f, "a/b/c.txt", "c");
    put(f, ".htaccess", "h");
    put(f, ".git/config", "secret");
    put_link(f, "a/up", "../index.html");
    put_link(f, "a/none", "b/nothing");
    engine_begin(f);
    struct ran r = berth(f, "site", "deploy", files, "--site", "hello.localhost", "--timeout", "30");
    expect_ran(&r, 0, NULL, "");
    expect_in(r.out, " serves release r");
    expect_in(r.out, " at https://hello.localhost:8443\n");
    stand_in_end(f);
    assert_string_equal(uploaded(f, "hello.localhost"),
                        ".htaccess=h;a/;a/b/;a/b/c.txt=c;a/none->b/nothing;a/up->../index.html;index.html=hello;");
    const char *tar = arena_printf(f->arena, "%s/site.tar", f->dir);
    struct ran t = run_program(f, "/bin/tar", NULL, NULL,
                               (const char *const[]){ "-C", files, "-cf", tar, "index.html", NULL });
    expect_ran(&t, 0, NULL, NULL);
    r = berth(f, "site", "deploy", tar, "--site", "hello.localhost", "--no-wait", "-o", "json");
    expect_ran(&r, 0, NULL, "");
    expect_in(r.out, "\"state\": \"uploaded\"");
    assert_string_equal(uploaded(f, "hello.localhost"), "index.html=hello;");
    engine_begin(f);
    r = berth(f, "site", "rollback", "hello.localhost", "--wait");
    expect_ran(&r, 0, NULL, "");
    expect_in(r.out, " rolled back\n");
    stand_in_end(f);
}

static void deploy_fails(struct fixture *f, const char *path, const char *message)
{
    struct ran r = berth(f, "site", "deploy", path, "--site", "hello.localhost");

    expect_ran(&r, 1, "", NULL);
    expect_in(r.err, message);
}

static void test_deploy_refused(void **state)
{
    struct fixture *f = *state;
    const char *files = arena_printf(f->arena, "%s/files", f->dir);

    sign_in(f);
    make_domain(f, "example", "hello.localhost");
    deploy_fails(f, "/nowhere", "'/nowhere': No such file or directory");
    deploy_fails(f, "/etc/passwd", "neither a folder nor a tar, tar.gz or zip archive");
    deploy_fails(f, "/dev/null", "neither a folder nor");
    put(f, ".git/config", "secret");
    deploy_fails(f, files, "has no files");
    put(f, "d/index.html", "x");
    static const char *const links[][2] = {
        { "abs", "/etc/passwd" }, { "out", "../secret" }, { "d/out", "../../x" }, { "self", "self" }
    };
    for (size_t i = 0; i < sizeof links / sizeof links[0]; i++) {
        put_link(f, links[i][0], links[i][1]);
        deploy_fails(f, files, arena_printf(f->arena, "the link '%s' leads ", links[i][0]));
        assert_int_equal(unlink(arena_printf(f->arena, "%s/%s", files, links[i][0])), 0);
    }
    put_link(f, "here", ".");
    put_link(f, "sly", "d/../here/../x"); /* its name alone stays within; the links on the way lead out */
    deploy_fails(f, files, "the link 'sly' leads out of the folder");
    assert_int_equal(unlink(arena_printf(f->arena, "%s/sly", files)), 0);
    assert_int_equal(mkfifo(arena_printf(f->arena, "%s/pipe", files), 0600), 0);
    deploy_fails(f, files, "'pipe' is a socket, pipe or device");
    struct ran r = berth(f, "site", "releases", "hello.localhost", "-o", "name");
    expect_ran(&r, 0, "", ""); /* nothing was sent */
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_up, cli_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_repeats),  TEST(test_no_repeats), TEST(test_not_berth), TEST(test_polling),
        TEST(test_terminal), TEST(test_interrupt),  TEST(test_deploy),    TEST(test_deploy_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
