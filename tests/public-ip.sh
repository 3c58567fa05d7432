#!/usr/bin/env bash
# PUBLIC_IP: a visitor in a network of the test's own reaches the real ports at that address, and Traefik sees the visitor's
# own address, not the host's.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
kubectl=$(go_bin_dir)/kubectl
export KUBECONFIG=$BERTH_STATE/kubeconfig
public=10.78.0.1 visitor=10.78.0.2 space=berth-visitor
in_space=(nsenter "--net=/run/netns/$space")

cleanup() {
  "$ROOT/cluster/node.sh" start || echo 'not ok the node starts again without PUBLIC_IP'
  ip link del berth-visit 2>/dev/null || true
  ip netns del "$space" 2>/dev/null || true
}
trap cleanup EXIT
ip netns del "$space" 2>/dev/null || true
ip netns add "$space"
ip link add berth-visit type veth peer name eth0 netns "$space"
ip addr add "$public/24" dev berth-visit
ip link set berth-visit up
ip -n "$space" addr add "$visitor/24" dev eth0
ip -n "$space" link set eth0 up
ip -n "$space" link set lo up
PUBLIC_IP=$public "$ROOT/cluster/node.sh" start

get() { "${in_space[@]}" curl -fsS --max-time 10 --cacert "$BERTH_STATE/ca.crt" --resolve "hello.localhost:443:$public" https://hello.localhost/; }
gets_the_site() { get | cmp -s - "$ROOT/examples/hello/index.html"; }
zone_answers() { "${in_space[@]}" dig "@$public" hello.localhost SOA +norecurse +tries=1 +time=5 | grep 'flags: qr aa' > /dev/null; }
seen_by_traefik() { "$kubectl" -n ingress-system logs deployment/traefik --since=3m | grep "\"ClientHost\":\"$visitor\"" > /dev/null; }

check 'a visitor gets the site at PUBLIC_IP, port 443' gets_the_site
check 'the zone answers at PUBLIC_IP, port 53' zone_answers
# Traefik writes its access log in pieces: a hundred more requests bring ours out
for _ in $(seq 110); do get > /dev/null; done
check "Traefik sees the visitor's own address" within 20 seen_by_traefik
