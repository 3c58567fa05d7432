/* Operations, events, tokens and idempotency keys (store/store.h). */
#include "store_fixture.h"

static void test_operation_order_and_pages(void **state)
{
    struct fixture *f = *state;
    struct error err = ERROR_INIT;
    struct page page = { "", 4, .descending = true };
    struct operation *list;
    size_t count, total = 0;

    add_customer(f, "one");
    for (int i = 0; i < 10; i++)
        add_operation(f, arena_printf(f->arena, "op%d", i), "customer.update", "one");
    add_operation(f, "look", "plan", "one");
    do {
        expect_ok(store_operation_list(f->store, f->arena,
                                       &(struct operation_filter){ .customer = "one", .state = NULL }, page, &list,
                                       &count, &err));
        for (size_t i = 0; i < count; i++) /* newest first, looks left out */
            assert_string_equal(list[i].id, arena_printf(f->arena, "op%zu", 9 - total - i));
        total += count;
        page.after = count ? list[count - 1].id : page.after;
        add_operation(f, arena_printf(f->arena, "new%zu", total), "customer.update", "one"); /* newer: not seen */
    } while (count == 4);
    assert_int_equal(total, 10);
    page = (struct page){ "", 100, .descending = true };
    expect_ok(store_operation_list(f->store, f->arena, &(struct operation_filter){ .customer = "two", .state = NULL },
                                   page, &list, &count, &err));
    assert_int_equal(count, 0);
    expect_ok(store_operation_list(f->store, f->arena, &(struct operation_filter){ .customer = NULL, .state = "done" },
                                   page, &list, &count, &err));
    assert_int_equal(count, 0);
    expect_ok(store_operation_finish(f->store, "op3", OPERATION_FAILED, "no room", "{}", &err));
    expect_ok(store_operation_finish(f->store, "op3", OPERATION_DONE, "late", "", &err)); /* the first end stands */
    expect_ok(store_operation_list(f->store, f->arena,
                                   &(struct operation_filter){ .customer = NULL, .state = "failed" }, page, &list,
                                   &count, &err));
    assert_int_equal(count, 1);
    assert_string_equal(list[0].message, "no room");
    assert_string_equal(list[0].result, "{}");
}

static void test_operation_ids_are_unique(void **state)
{
    struct fixture *f = *state;
    struct error err = ERROR_INIT;
    const struct operation op = an_operation("op1", "customer.update", "one");

    add_operation(f, "op1", "customer.update", "one");
    struct store_tx *tx = begin(f);
    expect_no_commit(tx, store_operation_insert(tx, &op, &err));
}

static void test_looks(void **state)
{
    struct fixture *f = *state;
    struct error err = ERROR_INIT;
    struct operation op;
    bool found;

    expect_ok(store_look_claim(f->store, f->arena, &op, &found, &err));
    assert_false(found);
    add_operation(f, "change", "customer.update", "one");
    expect_ok(store_look_claim(f->store, f->arena, &op, &found, &err));
    assert_false(found);
    add_operation(f, "look1", "plan", "one");
    add_operation(f, "look2", "diff", "one");
    expect_ok(store_look_claim(f->store, f->arena, &op, &found, &err));
    assert_true(found);
    assert_string_equal(op.id, "look1"); /* oldest first, each once */
    expect_ok(store_look_claim(f->store, f->arena, &op, &found, &err));
    assert_string_equal(op.id, "look2");
    expect_ok(store_look_claim(f->store, f->arena, &op, &found, &err));
    assert_false(found);
    expect_ok(store_operation_finish(f->store, "look1", OPERATION_DONE, "", "{\"changes\":[]}", &err));
    assert_int_equal(operation_state_of(f, "look1"), OPERATION_DONE);
    assert_int_equal(operation_state_of(f, "look2"), OPERATION_RUNNING);
}

