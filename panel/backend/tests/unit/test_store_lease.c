/* Leases and the end of a pass (store/store.h): who may work on a customer, when, and what counts as done. */
#include "store_fixture.h"

static void test_two_owners_side_by_side(void **state)
{
    struct fixture *f = *state;
    struct lease x, y, z;

    add_customer(f, "one");
    add_customer(f, "two");
    assert_true(claim_as(f, "x", 60000, &x));
    assert_true(claim_as(f, "y", 60000, &y));
    assert_string_not_equal(x.customer, y.customer); /* never the same one twice */
    assert_false(claim_as(f, "z", 60000, &z));
    pass_done(f, &x, true, 0);
    pass_done(f, &y, true, 0);
    assert_false(claim_as(f, "z", 60000, &z)); /* nothing has changed since */
}

/* A process that dies in a pass must not lose the customer: it is due again when the lease has ended. */
static void test_lost_lease_is_claimed_again(void **state)
{
    struct fixture *f = *state;
    struct error err = ERROR_INIT;
    struct lease first, second;
    int64_t next_ms;
    bool found;

    add_customer(f, "one");
    assert_true(claim_as(f, "dies", 60, &first));
    expect_ok(store_claim(f->store, f->arena, "other", 60, &second, &found, &next_ms, &err));
    assert_false(found);
    assert_in_range(next_ms, 1, clock_wall_ms() + 60); /* says when to look again */
    clock_sleep_ms(70);
    assert_true(claim_as(f, "other", 60000, &second));
    assert_string_equal(second.customer, "one");
    assert_true(second.fence > first.fence);
}

/* Whoever lost the lease writes nothing: no condition, no event, no observed generation, no operation, no erasure. */
static void test_fencing(void **state)
{
    struct fixture *f = *state;
    struct error err = ERROR_INIT;
    struct lease stale, holder;
    const struct condition c = { "web", "", CONDITION_TRUE, "Ready", "stale words", 0, 0 };
    const struct event e = { 0, 0, "one", "Normal", "Made", "x", "stale words" };
    const struct pass_result r = {
        .ready = true, .condition_count = 1, .conditions = &c, .event_count = 1, .events = &e
    };
    struct condition *conditions;
    struct event *events;
    size_t count;

    add_customer(f, "one");
    add_operation(f, "op1", "customer.create", "one");
    assert_true(claim_as(f, "stale", 20, &stale));
    clock_sleep_ms(30);
    assert_true(claim_as(f, "holder", 60000, &holder));
    expect_error(store_pass_end(f->store, &stale, &r, &err), ERROR_STALE);
    expect_error(store_customer_erase(f->store, &stale, &err), ERROR_STALE);
    expect_ok(store_condition_list(f->store, f->arena, "one", &conditions, &count, &err));
    assert_int_equal(count, 0);
    expect_ok(store_event_list(f->store, f->arena, "one", 0, 10, &events, &count, &err));
    assert_int_equal(count, 0);
    assert_int_equal(customer_of(f, "one").observed, 0);
    assert_int_equal(operation_state_of(f, "op1"), OPERATION_ACCEPTED);
    /* and the holder's lease is as it was */
    struct lease third;
    assert_false(claim_as(f, "third", 60000, &third));
    expect_ok(store_pass_end(f->store, &holder, &r, &err));
    assert_int_equal(customer_of(f, "one").observed, 1);
    /* a lease that was given back is stale too */
    pass_done(f, &(struct lease){ .customer = "one", .generation = 1, .fence = holder.fence }, true, 0);
    expect_error(store_pass_end(f->store, &(struct lease){ .customer = "gone", .fence = 1 }, &r, &err), ERROR_STALE);
}

