/* berthd: the daemon. `api` serves HTTP, `reconcile` makes customers be as they should, `all` is both in one process. */
#include <arpa/inet.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api/api.h"
#include "base/crash.h"
#include "base/file.h"
#include "base/id.h"
#include "base/log.h"
#include "base/str.h"
#include "model/mail.h"
#include "model/mail_dns.h"
#include "reconcile/engine.h"

enum { STOP_GRACE_MS = 10000, LEASE_MIN_S = 2, LEASE_MAX_S = 600, SECONDS_MAX = 31536000 };

enum setting {
#define SETTING(name, otherwise, parts, help) SET_##name,
#include "cmd/settings.def"
#undef SETTING
    SETTING_COUNT
};

static const struct {
    const char *variable, *otherwise, *parts, *help;
} settings_table[] = {
#define SETTING(name, otherwise, parts, help) { "BERTH_" #name, otherwise, parts, help },
#include "cmd/settings.def"
#undef SETTING
};

static const char *get(enum setting s)
{
    const char *value = getenv(settings_table[s].variable); // NOLINT(concurrency-mt-unsafe): before threads

    return value ? value : settings_table[s].otherwise;
}

static int get_number(enum setting s, int64_t min, int64_t max, int64_t *ret, struct error *err)
{
    return str_to_i64(get(s), min, max, ret, err) < 0 ? error_context(err, "%s", settings_table[s].variable) : 0;
}

static int require(const enum setting *needed, size_t count, struct error *err)
{
    for (size_t i = 0; i < count; i++)
        if (str_empty(get(needed[i])))
            return error_set(err, ERROR_INVALID, "%s is not set: %s", settings_table[needed[i]].variable,
                             settings_table[needed[i]].help);
    return 0;
}

/* "ns1.example=192.0.2.1,ns2.example": names, and the addresses of those that have one of their own. */
static int nameservers(struct arena *a, const char ***ret_names, const char ***ret_addresses, size_t *ret_count,
                       struct error *err)
{
    char **parts = str_split(a, get(SET_NAMESERVERS), ',', ret_count);
    const char **addresses = arena_array(a, *ret_count, sizeof *addresses);
    struct in_addr ignored;

    for (size_t i = 0; i < *ret_count; i++) {
        char *equals = strchr(parts[i], '=');
        addresses[i] = equals ? equals + 1 : "";
        if (equals)
            *equals = '\0';
        if (parts[i][0] == '\0' || (equals && inet_pton(AF_INET, addresses[i], &ignored) != 1))
            return error_set(err, ERROR_INVALID, "BERTH_NAMESERVERS: part %zu is not NAME or NAME=IPV4-ADDRESS", i + 1);
    }
    *ret_names = (const char **)parts;
    *ret_addresses = addresses;
    return 0;
}

static const char **names_of(struct arena *a, enum setting s, size_t *ret_count)
{
    char **parts = str_empty(get(s)) ? NULL : str_split(a, get(s), ',', ret_count);

    if (!parts)
        *ret_count = 0;
    return (const char **)parts;
}

static int proofs(bool *ret_delegation, struct error *err)
{
    bool both = str_eq(get(SET_PROOFS), "txt,delegation");

    if (!both && !str_eq(get(SET_PROOFS), "txt"))
        return error_set(err, ERROR_INVALID, "BERTH_PROOFS is '%s'; it may be txt or txt,delegation", get(SET_PROOFS));
    *ret_delegation = both;
    return 0;
}

/* What domains' records say of the mail servers. */
static int records_settings(struct arena *a, const char **ret_spf, bool *ret_pop3, struct error *err)
{
    const char *pop3 = get(SET_MAIL_POP3);

    if (mail_dns_check_spf(a, get(SET_MAIL_SPF), err) < 0)
        return error_context(err, "BERTH_MAIL_SPF");
    if (!str_eq(pop3, "yes") && !str_eq(pop3, "no"))
        return error_set(err, ERROR_INVALID, "BERTH_MAIL_POP3 is '%.40s'; it may be yes or no", pop3);
    *ret_spf = get(SET_MAIL_SPF);
    *ret_pop3 = str_eq(pop3, "yes");
    return 0;
}

