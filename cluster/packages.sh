#!/usr/bin/env bash
# Installs the Debian packages that packages.txt names; does nothing, and asks no registry, when all are there.
# Services that a package would start stay off: the machine's own services are not ours.
# usage: packages.sh
set -euo pipefail
. "$(dirname "$0")/lib.sh"

mapfile -t wanted < <(grep -v '^#' "$ROOT/cluster/packages.txt")
missing=()
for p in "${wanted[@]}"; do
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$p" 2>/dev/null)" = installed ] || missing+=("$p")
done
[ ${#missing[@]} -eq 0 ] && exit 0
say "  installing ${missing[*]}"
policy=/usr/sbin/policy-rc.d made=
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\nexit 101\n' > "$policy"
  chmod 755 "$policy"
  made=1
fi
trap '[ -z "$made" ] || rm -f "$policy"' EXIT
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" > /dev/null
