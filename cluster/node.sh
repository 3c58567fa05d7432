#!/usr/bin/env bash
# The one-node cluster: a network namespace in which etcd, the control plane, containerd, the kubelet and kube-proxy run,
# and a forwarder on the host's loopback. Each part has a pid file, a log and a loop that starts it again when it dies.
# usage: node.sh start | stop | status | logs [PART]
#   PUBLIC_IP=ADDRESS   the node's real ports on that address of the host (a rented server), clients' addresses kept
set -euo pipefail
. "$(dirname "$0")/lib.sh"

S=$BERTH_STATE
API_SERVER="https://$NODE_ADDRESS:6443"
PARTS=(etcd kube-apiserver kube-controller-manager kube-scheduler containerd kubelet kube-proxy forward)
# NOT `ip netns exec`: that remounts /sys and hides the cgroups that the kubelet and containerd need.
IN_NODE=(nsenter "--net=/run/netns/$NODE_NETNS")

# --- the network ---

network_up() {
  [ -e "/run/netns/$NODE_NETNS" ] || ip netns add "$NODE_NETNS"
  if ! ip -n "$NODE_NETNS" link show eth0 >/dev/null 2>&1; then
    ip link del berth0 2>/dev/null || true
    ip link add berth0 type veth peer name eth0 netns "$NODE_NETNS"
  fi
  ip addr replace "$HOST_ADDRESS/24" dev berth0
  ip link set berth0 up
  ip -n "$NODE_NETNS" addr replace "$NODE_ADDRESS/24" dev eth0
  ip -n "$NODE_NETNS" link set eth0 up
  ip -n "$NODE_NETNS" link set lo up
  ip -n "$NODE_NETNS" route replace default via "$HOST_ADDRESS"
  "${IN_NODE[@]}" sh -c 'echo 1 > /proc/sys/net/ipv4/ip_forward'
  if [ -n "${PUBLIC_IP:-}" ]; then public_up; else public_down; fi
}

# A rented server: the address's ports go to the node with the client's address kept, and pods get a way out.
PUBLIC_PORTS=(tcp:80 tcp:443 tcp:53 udp:53 tcp:25 tcp:465 tcp:587 tcp:993 tcp:995 tcp:4190)
public_rules() { # public_rules -A|-D ADDRESS
  local p
  for p in "${PUBLIC_PORTS[@]}"; do
    iptables -t nat "$1" PREROUTING -d "$2" -p "${p%:*}" --dport "${p#*:}" -m comment --comment berth -j DNAT --to-destination "$NODE_ADDRESS"
    iptables -t nat "$1" OUTPUT -d "$2" -p "${p%:*}" --dport "${p#*:}" -m comment --comment berth -j DNAT --to-destination "$NODE_ADDRESS"
  done
  iptables -t nat "$1" POSTROUTING -s "$NODE_ADDRESS" ! -o berth0 -m comment --comment berth -j MASQUERADE
}
public_up() {
  public_down
  echo 1 > /proc/sys/net/ipv4/ip_forward
  public_rules -A "$PUBLIC_IP"
  printf '%s\n' "$PUBLIC_IP" > "$S/run/public-ip"
}
public_down() {
  [ -s "$S/run/public-ip" ] || return 0
  public_rules -D "$(cat "$S/run/public-ip")" 2>/dev/null || true
  rm -f "$S/run/public-ip"
}

network_down() {
  public_down
  ip link del berth0 2>/dev/null || true
  ip netns del "$NODE_NETNS" 2>/dev/null || true
}

# --- certificates and settings: made once, kept ---

certificate() { # certificate NAME SUBJECT ALTNAMES
  [ -s "$1.crt" ] && return
  openssl req -newkey rsa:2048 -nodes -keyout "$1.key" -out "$1.csr" -subj "$2" 2>/dev/null
  openssl x509 -req -in "$1.csr" -CA ca.crt -CAkey ca.key -CAcreateserial -days 3650 -out "$1.crt.new" \
    -extfile <(printf 'subjectAltName=%s\nextendedKeyUsage=serverAuth,clientAuth' "$3") 2>/dev/null
  mv "$1.crt.new" "$1.crt"
  rm -f "$1.csr"
}

