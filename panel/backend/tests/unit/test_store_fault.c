/* The store under stress (store/store.h): many writers, other processes, a full disk, a file that may not be written. */
#include "store_fixture.h"

#include <pthread.h>
#include <sys/wait.h>

#include "store/internal.h"

enum { WRITERS = 4, WRITES = 40 };

struct writer {
    struct fixture *f;
    int number, acknowledged;
    pthread_t thread;
};

static void *write_many(void *ctx)
{
    struct writer *w = ctx;

    for (int i = 0; i < WRITES; i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        CLEANUP(store_rollbackp) struct store_tx *tx = NULL;
        struct error err = ERROR_INIT;
        const struct operation op = an_operation(arena_printf(a, "op-%d-%d", w->number, i), "customer.update", "one");
        struct tenant t;
        if (store_begin(w->f->store, &tx, &err) < 0 || store_customer_touch(tx, "one", &err) < 0 ||
            store_operation_insert(tx, &op, &err) < 0)
            return NULL;
        struct store_tx *last = tx;
        tx = NULL;
        if (store_commit(last, &err) < 0 || store_tenant_load(w->f->store, NULL, a, "one", &t, &err) < 0)
            return NULL;
        w->acknowledged++;
    }
    return NULL;
}

/* What was acknowledged is there: every operation, and a generation for each. */
static void test_concurrent_writers(void **state)
{
    struct fixture *f = *state;
    struct error err = ERROR_INIT;
    struct writer writers[WRITERS];
    struct operation op;

    add_customer(f, "one");
    for (int i = 0; i < WRITERS; i++) {
        writers[i] = (struct writer){ .f = f, .number = i };
        assert_int_equal(pthread_create(&writers[i].thread, NULL, write_many, &writers[i]), 0);
    }
    for (int i = 0; i < WRITERS; i++)
        pthread_join(writers[i].thread, NULL);
    for (int i = 0; i < WRITERS; i++) {
        assert_int_equal(writers[i].acknowledged, WRITES);
        for (int j = 0; j < WRITES; j++)
            expect_ok(store_operation_get(f->store, f->arena, arena_printf(f->arena, "op-%d-%d", i, j), &op, &err));
    }
    assert_int_equal(customer_of(f, "one").generation, 1 + WRITERS * WRITES);
}

struct claimer {
    struct fixture *f;
    pthread_t thread;
    char owner[8];
    char claimed[64];
    int count;
};

static void *claim_all(void *ctx)
{
    struct claimer *c = ctx;
    CLEANUP(arena_freep) struct arena *a = arena_new();

    for (int i = 0; i < 64; i++) {
        struct error err = ERROR_INIT;
        struct lease l;
        int64_t next;
        bool found = false;
        if (store_claim(c->f->store, a, c->owner, 60000, &l, &found, &next, &err) < 0 || !found)
            continue;
        c->claimed[c->count++] = l.customer[1];
    }
    return NULL;
}

/* Threads that claim at once never get the same customer. */
static void test_concurrent_claims(void **state)
{
    struct fixture *f = *state;
    struct claimer claimers[4] = { 0 };
    int seen[26] = { 0 };

    for (char c = 'a'; c <= 'z'; c++)
        add_customer(f, arena_printf(f->arena, "c%c", c));
    for (int i = 0; i < 4; i++) {
        claimers[i].f = f;
        (void)snprintf(claimers[i].owner, sizeof claimers[i].owner, "o%d", i);
        assert_int_equal(pthread_create(&claimers[i].thread, NULL, claim_all, &claimers[i]), 0);
    }
    for (int i = 0; i < 4; i++) {
        pthread_join(claimers[i].thread, NULL);
        for (int j = 0; j < claimers[i].count; j++)
            seen[claimers[i].claimed[j] - 'a']++;
    }
    for (int i = 0; i < 26; i++)
        assert_int_equal(seen[i], 1);
}

/* Runs fn in a process of its own, with a store of its own on the same file. */
static pid_t in_child(struct fixture *f, int (*fn)(struct fixture *f, struct store *s))
{
    pid_t pid = fork();

    if (pid != 0)
        return pid;
    struct error err = ERROR_INIT;
    struct store *s;
    _exit(store_open(f->path, false, &s, &err) < 0 ? 99 : fn(f, s));
}

