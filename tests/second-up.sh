#!/usr/bin/env bash
# `make up` when all runs: within 60 seconds, the same last lines, and no object of the cluster is written.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
export KUBECONFIG=$BERTH_STATE/kubeconfig
kubectl=$(go_bin_dir)/kubectl

# Every object that `make up` could write, with the version that counts its changes.
versions() {
  "$kubectl" get deployments,statefulsets,services,configmaps,secrets,ingresses,networkpolicies,persistentvolumeclaims,serviceaccounts,roles,rolebindings \
    -A -o 'jsonpath={range .items[*]}{.kind}/{.metadata.namespace}/{.metadata.name} {.metadata.uid} {.metadata.generation} {.data}{"\n"}{end}' | sha256sum
}
before=$(versions)
begin=$SECONDS
out=$("$ROOT/cluster/up.sh") || die 'the second make up fails'
took=$((SECONDS - begin))
check "second make up: $took s, at most 60" [ "$took" -le 60 ]
check 'second make up changes nothing' [ "$(versions)" = "$before" ]
for word in site panel dns ca sign-in; do check "last lines: $word" grep -q "^$word " <<< "$out"; done