static void pass_with_events(struct fixture *f, const char *customer, int first, size_t count)
{
    struct error err = ERROR_INIT;
    struct event *list = arena_array(f->arena, count, sizeof *list);
    const struct pass_result r = { .due_ms = 1, .event_count = count, .events = list };
    struct lease l;

    for (size_t i = 0; i < count; i++)
        list[i] = (struct event){ .customer = customer,
                                  .type = "Normal",
                                  .reason = "Made",
                                  .object = "x",
                                  .message = arena_printf(f->arena, "%d", first + (int)i) };
    expect_ok(store_customer_due(f->store, customer, &err));
    do {
        assert_true(claim_as(f, "x", 60000, &l));
        if (!str_eq(l.customer, customer))
            pass_done(f, &l, true, 0);
    } while (!str_eq(l.customer, customer));
    expect_ok(store_pass_end(f->store, &l, &r, &err));
}

/* Read on from the last number: every event once, in order, whoever it belongs to. */
static void test_event_order(void **state)
{
    struct fixture *f = *state;
    struct error err = ERROR_INIT;
    struct event *list;
    size_t count;
    int64_t after = 0, last = 0;

    add_customer(f, "one");
    pass_with_events(f, "one", 0, 25);
    for (int expected = 0; expected < 25;) {
        expect_ok(store_event_list(f->store, f->arena, "one", after, 10, &list, &count, &err));
        assert_true(count > 0);
        for (size_t i = 0; i < count; i++, expected++) {
            assert_string_equal(list[i].message, arena_printf(f->arena, "%d", expected));
            assert_true(list[i].seq > last);
            last = list[i].seq;
        }
        after = last;
    }
    expect_ok(store_event_list(f->store, f->arena, NULL, after, 10, &list, &count, &err));
    assert_int_equal(count, 0);
}

/* A customer keeps its newest thousand events, and numbers are never used again. */
static void test_event_limit(void **state)
{
    struct fixture *f = *state;
    struct error err = ERROR_INIT;
    struct event *list;
    size_t count;

    add_customer(f, "one");
    add_customer(f, "two");
    pass_with_events(f, "two", 0, 1);
    pass_with_events(f, "one", 0, 1200);
    expect_ok(store_event_list(f->store, f->arena, "one", 0, 5000, &list, &count, &err));
    assert_int_equal(count, 1000);
    assert_string_equal(list[0].message, "200");
    int64_t newest = list[999].seq;
    expect_ok(store_event_list(f->store, f->arena, "two", 0, 10, &list, &count, &err));
    assert_int_equal(count, 1); /* the limit is one customer's own */
    struct lease l;
    assert_true(claim_as(f, "x", 60000, &l));
    while (!str_eq(l.customer, "one"))
        assert_true(claim_as(f, "x", 60000, &l));
    expect_ok(store_customer_erase(f->store, &l, &err));
    add_customer(f, "one");
    pass_with_events(f, "one", 7, 1);
    expect_ok(store_event_list(f->store, f->arena, "one", newest, 10, &list, &count, &err));
    assert_int_equal(count, 1);
}

/* The admin's first token: whoever of several comes first makes it, and nobody while there is a way in. */
static void test_first_token(void **state)
{
    struct fixture *f = *state;
    struct error err = ERROR_INIT;
    const struct token x = { "h1", "admin", "token", clock_wall_ms(), 0 }, y = { "h2", "admin", "token", 1, 0 };
    struct token t;
    bool made;

    expect_ok(store_token_first(f->store, &x, &made, &err));
    assert_true(made);
    expect_ok(store_token_first(f->store, &y, &made, &err));
    assert_false(made);
    expect_ok(store_token_get(f->store, f->arena, "h1", &t, &err));
    expect_error(store_token_get(f->store, f->arena, "h2", &t, &err), ERROR_NOT_FOUND);
    expect_ok(store_token_delete(f->store, "h1", &err));
    expect_ok(store_token_first(f->store, &y, &made, &err));
    assert_true(made);
}

