#!/usr/bin/env bash
# `make up`: from a bare machine to a hosted example domain. Each phase does nothing when its work is done already.
# usage: up.sh
#   KUBECONFIG=FILE REGISTRY=HOST/PATH   deploy to that cluster, with images pushed there, and start no node; it needs
#                                        PLATFORM_DOMAIN too, a default StorageClass, cluster DNS and network policies
#   PUBLIC_IP=ADDRESS                    serve on that address of this machine: a rented server
#   PLATFORM_DOMAIN=NAME                 the platform's own domain (default berth.localhost), delegated to PUBLIC_IP
#   ACME_SERVER=URL ACME_EMAIL=ADDRESS   where certificates come from (default: a Pebble of its own, for trying)
#   SEVERAL=1                            two pods each of berthd api and reconcile, on PostgreSQL and an S3 server; a store that is
#                                        there moves, and the installation stays so
set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/several.sh"
several=${SEVERAL:-}
case $several in '' | 1) ;; *) die "SEVERAL is $several; wanted 1, or nothing: an installation that has several pods of berthd keeps them" ;; esac
own_cluster=1
if [ -n "${KUBECONFIG:-}" ] && [ "$KUBECONFIG" != "$BERTH_STATE/kubeconfig" ]; then
  own_cluster=''
  [ -n "${REGISTRY:-}" ] || die "KUBECONFIG is set, so REGISTRY must say where the images go; or unset KUBECONFIG to start a node here"
  [ -n "${PLATFORM_DOMAIN:-}" ] || die "KUBECONFIG is set, so PLATFORM_DOMAIN must say the platform's own domain; or unset KUBECONFIG to start a node here"
fi
[ "$(id -u)" = 0 ] || die "make up starts a node, so it must be run as root"
begin=$SECONDS
D=$BERTH_STATE/deploy
domain=${PLATFORM_DOMAIN:-berth.localhost} acme=${ACME_SERVER:-https://pebble.ingress-system.svc:14000/dir} address=${PUBLIC_IP:-$NODE_ADDRESS}
port=8443
# Names below .localhost mean loopback to every client, so a platform of such names is always reached by the forwarder.
case $domain in localhost | *.localhost) ;; *) port=443 ;; esac
origin=https://panel.$domain$([ "$port" = 443 ] || printf ':%s' "$port")
# A domain of its own where names end in .localhost anyway; else a free name below the platform's, which resolves already.
example=hello.localhost zone=hello.localhost
[ -z "${PLATFORM_DOMAIN:-}" ] || example=hello.$domain zone=$domain
example_url=https://$example$([ "$port" = 443 ] || printf ':%s' "$port")
mkdir -p "$D" "$BERTH_CACHE"

compile() { # berth and berthd for this host
  local b=$ROOT/panel/backend
  [ -d "$b/build" ] || meson setup "$b/build" "$b" -Dtests=false > /dev/null
  ninja -C "$b/build" > "$BERTH_CACHE/ninja.log" 2>&1 || { tail -30 "$BERTH_CACHE/ninja.log" >&2; die "the C programs do not build"; }
  mkdir -p /usr/local/bin
  ln -sfn "$b/build/src/berth" /usr/local/bin/berth
  ln -sfn "$b/build/src/berth" /usr/local/bin/kubectl-berth
  local file words
  while read -r file words; do
    mkdir -p "${file%/*}"
    # shellcheck disable=SC2086 # several words
    "$b/build/src/berth" $words > "$file"
  done < <(berth_texts)
}

# What a cluster that is not ours says of itself: its first node's address, and its default StorageClass.
look_around() {
  storage=berth-local
  [ -n "$own_cluster" ] && return
  [ -n "${PUBLIC_IP:-}" ] || address=$(kubectl get nodes -o 'jsonpath={.items[0].status.addresses[?(@.type=="InternalIP")].address}' | cut -d' ' -f1)
  storage=$(kubectl get storageclass -o 'jsonpath={range .items[*]}{.metadata.name} {.metadata.annotations.storageclass\.kubernetes\.io/is-default-class}{"\n"}{end}' | sed -n 's/ true$//p' | head -1)
  [ -n "$storage" ] || die "the cluster has no default StorageClass; mark one, so that volumes can be made"
}

