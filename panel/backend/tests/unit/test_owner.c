/* Who is dead (reconcile/owner.h): only whoever no longer holds its lock, however alike the names of hosts are. */
#include "unit.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/id.h"
#include "reconcile/owner.h"

static size_t dead_of(const struct owner *o, struct arena *a, const char ***ret)
{
    size_t count;

    owner_list_dead(o, a, ret, &count);
    return count;
}

static void test_living_and_dead(void **state)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct error err = ERROR_INIT;
    const char *dir = unit_folder(a), **dead;
    char name[64] = "";
    int pipes[2], go[2];

    (void)state;
    expect_ok(id_init(&err));
    assert_int_equal(pipe(pipes) | pipe(go), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) { /* another process on a host of the same name, as it may be in another pod */
        const struct owner *o = owner_new(dir, "host");
        _exit(write(pipes[1], owner_name(o), strlen(owner_name(o))) < 0 || read(go[0], name, 1) < 0);
    }
    assert_true(read(pipes[0], name, sizeof name - 1) > 5);
    struct owner *self = owner_new(dir, "host");
    assert_string_not_equal(owner_name(self), name);
    assert_true(str_starts(owner_name(self), "host."));
    assert_int_equal(dead_of(self, a, &dead), 0);
    kill(child, SIGSTOP);
    assert_int_equal(dead_of(self, a, &dead), 0); /* stopped is not dead */
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, NULL, 0), child);
    assert_int_equal(dead_of(self, a, &dead), 1);
    assert_string_equal(dead[0], name);
    owner_bury(self, name);
    assert_int_equal(dead_of(self, a, &dead), 0);
    struct owner *next = owner_new(dir, "host");
    owner_free(self); /* ended in good order: nothing is left of it */
    assert_int_equal(dead_of(next, a, &dead), 0);
    owner_free(next);
    unit_remove(dir);
}

static void test_folder_that_takes_nothing(void **state)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct error err = ERROR_INIT;
    const char **dead;

    (void)state;
    expect_ok(id_init(&err));
    struct owner *o = owner_new("/proc/self/nothing", "");
    assert_true(str_starts(owner_name(o), "berthd."));
    assert_int_equal(dead_of(o, a, &dead), 0);
    owner_free(o);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_living_and_dead),
        cmocka_unit_test(test_folder_that_takes_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
