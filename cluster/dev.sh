#!/usr/bin/env bash
# `make dev`: compiles berthd here, puts it over the image that runs, and restarts the Deployment: some seconds.
# The image that `make up` makes is built from the sources in a container; this one is for trying alone.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
B=$(go_bin_dir)
export KUBECONFIG=$BERTH_STATE/kubeconfig
image=$(image_of berthd 2>/dev/null) ||
  die "the platform is not up: run make up first"
b=$ROOT/panel/backend
[ -d "$b/build" ] || meson setup "$b/build" "$b" -Dtests=false > /dev/null
ninja -C "$b/build" > "$BERTH_CACHE/ninja.log" 2>&1 || { tail -30 "$BERTH_CACHE/ninja.log" >&2; die "the C programs do not build"; }
tag=dev-$(date +%s)
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
c=$(buildah from --isolation chroot "$image")
buildah add -q "$c" "$b/build/src/berthd" "$b/build/src/berth" "$b/build/src/berth-unpack" /usr/bin/ > /dev/null
buildah add -q "$c" "$ROOT/k8s/tenants/templates" /usr/share/berth/templates > /dev/null
buildah add -q "$c" "$ROOT/docs/openapi.yaml" /usr/share/berth/openapi.yaml > /dev/null
buildah commit -q "$c" "localhost/berth/berthd:$tag" > /dev/null
buildah rm "$c" > /dev/null
buildah push -q "localhost/berth/berthd:$tag" "oci-archive:$dir/image.tar:localhost/berth/berthd:$tag"
"$B/ctr" -a "$BERTH_STATE/ctr/containerd.sock" -n k8s.io images import --no-unpack=false "$dir/image.tar" > "$dir/import.log" 2>&1 || { cat "$dir/import.log" >&2; die "the image cannot be imported"; }
# what helper pods run is in the same image
"$B/kubectl" -n panel-system patch configmap berthd --type merge -p "{\"data\":{\"BERTH_IMAGE_HELPER\":\"localhost/berth/berthd:$tag\"}}" > /dev/null
for d in $("$B/kubectl" -n panel-system get deployments -l app.kubernetes.io/name=berthd -o name); do # one, or two of several pods
  "$B/kubectl" -n panel-system set image "$d" "*=localhost/berth/berthd:$tag" > /dev/null
  "$B/kubectl" -n panel-system rollout status "$d" --timeout=60s > /dev/null
done
say "berthd is now localhost/berth/berthd:$tag; make up puts the built image back"
