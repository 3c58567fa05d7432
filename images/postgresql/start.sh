#!/bin/bash
# Makes the database cluster when there is none, then becomes PostgreSQL. Settings come from the environment:
# PGUSER_FILE and PGPASSWORD_FILE (the superuser), PGDATABASE_FILE (a database that it owns).
set -euo pipefail
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  rm -rf "$PGDATA.new"
  initdb -D "$PGDATA.new" -U "$(cat "$PGUSER_FILE")" --pwfile="$PGPASSWORD_FILE" --auth-host=scram-sha-256 --auth-local=trust \
    --encoding=UTF8 --locale=C.UTF-8 --data-checksums
  echo "host all all all scram-sha-256" >> "$PGDATA.new/pg_hba.conf"
  pg_ctl -D "$PGDATA.new" -w -o "-c listen_addresses='' -k /tmp" start
  createdb -h /tmp -U "$(cat "$PGUSER_FILE")" "$(cat "$PGDATABASE_FILE")"
  pg_ctl -D "$PGDATA.new" -w -m fast stop
  mv "$PGDATA.new" "$PGDATA"
fi
exec postgres -D "$PGDATA" -c listen_addresses='*' -c unix_socket_directories=/tmp -c shared_buffers=32MB -c max_connections=50 "$@"
