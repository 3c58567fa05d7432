#!/bin/bash
# Becomes Dovecot with the settings in DOVECOT_CONF. Beside it two loops: one has it read a new certificate, one removes the files of
# mailboxes that are no more (the table mail_removed).
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
remove_files() {
  local domain name at
  while sleep 10; do
    while IFS='|' read -r domain name at; do # not by tabs, of which two in a row would be one
      [[ $domain =~ ^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$ && $domain != *..* ]] || { echo "mail_removed: domain '$domain' is none" >&2; continue; }
      [[ $name =~ ^([a-z0-9_][a-z0-9._-]*)?$ ]] || { echo "mail_removed: name '$name' of $domain is none" >&2; continue; }
      doveadm -c "$DOVECOT_CONF" kick "${name:-*}@$domain" > /dev/null 2>&1 || true
      rm -rf "/var/mail/vhosts/$domain${name:+/$name}" || continue
      sql "DELETE FROM mail_removed WHERE domain = '$domain' AND local = '$name' AND at = '$at'" && echo "removed the files of ${name:-*}@$domain"
    done < <(sql "SELECT CONCAT_WS('|', domain, local, at) FROM mail_removed ORDER BY at LIMIT 100" 2> /run/dovecot/sql.log)
  done
}
(watch_certificate &)
(remove_files &)
exec dovecot -F -c "$DOVECOT_CONF"