static int exit_code(pid_t pid)
{
    int status;

    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 100 + WTERMSIG(status);
}

static int touch_later(struct fixture *f, struct store *s)
{
    struct error err = ERROR_INIT;

    (void)f;
    clock_sleep_ms(150);
    return store_customer_due(s, "one", &err) < 0;
}

static void test_wait(void **state)
{
    struct fixture *f = *state;
    struct error err = ERROR_INIT;
    int64_t seen = 0;

    add_customer(f, "one");
    (void)store_wait(f->store, &seen, 0); /* what was before */
    int64_t begin_ms = clock_mono_ms();
    assert_false(store_wait(f->store, &seen, 60)); /* nothing happens */
    assert_true(clock_mono_ms() - begin_ms >= 60);
    expect_ok(store_customer_due(f->store, "one", &err)); /* this process's own commit */
    assert_true(store_wait(f->store, &seen, 1000));
    assert_false(store_wait(f->store, &seen, 0));
    pid_t pid = in_child(f, touch_later);
    begin_ms = clock_mono_ms();
    assert_true(store_wait(f->store, &seen, 5000)); /* another process's commit */
    assert_true(clock_mono_ms() - begin_ms < 3000);
    assert_int_equal(exit_code(pid), 0);
}

struct waiter {
    struct store *store;
    int64_t seen, timeout_ms, took_ms;
    bool changed;
};

static void *wait_in_thread(void *ctx)
{
    struct waiter *w = ctx;
    int64_t begin_ms = clock_mono_ms();

    w->changed = store_wait(w->store, &w->seen, w->timeout_ms);
    w->took_ms = clock_mono_ms() - begin_ms;
    return NULL;
}

