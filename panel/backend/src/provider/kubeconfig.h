/* Where the API server is and how to sign in: from a kubeconfig file, or the pod's own service account. */
#ifndef BERTH_PROVIDER_KUBECONFIG_H
#define BERTH_PROVIDER_KUBECONFIG_H

#include "base/http.h"

/* Fills base_url, ca_file, cert_file, key_file or bearer(_file) of *ret for the file's current context. Only files, not inline
 * data, are understood for certificates. path NULL or "": KUBERNETES_SERVICE_HOST and the mounted service account. */
int kubeconfig_load(struct arena *a, const char *path, struct http_client_config *ret, struct error *err) WARN_UNUSED;

#endif
