#!/bin/bash
# Puts the settings (POSTFIX_CONF, a folder), the secrets and what the environment says into /etc/postfix, which is memory, and becomes
# Postfix in the foreground; beside it a loop has it read a new certificate, and its log goes through what counts for Prometheus.
#   MAIL_HOST       the name that Postfix says it has, and that certificates are for
#   MAIL_MILTER     Rspamd's milter, host:port; empty: none, which is for trying alone
#   MAIL_RELAYHOST  a smarthost, [host]:port; empty: mail goes to where its domain's MX says. Its user:password, when it wants one, is
#                   the file MAIL_RELAY_CREDENTIALS; the CA of its certificate, when the system does not trust it, ca.crt beside that
#   MAIL_POSTMASTER an address that gets the mail to postmaster, abuse and hostmaster of the platform; empty: there is none
#   MAIL_UNLIMITED  networks that the limits of a client do not hold for
set -euo pipefail
umask 022
# what Debian put there: which maps are plugins
cp -r /usr/share/berth-postfix/. /etc/postfix/
cp -L "$POSTFIX_CONF"/*.cf /etc/postfix/
mkdir -p /etc/postfix/sql
cp -L "$POSTFIX_CONF"/sql/*.cf /etc/postfix/sql/
password=$(cat "$MYSQL_PASSWORD_FILE")
platform=${MAIL_HOST#*.}
# When MariaDB was away it is asked again after a second; after a minute, which is the default, senders would be told to come again for
# as long.
for map in /etc/postfix/sql/*.cf; do
  {
    sed "s/'MAIL_HOST'/'$MAIL_HOST'/; s/PLATFORM'/$platform'/" "$map"
    printf 'hosts = inet:mysql.mail-system.svc:3306\nuser = postfix\npassword = %s\ndbname = mail\ntls_CAfile = %s\ntls_verify_cert = yes\nretry_interval = 1\n' "$password" "$MAIL_CA_FILE"
  } > "$map.new"
  chown root:postfix "$map.new"
  chmod 640 "$map.new"
  mv "$map.new" "$map"
done
# Who is responsible for the platform's own names, and which addresses PostSRSd has made.
: > /etc/postfix/platform
if [ -n "${MAIL_POSTMASTER:-}" ]; then
  for name in postmaster abuse hostmaster; do printf '%s %s\n' "$name@$platform" "$MAIL_POSTMASTER" "$name@$MAIL_HOST" "$MAIL_POSTMASTER"; done > /etc/postfix/platform
fi
# shellcheck disable=SC2016 # Postfix expands it
printf '/^(SRS[01][-=+].+@srs\\.%s)$/ $1\n' "${platform//./\\.}" > /etc/postfix/srs
{
  printf 'myhostname = %s\nsrs_domain = srs.%s\nplatform_domains =%s\n' "$MAIL_HOST" "$platform" "${MAIL_POSTMASTER:+ $platform $MAIL_HOST}"
  [ -z "${MAIL_MILTER:-}" ] || printf 'smtpd_milters = inet:%s\n' "$MAIL_MILTER"
  # shellcheck disable=SC2016 # Postfix expands it
  printf 'smtpd_client_event_limit_exceptions = $mynetworks %s\n' "${MAIL_UNLIMITED:-}"
  if [ -n "${MAIL_RELAYHOST:-}" ]; then
    printf 'relayhost = %s\nsmtp_tls_security_level = secure\n' "$MAIL_RELAYHOST"
    ca=$(dirname "${MAIL_RELAY_CREDENTIALS:-/}")/ca.crt
    [ ! -s "$ca" ] || printf 'smtp_tls_CAfile = %s\n' "$ca"
    if [ -s "${MAIL_RELAY_CREDENTIALS:-}" ]; then
      printf '%s %s\n' "$MAIL_RELAYHOST" "$(cat "$MAIL_RELAY_CREDENTIALS")" > /etc/postfix/relay-credentials
      chmod 600 /etc/postfix/relay-credentials
      printf 'smtp_sasl_auth_enable = yes\nsmtp_sasl_security_options = noanonymous\nsmtp_sasl_password_maps = texthash:/etc/postfix/relay-credentials\n'
    fi
  fi
} > /etc/postfix/set.cf
# It takes the place of the lines that say otherwise.
sed -n 's/^\([A-Za-z_]*\) = .*/\/^\1 = \/d/p' /etc/postfix/set.cf | sed -i -f - /etc/postfix/main.cf
cat /etc/postfix/set.cf >> /etc/postfix/main.cf
# The queue lies on a volume, and a volume is empty at first.
mkdir -p /var/spool/postfix/pid /var/lib/postfix
chown root:root /var/spool/postfix /var/spool/postfix/pid
chown postfix:postfix /var/lib/postfix
rm -f /var/spool/postfix/pid/master.pid
chmod 755 /etc/postfix /var/lib/postfix /var/spool/postfix
watch_certificate() {
  local have want
  have=$(sha256sum < /etc/berth/tls/tls.crt)
  while sleep 15; do
    want=$(sha256sum < /etc/berth/tls/tls.crt 2> /dev/null) || continue
    [ "$want" != "$have" ] || continue
    have=$want
    postfix reload || true
  done
}
# Not a child of what this becomes: Postfix's master wants to know all of its children.
(watch_certificate > /proc/1/fd/1 2>&1 &)
rm -f /tmp/log # of a container before this one
mkfifo -m 600 /tmp/log
(metrics 9154 < /tmp/log &)
exec postfix start-fg > /tmp/log
