#!/bin/bash
# Becomes Dovecot with the settings in DOVECOT_CONF. Beside it two loops: one has it read a new certificate, one ends the sessions
# of mailboxes whose password has changed or that nobody may sign in to any more (the table mail_kicks), and removes the files of mailboxes
# that are no more (the table mail_removed).
#   MAIL_POP3  yes: POP3 with TLS on port 995 as well
#   MAIL_HOST  the name that Dovecot says it has
set -euo pipefail
umask 077
mkdir -p /run/dovecot/sieve /run/dovecot/state
cat > /run/dovecot/protocols.conf << CONF
protocols {
  imap = yes
  lmtp = yes
  sieve = yes
  pop3 = $([ "${MAIL_POP3:-no}" = yes ] && echo yes || echo no)
}
hostname = $MAIL_HOST
postmaster_address = postmaster@$MAIL_HOST
CONF

watch_certificate() {
  local have want
  have=$(sha256sum < /etc/dovecot/tls/tls.crt)
  while sleep 15; do
    want=$(sha256sum < /etc/dovecot/tls/tls.crt 2> /dev/null) || continue
    [ "$want" != "$have" ] || continue
    have=$want
    doveadm -c "$DOVECOT_CONF" reload || true
  done
}

# The password reaches the client by the environment of that one process; names are looked at before they become a path.
sql() {
  MYSQL_PWD=$(cat /etc/dovecot/secrets/dovecot-password) mariadb --no-defaults --host=mysql.mail-system.svc --user=dovecot --ssl \
    --ssl-ca=/etc/dovecot/ca/ca.crt --ssl-verify-server-cert --connect-timeout=5 --batch --skip-column-names --execute="$1" mail
}
# Rows of a table with domain, local ('': all of the domain) and at, a line each; not by tabs, of which two in a row would be one.
rows() {
  local domain name at
  while IFS='|' read -r domain name at; do
    [[ $domain =~ ^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$ && $domain != *..* ]] || { echo "$1: domain '$domain' is none" >&2; continue; }
    [[ $name =~ ^([a-z0-9_][a-z0-9._-]*)?$ ]] || { echo "$1: name '$name' of $domain is none" >&2; continue; }
    echo "$domain|$name|$at"
  done < <(sql "SELECT CONCAT_WS('|', domain, local, at) FROM $1 ORDER BY at LIMIT 100" 2> /run/dovecot/sql.log)
}
kick() {
  doveadm -c "$DOVECOT_CONF" kick "$1" > /dev/null 2>&1 || true
}
delete_row() {
  sql "DELETE FROM $1 WHERE domain = '$2' AND local = '$3' AND at = '$4'"
}
# The new password holds since before the row is seen, so whoever is signed in by then and not ended signed in by it.
end_sessions() {
  local domain name at
  rows mail_kicks | while IFS='|' read -r domain name at; do
    kick "${name:-*}@$domain"
    delete_row mail_kicks "$domain" "$name" "$at" && echo "ended the sessions of ${name:-*}@$domain"
  done
}
remove_files() {
  local domain name at
  rows mail_removed | while IFS='|' read -r domain name at; do
    kick "${name:-*}@$domain"
    rm -rf "/var/mail/vhosts/$domain${name:+/$name}" || continue
    delete_row mail_removed "$domain" "$name" "$at" && echo "removed the files of ${name:-*}@$domain"
  done
}
look_after_mailboxes() {
  while sleep 5; do
    end_sessions || true
    remove_files || true
  done
}
(watch_certificate &)
(look_after_mailboxes &)
exec dovecot -F -c "$DOVECOT_CONF"
