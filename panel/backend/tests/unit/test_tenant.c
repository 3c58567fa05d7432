/* The desired state as plain data (model/tenant.h) and its way through JSON (model/tenant_json.h). */
#include "unit.h"

#include "base/json.h"
#include "model/tenant_json.h"

static void test_names_of_states(void **state)
{
    (void)state;
    for (int i = 0; i <= CUSTOMER_ERASING; i++)
        assert_int_equal(customer_state_parse(customer_state_name((enum customer_state)i)), i);
    for (int i = 0; i <= RELEASE_FAILED; i++)
        assert_int_equal(release_state_parse(release_state_name((enum release_state)i)), i);
    for (int i = 0; i <= OPERATION_FAILED; i++)
        assert_int_equal(operation_state_parse(operation_state_name((enum operation_state)i)), i);
    for (int i = 0; i <= CONDITION_TRUE; i++)
        assert_int_equal(condition_status_parse(condition_status_name((enum condition_status)i)), i);
    assert_int_equal(customer_state_parse("Active"), -1);
    assert_int_equal(customer_state_parse(""), -1);
    assert_int_equal(customer_state_parse(NULL), -1);
    assert_int_equal(release_state_parse("active"), -1);
}

static const char *targets[] = { "anna@example.com", "b@elsewhere.example" };
static struct mailbox mailboxes[] = {
    { .local = "anna",
      .name = "Anna",
      .password = "{ARGON2ID}$x",
      .quota = 1LL << 40,
      .active = true,
      .forward_count = 1,
      .forwards = targets,
      .reply = { true, "Away", "Back\nsoon", 1000, 2000 },
      .created_ms = 17 },
    { .local = "bob", .name = "", .password = "", .keep = true, .reply = { .subject = "", .text = "" } },
};
static struct mail_alias aliases[] = { { .local = "*", .target_count = 2, .targets = targets } };

static struct dkim_key keys[] = { { .domain = "example.com",
                                    .selector = "b20260101e",
                                    .algorithm = DKIM_ED25519,
                                    .state = DKIM_SIGNING,
                                    .public_key = "AA==",
                                    .created_ms = 1,
                                    .published_ms = 2,
                                    .signing_ms = 3 } };

static struct tenant example(void)
{
    static const char *one[] = { "example.com", "www.example.com" }, *other[] = { "shop.example.com" };
    static struct site sites[] = {
        { .id = "saaaaaaaa",
          .customer = "example",
          .runtime = "static",
          .replicas = 2,
          .generation = 7,
          .release = "r1",
          .release_sha256 = "00ff",
          .release_size = 1234567890123,
          .hostname_count = 2,
          .hostnames = one },
        { .id = "sbbbbbbbb",
          .customer = "example",
          .runtime = "static",
          .release = "",
          .release_sha256 = "",
          .hostname_count = 1,
          .hostnames = other },
    };
    static const char *values[] = { "192.0.2.1", "192.0.2.2" };
    static struct record_set records[] = {
        { .name = "a.example.com", .type = "A", .ttl = 60, .value_count = 2, .values = values }
    };
    static struct domain domains[] = { { .name = "example.com",
                                         .customer = "example",
                                         .record_count = 1,
                                         .records = records,
                                         .mail = true,
                                         .mailbox_count = 2,
                                         .mailboxes = mailboxes,
                                         .alias_count = 1,
                                         .aliases = aliases,
                                         .dkim_key_count = 1,
                                         .dkim_keys = keys },
                                       { .name = "deep.example.com", .customer = "example" },
                                       { .name = "xn--bcher-kva.example", .customer = "example" } };
    return (struct tenant){
        .customer = { .id = "example",
                      .uid = "u-1",
                      .name = "\xc3\x84 \"quoted\"\n",
                      .plan = "small",
                      .state = CUSTOMER_SUSPENDED },
        .plan = { .id = "small",
                  .cpu = "500m",
                  .memory = "512Mi",
                  .storage = "10Gi",
                  .volumes = 2,
                  .sites = 3,
                  .domains = 4,
                  .mailboxes = 25 },
        .site_count = 2,
        .sites = sites,
        .domain_count = 3,
        .domains = domains,
    };
}

static void test_questions(void **state)
{
    struct tenant t = example();

    (void)state;
    assert_false(tenant_served(&t));
    t.customer.state = CUSTOMER_ACTIVE;
    assert_true(tenant_served(&t));
    t.customer.state = CUSTOMER_TRASHED;
    assert_false(tenant_served(&t));
    assert_string_equal(tenant_site(&t, "sbbbbbbbb")->id, "sbbbbbbbb");
    assert_null(tenant_site(&t, "scccccccc"));
    assert_string_equal(tenant_domain_of(&t, "www.example.com")->name, "example.com");
    assert_string_equal(tenant_domain_of(&t, "a.deep.example.com")->name, "deep.example.com"); /* the longest */
    assert_string_equal(tenant_domain_of(&t, "deep.example.com")->name, "deep.example.com");
    assert_null(tenant_domain_of(&t, "notexample.com"));
    assert_null(tenant_domain_of(&t, "com"));
}

