#!/usr/bin/env bash
# Builds the cluster's Go programs into the cache, under the hash of their sources and of the Go version, so that only a
# fresh machine pays for it (about ten minutes of two cores). Prints the folder.
# usage: build.sh
set -euo pipefail
. "$(dirname "$0")/lib.sh"

# Modules that the checksum database does not have; the committed go.sum pins them all the same.
export GONOSUMDB=github.com/cloudnativelabs/kube-router/v2
export GOFLAGS=-mod=readonly GOTOOLCHAIN=local CGO_ENABLED=0

out=$(go_bin_dir)
kubernetes=v1.36.3
version_flags="-X k8s.io/component-base/version.gitVersion=$kubernetes -X k8s.io/component-base/version.gitMajor=1 -X k8s.io/component-base/version.gitMinor=36 -X k8s.io/component-base/version.gitTreeState=clean"

# build MODULE PROGRAM PACKAGE [FLAGS...]: PROGRAM is made in one step, so a run that is cut off leaves no half file.
build() {
  local module=$1 program=$2 package=$3 pid begin=$SECONDS
  shift 3
  [ -x "$out/$program" ] && return
  say "  compiling $program ..."
  (cd "$ROOT/cluster/$module" && go build -trimpath "$@" -o "$out/.$program.new" "$package") &
  pid=$!
  while sleep 1; kill -0 "$pid" 2>/dev/null; do
    [ $(((SECONDS - begin) % 30)) -ne 0 ] || say "  compiling $program: $((SECONDS - begin)) s so far"
  done
  wait "$pid" || die "$program does not build"
  mv "$out/.$program.new" "$out/$program"
  say "  $program: $((SECONDS - begin)) s"
}

mkdir -p "$out"
"$ROOT/cluster/go/traefik.sh" "$ROOT/cluster/go/.generated"
build go kube ./kube -ldflags "-s -w $version_flags"
build go containerd github.com/containerd/containerd/v2/cmd/containerd -ldflags '-s -w'
build go containerd-shim-runc-v2 github.com/containerd/containerd/v2/cmd/containerd-shim-runc-v2 -ldflags '-s -w'
build go ctr github.com/containerd/containerd/v2/cmd/ctr -ldflags '-s -w'
CGO_ENABLED=1 build runc runc github.com/opencontainers/runc -tags seccomp -ldflags '-s -w'
build go pause ./pause -ldflags '-s -w'
build go forward ./forward -ldflags '-s -w'
build go coredns github.com/coredns/coredns -ldflags '-s -w'
build go kube-router github.com/cloudnativelabs/kube-router/v2/cmd/kube-router -ldflags '-s -w'
build local-path local-path-provisioner github.com/rancher/local-path-provisioner -ldflags '-s -w'
build go traefik github.com/traefik/traefik/v3/cmd/traefik -ldflags '-s -w -X github.com/traefik/traefik/v3/pkg/version.Version=3.6.12'
build tools kubeconform github.com/yannh/kubeconform/cmd/kubeconform -ldflags '-s -w'
build tools kube-score github.com/zegl/kube-score/cmd/kube-score -ldflags '-s -w'
for name in etcd kube-apiserver kube-controller-manager kube-scheduler kube-proxy kubelet kubectl; do
  ln -sfn kube "$out/$name"
done
printf '%s\n' "$out"
