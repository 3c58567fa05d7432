#!/usr/bin/env bash
# Makes the Secrets that the manifests refer to, with random values, where they are missing; what is there stays.
# usage: KUBECONFIG=FILE secrets.sh [OVERLAY]   local (the default) makes Pebble's too, production that of berthd's PostgreSQL
#   KUBECTL=program, when it is not on the PATH
set -euo pipefail
overlay=${1:-local}
case $overlay in local | production) ;; *) printf 'error: no overlay is called %s; wanted local or production\n' "$overlay" >&2; exit 2 ;; esac
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
for ns in dns-system ingress-system panel-system; do namespace "$ns"; done
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
if [ "$overlay" = production ] && ! has panel-system secret panel-postgres; then
  password=$(random)
  secret panel-system panel-postgres user=berth password="$password" database=berth \
    service="$(printf '[berth]\nhost=panel-postgres.panel-system.svc\nport=5432\nuser=berth\ndbname=berth\npassword=%s' "$password")"
fi
if [ "$overlay" = production ]; then
  secret panel-system berthd-keys admin-token="berth_$(random)" fetch-key="$(random)"
  has panel-system secret berthd-spool || printf 'berthd-spool is missing: make it of the access key of your S3 server, see k8s/system/README.md\n' >&2
fi
[ "$overlay" = local ] || exit 0
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
