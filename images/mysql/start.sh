#!/bin/bash
# Makes the data folder when there is none, becomes MariaDB, and beside it brings the schema and the users up to date.
# MYSQL_CONF: the settings; MYSQL_SCHEMA: a folder of *.sql, run in order at every start; MYSQL_SECRETS: files root-password and
# USER-password. Ready is who has /run/mysqld/ready.
set -euo pipefail
umask 077
data=/var/lib/mysql/data
if [ ! -d "$data/mysql" ]; then
  rm -rf "$data.new"
  mariadb-install-db --no-defaults --datadir="$data.new" --auth-root-authentication-method=socket --auth-root-socket-user=mysql --skip-test-db --skip-log-bin > /dev/null
  mv "$data.new" "$data"
fi

# The passwords are hex digits (k8s/secrets.sh); anything that could end a string ends the start instead.
password() {
  local p
  p=$(cat "$MYSQL_SECRETS/$1-password")
  [[ $p =~ ^[A-Za-z0-9_.-]{16,}$ ]] || { echo "password of $1: wanted 16 or more letters, digits, dots, dashes or underscores" >&2; exit 1; }
  printf '%s' "$p"
}
users() {
  local user secret
  secret=$(password root) || return
  printf "ALTER USER root@localhost IDENTIFIED BY '%s';\n" "$secret"
  for user in berthd postfix dovecot; do
    secret=$(password "$user") || return
    printf "CREATE USER IF NOT EXISTS '%s'@'%%' IDENTIFIED BY '%s' REQUIRE SSL;\n" "$user" "$secret"
    printf "ALTER USER '%s'@'%%' IDENTIFIED BY '%s' REQUIRE SSL;\n" "$user" "$secret"
  done
  # The servers read; Dovecot says too that it has removed files. berthd writes, but makes no tables.
  printf "GRANT SELECT ON mail.* TO 'postfix'@'%%';\nGRANT SELECT ON mail.* TO 'dovecot'@'%%';\nGRANT DELETE ON mail.mail_removed TO 'dovecot'@'%%';\nGRANT DELETE ON mail.mail_kicks TO 'dovecot'@'%%';\n"
  printf "GRANT SELECT, INSERT, UPDATE, DELETE, EXECUTE ON mail.* TO 'berthd'@'%%';\n"
}
# A chain: what fails ends it (`set -e` does not hold where a failure is asked for).
prepare() {
  local sql=(mariadb --no-defaults --socket=/run/mysqld/mysqld.sock --user=mysql --skip-ssl --default-character-set=utf8mb4)
  until "${sql[@]}" --execute='SELECT 1' > /dev/null 2>&1; do sleep 0.3; done
  "${sql[@]}" --execute='CREATE DATABASE IF NOT EXISTS mail CHARACTER SET utf8mb4 COLLATE utf8mb4_bin' &&
    cat "$MYSQL_SCHEMA"/*.sql | "${sql[@]}" mail &&
    users > /run/mysqld/users.sql &&
    "${sql[@]}" < /run/mysqld/users.sql &&
    rm -f /run/mysqld/users.sql &&
    touch /run/mysqld/ready
}
rm -f /run/mysqld/ready
# Not ready for ever would be silent: what does not prepare is ended, and tried again by the kubelet.
( prepare || { echo 'the schema or the users could not be brought up to date' >&2; kill "$$"; } ) &
exec mariadbd --defaults-file="$MYSQL_CONF" --datadir="$data" "$@"