static int postmaster_setting(struct arena *a, const char **ret, struct error *err)
{
    struct error why = ERROR_INIT;
    char *address = NULL;

    if (!str_empty(get(SET_POSTMASTER)) && mail_address(a, get(SET_POSTMASTER), "", &address, &why) < 0)
        return error_set(err, ERROR_INVALID, "BERTH_POSTMASTER is '%.200s', which is no address like ops@example.net",
                         get(SET_POSTMASTER));
    *ret = address ? address : "";
    return 0;
}

static int api_config(struct arena *a, struct store *store, struct spool *spool, struct metrics *metrics,
                      struct api_config *ret, struct error *err)
{
    static const enum setting needed[] = { SET_PUBLIC_URL, SET_PLATFORM_DOMAIN, SET_NAMESERVERS };
    const char **names, **addresses;

    if (require(needed, sizeof needed / sizeof needed[0], err) < 0)
        return -1;
    *ret = (struct api_config){ .listen = get(SET_LISTEN),
                                .platform_domain = get(SET_PLATFORM_DOMAIN),
                                .public_url = get(SET_PUBLIC_URL),
                                .data_dir = get(SET_DATA_DIR),
                                .admin_token_file = get(SET_ADMIN_TOKEN_FILE),
                                .spool = spool,
                                .openapi_file = get(SET_OPENAPI),
                                .cluster = get(SET_CLUSTER),
                                .mail_host = get(SET_MAIL_HOST),
                                .mail_web_listen = get(SET_MAIL_WEB_LISTEN),
                                .mail_web_url = get(SET_MAIL_WEB_URL),
                                .cert_resolver = get(SET_CERT_RESOLVER),
                                .mails_links = !str_empty(get(SET_SMTP_URL)),
                                .store = store,
                                .metrics = metrics };
    if (nameservers(a, &names, &addresses, &ret->nameserver_count, err) < 0 ||
        records_settings(a, &ret->mail_spf, &ret->mail_pop3, err) < 0)
        return -1;
    ret->nameservers = names;
    ret->free_domains = names_of(a, SET_FREE_DOMAINS, &ret->free_domain_count);
    if (!str_empty(ret->mail_web_listen) && str_empty(ret->mail_web_url))
        return error_set(err, ERROR_INVALID, "BERTH_MAIL_WEB_LISTEN needs BERTH_MAIL_WEB_URL");
    if (get_number(SET_MTA_STS_MAX_AGE, 0, SECONDS_MAX, &ret->mta_sts_max_age_s, err) < 0)
        return -1;
    return get_number(SET_PUBLIC_HTTPS_PORT, 1, 65535, &ret->public_https_port, err) < 0
               ? -1
               : get_number(SET_TRASH_HOURS, 0, 24LL * 366, &ret->trash_hours, err);
}

/* Times of DKIM keys, which are given in days and seconds, and of MTA-STS. */
static int mail_settings(struct settings *ret, struct error *err)
{
    enum { MS = 1000, DAYS_MAX = 3650 };
    const int64_t day_ms = 24LL * 60 * 60 * MS;
    int64_t days, wait, keep, testing;

    ret->mail_probe = get(SET_MAIL_PROBE);
    ret->dkim_token_file = get(SET_DKIM_TOKEN_FILE);
    if (get_number(SET_DKIM_ROTATE_DAYS, 1, DAYS_MAX, &days, err) < 0 ||
        get_number(SET_DKIM_WAIT, 0, SECONDS_MAX, &wait, err) < 0 ||
        get_number(SET_DKIM_KEEP, 0, SECONDS_MAX, &keep, err) < 0 ||
        get_number(SET_MTA_STS_TESTING, 0, SECONDS_MAX, &testing, err) < 0 ||
        get_number(SET_MTA_STS_MAX_AGE, 0, SECONDS_MAX, &ret->mta_sts_max_age_s, err) < 0)
        return -1;
    ret->mta_sts_testing_ms = testing * MS;
    ret->dkim_rotate_ms = days * day_ms;
    ret->dkim_wait_ms = wait * MS;
    ret->dkim_keep_ms = keep * MS;
    return 0;
}

