/* One process of several that use a store, for test_store_postgres.py: component_store ADDRESS COMMAND [ARGUMENT...].
 *
 *   fill COUNT       makes the customers c0, c1, ...
 *   claim OWNER      claims until nothing is due; prints each customer
 *   pass COUNT       COUNT times claims a customer and ends its pass with an event, due again at once
 *   follow COUNT     reads events by their numbers until it has COUNT of them; prints each number
 *   write PREFIX     until stdin ends: changes c0 by operations PREFIX-0, PREFIX-1, ..., each with a key, and as a client does
 *                    repeats one whose answer was "unavailable"; prints "sent", "again", "done" and "failed" lines
 *   hold             begins a change, prints "held", stops for 13 s, and prints what its commit is answered
 *   due MS           makes c0 due in so many milliseconds, as a watch's event does
 *   expire           ends the time in the trash of those for whom it is over
 *   lease            claims one, ends the pass with due in 10 s, and prints in how many ms the store says that is
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/id.h"
#include "base/str.h"
#include "store/store.h"

enum { LEASE_MS = 60000, PAUSE_MS = 50, GIVE_UP_MS = 60000 };

static int fill(struct store *s, struct arena *a, int64_t count, struct error *err)
{
    for (int64_t i = 0; i < count; i++) {
        const char *id = arena_printf(a, "c%lld", (long long)i);
        struct customer c = { .id = id,
                              .uid = id,
                              .name = id,
                              .plan = "small",
                              .cluster = "local",
                              .suspend_reason = "",
                              .state = CUSTOMER_ACTIVE };
        CLEANUP(store_rollbackp) struct store_tx *tx = NULL;
        if (store_begin(s, &tx, err) < 0 || store_customer_insert(tx, &c, err) < 0)
            return -1;
        struct store_tx *last = tx;
        tx = NULL;
        if (store_commit(last, err) < 0)
            return -1;
    }
    return 0;
}

static int claim(struct store *s, struct arena *a, const char *owner, struct error *err)
{
    int64_t next;
    bool found;

    do {
        struct lease l;
        if (store_claim(s, a, owner, LEASE_MS, &l, &found, &next, err) < 0)
            return -1;
        if (found)
            printf("%s\n", l.customer);
    } while (found);
    return 0;
}

static int pass(struct store *s, struct arena *a, int64_t count, struct error *err)
{
    int64_t next, done = 0;

    while (done < count) {
        struct lease l;
        bool found;
        if (store_claim(s, a, "passes", LEASE_MS, &l, &found, &next, err) < 0)
            return -1;
        if (!found)
            continue;
        const struct event e = {
            .customer = l.customer, .type = "Normal", .reason = "Tested", .object = "", .message = ""
        };
        const struct pass_result r = { .due_ms = 1, .event_count = 1, .events = &e };
        if (store_pass_end(s, &l, &r, err) < 0)
            return -1;
        done++;
    }
    return 0;
}

static int follow(struct store *s, int64_t count, struct error *err)
{
    int64_t after = 0, got = 0, seen = 0, end = clock_mono_ms() + GIVE_UP_MS;

    while (got < count && clock_mono_ms() < end) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        struct event *events;
        size_t n;
        (void)store_wait(s, &seen, 100);
        if (store_event_list(s, a, NULL, after, 200, &events, &n, err) < 0)
            return -1;
        for (size_t i = 0; i < n; i++)
            printf("%lld\n", (long long)(after = events[i].seq));
        got += (int64_t)n;
    }
    return 0;
}

/* One change as the API makes it. *ret_before: it was there already, by its key. */
static int change(struct store *s, struct arena *a, const char *id, bool *ret_before, struct error *err)
{
    CLEANUP(store_rollbackp) struct store_tx *tx = NULL;
    const struct operation op = { .id = id,
                                  .kind = "customer.update",
                                  .customer = "c0",
                                  .subject = "c0",
                                  .actor = "admin",
                                  .request_id = "req-1",
                                  .message = "",
                                  .state = OPERATION_ACCEPTED,
                                  .result = "",
                                  .input = "" };
    const char *body, *location;
    int status;

    if (store_begin(s, &tx, err) < 0 || store_idempotency_get(tx, a, id, "same", &status, &body, &location, err) < 0)
        return -1;
    *ret_before = body != NULL;
    if (body)
        return 0;
    if (store_customer_touch(tx, "c0", err) < 0 || store_operation_insert(tx, &op, err) < 0 ||
        store_idempotency_put(tx, id, "same", 202, "{}", "", err) < 0)
        return -1;
    struct store_tx *last = tx;
    tx = NULL;
    return store_commit(last, err);
}