/* What a dry run hands over comes out as it went in: everything that the steps read. */
static void test_round_trip(void **state)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct error err = ERROR_INIT;
    const struct tenant in = example();
    struct tenant out;
    json_t *json;

    (void)state;
    const char *text = json_text(a, tenant_to_json(a, &in));
    expect_ok(json_parse(a, text, strlen(text), &json, &err)); /* through text, as the store keeps it */
    expect_ok(tenant_from_json(a, json, &out, &err));
    assert_string_equal(out.customer.id, in.customer.id);
    assert_string_equal(out.customer.uid, in.customer.uid);
    assert_string_equal(out.customer.name, in.customer.name);
    assert_int_equal(out.customer.state, in.customer.state);
    assert_string_equal(out.plan.memory, in.plan.memory);
    assert_int_equal(out.plan.sites, in.plan.sites);
    assert_int_equal(out.plan.volumes, in.plan.volumes);
    assert_int_equal(out.plan.mailboxes, 25);
    assert_int_equal(out.site_count, in.site_count);
    for (size_t i = 0; i < in.site_count; i++) {
        assert_string_equal(out.sites[i].id, in.sites[i].id);
        assert_int_equal(out.sites[i].replicas, in.sites[i].replicas);
        assert_int_equal(out.sites[i].release_size, in.sites[i].release_size);
        assert_string_equal(out.sites[i].release_sha256, in.sites[i].release_sha256);
        assert_int_equal(out.sites[i].hostname_count, in.sites[i].hostname_count);
        for (size_t j = 0; j < in.sites[i].hostname_count; j++)
            assert_string_equal(out.sites[i].hostnames[j], in.sites[i].hostnames[j]);
    }
    assert_int_equal(out.domain_count, in.domain_count);
    assert_string_equal(out.domains[2].name, in.domains[2].name);
    assert_string_equal(out.domains[0].records[0].values[1], "192.0.2.2");
    assert_true(out.domains[0].mail && !out.domains[1].mail);
    assert_string_equal(out.domains[0].mailboxes[0].domain, "example.com");
    assert_string_equal(out.domains[0].mailboxes[0].forwards[0], "anna@example.com");
    assert_int_equal(out.domains[0].mailboxes[0].created_ms, 17);
    assert_true(out.domains[0].mailboxes[0].reply.on && out.domains[0].mailboxes[1].keep);
    assert_string_equal(out.domains[0].aliases[0].targets[1], "b@elsewhere.example");
    assert_int_equal(out.domains[0].dkim_key_count, 1);
    assert_string_equal(out.domains[0].dkim_keys[0].selector, "b20260101e");
    assert_int_equal(out.domains[0].dkim_keys[0].algorithm, DKIM_ED25519);
    assert_int_equal(out.domains[0].dkim_keys[0].state, DKIM_SIGNING);
    /* and the way back gives the same text: nothing is lost or made up */
    assert_string_equal(json_text(a, tenant_to_json(a, &out)), text);
}

static void test_incomplete(void **state)
{
    static const char *const rows[] = {
        "null",
        "[]",
        "{}",
        "{\"customer\":{\"id\":\"x\",\"state\":\"active\"}}",
        "{\"customer\":{\"id\":\"x\",\"state\":\"odd\"},\"plan\":{\"cpu\":\"1\"}}",
        "{\"customer\":{\"id\":\"\",\"state\":\"active\"},\"plan\":{\"cpu\":\"1\"}}",
        "{\"customer\":{\"id\":7,\"state\":\"active\"},\"plan\":{\"cpu\":\"1\"}}",
    };
    CLEANUP(arena_freep) struct arena *a = arena_new();

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct error err = ERROR_INIT;
        struct tenant t;
        json_t *json;
        expect_ok(json_parse(a, rows[i], strlen(rows[i]), &json, &err));
        expect_error(tenant_from_json(a, json, &t, &err), ERROR_INTERNAL);
    }
}

/* Wrong types within lists are left out and never read as pointers. */
static void test_odd_lists(void **state)
{
    static const char text[] =
        "{\"customer\":{\"id\":\"x\",\"state\":\"active\"},\"plan\":{\"cpu\":\"1\"},"
        "\"sites\":[7,{\"id\":\"s\",\"hostnames\":[1,\"a.b\",null]}],\"domains\":[null,{"
        "\"name\":\"b\",\"records\":[7,{\"values\":[1,\"v\"]}],\"mailboxes\":[7,{\"forwards\":[1,\"f\"]}],"
        "\"aliases\":[null]},3]}";
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct error err = ERROR_INIT;
    struct tenant t;
    json_t *json;

    (void)state;
    expect_ok(json_parse(a, text, strlen(text), &json, &err));
    expect_ok(tenant_from_json(a, json, &t, &err));
    assert_int_equal(t.domain_count, 1);
    assert_string_equal(t.domains[0].records[1].values[0], "v");
    assert_string_equal(t.domains[0].mailboxes[1].forwards[0], "f");
    assert_string_equal(t.domains[0].aliases[0].local, "");
    assert_string_equal(t.sites[1].hostnames[0], "a.b");
    assert_int_equal(t.sites[1].hostname_count, 1);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names_of_states), cmocka_unit_test(test_questions), cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_incomplete),      cmocka_unit_test(test_odd_lists),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
