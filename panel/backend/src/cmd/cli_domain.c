/* Domains and the records of their zones: their columns, and zone files. */
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/str.h"
#include "cmd/cli_commands.h"
#include "cmd/cli_run.h"

enum { FILE_MAX = 1 << 20 };

static const struct cli_column domain_columns[] = {
    { "Name", "/name", CELL_TEXT, false, false },
    { "Customer", "/customerId", CELL_TEXT, false, false },
    { "Ready", "/ready", CELL_TEXT, false, false },
    { "Created", "/createdAt", CELL_AGE, false, false },
    { "Nameservers", "/nameservers", CELL_TEXT, false, false },
    { "Ownership", "/ownership", CELL_TEXT, false, false },
    { "Proof", "/proof", CELL_TEXT, true, false },
    { "DNSSEC", "/dnssec", CELL_TEXT, true, false },
    { "Mail", "/mail", CELL_TEXT, true, false },
    { "MTA-STS", "/mtaSts", CELL_TEXT, true, false },
    { "Publish", "/challenge/name", CELL_TEXT, false, true },
    { "as TXT", "/challenge/value", CELL_TEXT, false, true },
    { "until", "/challenge/expiresAt", CELL_TEXT, false, true },
    { "DS", "/ds", CELL_LINES, false, true },
    { "DNSKEY", "/dnskey", CELL_LINES, false, true },
    { 0 },
};

const struct cli_view cli_domain_view = { .noun = "domain",
                                          .id = "/name",
                                          .columns = domain_columns,
                                          .collection = "/api/v1/domains",
                                          .conditions = "/conditions" };

static const struct cli_column record_columns[] = {
    { "Name", "/name", CELL_TEXT, false, false },      { "TTL", "/ttl", CELL_TEXT, false, false },
    { "Type", "/type", CELL_TEXT, false, false },      { "Kept", "/keptBy", CELL_TEXT, false, false },
    { "Values", "/values", CELL_LINES, false, false }, { 0 },
};

const struct cli_view cli_record_view = { .noun = "record", .id = "/name", .columns = record_columns };

/* As a customer asked for it: without a keeper. */
static const struct cli_column record_set_columns[] = {
    { "Name", "/name", CELL_TEXT, false, false },
    { "TTL", "/ttl", CELL_TEXT, false, false },
    { "Type", "/type", CELL_TEXT, false, false },
    { "Values", "/values", CELL_LINES, false, false },
    { 0 },
};

const struct cli_view cli_record_set_view = { .noun = "record", .id = "/name", .columns = record_set_columns };

/* --- ownership and DNSSEC --- */

/* Exit code 1 while there is no proof, so that a script can go on asking. */
int cli_domain_verify(struct cli *cli, struct error *err)
{
    json_t *body = json_own(cli->arena, json_pack("{s:b}", "force", (int)cli_has(cli, "force")));
    const char *path = arena_printf(cli->arena, "/api/v1/domains/%s", str_url_encode(cli->arena, cli_get(cli, "NAME")));
    const struct cli_call read = { .method = "GET", .path = path };
    struct cli_reply now;

    if (cli_change_with(cli, body, NULL, cli->command->done, err) < 0)
        return -1;
    if (cli->dry_run || !cli->wait)
        return CLI_EXIT_OK;
    if (cli_call(cli, &read, &now, err) < 0)
        return -1;
    if (!str_eq(json_str_at(now.json, "/ownership"), "pending"))
        return CLI_EXIT_OK;
    cli_say(cli, "no proof was seen yet; it is looked for again and again");
    return CLI_EXIT_FAILED;
}

int cli_domain_update(struct cli *cli, struct error *err)
{
    const char *dnssec = cli_get(cli, "dnssec"), *mail = cli_get(cli, "mail");
    json_t *body = json_own(cli->arena, json_object());

    if (!dnssec && !mail)
        return cli_usage_error(cli, err, "there is nothing to change: say --mail or --dnssec, on or off");
    if (cli_has(cli, "force") && !str_eq(dnssec, "off"))
        return cli_usage_error(cli, err, "--force goes with --dnssec off alone");
    if (dnssec)
        json_object_set_new(body, "dnssec", json_boolean(str_eq(dnssec, "on")));
    if (mail)
        json_object_set_new(body, "mail", json_boolean(str_eq(mail, "on")));
    if (cli_has(cli, "force"))
        json_object_set_new(body, "force", json_true());
    return cli_change_with(cli, body, NULL, cli->command->done, err);
}

/* --- zone files --- */

int cli_domain_export(struct cli *cli, struct error *err)
{
    const struct cli_call call = { .method = "GET", .path = cli_request_path(cli), .as_text = true };
    struct cli_reply reply;

    if (cli_call(cli, &call, &reply, err) < 0)
        return -1;
    (void)fputs(reply.text ? reply.text : "", stdout);
    return 0;
}

/* Copies a zone file to `to`, since a request's body needs a descriptor that can be read again, which stdin is not. */
static int copy_zone(const char *path, int to, size_t *ret_size, struct error *err)
{
    bool is_stdin = str_eq(path, "-");
    CLEANUP(file_closep) int from = is_stdin ? -1 : open(path, O_RDONLY | O_CLOEXEC);
    char piece[8192];
    size_t size = 0;
    ssize_t n;

    if (!is_stdin && from < 0)
        return error_set_errno(err, errno, "%s", path);
    while ((n = read(is_stdin ? STDIN_FILENO : from, piece, sizeof piece)) > 0) {
        size += (size_t)n;
        if (size > FILE_MAX)
            return error_set(err, ERROR_TOO_LARGE, "%s has more than %d bytes", path, FILE_MAX);
        if (write(to, piece, (size_t)n) != n)
            return error_set_errno(err, errno, "memory for %s", path);
    }
    if (n < 0 || lseek(to, 0, SEEK_SET) < 0)
        return error_set_errno(err, errno, "%s", path);
    if (size == 0)
        return error_set(err, ERROR_INVALID, "%s is empty", path);
    *ret_size = size;
    return 0;
}

/* What was left out, and how much was not. */
static void tell_import(struct cli *cli, const json_t *answer)
{
    const json_t *import = json_object_get(answer, "import"), *entry;
    size_t i;

    json_array_foreach(json_object_get(import, "skipped"), i, entry) cli_say(
        cli, "left out: %s %s: %s", cli_clean(cli->arena, json_str_at(entry, "/name")),
        cli_clean(cli->arena, json_str_at(entry, "/type")), cli_clean(cli->arena, json_str_at(entry, "/reason")));
    cli_say(cli, "%lld written, %lld deleted, %lld unchanged", (long long)json_int_at(import, "/written", 0),
            (long long)json_int_at(import, "/deleted", 0), (long long)json_int_at(import, "/unchanged", 0));
}

int cli_domain_import(struct cli *cli, struct error *err)
{
    struct cli_reply reply;
    size_t size;
    CLEANUP(file_closep) int fd = memfd_create("zone", MFD_CLOEXEC);

    if (fd < 0)
        return error_set_errno(err, errno, "memory for the zone file");
    if (copy_zone(cli_get(cli, "FILE"), fd, &size, err) < 0)
        return -1;
    const struct cli_call call = {
        .method = "POST", .path = cli_request_path(cli), .body_fd = fd, .body_len = size, .content_type = "text/plain"
    };
    if (cli_call(cli, &call, &reply, err) < 0)
        return -1;
    tell_import(cli, reply.json);
    if (cli->dry_run)
        return cli_print_changes(cli, reply.json, "nothing would change", err);
    return cli_finish(cli, &reply, cli->command->done, err);
}
