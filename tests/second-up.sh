#!/usr/bin/env bash
# `make up` when all runs: within 60 seconds, the same last lines, and no object of the cluster is written.
set -euo pipefail
. "$(dirname "$0")/../cluster/lib.sh"
export KUBECONFIG=$BERTH_STATE/kubeconfig
kubectl=$(go_bin_dir)/kubectl

# Every object that `make up` could write, with the version that counts its changes.
versions() {
  "$kubectl" get deployments,statefulsets,services,configmaps,secrets,ingresses,networkpolicies,persistentvolumeclaims,serviceaccounts,roles,rolebindings \
    -A -o 'jsonpath={range .items[*]}{.kind}/{.metadata.namespace}/{.metadata.name} {.metadata.uid} {.metadata.generation} {.data}{"\n"}{end}' | sha256sum
}
before=$(versions)
begin=$SECONDS
out=$("$ROOT/cluster/up.sh") || { echo "not ok the second make up fails"; exit 1; }
took=$((SECONDS - begin))
[ "$took" -le 60 ] && echo "ok second make up: $took s" || { echo "not ok the second make up took $took s, more than 60"; exit 1; }
[ "$(versions)" = "$before" ] && echo "ok second make up changes nothing" || { echo "not ok the second make up changed objects"; exit 1; }
for word in site panel dns ca sign-in; do
  grep -q "^$word " <<<"$out" && echo "ok last lines: $word" || { echo "not ok make up prints no line '$word'"; exit 1; }
done
