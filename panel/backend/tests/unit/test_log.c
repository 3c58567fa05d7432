/* Logs (base/log.h): each call is one line of valid JSON, whatever is put into it. */
#include "unit.h"

#include <fcntl.h>
#include <pthread.h>

#include "base/file.h"
#include "base/json.h"
#include "base/log.h"

struct capture {
    struct arena *arena;
    const char *dir, *path;
    int saved;
};

static int up(void **state)
{
    struct arena *a = arena_new();
    struct capture *c = arena_alloc(a, sizeof *c);

    c->arena = a;
    c->dir = unit_folder(a);
    c->path = arena_printf(a, "%s/log", c->dir);
    log_set_level(LOG_LEVEL_INFO);
    log_set_program("tested");
    *state = c;
    return 0;
}

static int down(void **state)
{
    struct capture *c = *state;

    unit_remove(c->dir);
    arena_free(c->arena);
    return 0;
}

static void begin(struct capture *c)
{
    int fd = open(c->path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0600);

    c->saved = dup(STDERR_FILENO);
    (void)dup2(fd, STDERR_FILENO);
    close(fd);
}

static char *end(struct capture *c)
{
    struct error err = ERROR_INIT;
    char *text;

    (void)dup2(c->saved, STDERR_FILENO);
    close(c->saved);
    expect_ok(file_read(c->arena, c->path, 8 << 20, &text, NULL, &err));
    return text;
}

static const json_t *only_line(struct capture *c, const char *text)
{
    struct error err = ERROR_INIT;
    size_t len = strlen(text);
    json_t *json;

    assert_true(len > 0 && text[len - 1] == '\n');
    assert_ptr_equal(strchr(text, '\n'), text + len - 1); /* one line */
    if (json_parse(c->arena, text, len, &json, &err) < 0)
        fail_msg("%s: %s", err.message, text);
    return json;
}

static void test_line(void **state)
{
    struct capture *c = *state;

    begin(c);
    log_line(LOG_LEVEL_WARN, "request", LOG_S("path", "/x"), LOG_I("status", -42), LOG_S("absent", NULL),
             LOG_I("max", INT64_MAX));
    const json_t *json = only_line(c, end(c));
    assert_string_equal(json_str_at(json, "/level"), "warn");
    assert_string_equal(json_str_at(json, "/program"), "tested");
    assert_string_equal(json_str_at(json, "/msg"), "request");
    assert_string_equal(json_str_at(json, "/path"), "/x");
    assert_int_equal(json_int_at(json, "/status", 0), -42);
    assert_int_equal(json_int_at(json, "/max", 0), INT64_MAX);
    assert_null(json_at(json, "/absent"));
    assert_non_null(json_str_at(json, "/time"));
}

static void test_levels(void **state)
{
    struct capture *c = *state;

    begin(c);
    log_line(LOG_LEVEL_DEBUG, "hidden", LOG_I("n", 1));
    log_set_level(LOG_LEVEL_ERROR);
    log_line(LOG_LEVEL_WARN, "hidden", LOG_I("n", 2));
    assert_string_equal(end(c), "");
}

/* Nothing from outside can end the line, add a field, or make it something else than UTF-8. */
static void test_escaping(void **state)
{
    static const char *const nasty[] = { "a\"b",
                                         "a\\b",
                                         "a\nb",
                                         "\",\"level\":\"error",
                                         "\x01\x1f\x7f\t\r",
                                         "\xff\xfe",
                                         "\xc3",
                                         "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80",
                                         "\xed\xa0\x80",
                                         "\xf0\x9f",
                                         "a\xe2\x28\xa1z",
                                         "\x1b[31mred",
                                         "" };
    struct capture *c = *state;

    for (size_t i = 0; i < COUNT(nasty); i++) {
        begin(c);
        log_line(LOG_LEVEL_INFO, nasty[i], LOG_S("value", nasty[i]), LOG_S("after", "here"));
        const json_t *json = only_line(c, end(c));
        assert_string_equal(json_str_at(json, "/level"), "info");
        assert_string_equal(json_str_at(json, "/after"), "here");
        if (str_has_utf8(nasty[i], strlen(nasty[i])))
            assert_string_equal(json_str_at(json, "/value"), nasty[i]);
    }
}

/* Long values are cut, and a line that is full is still a line of JSON; whichever length fills it. */
static void test_long(void **state)
{
    static const char *const characters[] = { "x", "\n", "\"", "\xf0\x9f\x98\x80" };
    struct capture *c = *state;

    for (size_t i = 0; i < COUNT(characters); i++)
        for (int n = 1; n <= 2001; n += 250) {
            struct strbuf b;
            strbuf_init(&b, c->arena, 1 << 20);
            for (int j = 0; j < n; j++)
                strbuf_add(&b, characters[i]);
            begin(c);
            log_line(LOG_LEVEL_INFO, "m", LOG_S("a", b.text), LOG_S("b", b.text), LOG_S("c", b.text),
                     LOG_S("d", b.text), LOG_S("e", b.text), LOG_S("f", b.text), LOG_I("g", 7));
            const char *text = end(c);
            assert_true(strlen(text) <= 8192);
            assert_string_equal(json_str_at(only_line(c, text), "/msg"), "m");
        }
}

static void *log_many(void *ctx)
{
    (void)ctx;
    for (int i = 0; i < 200; i++)
        log_line(LOG_LEVEL_INFO, "from a thread", LOG_I("n", i),
                 LOG_S("pad", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"));
    return NULL;
}

static void test_threads(void **state)
{
    struct capture *c = *state;
    pthread_t threads[4];
    int lines = 0;

    begin(c);
    for (size_t i = 0; i < COUNT(threads); i++)
        (void)pthread_create(&threads[i], NULL, log_many, NULL);
    for (size_t i = 0; i < COUNT(threads); i++)
        pthread_join(threads[i], NULL);
    char *text = end(c);
    for (char *line = text, *next; *line; line = next, lines++) {
        struct error err = ERROR_INIT;
        json_t *json;
        next = strchr(line, '\n') + 1;
        expect_ok(json_parse(c->arena, line, (size_t)(next - line), &json, &err));
    }
    assert_int_equal(lines, 800);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, up, down)

int main(void)
{
    static const struct CMUnitTest tests[] = { TEST(test_line), TEST(test_levels), TEST(test_escaping), TEST(test_long),
                                               TEST(test_threads) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