static void test_tokens(void **state)
{
    struct fixture *f = *state;
    struct error err = ERROR_INIT;
    const int64_t now = clock_wall_ms();
    const struct token forever = { "h1", "admin", "token", now, 0 },
                       session = { "h2", "admin", "session", now, now + 60000 },
                       over = { "h3", "admin", "session", now - 2000, now - 1000 };
    struct token t;
    int64_t count;

    expect_ok(store_token_insert(f->store, &forever, &err));
    expect_ok(store_token_insert(f->store, &forever, &err)); /* the same again: no fault, no second */
    expect_ok(store_token_insert(f->store, &over, &err));
    expect_error(store_token_get(f->store, f->arena, "h3", &t, &err), ERROR_NOT_FOUND); /* expired */
    expect_ok(store_token_insert(f->store, &session, &err));
    expect_ok(store_token_get(f->store, f->arena, "h2", &t, &err));
    assert_string_equal(t.kind, "session");
    expect_ok(store_token_count(f->store, &count, &err));
    assert_int_equal(count, 1); /* sessions are not tokens */
    expect_ok(store_token_delete(f->store, "h1", &err));
    expect_ok(store_token_delete(f->store, "h1", &err));
    expect_error(store_token_get(f->store, f->arena, "h1", &t, &err), ERROR_NOT_FOUND);
    expect_error(store_token_get(f->store, f->arena, "", &t, &err), ERROR_NOT_FOUND);
}

static void test_idempotency(void **state)
{
    struct fixture *f = *state;
    struct error err = ERROR_INIT;
    const char *body, *location;
    int status;

    struct store_tx *tx = begin(f);
    expect_ok(store_idempotency_get(tx, f->arena, "key", "hash", &status, &body, &location, &err));
    assert_null(body);
    expect_ok(store_idempotency_put(tx, "key", "hash", 202, "{\"id\":1}", "/api/v1/x", &err));
    expect_no_commit(tx, store_idempotency_put(tx, "key", "hash", 202, "{}", "", &err));
    err = ERROR_INIT;
    tx = begin(f); /* an answer belongs to the change that it tells of: rolled back together */
    expect_ok(store_idempotency_get(tx, f->arena, "key", "hash", &status, &body, &location, &err));
    assert_null(body);
    expect_ok(store_idempotency_put(tx, "key", "hash", 202, "{\"id\":1}", "/api/v1/x", &err));
    commit(tx);
    tx = begin(f);
    expect_ok(store_idempotency_get(tx, f->arena, "key", "hash", &status, &body, &location, &err));
    assert_int_equal(status, 202);
    assert_string_equal(body, "{\"id\":1}");
    assert_string_equal(location, "/api/v1/x");
    expect_error(store_idempotency_get(tx, f->arena, "key", "other request", &status, &body, &location, &err),
                 ERROR_CONFLICT);
    expect_ok(store_idempotency_get(tx, f->arena, "other", "hash", &status, &body, &location, &err));
    assert_null(body);
    store_rollback(tx);
}

/* A day later the key is free again. */
static void test_idempotency_ends(void **state)
{
    struct fixture *f = *state;
    struct error err = ERROR_INIT;
    const char *body, *location;
    int status;

    struct store_tx *tx = begin(f);
    expect_ok(store_idempotency_put(tx, "key", "hash", 202, "{}", "", &err));
    commit(tx);
    database_sql(f->path, "UPDATE idempotency SET at_ms = at_ms - 86400000");
    tx = begin(f);
    expect_ok(store_idempotency_get(tx, f->arena, "key", "another", &status, &body, &location, &err));
    assert_null(body);
    expect_ok(store_idempotency_put(tx, "key", "another", 201, "{}", "", &err));
    commit(tx);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_operation_order_and_pages),
        TEST(test_operation_ids_are_unique),
        TEST(test_looks),
        TEST(test_event_order),
        TEST(test_event_limit),
        TEST(test_first_token),
        TEST(test_tokens),
        TEST(test_idempotency),
        TEST(test_idempotency_ends),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
