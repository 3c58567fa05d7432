/* The audit log: a chain of hashes that tells the first row that was tampered with (store/store.h). */
#include "store_fixture.h"

#include <pthread.h>

enum { ROWS = 5, WRITERS = 8, EACH = 10 };

static void fill(struct fixture *f)
{
    for (int i = 0; i < ROWS; i++)
        add_operation(f, arena_printf(f->arena, "op%d", i), "customer.update", "one");
}

static struct audit_verdict verdict(struct fixture *f)
{
    struct error err = ERROR_INIT;
    struct audit_verdict v;

    expect_ok(store_audit_verify(f->store, f->arena, &v, &err));
    return v;
}

/* The documented form of a row, written down here a second time. */
static void test_documented_hash(void **state)
{
    struct fixture *f = *state;
    struct error err = ERROR_INIT;
    const struct audit_filter any = { 0 };
    struct audit *rows;
    size_t count;
    const char *before = "";

    assert_int_equal(verdict(f).rows, 0);
    assert_int_equal(verdict(f).broken, 0);
    fill(f);
    expect_ok(
        store_audit_list(f->store, f->arena, &any, (struct page){ "", 100, .descending = true }, &rows, &count, &err));
    assert_int_equal(count, ROWS);
    for (size_t i = count; i-- > 0;) {
        const char *seq = arena_printf(f->arena, "%lld", (long long)rows[i].seq),
                   *at = arena_printf(f->arena, "%lld", (long long)rows[i].at_ms);
        const char *const fields[] = {
            seq, at, rows[i].actor, rows[i].request_id, rows[i].action, rows[i].customer, rows[i].subject
        };
        struct id_sha256 *h = id_sha256_new();
        id_sha256_add(h, before, strlen(before));
        for (size_t j = 0; j < sizeof fields / sizeof fields[0]; j++) {
            const char *text = arena_printf(f->arena, "%zu:%s,", strlen(fields[j]), fields[j]);
            id_sha256_add(h, text, strlen(text));
        }
        assert_int_equal(rows[i].seq, count - i);
        before = id_sha256_hex(h, f->arena);
        assert_string_equal(rows[i].hash, before);
    }
    assert_string_equal(verdict(f).head, before);
}

static void test_first_broken_row(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *sql;
        int broken;
    } cases[] = {
        { "UPDATE audit SET actor = 'other' WHERE seq = 3", 3 },
        { "UPDATE audit SET at_ms = at_ms + 1 WHERE seq = 1", 1 },
        { "UPDATE audit SET customer = customer || subject, subject = '' WHERE seq = 2", 2 },
        { "UPDATE audit SET hash = 'ab' WHERE seq = 4", 4 },
        { "DELETE FROM audit WHERE seq = 2", 2 },
        { "DELETE FROM audit WHERE seq = 1", 1 },
        { "DELETE FROM audit WHERE seq = 5", 5 },
        { "DELETE FROM audit", 1 },
        { "INSERT INTO audit SELECT seq + 1, at_ms, actor, request_id, action, customer, subject, hash, scheme FROM "
          "audit "
          "WHERE seq = 5",
          6 },
        { "UPDATE audit SET scheme = 1 WHERE seq = 3", 3 },
        { "UPDATE audit_head SET hash = 'ab'", 5 },
    };

    fill(f);
    database_sql(f->path,
                 "CREATE TABLE kept AS SELECT * FROM audit; CREATE TABLE kept_head AS SELECT * FROM audit_head");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(verdict(f).broken, 0);
        database_sql(f->path, cases[i].sql);
        if (verdict(f).broken != cases[i].broken)
            fail_msg("%s: row %lld", cases[i].sql, (long long)verdict(f).broken);
        assert_true(verdict(f).reason[0] != '\0');
        database_sql(
            f->path,
            "DELETE FROM audit; INSERT INTO audit SELECT * FROM kept; DELETE FROM audit_head; INSERT INTO audit_head "
            "SELECT * FROM kept_head");
    }
}

struct writer {
    struct store *store;
    int failed;
};

static void *write_rows(void *ctx)
{
    struct writer *w = ctx;
    const struct audit row = { .actor = "a", .request_id = "r", .action = "x.do", .customer = "", .subject = "s" };

    for (int i = 0; i < EACH; i++) {
        struct error err = ERROR_INIT;
        struct store_tx *tx;
        if (store_begin(w->store, &tx, &err) < 0) {
            w->failed++;
            continue;
        }
        if (store_audit_append(tx, &row, 1, &err) < 0)
            w->failed++;
        if (i % 3 == 2)
            store_rollback(tx); /* leaves no gap */
        else if (store_commit(tx, &err) < 0)
            w->failed++;
    }
    return NULL;
}

/* Half of them through a second store, as another process has. */
static void test_concurrent_writers(void **state)
{
    struct fixture *f = *state;
    struct error err = ERROR_INIT;
    struct writer writers[WRITERS];
    pthread_t threads[WRITERS];
    struct store *second;

    expect_ok(store_open(f->path, false, &second, &err));
    for (int i = 0; i < WRITERS; i++) {
        writers[i] = (struct writer){ i % 2 ? second : f->store, 0 };
        assert_int_equal(pthread_create(&threads[i], NULL, write_rows, &writers[i]), 0);
    }
    for (int i = 0; i < WRITERS; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(writers[i].failed, 0);
    }
    store_close(second);
    assert_int_equal(verdict(f).broken, 0);
    assert_int_equal(verdict(f).rows, WRITERS * (EACH - EACH / 3));
}

static void test_list_filters_and_pages(void **state)
{
    struct fixture *f = *state;
    struct error err = ERROR_INIT;
    const struct audit_filter one = { .customer = "one", .action = "customer.update" }, none = { .actor = "nobody" };
    struct page page = { "", 2, .descending = true };
    struct audit *rows;
    size_t count, total = 0;

    fill(f);
    add_operation(f, "other", "customer.update", "two");
    do {
        expect_ok(store_audit_list(f->store, f->arena, &one, page, &rows, &count, &err));
        for (size_t i = 0; i < count; i++)
            assert_int_equal(rows[i].seq, ROWS - (int)total - (int)i);
        total += count;
        page.after = count ? arena_printf(f->arena, "%lld", (long long)rows[count - 1].seq) : "";
    } while (count == 2);
    assert_int_equal(total, ROWS);
    expect_ok(
        store_audit_list(f->store, f->arena, &none, (struct page){ "", 2, .descending = true }, &rows, &count, &err));
    assert_int_equal(count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_documented_hash),
        TEST(test_first_broken_row),
        TEST(test_concurrent_writers),
        TEST(test_list_filters_and_pages),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