/* What a pass writes before its end is fenced too: a release's state, a volume, a tombstone, an event. */
static void test_fencing_within_a_pass(void **state)
{
    struct fixture *f = *state;
    struct error err = ERROR_INIT;
    struct lease stale, holder;
    const struct event e = { 0, 0, "one", "Normal", "Made", "x", "stale words" };
    const struct release r = { .id = "r1", .site = "s1", .sha256 = "aa", .media = "tar", .message = "" };
    struct tombstone *stones;
    struct release now;
    size_t count;
    int64_t seq;

    add_customer(f, "one");
    add_site(f, "one", "s1", "a.example.com");
    add_domain(f, "one", "example.com");
    struct store_tx *tx = begin(f);
    expect_ok(store_release_insert(tx, &r, &err));
    expect_ok(store_domain_delete(tx, "example.com", &err));
    commit(tx);
    assert_true(claim_as(f, "stale", 20, &stale));
    clock_sleep_ms(30);
    assert_true(claim_as(f, "holder", 60000, &holder));
    expect_error(store_release_state(f->store, &stale, "r1", RELEASE_CURRENT, "", &err), ERROR_STALE);
    expect_error(store_volume_seen(f->store, &stale, "one", "uid", &err), ERROR_STALE);
    expect_error(store_tombstone_clear(f->store, &stale, "one", "domain", "example.com", &err), ERROR_STALE);
    expect_error(store_event_add(f->store, &stale, &e, &seq, &err), ERROR_STALE);
    expect_ok(store_release_get(f->store, f->arena, "r1", &now, &err));
    assert_int_equal(now.state, RELEASE_UPLOADED);
    expect_ok(store_tombstone_list(f->store, f->arena, "one", &stones, &count, &err));
    assert_int_equal(count, 1);
    expect_ok(store_event_add(f->store, &holder, &e, &seq, &err));
    expect_ok(store_tombstone_clear(f->store, &holder, "one", "domain", "example.com", &err));
    expect_ok(store_release_state(f->store, &holder, "r1", RELEASE_CURRENT, "", &err));
}

/* Who takes over a lease that was not given back is told until when the holder before may be heard of; whoever it goes to in
 * good order is not. */
static void test_settling(void **state)
{
    struct fixture *f = *state;
    struct error err = ERROR_INIT;
    struct lease l;

    add_customer(f, "one");
    assert_true(claim_as(f, "dies", 20, &l));
    assert_int_equal(l.settle_ms, 0);
    clock_sleep_ms(30);
    assert_true(claim_as(f, "other", 400, &l));
    assert_in_range(l.settle_ms, clock_wall_ms() + 200, clock_wall_ms() + 450);
    pass_done(f, &l, true, clock_wall_ms());
    assert_true(claim_as(f, "third", 400, &l)); /* told on, while the time lasts */
    assert_in_range(l.settle_ms, clock_wall_ms(), clock_wall_ms() + 450);
    pass_done(f, &l, true, l.settle_ms);
    clock_sleep_ms(450);
    assert_true(claim_as(f, "other", 400, &l)); /* it is due when the time is over */
    assert_int_equal(l.settle_ms, 0);
    pass_done(f, &l, true, 0);
    expect_ok(store_customer_due(f->store, "one", &err));
    assert_true(claim_as(f, "dies", 60000, &l));
    expect_ok(store_lease_release(f->store, "dies", &err)); /* known to be dead: nothing of it is under way */
    assert_true(claim_as(f, "other", 60000, &l));
    assert_int_equal(l.settle_ms, 0);
}

/* A customer that came from another owner is looked at on the planes for one lease length: watches may be behind. */
static void test_moved(void **state)
{
    struct fixture *f = *state;
    struct lease l;

    add_customer(f, "one");
    assert_true(claim_as(f, "a", 60000, &l));
    assert_false(l.moved); /* nobody had it before */
    pass_done(f, &l, false, clock_wall_ms());
    assert_true(claim_as(f, "a", 60000, &l));
    assert_false(l.moved);
    pass_done(f, &l, false, clock_wall_ms());
    assert_true(claim_as(f, "b", 100, &l));
    assert_true(l.moved);
    pass_done(f, &l, false, clock_wall_ms());
    assert_true(claim_as(f, "b", 100, &l));
    assert_true(l.moved);
    pass_done(f, &l, false, clock_wall_ms());
    clock_sleep_ms(120);
    assert_true(claim_as(f, "b", 100, &l));
    assert_false(l.moved);
}

/* A duty is one owner's at a time: until its time is over, or it gives it back. */
static void test_duties(void **state)
{
    struct fixture *f = *state;
    struct error err = ERROR_INIT;
    bool held;

    expect_ok(store_duty_claim(f->store, "d", "a", 60000, &held, &err));
    assert_true(held);
    expect_ok(store_duty_claim(f->store, "d", "b", 60000, &held, &err));
    assert_false(held);
    expect_ok(store_duty_claim(f->store, "e", "b", 60000, &held, &err)); /* another duty */
    assert_true(held);
    expect_ok(store_duty_claim(f->store, "d", "a", 30, &held, &err)); /* the same owner goes on */
    assert_true(held);
    clock_sleep_ms(40);
    expect_ok(store_duty_claim(f->store, "d", "b", 60000, &held, &err));
    assert_true(held);
    expect_ok(store_duty_claim(f->store, "d", "a", 60000, &held, &err));
    assert_false(held);
    expect_ok(store_lease_release(f->store, "b", &err));
    expect_ok(store_duty_claim(f->store, "d", "a", 60000, &held, &err));
    assert_true(held);
}

