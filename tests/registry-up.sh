#!/usr/bin/env bash
# `make up` with KUBECONFIG and REGISTRY: the images go to a registry that the test runs, the cluster takes them from there,
# and no node is started. The cluster is the one that runs already; afterwards `make up` puts its own images back.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
kubectl=$(go_bin_dir)/kubectl
address=$HOST_ADDRESS:5000
dir=$(mktemp -d)
certs=$BERTH_STATE/etc/certs.d/$address

restore() {
  kill "$registry" 2>/dev/null || true
  berth site delete hello.berth.localhost --yes --wait > /dev/null 2>&1 || true # the example's plan has room for two sites
  rm -rf "$dir" "$certs"
  env -u KUBECONFIG -u XDG_CONFIG_HOME "$ROOT/cluster/up.sh" > /dev/null 2>&1 || echo 'not ok the platform comes back after the test'
}
cat > "$dir/registry.yaml" <<YAML
version: 0.1
storage: {filesystem: {rootdirectory: $dir/images}}
http: {addr: $address}
YAML
docker-registry serve "$dir/registry.yaml" > "$dir/registry.log" 2>&1 &
registry=$!
trap restore EXIT
mkdir -p "$certs"
printf 'server = "http://%s"\n' "$address" > "$certs/hosts.toml"
cp "$BERTH_STATE/kubeconfig" "$dir/kubeconfig"

export KUBECONFIG=$dir/kubeconfig XDG_CONFIG_HOME=$dir/config
up() { BERTH_STATE=$dir/state REGISTRY=$address REGISTRY_TLS=false PLATFORM_DOMAIN=berth.localhost "$ROOT/cluster/up.sh" > "$dir/out"; }
from_registry() { "$kubectl" get pods -n "$1" -o 'jsonpath={range .items[*].spec.containers[*]}{.image}{"\n"}{end}' | grep "^$address/berth/$2:" > /dev/null; }
serves_the_example() { curl -fsS --cacert "$dir/state/ca.crt" "$1/" | cmp -s - "$ROOT/examples/hello/index.html"; }

check 'make up with KUBECONFIG and REGISTRY' up
check 'no node is started for it' [ ! -e "$dir/state/run" ]
check 'berthd runs from that registry' from_registry panel-system berthd
check 'Traefik runs from that registry' from_registry ingress-system traefik
url=$(sed -n 's/^site //p' "$dir/out")
check "$url serves the example" serves_the_example "$url"
