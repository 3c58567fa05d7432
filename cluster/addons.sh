#!/usr/bin/env bash
# Puts the addons into the embedded cluster, with the images that images/build.sh made.
# usage: addons.sh
set -euo pipefail
. "$(dirname "$0")/lib.sh"
B=$(go_bin_dir)
export KUBECONFIG=$BERTH_STATE/kubeconfig
D=$BERTH_STATE/deploy/addons
mkdir -p "$D"
helper=$(image_of local-path-provisioner)
{
  printf 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [%s]\nimages:\n' "$(realpath --relative-to="$D" "$ROOT/cluster/addons")"
  cat "$BERTH_STATE/deploy/images.yaml"
} > "$D/kustomization.yaml"
# The provisioner's helper image stands in a setting and an argument, where kustomize does not look for images.
"$B/kubectl" kustomize "$D" | sed "s|HELPER_IMAGE|$helper|; s|/var/lib/berth/pv|$BERTH_STATE/pv|" |
  "$B/kubectl" apply --server-side --force-conflicts -f - > /dev/null