kubeconfig() { # kubeconfig NAME FILE
  cat > "$2" <<YAML
apiVersion: v1
kind: Config
clusters: [{name: berth, cluster: {server: "$API_SERVER", certificate-authority: $S/pki/ca.crt}}]
users: [{name: $1, user: {client-certificate: $S/pki/$1.crt, client-key: $S/pki/$1.key}}]
contexts: [{name: berth, context: {cluster: berth, user: $1}}]
current-context: berth
YAML
  chmod 600 "$2"
}

pki() {
  local n
  (
    cd "$S/pki"
    umask 077
    [ -s ca.crt ] || openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.crt -days 3650 -subj /CN=berth-kubernetes-ca 2>/dev/null
    [ -s sa.key ] || openssl genrsa -out sa.key 2048 2>/dev/null
    certificate apiserver /CN=kube-apiserver "DNS:localhost,DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,DNS:kubernetes.default.svc.cluster.local,IP:127.0.0.1,IP:10.96.0.1,IP:$NODE_ADDRESS"
    certificate admin /O=system:masters/CN=admin DNS:admin
    certificate kcm /CN=system:kube-controller-manager DNS:kcm
    certificate scheduler /CN=system:kube-scheduler DNS:scheduler
    certificate proxy /CN=system:kube-proxy DNS:proxy
    certificate node1 /O=system:nodes/CN=system:node:node1 "DNS:node1,IP:$NODE_ADDRESS"
    for n in kcm scheduler proxy node1; do kubeconfig "$n" "$n.kubeconfig"; done
  )
  kubeconfig admin "$S/kubeconfig"
}