/* Of many that wait one asks the database: all hear of a commit, and when the one that asks goes, another one does. */
static void test_wait_together(void **state)
{
    struct fixture *f = *state;
    struct waiter waiters[8];
    pthread_t threads[COUNT(waiters)];
    int64_t seen = 0;

    add_customer(f, "one");
    (void)store_wait(f->store, &seen, 0);
    pid_t pid = in_child(f, touch_later); /* before there are threads */
    for (size_t i = 0; i < COUNT(waiters); i++) {
        /* the first ones give up before the commit comes */
        waiters[i] = (struct waiter){ .store = f->store, .seen = seen, .timeout_ms = i < 4 ? 20 + (int64_t)i : 20000 };
        assert_int_equal(pthread_create(&threads[i], NULL, wait_in_thread, &waiters[i]), 0);
    }
    for (size_t i = 0; i < COUNT(waiters); i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(exit_code(pid), 0);
    for (size_t i = 4; i < COUNT(waiters); i++) {
        assert_true(waiters[i].changed);
        assert_true(waiters[i].took_ms < 10000);
    }
}

static int crash_within(struct fixture *f, struct store *s)
{
    struct error err = ERROR_INIT;
    struct store_tx *tx;

    (void)f;
    if (store_begin(s, &tx, &err) < 0 || store_customer_touch(tx, "one", &err) < 0)
        return 1;
    return kill(getpid(), SIGKILL);
}

/* Killed within a transaction: nothing of it is there, and the file can be written at once. */
static void test_killed_writer(void **state)
{
    struct fixture *f = *state;
    struct error err = ERROR_INIT;

    add_customer(f, "one");
    assert_int_equal(exit_code(in_child(f, crash_within)), 100 + SIGKILL);
    assert_int_equal(customer_of(f, "one").generation, 1);
    expect_ok(store_ping(f->store, &err));
}

static int hold_lock(struct fixture *f, struct store *s)
{
    struct error err = ERROR_INIT;
    struct store_tx *tx;

    if (store_begin(s, &tx, &err) < 0 || store_customer_touch(tx, "one", &err) < 0)
        return 1;
    FILE *mark = fopen(arena_printf(f->arena, "%s/held", f->dir), "w");
    if (mark)
        fclose(mark);
    clock_sleep_ms(20000); /* ended by the test */
    return 0;
}

static int touch(struct fixture *f, const char *customer, struct error *err)
{
    CLEANUP(store_rollbackp) struct store_tx *tx = NULL;

    return store_begin(f->store, &tx, err) < 0 ? -1 : store_customer_touch(tx, customer, err);
}

/* Another process that holds the write lock for too long: UNAVAILABLE, which may be tried again; reads go on. */
static void test_busy(void **state)
{
    struct fixture *f = *state;
    struct error err = ERROR_INIT;

    add_customer(f, "one");
    pid_t pid = in_child(f, hold_lock);
    const char *mark = arena_printf(f->arena, "%s/held", f->dir);
    for (int i = 0; access(mark, F_OK) != 0 && i < 500; i++)
        clock_sleep_ms(10);
    assert_string_equal(customer_of(f, "one").id, "one");
    expect_error(touch(f, "one", &err), ERROR_UNAVAILABLE);
    assert_true(error_retriable(ERROR_UNAVAILABLE));
    kill(pid, SIGKILL);
    (void)exit_code(pid);
    expect_ok(store_ping(f->store, &err));
}

/* A full disk: FULL, nothing of the transaction is left, reads go on, and with room again so do writes. */
static void test_full(void **state)
{
    struct fixture *f = *state;
    struct error err = ERROR_INIT;
    int rc = 0, made = 0;

    add_customer(f, "one");
    struct store_tx *tx = begin(f);
    expect_ok(db_script(store_tx_db(tx), "PRAGMA max_page_count = 1", &err)); /* as many as there are now */
    store_rollback(tx);
    while (rc == 0 && made < 10000) {
        struct customer c = a_customer(f, arena_printf(f->arena, "c%d", made));
        expect_ok(store_begin(f->store, &tx, &err));
        rc = store_customer_insert(tx, &c, &err);
        if (rc == 0)
            rc = store_commit(tx, &err);
        else
            store_rollback(tx);
        made += rc == 0;
    }
    assert_int_equal(rc, -1);
    assert_int_equal(err.code, ERROR_FULL);
    assert_int_equal(error_status(err.code), 507);
    struct customer gone;
    expect_error(store_customer_get(f->store, f->arena, arena_printf(f->arena, "c%d", made), &gone, &err),
                 ERROR_NOT_FOUND);
    assert_string_equal(customer_of(f, "one").id, "one");
    tx = begin(f);
    expect_ok(db_script(store_tx_db(tx), "PRAGMA max_page_count = 1000000", &err));
    store_rollback(tx);
    add_customer(f, "again");
}

static int write_as_nobody(struct fixture *f)
{
    struct error err = ERROR_INIT;
    struct customer c;
    struct store *s;

    if (geteuid() == 0 && (setgid(65534) < 0 || setuid(65534) < 0))
        return 1;
    if (store_open(f->path, true, &s, &err) == 0) {
        if (store_ping(s, &err) == 0)
            return 2;
        if (store_customer_get(s, f->arena, "one", &c, &(struct error){ 0 }) < 0)
            return 3;
    }
    return err.code == ERROR_IO && strlen(err.message) > 0 ? 0 : 4;
}

/* A file that may only be read: IO, and no crash. */
static void test_read_only(void **state)
{
    struct fixture *f = *state;
    struct error err = ERROR_INIT;

    add_customer(f, "one");
    store_close(f->store);
    assert_int_equal(chmod(f->path, 0444), 0);
    assert_int_equal(chmod(f->dir, 0555), 0);
    pid_t pid = fork();
    if (pid == 0)
        _exit(write_as_nobody(f));
    int code = exit_code(pid);
    assert_int_equal(chmod(f->dir, 0755), 0);
    assert_int_equal(chmod(f->path, 0644), 0);
    expect_ok(store_open(f->path, true, &f->store, &err));
    assert_int_equal(code, 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_concurrent_writers), TEST(test_concurrent_claims), TEST(test_wait),
        TEST(test_wait_together),      TEST(test_killed_writer),     TEST(test_busy)
    };
    static const struct CMUnitTest tests_of_files[] = { TEST(test_full), TEST(test_read_only) };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);

    return database_server() ? failed : failed + cmocka_run_group_tests(tests_of_files, NULL, NULL);
}