static void test_due_times(void **state)
{
    struct fixture *f = *state;
    struct error err = ERROR_INIT;
    struct lease l;
    int64_t next_ms, due = clock_wall_ms() + 500;
    bool found;

    add_customer(f, "one");
    assert_true(claim_as(f, "x", 60000, &l));
    pass_done(f, &l, false, due);
    expect_ok(store_claim(f->store, f->arena, "x", 60000, &l, &found, &next_ms, &err));
    assert_false(found);
    assert_in_range(next_ms, due - 50, due + 50); /* told by this host's clock, kept by the database's */
    clock_sleep_ms(510);
    assert_true(claim_as(f, "x", 60000, &l));
    pass_done(f, &l, true, 0); /* only when something changes */
    expect_ok(store_claim(f->store, f->arena, "x", 60000, &l, &found, &next_ms, &err));
    assert_false(found);
    assert_int_equal(next_ms, 0);
    expect_ok(store_customer_due(f->store, "one", &err));
    expect_ok(store_customer_due(f->store, "unknown", &err));
    assert_true(claim_as(f, "x", 60000, &l));
    pass_done(f, &l, true, 0);
    add_customer(f, "two");
    assert_true(claim_as(f, "x", 60000, &l));
    pass_done(f, &l, true, 0);
    expect_ok(store_customer_due(f->store, NULL, &err)); /* all of them */
    assert_true(claim_as(f, "x", 60000, &l));
    assert_true(claim_as(f, "x", 60000, &l));
    assert_false(claim_as(f, "x", 60000, &l));
}

/* What comes soon merges with what comes sooner, and is never put off by what comes after it. */
static void test_due_soon(void **state)
{
    struct fixture *f = *state;
    struct error err = ERROR_INIT;
    int64_t next_ms, first_ms;
    struct lease l;
    bool found;

    add_customer(f, "one");
    assert_true(claim_as(f, "x", 60000, &l));
    pass_done(f, &l, true, 0);
    expect_ok(store_customer_due_in(f->store, "one", 500, &err));
    expect_ok(store_claim(f->store, f->arena, "x", 60000, &l, &found, &first_ms, &err));
    assert_false(found);
    clock_sleep_ms(20);
    expect_ok(store_customer_due_in(f->store, "one", 60000, &err));
    expect_ok(store_claim(f->store, f->arena, "x", 60000, &l, &found, &next_ms, &err));
    assert_in_range(next_ms, first_ms - 50, first_ms + 50); /* told by this host's clock, kept by the database's */
    clock_sleep_ms(510);
    assert_true(claim_as(f, "x", 60000, &l));
    expect_ok(store_customer_due_in(f->store, "one", 1, &err)); /* during a pass */
    pass_done(f, &l, true, 0);
    clock_sleep_ms(5);
    assert_true(claim_as(f, "x", 60000, &l));
}

/* The longest overdue comes first: one busy customer does not starve another. */
static void test_oldest_due_first(void **state)
{
    struct fixture *f = *state;
    struct lease l;
    const int64_t now = clock_wall_ms();

    add_customer(f, "late");
    add_customer(f, "later");
    for (int i = 0; i < 2; i++) {
        assert_true(claim_as(f, "x", 60000, &l));
        pass_done(f, &l, true, str_eq(l.customer, "late") ? now - 1000 : now - 500);
    }
    assert_true(claim_as(f, "x", 60000, &l));
    assert_string_equal(l.customer, "late");
    assert_true(claim_as(f, "x", 60000, &l));
    assert_string_equal(l.customer, "later");
}

/* A change that comes while a pass runs is not lost, whatever the pass says about when to look again. */
static void test_change_during_pass(void **state)
{
    struct fixture *f = *state;
    struct error err = ERROR_INIT;
    const int64_t later[] = { 0, clock_wall_ms() + 3600 * 1000 };
    struct lease l;

    add_customer(f, "one");
    for (size_t i = 0; i < COUNT(later); i++) {
        assert_true(claim_as(f, "x", 60000, &l));
        struct store_tx *tx = begin(f);
        expect_ok(store_customer_touch(tx, "one", &err));
        commit(tx);
        pass_done(f, &l, true, later[i]);
        assert_true(customer_of(f, "one").observed < customer_of(f, "one").generation);
        assert_true(claim_as(f, "x", 60000, &l));
        assert_int_equal(l.generation, customer_of(f, "one").generation);
        expect_ok(store_customer_due(f->store, "one", &err)); /* drift during a pass */
        pass_done(f, &l, true, later[i]);
    }
    assert_true(claim_as(f, "x", 60000, &l));
}