static int engine_settings(struct arena *a, struct settings *ret, struct error *err)
{
    static const enum setting needed[] = { SET_PDNS_URL,        SET_PDNS_KEY_FILE, SET_PDNS_DNS,
                                           SET_INGRESS_ADDRESS, SET_INGRESS_PROBE, SET_IMAGE_STATIC,
                                           SET_IMAGE_HELPER,    SET_INTERNAL_URL,  SET_PLATFORM_DOMAIN,
                                           SET_NAMESERVERS };
    char host[256] = "";

    if (require(needed, sizeof needed / sizeof needed[0], err) < 0)
        return -1;
    (void)gethostname(host, sizeof host - 1);
    *ret = (struct settings){ .data_dir = get(SET_DATA_DIR),
                              .kubeconfig = get(SET_KUBECONFIG),
                              .pdns_url = get(SET_PDNS_URL),
                              .pdns_key_file = get(SET_PDNS_KEY_FILE),
                              .pdns_listen_file = get(SET_PDNS_LISTEN_FILE),
                              .pdns_dns = get(SET_PDNS_DNS),
                              .platform_domain = get(SET_PLATFORM_DOMAIN) };
    ret->resolver = get(SET_RESOLVER);
    ret->free_domains = names_of(a, SET_FREE_DOMAINS, &ret->free_domain_count);
    ret->ingress_address = get(SET_INGRESS_ADDRESS);
    ret->ingress_probe = get(SET_INGRESS_PROBE);
    ret->acme_ca = get(SET_ACME_CA);
    ret->cert_resolver = get(SET_CERT_RESOLVER);
    ret->storage_class = get(SET_STORAGE_CLASS);
    ret->image_static = get(SET_IMAGE_STATIC);
    ret->image_helper = get(SET_IMAGE_HELPER);
    ret->templates = get(SET_TEMPLATES);
    ret->internal_listen = get(SET_INTERNAL_LISTEN);
    ret->internal_url = get(SET_INTERNAL_URL);
    ret->smtp_url = get(SET_SMTP_URL);
    ret->smtp_from = get(SET_SMTP_FROM);
    ret->smtp_credentials_file = get(SET_SMTP_CREDENTIALS_FILE);
    ret->smtp_ca = get(SET_SMTP_CA);
    ret->mail_url = get(SET_MAIL_URL);
    ret->mail_password_file = get(SET_MAIL_PASSWORD_FILE);
    ret->mail_ca_file = get(SET_MAIL_CA_FILE);
    ret->mail_host = get(SET_MAIL_HOST);
    ret->host = arena_strdup(a, host);
    ret->fetch_key_file = get(SET_FETCH_KEY_FILE);
    if (nameservers(a, &ret->nameservers, &ret->nameserver_addresses, &ret->nameserver_count, err) < 0 ||
        proofs(&ret->proof_delegation, err) < 0 || mail_settings(ret, err) < 0 ||
        records_settings(a, &ret->mail_spf, &ret->mail_pop3, err) < 0 ||
        postmaster_setting(a, &ret->postmaster, err) < 0)
        return -1;
    if (get_number(SET_LEASE, LEASE_MIN_S, LEASE_MAX_S, &ret->lease_ms, err) < 0)
        return -1;
    ret->lease_ms *= 1000;
    return get_number(SET_WORKERS, 1, 64, &ret->workers, err);
}

static int open_spool(struct spool **ret, struct error *err)
{
    const struct spool_config config = { .data_dir = get(SET_DATA_DIR),
                                         .url = get(SET_SPOOL),
                                         .region = get(SET_SPOOL_REGION),
                                         .key_id_file = get(SET_SPOOL_KEY_ID_FILE),
                                         .secret_file = get(SET_SPOOL_SECRET_FILE),
                                         .ca_file = get(SET_SPOOL_CA) };

    return spool_new(&config, ret, err);
}

static int wait_for_signal(const sigset_t *signals)
{
    int got = 0;

    sigwait(signals, &got);
    log_line(LOG_LEVEL_INFO, "stopping", LOG_S("signal", got == SIGINT ? "INT" : "TERM"));
    return 0;
}

/* Many threads that each need much for a moment: few pools of glibc's, and what is free goes back to the system. */
static void tune_memory(void)
{
    enum { POOLS = 4, RETURNED_FROM = 128 * 1024 };

    /* NOLINTBEGIN(concurrency-mt-unsafe): before the first thread starts */
    (void)mallopt(M_ARENA_MAX, POOLS);
    (void)mallopt(M_TRIM_THRESHOLD, RETURNED_FROM);
    (void)mallopt(M_MMAP_THRESHOLD, RETURNED_FROM);
    /* NOLINTEND(concurrency-mt-unsafe) */
}

