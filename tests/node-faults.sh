#!/usr/bin/env bash
# The node survives SIGKILL of each of its parts, and of all of them at once with its network gone, as after a power cut:
# `make up` takes what is left for what it is, and the site that was there is served again, from the data that was there.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
B=$(go_bin_dir)
export KUBECONFIG=$BERTH_STATE/kubeconfig

site_answers() { curl -fsS --max-time 5 --cacert "$BERTH_STATE/ca.crt" https://hello.localhost:8443/ 2>/dev/null | cmp -s - "$ROOT/examples/hello/index.html"; }
node_ready() { "$B/kubectl" wait --for=condition=Ready node/node1 --timeout=1s > /dev/null 2>&1; }
loop_of() { cat "$BERTH_STATE/run/$1.pid"; }
child_of() { pgrep -P "$1" | head -1; }
runs_again() { # runs_again PART OLD_PID: another process than the one that was killed
  local now
  now=$(child_of "$(loop_of "$1")")
  [ -n "$now" ] && [ "$now" != "$2" ]
}
up() { "$ROOT/cluster/up.sh" > /dev/null; }
well() { node_ready && site_answers; }

for part in forward kube-proxy kubelet containerd kube-scheduler kube-controller-manager kube-apiserver etcd; do
  old=$(child_of "$(loop_of "$part")")
  kill -KILL "$old"
  check "$part runs again after SIGKILL" within 15 runs_again "$part" "$old"
  check "the site answers after SIGKILL of $part" within 60 well
done

customer=$("$B/kubectl" get namespace cust-example -o 'jsonpath={.metadata.uid}')
# a power cut: loops first, so that nothing is started again, then what they ran, then what containerd ran
for part in "$BERTH_STATE"/run/*.pid; do
  loop=$(cat "$part")
  child=$(child_of "$loop" || true)
  kill -KILL "$loop" ${child:+"$child"} 2>/dev/null || true
done
for pid in /proc/[0-9]*; do
  case $(readlink "$pid/exe" 2>/dev/null || true) in
    "$BERTH_CACHE"/go/*/containerd-shim-runc-v2*) pkill -KILL -P "${pid#/proc/}" 2>/dev/null || true; kill -KILL "${pid#/proc/}" 2>/dev/null || true ;;
  esac
done
ip link del berth0 2>/dev/null || true
check 'make up after a power cut' up
check 'the site answers after a power cut' within 30 site_answers
check 'the cluster is the one that was there' [ "$("$B/kubectl" get namespace cust-example -o 'jsonpath={.metadata.uid}')" = "$customer" ]
