#!/usr/bin/env bash
# `make down`: ends the node and everything on it, and removes what `make up` put outside BERTH_STATE.
# usage: down.sh [--data]    --data: delete the state too (databases, volumes, certificates, logs)
set -euo pipefail
. "$(dirname "$0")/lib.sh"
case ${1:-} in '' | --data) ;; *) die "unknown option $1; usage: down.sh [--data]" ;; esac
[ "$(id -u)" = 0 ] || die "make down ends a node, so it must be run as root"

phase 'ending the node' "$ROOT/cluster/node.sh" stop
for link in /usr/local/bin/berth /usr/local/bin/kubectl-berth; do
  case $(readlink "$link" 2>/dev/null || true) in */panel/backend/build/src/berth) rm -f "$link" ;; esac
done
while read -r file _; do rm -f "$file"; done < <(berth_texts)
if [ "${1:-}" = --data ]; then
  rm -rf --one-file-system "$BERTH_STATE"
  say "$BERTH_STATE is deleted"
else
  say "the data stays in $BERTH_STATE; make clean-data deletes it"
fi