# A kustomization outside the checkout that adds what only this installation knows: images, addresses, names, ports.
generate() {
  # Proofs of ownership: a server in the world asks the world; a machine of one's own has its own name server only.
  local resolver=pdns-dns.dns-system.svc:53
  [ -z "${PUBLIC_IP:-}" ] || resolver=
  # MTA-STS: others' mail servers keep a policy for a week; without any, seconds do
  local testing=20 age=30
  [ -z "${PUBLIC_IP:-}" ] || testing=604800 age=604800
  local S=$D/system ca=/etc/berth/acme/ca.crt key registry
  [ -z "${ACME_SERVER:-}" ] || ca='' # the system's roots
  mkdir -p "$S"
  {
    printf 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [%s]\n' "$(realpath --relative-to="$S" "$ROOT/k8s/overlays/$overlay")"
    printf 'images:\n'
    cat "$D/images.yaml"
    printf 'patches:\n- target: {kind: ConfigMap, name: berthd}\n  patch: |\n'
    printf '    - {op: replace, path: /data/%s, value: "%s"}\n' BERTH_IMAGE_STATIC "$(image_of web-static)" BERTH_IMAGE_HELPER "$(image_of berthd)" \
      BERTH_INGRESS_ADDRESS "$address" BERTH_PLATFORM_DOMAIN "$domain" BERTH_MAIL_HOST "mail.$domain" BERTH_PUBLIC_URL "$origin" BERTH_PUBLIC_HTTPS_PORT "$port" \
      BERTH_NAMESERVERS "ns1.$domain" BERTH_ACME_CA "$ca" BERTH_STORAGE_CLASS "$storage" BERTH_RESOLVER "$resolver" \
      BERTH_MTA_STS_TESTING "$testing" BERTH_MTA_STS_MAX_AGE "$age"
    registry=$(image_of web-static)
    printf -- '- target: {kind: ConfigMap, name: tenant-images}\n  patch: |\n    - {op: replace, path: /data/registries, value: "%s/"}\n' "${registry%/*}"
    printf -- '- target: {kind: Ingress, name: panel}\n  patch: |\n    - {op: replace, path: /spec/rules/0/host, value: "panel.%s"}\n' "$domain"
    printf -- '- target: {kind: ConfigMap, name: mail}\n  patch: |\n    - {op: replace, path: /data/MAIL_HOST, value: "mail.%s"}\n' "$domain"
    printf -- '- target: {kind: Ingress, name: mail}\n  patch: |\n    - {op: replace, path: /spec/rules/0/host, value: "mail.%s"}\n' "$domain"
    printf -- '- target: {kind: Deployment, name: traefik}\n  patch: |\n    - {op: replace, path: /spec/template/spec/containers/1/env/1/value, value: "mail.%s"}\n' "$domain"
  } > "$S/kustomization.yaml"
  key="s|PUBLIC_HTTPS_PORT\"|$port\"|; s|INGRESS_ADDRESS\"|$address\"|; s|ACME_EMAIL|${ACME_EMAIL:-hostmaster@$domain}|; s|ACME_SERVER|$acme|"
  kubectl kustomize --load-restrictor=LoadRestrictionsNone "$S" | sed "$key" > "$D/system.yaml"
}

# Only when what would be applied differs from what was applied to this cluster, so that a second run changes nothing.
apply() {
  local want have
  look_around
  generate
  want=$(sha256sum < "$D/system.yaml" | cut -c1-16)
  have=$(kubectl -n panel-system get configmap berth-applied -o 'jsonpath={.data.hash}' 2>/dev/null || true)
  [ -z "$several" ] || keep_keys
  PLATFORM_DOMAIN=$domain KUBECTL=$(command -v kubectl) "$ROOT/k8s/secrets.sh" "$overlay"
  [ "$want" != "$have" ] || return 0
  [ -z "$several" ] || move
  # a Job's template is fixed: a changed one is made again
  kubectl -n dns-system delete job pdns-schema --ignore-not-found > /dev/null
  kubectl apply --server-side --force-conflicts -f "$D/system.yaml" > /dev/null
  roll_when_config_changed ingress-system deployment/traefik traefik
  for d in "${berthd[@]}"; do roll_when_config_changed panel-system "$d" berthd; done
  for d in postfix dovecot; do roll_when_config_changed mail-system "statefulset/$d" mail; done
  kubectl -n panel-system create configmap berth-applied --from-literal=hash="$want" --dry-run=client -o yaml | kubectl apply --server-side -f - > /dev/null
}

# Programs read their ConfigMap at the start: a pod template carries the hash of the ConfigMap that it was started with.
roll_when_config_changed() { # roll_when_config_changed NAMESPACE WORKLOAD CONFIGMAP
  local h
  h=$(kubectl -n "$1" get configmap "$3" -o 'jsonpath={.data}' 2>/dev/null | sha256sum | cut -c1-16)
  kubectl -n "$1" patch "$2" -p "{\"spec\":{\"template\":{\"metadata\":{\"annotations\":{\"berth.dev/config\":\"$h\"}}}}}" > /dev/null
}

