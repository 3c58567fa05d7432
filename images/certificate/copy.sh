#!/bin/bash
# Runs beside Traefik: when acme.json holds another certificate of MAIL_HOST than before it is written into the Secret mail-tls of
# mail-system, and every ten minutes anyway, so that what somebody else wrote there does not stay; a patch that changes nothing is no
# write. Postfix and Dovecot read it anew by themselves.
#   MAIL_HOST  the mail servers' name; Traefik asks for its certificate because an Ingress names it
#   ACME_FILE  Traefik's acme.json
set -euo pipefail
umask 077
account=/var/run/secrets/kubernetes.io/serviceaccount
secret=https://$KUBERNETES_SERVICE_HOST:$KUBERNETES_SERVICE_PORT/api/v1/namespaces/mail-system/secrets/mail-tls
work=$(mktemp -d)
trap 'exit 0' TERM

# Reads the newest certificate of the name into cert.pem and key.pem; fails when there is none, or it is half of one.
newest() {
  local public
  jq -er --arg name "$MAIL_HOST" '[.[].Certificates[]? | select(.domain.main == $name)] | last | .certificate, .key' "$ACME_FILE" > "$work/pair" 2> /dev/null || return
  sed -n 1p "$work/pair" | base64 -d > "$work/cert.pem"
  sed -n 2p "$work/pair" | base64 -d > "$work/key.pem"
  public=$(openssl x509 -in "$work/cert.pem" -noout -pubkey 2> /dev/null) || return # two that are unreadable are equal too
  [ "$public" = "$(openssl pkey -in "$work/key.pem" -pubout 2> /dev/null)" ]
}
hand_over() {
  jq -n --rawfile cert "$work/cert.pem" --rawfile key "$work/key.pem" '{data: {"tls.crt": ($cert | @base64), "tls.key": ($key | @base64)}}' > "$work/patch.json"
  printf 'Authorization: Bearer %s\n' "$(cat "$account/token")" > "$work/headers"
  curl -fsS --max-time 10 --cacert "$account/ca.crt" -H @"$work/headers" -H 'Content-Type: application/merge-patch+json' \
    -X PATCH --data-binary @"$work/patch.json" -o /dev/null "$secret"
}

have='' again=0
while :; do
  if newest; then
    want=$(sha256sum < "$work/cert.pem")
    if { [ "$want" != "$have" ] || [ "$SECONDS" -ge "$again" ]; } && hand_over; then
      [ "$want" = "$have" ] || echo "mail-tls has the certificate of $MAIL_HOST until $(openssl x509 -in "$work/cert.pem" -noout -enddate | cut -d= -f2)"
      have=$want again=$((SECONDS + 600))
    fi
  fi
  sleep 10 &
  wait $!
done
