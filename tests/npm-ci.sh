#!/usr/bin/env bash
# npm ci in the folder that it is called from, only when package-lock.json has changed since.
set -euo pipefail
want=$(sha256sum < package-lock.json)
[ "$(cat node_modules/.berth-lock 2>/dev/null || true)" = "$want" ] && exit 0
npm ci --no-audit --no-fund --silent
printf '%s\n' "$want" > node_modules/.berth-lock
