/* Mail by a relay: what a setting must be, and the message as it goes over the wire. The relay itself is in
 * tests/component/test_mail.py. */
#include "unit.h"

#include <sys/stat.h>

#include "base/file.h"
#include "base/str.h"
#include "provider/smtp.h"

static struct smtp_config config_of(const char *url, const char *from)
{
    return (struct smtp_config){
        .url = url, .from = from, .credentials_file = "", .ca_file = "", .domain = "berth.example"
    };
}

static void expect_refused(const char *url, const char *from, const char *words)
{
    const struct smtp_config config = config_of(url, from);
    struct error err = ERROR_INIT;
    struct smtp *s = NULL;

    assert_int_equal(smtp_new(&config, &s, &err), -1);
    assert_int_equal(err.code, ERROR_INVALID);
    assert_non_null(strstr(err.message, words));
    assert_null(strstr(err.message, "hunter2"));
    assert_null(s);
}

static void test_settings(void **state)
{
    static const char *const froms[] = { "",
                                         "nobody",
                                         "a@b.example\r\nBcc: c@d.example",
                                         "A <a@b.example",
                                         "A <a@b.e>x",
                                         "A, B <a@b.example>",
                                         "\xc3\xa4 <a@b.example>" };

    (void)state;
    expect_refused("https://relay.example", "a@b.example", "BERTH_SMTP_URL");
    expect_refused("relay.example:587", "a@b.example", "BERTH_SMTP_URL");
    expect_refused("smtp://user:hunter2@relay.example", "a@b.example", "BERTH_SMTP_CREDENTIALS_FILE");
    expect_refused("smtp://relay.example/path", "a@b.example", "BERTH_SMTP_URL");
    expect_refused("smtp://", "a@b.example", "BERTH_SMTP_URL");
    for (size_t i = 0; i < sizeof froms / sizeof froms[0]; i++)
        expect_refused("smtp://relay.example:587", froms[i], "BERTH_SMTP_FROM");
}

static void test_credentials(void **state)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const char *dir = unit_folder(a), *path = arena_printf(a, "%s/credentials", dir);
    struct smtp_config config = config_of("smtps://relay.example:465", "a@b.example");
    static const char *const bad[] = { "", "user", "user\n", "\nhunter2\n" };
    struct smtp *s;

    (void)state;
    config.credentials_file = path;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct error err = ERROR_INIT;
        expect_ok(file_write(path, bad[i], strlen(bad[i]), 0600, &err));
        assert_int_equal(smtp_new(&config, &s, &err), -1);
        assert_non_null(strstr(err.message, "BERTH_SMTP_CREDENTIALS_FILE"));
        assert_null(strstr(err.message, "hunter2"));
    }
    struct error err = ERROR_INIT;
    expect_ok(file_write(path, "user\nhunter2\n", 13, 0644, &err));
    assert_int_equal(smtp_new(&config, &s, &err), -1);
    assert_non_null(strstr(err.message, "chmod"));
    assert_int_equal(chmod(path, 0400), 0);
    err = ERROR_INIT;
    expect_ok(smtp_new(&config, &s, &err));
    smtp_free(s);
    unit_remove(dir);
}

static void test_message(void **state)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const struct smtp_config config = config_of("smtp://relay.example", "Berth at example <berth@berth.example>");
    const struct smtp_message m = {
        .id = "m1", .to = "anna@x.example", .subject = "S", .text = "one\ntwo\n", .at_ms = 0
    };
    struct error err = ERROR_INIT;
    struct smtp *s;

    (void)state;
    expect_ok(smtp_new(&config, &s, &err));
    assert_string_equal(smtp_format(s, a, &m),
                        "Date: Thu, 1 Jan 1970 00:00:00 +0000\r\nFrom: Berth at example <berth@berth.example>\r\n"
                        "To: <anna@x.example>\r\nMessage-ID: <m1@berth.example>\r\nSubject: S\r\n"
                        "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
                        "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
                        "one\r\ntwo\r\n");
    smtp_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_settings), cmocka_unit_test(test_credentials),
                                        cmocka_unit_test(test_message) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
