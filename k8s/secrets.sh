#!/usr/bin/env bash
# Makes the Secrets that the manifests refer to, with random values, where they are missing; what is there stays.
# usage: KUBECONFIG=FILE secrets.sh [OVERLAY]   local (the default) makes Pebble's too, production those of berthd's PostgreSQL and
#                                               of its several pods, local-several all of these, and the key of the S3 server
#   KUBECTL=program, when it is not on the PATH
#   PLATFORM_DOMAIN=NAME, the platform's own domain; without it that of the overlay
set -euo pipefail
overlay=${1:-local}
case $overlay in local | local-several | production) ;; *) printf 'error: no overlay is called %s; wanted local, local-several or production\n' "$overlay" >&2; exit 2 ;; esac
kubectl=${KUBECTL:-kubectl}

random() { openssl rand -hex 24; }
has() { "$kubectl" -n "$1" get "$2" "$3" >/dev/null 2>&1; }
secret() { # secret NAMESPACE NAME KEY=VALUE...
  local ns=$1 name=$2 pair args=()
  shift 2
  has "$ns" secret "$name" && return
  for pair in "$@"; do args+=("--from-file=${pair%%=*}=$tmp/${pair%%=*}"); printf '%s' "${pair#*=}" > "$tmp/${pair%%=*}"; done
  "$kubectl" -n "$ns" create secret generic "$name" "${args[@]}" >/dev/null
}
value() { "$kubectl" -n "$1" get secret "$2" -o "go-template={{index .data \"$3\" | base64decode}}"; }
namespace() { has default namespace "$1" || "$kubectl" apply --server-side -f "$(dirname "$0")/system/$1/namespace.yaml" >/dev/null; }

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
umask 077
for ns in dns-system ingress-system mail-system panel-system; do namespace "$ns"; done
secret dns-system pdns-postgres user=pdns password="$(random)" database=pdns
secret dns-system pdns-api-key api-key="$(random)"
secret dns-system pdns-listen password="$(random)"
if ! has panel-system secret berthd-planes; then
  secret panel-system berthd-planes pdns-api-key="$(value dns-system pdns-api-key api-key)" \
    pdns-listen-dsn="host=pdns-postgres.dns-system.svc dbname=pdns user=berth_listen password=$(value dns-system pdns-listen password)"
fi
# What berthd encrypts secrets in its database with, a line ID KEY each (docs/operations/runbook.md, "Change the key of secrets").
# Keep a copy where the database's backups are not: without it they hold secrets that nobody can read.
secret panel-system berthd-secrets-key keys="$(printf 'k%s %s' "$(date +%Y%m%d)" "$(openssl rand -hex 32)")"
if [ "$overlay" != local ] && ! has panel-system secret panel-postgres; then
  password=$(random)
  secret panel-system panel-postgres user=berth password="$password" database=berth \
    service="$(printf '[berth]\nhost=panel-postgres.panel-system.svc\nport=5432\nuser=berth\ndbname=berth\npassword=%s' "$password")"
fi
[ "$overlay" = local ] || secret panel-system berthd-keys admin-token="berth_$(random)" fetch-key="$(random)"
[ "$overlay" != local-several ] || secret panel-system berthd-spool key-id=berth secret="$(random)"
if [ "$overlay" = production ]; then
  has panel-system secret berthd-spool || printf 'berthd-spool is missing: make it of the access key of your S3 server, see k8s/system/README.md\n' >&2
fi

# --- mail: the platform's own CA, by which its servers know each other, and what it signs ---

domain=${PLATFORM_DOMAIN:-}
if [ -z "$domain" ]; then
  domain=berth.localhost
  [ "$overlay" != production ] || domain=$(sed -n 's/^  platform-domain: *//p' "$(dirname "$0")/overlays/production/settings.yaml")
fi

# The key of the CA lies in a Secret that no pod mounts. Python's and OpenSSL's strict checks want its purposes said.
authority() {
  if ! has mail-system secret platform-ca; then
    openssl req -x509 -newkey rsa:3072 -nodes -keyout "$tmp/tls.key" -out "$tmp/tls.crt" -days 3650 -subj '/CN=Berth platform CA' \
      -addext basicConstraints=critical,CA:TRUE,pathlen:0 -addext keyUsage=critical,keyCertSign,cRLSign 2>/dev/null
    "$kubectl" -n mail-system create secret tls platform-ca --cert="$tmp/tls.crt" --key="$tmp/tls.key" >/dev/null
  fi
  value mail-system platform-ca tls.crt > "$tmp/ca.crt"
  value mail-system platform-ca tls.key > "$tmp/ca.key"
  for ns in mail-system panel-system; do
    "$kubectl" -n "$ns" create configmap platform-ca --from-file=ca.crt="$tmp/ca.crt" --dry-run=client -o yaml |
      "$kubectl" apply --server-side --force-conflicts -f - >/dev/null
  done
}