settings() {
  cat > "$S/etc/containerd.toml" <<TOML
version = 3
root = "$S/ctr/root"
state = "$S/ctr/state"
[grpc]
  address = "$S/ctr/containerd.sock"
[plugins."io.containerd.cri.v1.images".pinned_images]
  sandbox = "localhost/berth/pause:1"
[plugins."io.containerd.cri.v1.images".registry]
  config_path = "$S/etc/certs.d"
[plugins."io.containerd.cri.v1.runtime"]
  restrict_oom_score_adj = true
  [plugins."io.containerd.cri.v1.runtime".cni]
    bin_dirs = ["/usr/lib/cni"]
    conf_dir = "$S/etc/cni"
  [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
TOML
  cat > "$S/etc/cni/10-berth.conflist" <<'JSON'
{"cniVersion": "1.0.0", "name": "berth", "plugins": [
  {"type": "bridge", "bridge": "cni0", "isGateway": true, "ipMasq": true, "hairpinMode": true,
   "ipam": {"type": "host-local", "ranges": [[{"subnet": "10.244.0.0/24"}]], "routes": [{"dst": "0.0.0.0/0"}]}},
  {"type": "portmap", "capabilities": {"portMappings": true}, "snat": true}]}
JSON
  cat > "$S/etc/kubelet.yaml" <<YAML
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
cgroupDriver: cgroupfs
failSwapOn: false
failCgroupV1: false
authentication: {anonymous: {enabled: false}, webhook: {enabled: true}, x509: {clientCAFile: $S/pki/ca.crt}}
authorization: {mode: Webhook}
clusterDNS: [10.96.0.10]
clusterDomain: cluster.local
containerRuntimeEndpoint: unix://$S/ctr/containerd.sock
evictionHard: {memory.available: "100Mi", nodefs.available: "2%", imagefs.available: "2%"}
maxPods: 250
serializeImagePulls: false
# Images are put in by us, and no registry could confirm them: not even when the same image was pulled from one as well.
imagePullCredentialsVerificationPolicy: NeverVerify
syncFrequency: 10s
configMapAndSecretChangeDetectionStrategy: Watch
tlsCertFile: $S/pki/node1.crt
tlsPrivateKeyFile: $S/pki/node1.key
YAML
  cat > "$S/etc/audit.yaml" <<'YAML'
# Writes alone, with their bodies: what `berth plan` said is checked against this log.
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
- {level: None, resources: [{group: coordination.k8s.io}, {group: "", resources: [events, nodes, nodes/status, pods/status]}, {group: events.k8s.io}]}
- {level: Metadata, verbs: [create, update, patch, delete, deletecollection], resources: [{group: "", resources: [secrets, serviceaccounts/token]}]}
- {level: Request, verbs: [create, update, patch, delete, deletecollection]}
- {level: None}
YAML
}

# --- the parts ---

alive() { # alive PART: does the loop of its pid file still run? (A pid of a process that is gone may be somebody else's.)
  local pid
  pid=$(cat "$S/run/$1.pid" 2>/dev/null) || return 1
  [ -n "$pid" ] && grep -qz "berth-part-$1" "/proc/$pid/cmdline" 2>/dev/null
}

# A loop that starts the part again one second after it died; it ends, and its part with it, on SIGTERM.
supervise() { # supervise PART COMMAND...
  local part=$1
  shift
  alive "$part" && return
  # shellcheck disable=SC2016 # the loop expands its own arguments
  setsid -f bash -c '
    # berth-part marker is $0
    part=$1 run=$2 log=$3; shift 3
    echo $$ > "$run/$part.pid"
    trap "kill -TERM \$child 2>/dev/null; wait \$child; rm -f \"$run/$part.pid\"; exit 0" TERM
    while :; do
      [ "$(stat -c %s "$log" 2>/dev/null || echo 0)" -lt 50000000 ] || mv "$log" "$log.old"
      "$@" >> "$log" 2>&1 &
      child=$!
      wait $child
      echo "supervisor: $part ended with $?, again in 1 s" >> "$log"
      sleep 1 & wait $!
    done' "berth-part-$part" "$part" "$S/run" "$S/log/$part.log" "$@" < /dev/null > /dev/null 2>&1
}

start_part() {
  case $1 in
    etcd) supervise etcd "${IN_NODE[@]}" "$B/etcd" --data-dir "$S/etcd" --log-level warn --quota-backend-bytes 8589934592 \
      --auto-compaction-mode periodic --auto-compaction-retention 10m ;;
    kube-apiserver) supervise kube-apiserver "${IN_NODE[@]}" "$B/kube-apiserver" --etcd-servers http://127.0.0.1:2379 \
      --service-cluster-ip-range 10.96.0.0/16 --tls-cert-file "$S/pki/apiserver.crt" --tls-private-key-file "$S/pki/apiserver.key" \
      --client-ca-file "$S/pki/ca.crt" --service-account-key-file "$S/pki/sa.key" --service-account-signing-key-file "$S/pki/sa.key" \
      --service-account-issuer https://kubernetes.default.svc.cluster.local --authorization-mode Node,RBAC \
      --kubelet-client-certificate "$S/pki/admin.crt" --kubelet-client-key "$S/pki/admin.key" --allow-privileged=true \
      --enable-admission-plugins NodeRestriction --advertise-address "$NODE_ADDRESS" --kubelet-preferred-address-types InternalIP \
      --audit-policy-file "$S/etc/audit.yaml" --audit-log-path "$S/log/audit.log" --audit-log-maxsize 50 --audit-log-maxbackup 2 ;;
    kube-controller-manager) supervise kube-controller-manager "${IN_NODE[@]}" "$B/kube-controller-manager" --kubeconfig "$S/pki/kcm.kubeconfig" \
      --authentication-kubeconfig "$S/pki/kcm.kubeconfig" --authorization-kubeconfig "$S/pki/kcm.kubeconfig" \
      --service-account-private-key-file "$S/pki/sa.key" --root-ca-file "$S/pki/ca.crt" --use-service-account-credentials \
      --cluster-cidr 10.244.0.0/16 --allocate-node-cidrs --leader-elect=false --kube-api-qps 300 --kube-api-burst 600 \
      --concurrent-deployment-syncs 20 --concurrent-replicaset-syncs 20 --concurrent-namespace-syncs 20 --concurrent-resource-quota-syncs 20 \
      --concurrent-service-endpoint-syncs 20 --concurrent-serviceaccount-token-syncs 20 ;;
    kube-scheduler) supervise kube-scheduler "${IN_NODE[@]}" "$B/kube-scheduler" --kubeconfig "$S/pki/scheduler.kubeconfig" --leader-elect=false \
      --authentication-kubeconfig "$S/pki/scheduler.kubeconfig" --authorization-kubeconfig "$S/pki/scheduler.kubeconfig" ;;
    containerd) supervise containerd "${IN_NODE[@]}" env "PATH=$B:$PATH" "$B/containerd" -c "$S/etc/containerd.toml" ;;
    kubelet) supervise kubelet "${IN_NODE[@]}" "$B/kubelet" --config "$S/etc/kubelet.yaml" --kubeconfig "$S/pki/node1.kubeconfig" \
      --hostname-override node1 --node-ip "$NODE_ADDRESS" --root-dir "$S/kubelet" ;;
    # The conntrack settings are read-only in a network namespace.
    kube-proxy) supervise kube-proxy "${IN_NODE[@]}" "$B/kube-proxy" --kubeconfig "$S/pki/proxy.kubeconfig" --proxy-mode nftables \
      --cluster-cidr 10.244.0.0/16 --hostname-override node1 --conntrack-max-per-core 0 --conntrack-tcp-timeout-established 0 \
      --conntrack-tcp-timeout-close-wait 0 ;;
    forward) supervise forward "$B/forward" "tcp:127.0.0.1:8080=$NODE_ADDRESS:80" "tcp:127.0.0.1:8443=$NODE_ADDRESS:443" \
      "tcp:127.0.0.1:10053=$NODE_ADDRESS:53" "udp:127.0.0.1:10053=$NODE_ADDRESS:53" "tcp:127.0.0.1:10025=$NODE_ADDRESS:25" \
      "tcp:127.0.0.1:10465=$NODE_ADDRESS:465" "tcp:127.0.0.1:10587=$NODE_ADDRESS:587" "tcp:127.0.0.1:10993=$NODE_ADDRESS:993" \
      "tcp:127.0.0.1:10995=$NODE_ADDRESS:995" "tcp:127.0.0.1:14190=$NODE_ADDRESS:4190" ;;
  esac
}