static void test_operations_done_by_generation(void **state)
{
    struct fixture *f = *state;
    struct error err = ERROR_INIT;
    struct lease l;

    add_customer(f, "one");
    add_customer(f, "two");
    add_operation(f, "op1", "customer.create", "one");
    add_operation(f, "look", "plan", "one");
    add_operation(f, "other", "customer.create", "two");
    claim_customer(f, "one", &l);
    struct store_tx *tx = begin(f); /* generation 2 */
    expect_ok(store_customer_touch(tx, "one", &err));
    const struct operation op2 = an_operation("op2", "customer.reconcile", "one");
    expect_ok(store_operation_insert(tx, &op2, &err));
    commit(tx);
    pass_done(f, &l, false, 1);
    assert_int_equal(operation_state_of(f, "op1"), OPERATION_RUNNING);
    assert_int_equal(operation_state_of(f, "look"), OPERATION_ACCEPTED); /* looks are claimed, not observed */
    assert_int_equal(operation_state_of(f, "other"), OPERATION_ACCEPTED);
    assert_int_equal(customer_of(f, "one").observed, 0);
    claim_customer(f, "one", &l);
    l.generation = 1; /* as if this pass had loaded the state before the change */
    pass_done(f, &l, true, 0);
    assert_int_equal(operation_state_of(f, "op1"), OPERATION_DONE);
    assert_int_equal(operation_state_of(f, "op2"), OPERATION_RUNNING); /* not yet observed */
    struct customer c = customer_of(f, "one");
    assert_int_equal(c.observed, 1);
    assert_int_equal(c.generation, 2);
    expect_ok(store_customer_due(f->store, "one", &err));
    assert_true(claim_as(f, "x", 60000, &l));
    pass_done(f, &l, true, 0);
    assert_int_equal(operation_state_of(f, "op2"), OPERATION_DONE);
    assert_int_equal(operation_state_of(f, "look"), OPERATION_ACCEPTED);
}

/* Ready can fall again, and what was observed stays. */
static void test_ready_falls(void **state)
{
    struct fixture *f = *state;
    struct lease l;

    add_customer(f, "one");
    assert_true(claim_as(f, "x", 60000, &l));
    pass_done(f, &l, true, 1);
    assert_true(customer_of(f, "one").ready);
    assert_true(claim_as(f, "x", 60000, &l));
    pass_done(f, &l, false, 1);
    assert_false(customer_of(f, "one").ready);
    assert_int_equal(customer_of(f, "one").observed, 1);
}

static void end_with(struct fixture *f, const struct condition *list, size_t count)
{
    struct error err = ERROR_INIT;
    const struct pass_result r = { .due_ms = 1, .condition_count = count, .conditions = list };
    struct lease l;

    assert_true(claim_as(f, "x", 60000, &l));
    expect_ok(store_pass_end(f->store, &l, &r, &err));
}

static void test_conditions(void **state)
{
    struct fixture *f = *state;
    struct error err = ERROR_INIT;
    struct condition list[] = { { "web", "s1", CONDITION_FALSE, "Waiting", "pulling", 0, 99 },
                                { "dns", "", CONDITION_TRUE, "", "", 0, 0 },
                                { "web", "", CONDITION_UNKNOWN, "", "", 0, 0 } };
    struct condition *got;
    size_t count;

    add_customer(f, "one");
    end_with(f, list, 3);
    expect_ok(store_condition_list(f->store, f->arena, "one", &got, &count, &err));
    assert_int_equal(count, 3);
    assert_string_equal(got[0].subject, "s1"); /* in the order of the pass */
    assert_string_equal(got[2].step, "web");
    int64_t since = got[0].since_ms, dns_since = got[1].since_ms;
    assert_int_equal(got[0].next_try_ms, 99);
    clock_sleep_ms(5);
    list[0].message = "still pulling";
    list[1].status = CONDITION_FALSE;
    end_with(f, list, 2);
    expect_ok(store_condition_list(f->store, f->arena, "one", &got, &count, &err));
    assert_int_equal(count, 2); /* what the pass does not name is gone */
    assert_int_equal(got[0].since_ms, since); /* the status stayed */
    assert_string_equal(got[0].message, "still pulling");
    assert_true(got[1].since_ms > dns_since); /* the status changed */
    end_with(f, NULL, 0);
    expect_ok(store_condition_list(f->store, f->arena, "one", &got, &count, &err));
    assert_int_equal(count, 0);
}