wait_ready() {
  local d
  for d in statefulset/pdns-postgres:dns-system deployment/pdns:dns-system deployment/pebble:ingress-system deployment/traefik:ingress-system deployment/panel:panel-system "${berthd[@]/%/:panel-system}" \
    statefulset/mysql:mail-system statefulset/postfix:mail-system statefulset/dovecot:mail-system statefulset/valkey:mail-system deployment/rspamd:mail-system; do
    kubectl -n "${d#*:}" rollout status "${d%:*}" --timeout=300s > /dev/null || {
      kubectl -n "${d#*:}" get pods -o wide >&2
      kubectl -n "${d#*:}" get events --sort-by=.lastTimestamp 2>/dev/null | tail -15 >&2
      die "${d%:*} in ${d#*:} is not ready"
    }
  done
  # Traefik asks for the panel's certificate once, so the platform's zone comes first.
  local end=$((SECONDS + 120))
  until [[ $(kubectl -n dns-system exec deploy/pdns -- pdns_control --socket-dir=/run/pdns list-zones 2> /dev/null) == *"$domain."* ]]; do
    [ "$SECONDS" -lt "$end" ] || die "PowerDNS does not have the zone $domain, which berthd makes; see kubectl -n panel-system logs ${berthd[-1]} -c reconcile"
    sleep 0.5
  done
}

restart_traefik() {
  kubectl -n ingress-system rollout restart deployment/traefik > /dev/null
  kubectl -n ingress-system rollout status deployment/traefik --timeout=120s > /dev/null
}

# Pebble's root lives in its memory: when it has changed, Traefik must forget its account and certificates. The roots, that of the
# mail servers too, are kept where berthd, curl, browsers and mail programs are told to find them.
trust() {
  local root pod
  if [ -n "${ACME_SERVER:-}" ]; then
    cp /etc/ssl/certs/ca-certificates.crt "$BERTH_STATE/ca.crt.new"
  else
    pod=$(kubectl -n ingress-system get pod -l app.kubernetes.io/name=pebble --field-selector=status.phase=Running -o 'jsonpath={.items[0].metadata.name}')
    root=$(kubectl get --raw "/api/v1/namespaces/ingress-system/pods/https:$pod:15000/proxy/roots/0") || die "Pebble does not give its root certificate"
    printf '%s\n' "$root" > "$BERTH_STATE/acme-ca.crt.new"
    openssl x509 -in "$BERTH_STATE/acme-ca.crt.new" -noout || die "Pebble's answer is no certificate"
    if ! cmp -s "$BERTH_STATE/acme-ca.crt.new" "$BERTH_STATE/acme-ca.crt" || ! kubectl -n panel-system get configmap acme-ca > /dev/null 2>&1; then
      kubectl -n panel-system create configmap acme-ca --from-file=ca.crt="$BERTH_STATE/acme-ca.crt.new" --dry-run=client -o yaml | kubectl apply --server-side --force-conflicts -f - > /dev/null
      mv "$BERTH_STATE/acme-ca.crt.new" "$BERTH_STATE/acme-ca.crt"
      kubectl -n ingress-system exec deploy/traefik -c traefik -- rm -f /data/acme.json
      restart_traefik
    fi
    rm -f "$BERTH_STATE/acme-ca.crt.new"
    cp "$BERTH_STATE/acme-ca.crt" "$BERTH_STATE/ca.crt.new"
  fi
  kubectl -n mail-system get configmap platform-ca -o 'jsonpath={.data.ca\.crt}' >> "$BERTH_STATE/ca.crt.new"
  mv "$BERTH_STATE/ca.crt.new" "$BERTH_STATE/ca.crt"
}

# Traefik asks again for a certificate that it did not get when its configuration changes, so it is changed, and back. A restart
# would not do: a new pod asks at once, and the network policies let it out to the authority a moment later only.
ask_again() {
  local priority=traefik.ingress.kubernetes.io/router.priority
  kubectl -n panel-system annotate --overwrite ingress panel "$priority=1000" > /dev/null
  sleep 3
  kubectl -n panel-system annotate ingress panel "$priority-" > /dev/null
}

