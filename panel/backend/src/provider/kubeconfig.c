/* Kubeconfig files: see kubeconfig.h. */
#include "provider/kubeconfig.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "base/str.h"
#include "base/yaml.h"

#define ACCOUNT_DIR "/var/run/secrets/kubernetes.io/serviceaccount"

static int from_pod(struct arena *a, struct http_client_config *ret, struct error *err)
{
    /* NOLINTBEGIN(concurrency-mt-unsafe): before threads */
    const char *host = getenv("KUBERNETES_SERVICE_HOST"), *port = getenv("KUBERNETES_SERVICE_PORT");
    /* NOLINTEND(concurrency-mt-unsafe) */

    if (str_empty(host))
        return error_set(
            err, ERROR_INVALID,
            "no kubeconfig was named (BERTH_KUBECONFIG) and this is no pod (KUBERNETES_SERVICE_HOST is empty)");
    ret->base_url = arena_printf(a, strchr(host, ':') ? "https://[%s]:%s" : "https://%s:%s", host,
                                 str_empty(port) ? "443" : port);
    ret->ca_file = ACCOUNT_DIR "/ca.crt";
    ret->bearer_file = ACCOUNT_DIR "/token";
    return 0;
}

/* The element of root[list] whose name is `name`, behind `key`. */
static const json_t *named(const json_t *root, const char *list, const char *name, const char *key)
{
    size_t i;
    json_t *item;

    json_array_foreach(json_object_get(root, list), i,
                       item) if (str_eq(json_str_at(item, "/name"), name)) return json_object_get(item, key);
    return NULL;
}

/* Relative paths are relative to the kubeconfig's folder, as kubectl has it. */
static const char *beside(struct arena *a, const char *kubeconfig, const char *path)
{
    const char *slash = strrchr(kubeconfig, '/');

    if (!path || path[0] == '/' || !slash)
        return path;
    return arena_printf(a, "%.*s/%s", (int)(slash - kubeconfig), kubeconfig, path);
}

int kubeconfig_load(struct arena *a, const char *path, struct http_client_config *ret, struct error *err)
{
    char *text;
    size_t len;
    json_t *root;

    if (str_empty(path))
        return from_pod(a, ret, err);
    if (file_read(a, path, 1 << 20, &text, &len, err) < 0 || yaml_to_json(a, text, len, &root, err) < 0)
        return error_context(err, "%s", path);
    const json_t *context = named(root, "contexts", json_str_at(root, "/current-context"), "context");
    const json_t *cluster = named(root, "clusters", json_str_at(context, "/cluster"), "cluster");
    const json_t *user = named(root, "users", json_str_at(context, "/user"), "user");
    const char *server = json_str_at(cluster, "/server");
    if (!server)
        return error_set(err, ERROR_INVALID, "%s: the current context names no cluster with a server", path);
    ret->base_url = server;
    ret->ca_file = beside(a, path, json_str_at(cluster, "/certificate-authority"));
    ret->cert_file = beside(a, path, json_str_at(user, "/client-certificate"));
    ret->key_file = beside(a, path, json_str_at(user, "/client-key"));
    ret->bearer = json_str_at(user, "/token");
    ret->bearer_file = beside(a, path, json_str_at(user, "/tokenFile"));
    return 0;
}
