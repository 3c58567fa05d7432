#!/bin/bash
# Writes the settings that only this pod knows (secrets, names of Services, the delay of greylisting) into /run/rspamd, which
# is memory and which the files of local.d include, and becomes Rspamd.
set -euo pipefail
umask 077
# Rspamd's resolver knows no search list, so names are whole: resolv.conf tells namespace.svc.DOMAIN first.
namespace=$(sed -n 's/^search \([^ ]*\).*/\1/p' /etc/resolv.conf)
vault=${VAULT_URL/.svc:/.${namespace#*.}:}
# A name that does not resolve at the start would switch off what needs it.
until getent hosts "redis.$namespace" > /dev/null; do sleep 0.5; done
hash() { rspamadm pw --encrypt --quiet --password "$(cat "$1")"; }
printf 'servers = "redis.%s:6379";\n' "$namespace" > /run/rspamd/redis.inc
printf 'enable_password = "%s";\npassword = "%s";\n' "$(hash "$CONTROLLER_PASSWORD_FILE")" "$(hash "$METRICS_PASSWORD_FILE")" > /run/rspamd/controller.inc
printf 'timeout = %s;\n' "$GREYLIST_DELAY" > /run/rspamd/greylist.inc
printf 'vault_url = "%s";\nvault_token = "%s";\n' "$vault" "$(cat "$VAULT_TOKEN_FILE")" > /run/rspamd/vault.inc
ln -sf /usr/share/berth-rspamd/*.hsmp /var/lib/rspamd/
exec rspamd --no-fork