# Until the authority's certificate for the mail host has reached the mail servers. They have one of the platform's own CA before, so
# one that takes longer holds nothing up.
mail_certificate() {
  local roots=$BERTH_STATE/acme-ca.crt seen=$BERTH_STATE/mail-tls.crt.new end=$((SECONDS + 90))
  [ -z "${ACME_SERVER:-}" ] || roots=/etc/ssl/certs/ca-certificates.crt
  until kubectl -n mail-system get secret mail-tls -o 'jsonpath={.data.tls\.crt}' | base64 -d > "$seen" &&
    openssl verify -CAfile "$roots" -untrusted "$seen" "$seen" > /dev/null 2>&1; do
    if [ "$SECONDS" -ge "$end" ]; then
      say "  the mail servers still have a certificate of the platform's own: kubectl -n ingress-system logs deploy/traefik -c certificate"
      break
    fi
    sleep 1
  done
  rm -f "$seen"
}

admin_token() {
  if [ -n "$several" ]; then in_panel get secret berthd-keys -o 'go-template={{index .data "admin-token" | base64decode}}'; else in_panel exec deploy/berthd -c api -- cat /var/lib/berth/admin-token; fi
}

sign_in() {
  local end=$((SECONDS + 180)) again=$((SECONDS + 15))
  (umask 077; admin_token > "$BERTH_STATE/admin-token.new")
  mv "$BERTH_STATE/admin-token.new" "$BERTH_STATE/admin-token"
  until curl -fsS --cacert "$BERTH_STATE/ca.crt" -o /dev/null "$origin/api/v1/openapi.json" 2>/dev/null; do
    # A new name of the panel may have reached Traefik before the zone was there.
    if [ "$SECONDS" -ge "$again" ]; then
      ask_again
      again=$((SECONDS + 30))
    fi
    [ "$SECONDS" -lt "$end" ] || die "the panel does not answer at $origin: $(curl -sS --cacert "$BERTH_STATE/ca.crt" -o /dev/null "$origin/api/v1/openapi.json" 2>&1)"
    sleep 0.5
  done
  berth login "$origin" --ca "$BERTH_STATE/ca.crt" --token-file "$BERTH_STATE/admin-token" > /dev/null
}

# Another domain before this one left the example site that was made for it, and the plan has room for two. Only that one is
# deleted: every other site of the customer is somebody's.
drop_earlier_example() {
  local earlier
  earlier=$(cat "$BERTH_STATE/example-site" 2> /dev/null) || return 0
  [ "$earlier" = "$example" ] || berth site delete "$earlier" --yes --wait > /dev/null 2>&1 || true
}

host_example() {
  berth customer show example > /dev/null 2>&1 || berth customer create example --name 'Example GmbH' --plan small --wait > /dev/null
  if [ "$zone" = "$example" ]; then
    berth domain show "$example" > /dev/null 2>&1 || berth domain add "$example" --customer example --wait --timeout 180 > /dev/null
  else
    drop_earlier_example
    berth site show "$example" > /dev/null 2>&1 || berth site create "$example" --customer example --wait --timeout 180 > /dev/null
    printf '%s\n' "$example" > "$BERTH_STATE/example-site"
  fi
  if ! curl -fsS --cacert "$BERTH_STATE/ca.crt" "$example_url/" 2>/dev/null | cmp -s - "$ROOT/examples/hello/index.html"; then
    berth site deploy "$ROOT/examples/hello" --site "$example" --timeout 180 > /dev/null
  fi
}

phase packages "$ROOT/cluster/packages.sh"
phase 'cluster programs' "$ROOT/cluster/build.sh" > /dev/null
PATH=$(go_bin_dir):$PATH
export PATH
phase 'berth and berthd' compile
if [ -n "$own_cluster" ]; then
  export KUBECONFIG=$BERTH_STATE/kubeconfig
  phase node "$ROOT/cluster/node.sh" start
fi
find_several
overlay=local berthd=(deployment/berthd)
[ -z "$several" ] || overlay=local-several berthd=(deployment/berthd-api deployment/berthd-reconcile)
export SEVERAL=$several
if [ -n "$own_cluster" ]; then
  phase images "$ROOT/images/build.sh" --import
  phase addons "$ROOT/cluster/addons.sh"
else
  phase images "$ROOT/images/build.sh" --push "$REGISTRY"
fi
phase platform apply
phase 'waiting for the platform' wait_ready
phase certificates trust
phase 'sign-in' sign_in
phase 'mail certificate' mail_certificate
phase 'example customer' host_example
say "up after $((SECONDS - begin)) s"
cat <<TEXT
site $example_url
panel $origin
dns $([ "$port" = 443 ] && echo "$address 53" || echo '127.0.0.1 10053') $zone
mail $([ "$port" = 443 ] && echo "$address 25 465 587 993 995 4190" || echo '127.0.0.1 10025 10465 10587 10993 10995 14190')
ca $BERTH_STATE/ca.crt
sign-in berth login $origin --ca $BERTH_STATE/ca.crt --token-file $BERTH_STATE/admin-token
TEXT
