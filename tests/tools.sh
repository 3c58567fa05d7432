#!/usr/bin/env bash
# The tests' Python tools (clang-format, checkov, pytest and what they need), pinned by tests/requirements*.txt, in a virtual
# environment in the cache under the hash of these files. Prints nothing but what the tool prints.
# usage: tools.sh                 make the environment, print its bin folder
#        tools.sh TOOL ARGUMENTS  run a tool of it
set -euo pipefail
. "$(dirname "$0")/../cluster/lib.sh"

env_dir=$BERTH_CACHE/venv/$( (cd "$ROOT/tests" && cat requirements*.txt; python3 --version) | sha256sum | cut -c1-12)
install() {
  local list lists=()
  say "  installing the tests' Python tools"
  rm -rf "$env_dir"
  python3 -m venv "$env_dir"
  for list in "$ROOT"/tests/requirements*.txt; do lists+=(-r "$list"); done
  "$env_dir/bin/pip" install --quiet --disable-pip-version-check --no-input "${lists[@]}" >&2
  touch "$env_dir/.complete"
}
# One of several that run at once installs; the others wait, and find it done.
if [ ! -e "$env_dir/.complete" ]; then
  mkdir -p "$BERTH_CACHE/venv"
  exec 9> "$env_dir.lock"
  flock 9
  if [ ! -e "$env_dir/.complete" ]; then install; fi
  exec 9>&-
fi
if [ $# -eq 0 ]; then
  printf '%s\n' "$env_dir/bin"
else
  tool=$1
  shift
  exec "$env_dir/bin/$tool" "$@"
fi
