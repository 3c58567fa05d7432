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
exec pdns_server --config-dir=/run/pdns --daemon=no --guardian=no