/* A key that is missing is told at the start, and stops nothing: what it does not open can be enrolled again. */
static int tell_of_secrets(struct arena *a, struct store *store, struct error *err)
{
    struct secret_report r;

    if (store_secret_report(store, a, &r, err) < 0)
        return -1;
    for (size_t i = 0; i < r.key_count; i++)
        if (!r.keys[i].present)
            log_line(LOG_LEVEL_ERROR, "a key of secrets is missing in BERTH_SECRETS_KEY_FILE",
                     LOG_S("key", r.keys[i].id), LOG_I("secrets", r.keys[i].secrets));
    if (r.unreadable)
        log_line(LOG_LEVEL_ERROR, "secrets cannot be read; see berth secrets status", LOG_I("secrets", r.unreadable));
    return 0;
}

static int open_keys(struct arena *a, struct store *store, struct keyring **ret, struct error *err)
{
    const char *path = get(SET_SECRETS_KEY_FILE);

    if (str_empty(path) && !str_empty(get(SET_SMTP_URL)))
        return error_set(err, ERROR_INVALID,
                         "BERTH_SMTP_URL needs BERTH_SECRETS_KEY_FILE: links wait for their mail encrypted");
    if (!str_empty(path) && keyring_load(path, ret, err) < 0)
        return error_context(err, "BERTH_SECRETS_KEY_FILE");
    store_use_keys(store, *ret);
    return tell_of_secrets(a, store, err);
}

static int serve(struct arena *a, bool with_api, bool with_engine, const sigset_t *signals, struct error *err)
{
    tune_memory();
    struct metrics *metrics = metrics_new();
    struct api_config config;
    struct settings *settings = arena_alloc(a, sizeof *settings);
    struct store *store = NULL;
    struct spool *spool = NULL;
    struct keyring *keys = NULL;
    struct engine *engine = NULL;
    struct api *api = NULL;
    int rc = file_mkdirs(get(SET_DATA_DIR), 0750, err);

    if (rc == 0)
        rc = store_open(get(SET_DATABASE), with_api && with_engine, &store, err);
    if (rc == 0)
        rc = open_spool(&spool, err);
    if (rc == 0)
        rc = open_keys(a, store, &keys, err);
    if (rc == 0 && with_engine)
        rc = engine_settings(a, settings, err) < 0 ? -1 : engine_start(settings, store, spool, metrics, &engine, err);
    if (rc == 0 && with_api)
        rc = api_config(a, store, spool, metrics, &config, err) < 0 ? -1 : api_start(&config, &api, err);
    if (rc == 0) {
        log_line(LOG_LEVEL_INFO, "ready", LOG_S("version", BERTH_VERSION));
        rc = wait_for_signal(signals);
    }
    api_stop(api, STOP_GRACE_MS);
    engine_stop(engine);
    spool_free(spool);
    store_close(store);
    keyring_free(keys);
    metrics_free(metrics);
    return rc;
}

static int migrate(struct error *err)
{
    struct store *store;

    if (file_mkdirs(get(SET_DATA_DIR), 0750, err) < 0 || store_open(get(SET_DATABASE), true, &store, err) < 0)
        return -1;
    store_close(store);
    puts("the database has the current schema");
    return 0;
}

static int move(struct arena *a, const char *file, struct error *err)
{
    struct store_moved moved;
    long long rows = 0;

    if (store_move(file, get(SET_DATABASE), a, &moved, err) < 0)
        return -1;
    for (size_t i = 0; i < moved.count; i++) {
        printf("%-18s %lld\n", moved.tables[i].name, (long long)moved.tables[i].rows);
        rows += moved.tables[i].rows;
    }
    printf("moved %lld rows of %zu tables\n", rows, moved.count);
    if (moved.audit.broken)
        printf("the audit log is broken at row %lld, as it was before\n", (long long)moved.audit.broken);
    else
        printf("the audit log is whole: %lld rows, head %s\n", (long long)moved.audit.rows, moved.audit.head);
    return 0;
}