static int write_changes(struct store *s, const char *prefix)
{
    struct pollfd end = { .fd = STDIN_FILENO, .events = POLLIN };

    for (int i = 0; poll(&end, 1, 0) == 0;) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        struct error err = ERROR_INIT;
        const char *id = arena_printf(a, "%s-%d", prefix, i);
        bool before = false;
        printf("sent %s\n", id);
        if (change(s, a, id, &before, &err) == 0) {
            printf("done %s %s\n", id, before ? "before" : "now");
            i++;
        } else if (error_retriable(err.code)) {
            printf("again %s %s: %s\n", id, error_name(err.code), err.message);
            clock_sleep_ms(PAUSE_MS);
        } else {
            printf("failed %s %s: %s\n", id, error_name(err.code), err.message);
            return 1;
        }
    }
    return 0;
}

static int hold(struct store *s, struct error *err)
{
    struct store_tx *tx;

    if (store_begin(s, &tx, err) < 0 || store_customer_touch(tx, "c0", err) < 0)
        return -1;
    puts("held");
    clock_sleep_ms(13000);
    puts(store_commit(tx, err) < 0 ? error_name(err->code) : "committed");
    return 0;
}

static int lease(struct store *s, struct arena *a, struct error *err)
{
    struct pass_result r = { .ready = true, .due_ms = clock_wall_ms() + 10000 };
    struct lease l;
    int64_t next;
    bool found;

    if (store_claim(s, a, "one", LEASE_MS, &l, &found, &next, err) < 0 || !found)
        return -1;
    if (store_claim(s, a, "two", LEASE_MS, &l, &found, &next, err) < 0 || found)
        return -1;
    printf("%lld\n", (long long)(next - clock_wall_ms()));
    if (store_pass_end(s, &l, &r, err) < 0 || store_claim(s, a, "two", LEASE_MS, &l, &found, &next, err) < 0 || found)
        return -1;
    printf("%lld\n", (long long)(next - clock_wall_ms()));
    return 0;
}

static int run(struct store *s, const char *command, const char *argument, struct error *err)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    int64_t number = 0;

    if (str_eq(command, "claim"))
        return claim(s, a, argument, err);
    if (str_eq(command, "write"))
        return write_changes(s, argument);
    if (str_eq(command, "hold"))
        return hold(s, err);
    if (str_eq(command, "expire"))
        return store_trash_expire(s, err);
    if (str_eq(command, "lease"))
        return lease(s, a, err);
    if (str_to_i64(argument, 0, 1000000, &number, err) < 0)
        return -1;
    if (str_eq(command, "due"))
        return store_customer_due_in(s, "c0", number, err);
    return str_eq(command, "fill")     ? fill(s, a, number, err)
           : str_eq(command, "pass")   ? pass(s, a, number, err)
           : str_eq(command, "follow") ? follow(s, number, err)
                                       : error_set(err, ERROR_INVALID, "no command '%s'", command);
}

int main(int argc, char **argv)
{
    struct error err = ERROR_INIT;
    struct store *s = NULL;
    int rc = -1;

    (void)setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
    if (argc >= 3 && id_init(&err) == 0 && store_open(argv[1], true, &s, &err) == 0)
        rc = run(s, argv[2], argc > 3 ? argv[3] : "", &err);
    store_close(s);
    if (rc != 0)
        fprintf(stderr, "%s: %s\n", error_name(err.code), err.message);
    return rc != 0;
}