static void set_trash(struct fixture *f, const char *id, enum customer_state s, int64_t erase_ms)
{
    struct error err = ERROR_INIT;
    struct customer c = customer_of(f, id);
    struct store_tx *tx = begin(f);

    c.state = s;
    c.trashed_ms = erase_ms ? 1 : 0;
    c.erase_ms = erase_ms;
    expect_ok(store_customer_update(tx, &c, -1, &err));
    commit(tx);
}

static void test_trash_expires(void **state)
{
    struct fixture *f = *state;
    struct error err = ERROR_INIT;
    struct lease l;

    add_customer(f, "over");
    add_customer(f, "waits");
    add_customer(f, "lives");
    set_trash(f, "over", CUSTOMER_TRASHED, 1000);
    set_trash(f, "waits", CUSTOMER_TRASHED, clock_wall_ms() + 60000);
    while (claim_as(f, "x", 60000, &l))
        pass_done(f, &l, true, 0);
    int64_t generation = customer_of(f, "over").generation;
    expect_ok(store_trash_expire(f->store, &err));
    assert_int_equal(customer_of(f, "over").state, CUSTOMER_ERASING);
    assert_int_equal(customer_of(f, "over").generation, generation + 1);
    assert_int_equal(customer_of(f, "waits").state, CUSTOMER_TRASHED);
    assert_int_equal(customer_of(f, "lives").state, CUSTOMER_ACTIVE);
    assert_true(claim_as(f, "x", 60000, &l)); /* due at once, and it alone */
    assert_string_equal(l.customer, "over");
    assert_false(claim_as(f, "x", 60000, &l));
    expect_ok(store_trash_expire(f->store, &err)); /* again: nothing more */
    assert_int_equal(customer_of(f, "over").generation, generation + 1);
}

/* Erased: the customer and all below it are gone, its operations are done, and the name starts anew. */
static void test_erase_and_create_again(void **state)
{
    struct fixture *f = *state;
    struct error err = ERROR_INIT;
    const struct condition c = { "web", "", CONDITION_TRUE, "", "", 0, 0 };
    const struct event e = { 0, 0, "one", "Normal", "Made", "x", "m" };
    const struct pass_result r = {
        .ready = true, .due_ms = 1, .condition_count = 1, .conditions = &c, .event_count = 1, .events = &e
    };
    struct condition *conditions;
    struct tombstone *stones;
    struct event *events;
    struct customer gone;
    struct lease l;
    size_t count;

    add_customer(f, "one");
    add_customer(f, "two");
    add_domain(f, "one", "example.com");
    add_site(f, "one", "s1", "a.example.com");
    struct store_tx *tx = begin(f);
    expect_ok(store_domain_delete(tx, "example.com", &err));
    commit(tx);
    claim_customer(f, "one", &l);
    expect_ok(store_pass_end(f->store, &l, &r, &err));
    add_operation(f, "op1", "customer.delete", "one");
    claim_customer(f, "one", &l);
    expect_ok(store_customer_erase(f->store, &l, &err));
    expect_error(store_customer_get(f->store, f->arena, "one", &gone, &err), ERROR_NOT_FOUND);
    assert_int_equal(operation_state_of(f, "op1"), OPERATION_DONE);
    assert_int_equal(customer_of(f, "two").generation, 1); /* others are untouched */

    add_customer(f, "one");
    assert_int_equal(customer_of(f, "one").generation, 1);
    expect_ok(store_condition_list(f->store, f->arena, "one", &conditions, &count, &err));
    assert_int_equal(count, 0);
    expect_ok(store_event_list(f->store, f->arena, "one", 0, 10, &events, &count, &err));
    assert_int_equal(count, 0);
    expect_ok(store_tombstone_list(f->store, f->arena, "one", &stones, &count, &err));
    assert_int_equal(count, 0);
    add_domain(f, "two", "example.com");
    add_site(f, "two", "s1", "a.example.com");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_two_owners_side_by_side),
        TEST(test_lost_lease_is_claimed_again),
        TEST(test_fencing),
        TEST(test_fencing_within_a_pass),
        TEST(test_settling),
        TEST(test_moved),
        TEST(test_duties),
        TEST(test_due_times),
        TEST(test_due_soon),
        TEST(test_oldest_due_first),
        TEST(test_change_during_pass),
        TEST(test_operations_done_by_generation),
        TEST(test_ready_falls),
        TEST(test_conditions),
        TEST(test_trash_expires),
        TEST(test_erase_and_create_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
