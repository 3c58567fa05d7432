#!/usr/bin/env bash
# The documents that programs write: docs/CLI.md, by `berth help --markdown`.
# usage: docs.sh            write them
#        docs.sh --check    compare them, and check links, paths and commands in all documents (docs/check.py)
set -euo pipefail
. "$(dirname "$0")/../cluster/lib.sh"
b=$ROOT/panel/backend/build
[ -d "$b" ] || meson setup "$b" "$ROOT/panel/backend" -Dtests=false > /dev/null
ninja -C "$b" src/berth src/berthd > "$BERTH_CACHE/ninja.log" 2>&1 || { tail -30 "$BERTH_CACHE/ninja.log" >&2; die "the C programs do not build"; }
if [ "${1:-}" != --check ]; then
  "$b/src/berth" help --markdown > "$ROOT/docs/CLI.md"
  exit 0
fi
if "$b/src/berth" help --markdown | cmp -s - "$ROOT/docs/CLI.md"; then
  echo "ok docs/CLI.md is what the program writes"
else
  echo "not ok docs/CLI.md differs from 'berth help --markdown': run make docs"
  exit 1
fi
# its PyYAML is pinned there, whatever python3 comes first on the PATH
exec "$("$ROOT/tests/tools.sh")/python" "$ROOT/docs/check.py" --cli "$b/src/berth" --berthd "$b/src/berthd"
