/* `berth explain` against the real API, so against the description that it serves. */
#include "cli_fixture.h"

/* The line of `text` whose first word this is, with one space between two columns. */
static const char *line_of(struct fixture *f, const char *text, const char *word)
{
    for (char **line = str_split(f->arena, text, '\n', NULL); *line; line++) {
        const char *one = *line;
        if (!str_starts(one, arena_printf(f->arena, "%s ", word)))
            continue;
        while (strstr(one, "  "))
            one = str_replace(f->arena, one, "  ", " ");
        return one;
    }
    fail_msg("no line begins with '%s' in:\n%s", word, text);
    return "";
}

static const json_t *explained(struct fixture *f, const char *what, const char *option)
{
    struct error err = ERROR_INIT;
    json_t *json;
    struct ran r = berth(f, "explain", what, "-o", "json", option);

    expect_ran(&r, 0, NULL, "");
    assert_int_equal(json_parse(f->arena, r.out, strlen(r.out), &json, &err), 0);
    return json;
}

static void test_list(void **state)
{
    static const char *const known[] = { "customer",  "site",  "domain",    "record",    "plan",    "user", "token",
                                         "operation", "event", "condition", "audit-row", "release", NULL };
    struct fixture *f = *state;
    struct ran r = berth(f, "explain");

    expect_ran(&r, 4, "", NULL); /* there is no server to ask */
    r = berth_with(f, NULL, NULL, "explain", "--server", server_url(f)); /* the description is everybody's */
    expect_ran(&r, 0, NULL, "");
    expect_in(line_of(f, r.out, "customer"), "A tenant.");
    r = berth(f, "explain", "-o", "name", "--server", server_url(f));
    for (const char *const *name = known; *name; name++)
        expect_in(r.out, arena_printf(f->arena, "%s\n", *name));
}

static void test_resource(void **state)
{
    struct fixture *f = *state;

    sign_in(f);
    struct ran r = berth(f, "explain", "customer");
    expect_ran(&r, 0, NULL, "");
    assert_string_equal(line_of(f, r.out, "Read by"), "Read by GET /api/v1/customers/{customer}");
    assert_string_equal(line_of(f, r.out, "Changed by"), "Changed by PATCH /api/v1/customers/{customer}");
    expect_in(line_of(f, r.out, "customer.id"), "customer.id string always create (required) A lower-case letter");
    expect_in(line_of(f, r.out, "customer.plan"), "string always create (required), update ");
    assert_string_equal(line_of(f, r.out, "customer.suspendReason"),
                        "customer.suspendReason string sometimes never Why it is suspended.");
    assert_null(strstr(r.out, "customer.counts.sites"));
    const char *plain = r.out;
    r = berth(f, "explain", "Customers"); /* by its schema, in the plural */
    expect_ran(&r, 0, plain, "");
    r = berth(f, "explain", "customer", "--recursive");
    assert_string_equal(line_of(f, r.out, "customer.counts.sites"), "customer.counts.sites integer always never");
    r = berth(f, "explain", "op", "-o", "name"); /* by its noun */
    expect_in(r.out, "operation.requestId\n");
    r = berth(f, "explain", "audit", "-o", "name");
    expect_in(r.out, "audit-row.hash\n");
    r = berth(f, "explain", "plan"); /* its schema is put together of two */
    assert_string_equal(line_of(f, r.out, "Changed by"), "Changed by PUT /api/v1/plans/{plan}");
    expect_in(line_of(f, r.out, "plan.cpu"), "string always create (required), update (required) ");
    r = berth(f, "explain", "domain"); /* what is written has fields that are not shown */
    expect_in(line_of(f, r.out, "domain.image"), "string never create ");
}

static void test_field(void **state)
{
    struct fixture *f = *state;

    sign_in(f);
    struct ran r = berth(f, "explain", "site.hostnames");
    expect_ran(&r, 0, NULL, "");
    assert_string_equal(line_of(f, r.out, "Type"), "Type list of string");
    expect_in(line_of(f, r.out, "Limits"), " of them, none twice");
    r = berth(f, "explain", "customer.state");
    assert_string_equal(line_of(f, r.out, "Values"), "Values active, suspended, trashed, erasing");
    r = berth(f, "explain", "domain.challenge"); /* with the fields that it has itself */
    assert_string_equal(line_of(f, r.out, "Type"), "Type challenge");
    expect_in(line_of(f, r.out, "domain.challenge.value"), "string always never");
    r = berth(f, "explain", "site.replicas", "-o", "yaml");
    expect_in(r.out, "type: integer\n");
    const json_t *field = explained(f, "operation.steps.status", NULL);
    assert_string_equal(json_str_at(field, "/values/2"), "unknown");
    assert_string_equal(json_str_at(field, "/type"), "string");
}

static void test_as_json(void **state)
{
    struct fixture *f = *state;

    sign_in(f);
    const json_t *flat = explained(f, "customer", NULL), *deep = explained(f, "customer", "--recursive");
    assert_string_equal(json_str_at(flat, "/create"), "POST /api/v1/customers");
    assert_string_equal(json_str_at(flat, "/fields/0/field"), "customer.counts");
    assert_null(json_at(flat, "/fields/0/fields"));
    assert_string_equal(json_str_at(deep, "/fields/0/fields/0/field"), "customer.counts.domains");
}

static void test_unknown(void **state)
{
    struct fixture *f = *state;

    sign_in(f);
    struct ran r = berth(f, "explain", "costumer");
    expect_ran(&r, 2, "", NULL);
    expect_in(r.err, "there is no resource 'costumer'; did you mean 'customer'?");
    r = berth(f, "explain", "zzzzzzzz");
    expect_ran(&r, 2, "", NULL);
    expect_in(r.err, "there is no resource 'zzzzzzzz'; 'berth explain' lists them");
    r = berth(f, "explain", "site.hostname");
    expect_ran(&r, 2, "", NULL);
    expect_in(r.err, "'site' has no field 'hostname'; did you mean 'hostnames'?");
    r = berth(f, "explain", "condition.zzzz");
    expect_in(r.err, "'condition' has no field 'zzzz'; it has: message, nextTry, reason, since, status, subject, type");
    r = berth(f, "explain", "customer.id.zzzz");
    expect_in(r.err, "'customer.id' has no fields");
    r = berth(f, "explain", "customer.");
    expect_ran(&r, 2, "", NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_up, cli_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_list), TEST(test_resource), TEST(test_field), TEST(test_as_json), TEST(test_unknown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