# A certificate of that CA. One that is there is made again when it has another name, or 30 days are left of it; one that another
# authority has signed stays: it is a public one.
server_certificate() { # server_certificate SECRET NAME ALTNAME...
  local secret=$1 name=$2 alt
  shift 2
  alt=$(printf ',DNS:%s' "$@")
  if has mail-system secret "$secret"; then
    value mail-system "$secret" tls.crt > "$tmp/have.crt"
    if ! openssl verify -CAfile "$tmp/ca.crt" -no_check_time "$tmp/have.crt" >/dev/null 2>&1 && [ "$secret" = mail-tls ]; then return 0; fi
    if openssl verify -CAfile "$tmp/ca.crt" -verify_hostname "$name" "$tmp/have.crt" >/dev/null 2>&1 &&
      openssl x509 -in "$tmp/have.crt" -noout -checkend 2592000 >/dev/null; then return 0; fi
  fi
  openssl req -newkey rsa:2048 -nodes -keyout "$tmp/tls.key" -out "$tmp/tls.csr" -subj "/CN=$name" 2>/dev/null
  openssl x509 -req -in "$tmp/tls.csr" -CA "$tmp/ca.crt" -CAkey "$tmp/ca.key" -CAcreateserial -days 825 -out "$tmp/tls.crt" -extfile <(
    printf 'subjectAltName=DNS:%s%s\nbasicConstraints=CA:FALSE\nkeyUsage=critical,digitalSignature,keyEncipherment\nextendedKeyUsage=serverAuth\n' "$name" "$alt"
    printf 'authorityKeyIdentifier=keyid\n') 2>/dev/null
  "$kubectl" -n mail-system create secret tls "$secret" --cert="$tmp/tls.crt" --key="$tmp/tls.key" --dry-run=client -o yaml |
    "$kubectl" apply --server-side --force-conflicts -f - >/dev/null
}
authority
server_certificate mysql-tls mysql.mail-system.svc mysql mysql.mail-system mysql.mail-system.svc.cluster.local
server_certificate mail-tls "mail.$domain" postfix.mail-system.svc dovecot.mail-system.svc
secret mail-system mail-mysql root-password="$(random)" postfix-password="$(random)" dovecot-password="$(random)" berthd-password="$(random)"
has panel-system secret berthd-mail ||
  secret panel-system berthd-mail password="$(value mail-system mail-mysql berthd-password)" dkim-token="$(random)"
secret mail-system rspamd-vault token="$(value panel-system berthd-mail dkim-token)" controller-password="$(random)"
secret mail-system rspamd-metrics password="$(random)"
secret mail-system mail-srs secret="$(random)"

[ "$overlay" != production ] || exit 0
# Pebble's own certificate, and the root that Traefik trusts it by.
if ! has ingress-system secret pebble-tls || ! has ingress-system configmap pebble-ca; then
  name=pebble.ingress-system.svc
  openssl req -x509 -newkey rsa:2048 -nodes -keyout "$tmp/ca.key" -out "$tmp/ca.crt" -days 3650 -subj '/CN=Pebble API CA' 2>/dev/null
  openssl req -newkey rsa:2048 -nodes -keyout "$tmp/tls.key" -out "$tmp/tls.csr" -subj "/CN=$name" 2>/dev/null
  openssl x509 -req -in "$tmp/tls.csr" -CA "$tmp/ca.crt" -CAkey "$tmp/ca.key" -CAcreateserial -days 3650 -out "$tmp/tls.crt" \
    -extfile <(printf 'subjectAltName=DNS:%s,DNS:localhost' "$name") 2>/dev/null
  "$kubectl" -n ingress-system delete secret pebble-tls --ignore-not-found >/dev/null
  "$kubectl" -n ingress-system delete configmap pebble-ca --ignore-not-found >/dev/null
  "$kubectl" -n ingress-system create secret tls pebble-tls --cert="$tmp/tls.crt" --key="$tmp/tls.key" >/dev/null
  "$kubectl" -n ingress-system create configmap pebble-ca --from-file=ca.crt="$tmp/ca.crt" >/dev/null
fi