until_true() { # until_true SECONDS WHAT COMMAND...
  local end=$((SECONDS + $1)) what=$2
  shift 2
  until "$@" >/dev/null 2>&1; do
    [ "$SECONDS" -lt "$end" ] || die "$what: not within the time; see the logs in $S/log"
    sleep 0.3
  done
}

api_ready() { "$B/kubectl" --kubeconfig "$S/kubeconfig" get --raw /readyz; }
containerd_ready() { timeout 5 "$B/ctr" -a "$S/ctr/containerd.sock" version; }
kubelet_ready() { "${IN_NODE[@]}" curl -fsS --max-time 2 http://127.0.0.1:10248/healthz; }
node_ready() { "$B/kubectl" --kubeconfig "$S/kubeconfig" wait --for=condition=Ready node/node1 --timeout=1s; }

start() {
  B=$(go_bin_dir)
  [ -x "$B/kube" ] || die "the cluster's programs are not built: run cluster/build.sh"
  mkdir -p "$S"/{pki,etcd,log,run,etc/cni,ctr,kubelet,pv,deploy}
  chmod 700 "$S/pki" "$S/etcd"
  mkdir -p "$S/pv" && chmod 755 "$S" "$S/pv"
  stop_others
  network_up
  pki
  settings
  mount --make-rshared /
  start_part etcd
  start_part kube-apiserver
  until_true 90 'the API server' api_ready
  local p
  for p in kube-controller-manager kube-scheduler containerd kubelet kube-proxy forward; do start_part "$p"; done
  # the API server remembers a node that was ready for a while, so the parts are asked themselves
  until_true 60 containerd containerd_ready
  until_true 90 'the kubelet' kubelet_ready
  until_true 90 'the node' node_ready
  "$B/kubectl" --kubeconfig "$S/kubeconfig" label node node1 --overwrite berth.dev/node=true > /dev/null
}

# Parts of another build (another checkout, an older commit) are ended before ours start.
stop_others() {
  local p
  for p in "${PARTS[@]}"; do
    if alive "$p" && ! tr '\0' '\n' < "/proc/$(cat "$S/run/$p.pid")/cmdline" | grep -q "^$B/"; then stop_part "$p"; fi
  done
}

stop_part() {
  local pid end=$((SECONDS + 15))
  alive "$1" || { rm -f "$S/run/$1.pid"; return 0; }
  pid=$(cat "$S/run/$1.pid")
  kill -TERM "$pid" 2>/dev/null || true
  while kill -0 "$pid" 2>/dev/null && [ "$SECONDS" -lt "$end" ]; do sleep 0.1; done
  if kill -0 "$pid" 2>/dev/null; then
    pkill -KILL -P "$pid" 2>/dev/null || true
    kill -KILL "$pid" 2>/dev/null || true
  fi
  rm -f "$S/run/$1.pid"
}

# What containerd leaves behind on purpose: shims, the containers below them, and their mounts.
stop_pods() {
  local pid exe m i
  for i in 1 2 3; do
    for pid in /proc/[0-9]*; do
      exe=$(readlink "$pid/exe" 2>/dev/null) || continue
      case $exe in "$BERTH_CACHE"/go/*/containerd-shim-runc-v2*)
        grep -qz -- "$S/ctr/containerd.sock" "$pid/cmdline" 2>/dev/null || continue
        pkill -KILL -P "${pid#/proc/}" 2>/dev/null || true
        kill -KILL "${pid#/proc/}" 2>/dev/null || true ;;
      esac
    done
    sleep 0.2
  done
  for i in 1 2 3; do
    while read -r m; do umount -l "$m" 2>/dev/null || true; done < <(awk '{print $2}' /proc/mounts | grep -F "$S/" | sort -r)
  done
  rm -rf "$S/ctr/state" "$S/ctr/containerd.sock" "$S/ctr/containerd.sock.ttrpc"
  # pods of a stopped node have no network any more: their sandboxes are made again
  rm -rf /var/lib/cni/networks/berth
  find /run/netns -maxdepth 1 -name 'cni-*' -exec sh -c 'umount -l "$1" 2>/dev/null; rm -f "$1"' _ {} \; 2>/dev/null || true
}

stop() {
  local i
  B=$(go_bin_dir)
  for ((i = ${#PARTS[@]} - 1; i >= 0; i--)); do
    [ "${PARTS[i]}" = containerd ] && stop_containers
    stop_part "${PARTS[i]}"
  done
  stop_pods
  network_down
}

# Containers are ended while containerd still runs, so that it knows of their end.
stop_containers() {
  alive containerd || return 0
  local ctr=("$B/ctr" -a "$S/ctr/containerd.sock" -n k8s.io) id ids
  ids=$(timeout 10 "${ctr[@]}" task ls -q 2>/dev/null) || return 0
  for id in $ids; do timeout 5 "${ctr[@]}" task kill -s SIGTERM "$id" >/dev/null 2>&1 || true; done
  [ -z "$ids" ] || sleep 2
  for id in $ids; do timeout 5 "${ctr[@]}" task kill -s SIGKILL "$id" >/dev/null 2>&1 || true; done
}

status() {
  local p code=0
  for p in "${PARTS[@]}"; do
    if alive "$p"; then printf '%-24s running  pid %s\n' "$p" "$(cat "$S/run/$p.pid")"; else printf '%-24s stopped\n' "$p"; code=1; fi
  done
  B=$(go_bin_dir)
  if [ $code -eq 0 ]; then "$B/kubectl" --kubeconfig "$S/kubeconfig" get nodes,pods -A -o wide; fi
  return $code
}

case ${1:-} in
  start) start ;;
  stop) stop ;;
  status) status ;;
  logs) if [ -n "${2:-}" ]; then tail -n 200 -f "$S/log/$2.log"; else ls -la "$S/log"; fi ;;
  *) sed -n '2,6s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
