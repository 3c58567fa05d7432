/* A real store, in a scratch folder or on a server (database.h), and short ways to fill it, for the tests of store/. */
#ifndef BERTH_TESTS_STORE_FIXTURE_H
#define BERTH_TESTS_STORE_FIXTURE_H

#include "database.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/id.h"
#include "base/keyring.h"
#include "store/store.h"

#define KEY_A "a 1111111111111111111111111111111111111111111111111111111111111111\n"
#define KEY_B "b 2222222222222222222222222222222222222222222222222222222222222222\n"

struct fixture {
    struct arena *arena;
    const char *dir, *path; /* path: the address of the store */
    struct store *store;
};

static inline int fixture_up(void **state)
{
    struct fixture *f = unit_new(sizeof *f);
    struct error err = ERROR_INIT;

    expect_ok(id_init(&err));
    f->arena = arena_new();
    f->dir = unit_folder(f->arena);
    f->path = database_new(f->arena, f->dir, "berth");
    expect_ok(store_open(f->path, true, &f->store, &err));
    *state = f;
    return 0;
}

static inline int fixture_down(void **state)
{
    struct fixture *f = *state;

    store_close(f->store);
    unit_remove(f->dir);
    arena_free(f->arena);
    free(f);
    return 0;
}

/* The keys that the store uses from now on; the caller frees them. */
static inline struct keyring *use_keys(struct fixture *f, const char *text)
{
    const char *path = arena_printf(f->arena, "%s/keys", f->dir);
    struct error err = ERROR_INIT;
    struct keyring *k;

    expect_ok(file_write(path, text, strlen(text), 0600, &err));
    expect_ok(keyring_load(path, &k, &err));
    store_use_keys(f->store, k);
    return k;
}

static inline struct store_tx *begin(struct fixture *f)
{
    struct error err = ERROR_INIT;
    struct store_tx *tx;

    expect_ok(store_begin(f->store, &tx, &err));
    return tx;
}

static inline void commit(struct store_tx *tx)
{
    struct error err = ERROR_INIT;

    expect_ok(store_commit(tx, &err));
}

/* The change cannot be made, and a server says so at its commit at the latest. Ends it. */
static inline void expect_no_commit(struct store_tx *tx, int rc)
{
    struct error err = ERROR_INIT;

    if (rc < 0)
        store_rollback(tx);
    else
        assert_int_equal(store_commit(tx, &err), -1);
}

/* The store as another process has it open. */
static inline struct store *another(struct fixture *f)
{
    struct error err = ERROR_INIT;
    struct store *s;

    expect_ok(store_open(f->path, false, &s, &err));
    return s;
}

static inline struct customer a_customer(struct fixture *f, const char *id)
{
    return (struct customer){ .id = id,
                              .uid = arena_printf(f->arena, "uid-%s", id),
                              .name = arena_printf(f->arena, "Name of %s", id),
                              .plan = "small",
                              .cluster = "local",
                              .suspend_reason = "",
                              .state = CUSTOMER_ACTIVE,
                              .spam = { SPAM_JUNK, SPAM_REJECT } };
}

static inline void add_customer(struct fixture *f, const char *id)
{
    struct error err = ERROR_INIT;
    struct customer c = a_customer(f, id);
    struct store_tx *tx = begin(f);

    expect_ok(store_customer_insert(tx, &c, &err));
    commit(tx);
}

static inline void add_domain(struct fixture *f, const char *customer, const char *name)
{
    struct error err = ERROR_INIT;
    const struct domain d = { .name = name, .customer = customer };
    struct store_tx *tx = begin(f);

    expect_ok(store_domain_insert(tx, &d, &err));
    commit(tx);
}

static inline void add_site(struct fixture *f, const char *customer, const char *id, const char *hostname)
{
    struct error err = ERROR_INIT;
    const char *names[] = { hostname };
    const struct site s = { .id = id,
                            .customer = customer,
                            .runtime = "static",
                            .replicas = 1,
                            .release = "",
                            .hostname_count = 1,
                            .hostnames = names };
    struct store_tx *tx = begin(f);

    expect_ok(store_site_insert(tx, &s, &err));
    commit(tx);
}

static inline struct customer customer_of(struct fixture *f, const char *id)
{
    struct error err = ERROR_INIT;
    struct customer c;

    expect_ok(store_customer_get(f->store, f->arena, id, &c, &err));
    return c;
}

static inline struct operation an_operation(const char *id, const char *kind, const char *customer)
{
    return (struct operation){ .id = id,
                               .kind = kind,
                               .customer = customer,
                               .subject = "customer/x",
                               .actor = "admin",
                               .request_id = "req-1",
                               .message = "",
                               .state = OPERATION_ACCEPTED,
                               .result = "",
                               .input = "" };
}

static inline void add_operation(struct fixture *f, const char *id, const char *kind, const char *customer)
{
    struct error err = ERROR_INIT;
    const struct operation op = an_operation(id, kind, customer);
    struct store_tx *tx = begin(f);

    expect_ok(store_operation_insert(tx, &op, &err));
    commit(tx);
}

static inline enum operation_state operation_state_of(struct fixture *f, const char *id)
{
    struct error err = ERROR_INIT;
    struct operation op;

    expect_ok(store_operation_get(f->store, f->arena, id, &op, &err));
    assert_int_equal(op.finished_ms > 0, op.state == OPERATION_DONE || op.state == OPERATION_FAILED);
    return op.state;
}

/* Claims a due customer; false when none is due. */
static inline bool claim_as(struct fixture *f, const char *owner, int64_t lease_ms, struct lease *ret)
{
    struct error err = ERROR_INIT;
    int64_t next;
    bool found;

    expect_ok(store_claim(f->store, f->arena, owner, lease_ms, ret, &found, &next, &err));
    return found;
}

/* Claims this one, and whichever comes before it: customers that are due alike have no order. */
static inline void claim_customer(struct fixture *f, const char *id, struct lease *ret)
{
    do {
        assert_true(claim_as(f, "x", 60000, ret));
    } while (!str_eq(ret->customer, id));
}

static inline void pass_done(struct fixture *f, const struct lease *l, bool ready, int64_t due_ms)
{
    struct error err = ERROR_INIT;
    const struct pass_result r = { .ready = ready, .due_ms = due_ms };

    expect_ok(store_pass_end(f->store, l, &r, &err));
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, fixture_up, fixture_down)

#endif