/* Changes nothing. 0: current; 1: migrations are missing, or the schema is newer than this program. */
static int check_migrations(struct arena *a, int *ret_status, struct error *err)
{
    const char *missing, *address = get(SET_DATABASE);

    *ret_status = 1;
    if (!strstr(address, "://") && access(address, F_OK) < 0) {
        puts("there is no database yet: `berthd migrate` makes it");
        return 0;
    }
    if (store_migrations_check(address, a, &missing, err) < 0) {
        if (err->code != ERROR_CONFLICT)
            return -1;
        puts(err->message);
        return 0;
    }
    *ret_status = !str_empty(missing);
    if (str_empty(missing))
        puts("current");
    else
        printf("missing: %s\n", missing);
    return 0;
}

static void print_settings(void)
{
    for (size_t i = 0; i < SETTING_COUNT; i++)
        printf("%-24s %s (%s%s%s; default: %s)\n", settings_table[i].variable, settings_table[i].help,
               strchr(settings_table[i].parts, 'a') ? "api" : "", strlen(settings_table[i].parts) == 2 ? ", " : "",
               strchr(settings_table[i].parts, 'r') ? "reconcile" : "",
               settings_table[i].otherwise[0] ? settings_table[i].otherwise : "none");
}

static void usage(FILE *out)
{
    fputs("usage: berthd COMMAND [--check] [--from FILE]\n\n"
          "  api         serve the HTTP API\n"
          "  reconcile   make customers be as they should\n"
          "  all         both in one process, for development\n"
          "  migrate     bring the database to the current schema; with --check say whether it is, and\n"
          "              change nothing: \"current\" and exit 0, or what is missing or newer and exit 1;\n"
          "              with --from move all of an SQLite file into the empty PostgreSQL database\n"
          "  steps       print the table of steps\n"
          "  routes      print the API's routes\n"
          "  access      print who may use which route\n"
          "  settings    print the settings (environment variables)\n"
          "  version     print the version\n",
          out);
}

static void set_log_level(void)
{
    static const char *const names[] = { "debug", "info", "warn", "error" };

    log_set_program("berthd");
    for (int i = 0; i < 4; i++)
        if (str_eq(get(SET_LOG_LEVEL), names[i]))
            log_set_level((enum log_level)i);
}

/* What stands behind `migrate`. */
struct migrate_options {
    bool check;
    const char *from; /* an SQLite file; NULL: none */
};

static int run(const char *command, const struct migrate_options *options, const sigset_t *signals, int *ret_status,
               struct error *err)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();

    *ret_status = 0;
    if (options->check)
        return check_migrations(a, ret_status, err);
    if (options->from)
        return move(a, options->from, err);
    if (str_eq(command, "api"))
        return serve(a, true, false, signals, err);
    if (str_eq(command, "reconcile"))
        return serve(a, false, true, signals, err);
    if (str_eq(command, "all"))
        return serve(a, true, true, signals, err);
    return migrate(err);
}

/* What is worked with: a log, crash points, random ids and blocked signals. Returns the exit status. */
static int start(const char *command, const struct migrate_options *options)
{
    struct error err = ERROR_INIT;
    sigset_t signals;
    int status;

    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
    set_log_level();
    crashpoint_init();
    if (id_init(&err) == 0 && run(command, options, &signals, &status, &err) == 0)
        return status;
    log_line(LOG_LEVEL_ERROR, "ended", LOG_S("error", err.message));
    return 1;
}

int main(int argc, char **argv)
{
    const char *command = argc >= 2 ? argv[1] : "";
    bool migrates = str_eq(command, "migrate");
    const struct migrate_options options = {
        .check = migrates && argc == 3 && str_eq(argv[2], "--check"),
        .from = migrates && argc == 4 && str_eq(argv[2], "--from") ? argv[3] : NULL,
    };

    if (argc > 2 && !options.check && !options.from)
        command = "";
    if (str_eq(command, "steps")) {
        engine_print_steps();
    } else if (str_eq(command, "routes")) {
        api_print_routes(stdout);
    } else if (str_eq(command, "access")) {
        api_print_access(stdout);
    } else if (str_eq(command, "settings")) {
        print_settings();
    } else if (str_eq(command, "version")) {
        puts("berthd " BERTH_VERSION);
    } else if (str_eq(command, "api") || str_eq(command, "reconcile") || str_eq(command, "all") ||
               str_eq(command, "migrate")) {
        return start(command, &options);
    } else {
        usage(str_eq(command, "help") || str_eq(command, "--help") ? stdout : stderr);
        return str_eq(command, "help") || str_eq(command, "--help") ? 0 : 2;
    }
    return 0;
}
