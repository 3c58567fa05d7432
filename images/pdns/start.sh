#!/bin/bash
# Joins the settings (PDNS_CONF) with the secrets (files) into /run/pdns/pdns.conf, which is memory, and becomes PowerDNS.
set -euo pipefail
umask 077
{
  cat "${PDNS_CONF:-/etc/berth/pdns.conf}"
  printf 'gpgsql-user=%s\n' "$(cat "$PGUSER_FILE")"
  printf 'gpgsql-password=%s\n' "$(cat "$PGPASSWORD_FILE")"
  printf 'gpgsql-dbname=%s\n' "$(cat "$PGDATABASE_FILE")"
  printf 'api-key=%s\n' "$(cat "$API_KEY_FILE")"
} > /run/pdns/pdns.conf
# The database and its tables come up beside this pod.
export PGHOST=pdns-postgres PGUSER PGPASSWORD PGDATABASE
PGUSER=$(cat "$PGUSER_FILE") PGPASSWORD=$(cat "$PGPASSWORD_FILE") PGDATABASE=$(cat "$PGDATABASE_FILE")
until [ "$(psql -Atc "select to_regclass('public.tsigkeys') is not null" 2>/dev/null)" = t ]; do sleep 0.5; done
unset PGPASSWORD
exec pdns_server --config-dir=/run/pdns --daemon=no --guardian=no
