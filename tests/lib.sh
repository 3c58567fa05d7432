# Common to the tests that are scripts: cluster/lib.sh, and a check a line. Sourced, never run.
# shellcheck shell=bash
. "$(dirname "${BASH_SOURCE[0]}")/../cluster/lib.sh"

# check WHAT COMMAND...: prints "ok WHAT", or "not ok WHAT" and ends the test. tests/run.py counts these lines.
check() {
  local what=$1
  shift
  if "$@"; then
    echo "ok $what"
  else
    echo "not ok $what"
    exit 1
  fi
}

# within SECONDS COMMAND...: is it true at last?
within() {
  local end=$((SECONDS + $1))
  shift
  # no grep -q in such commands: it ends at the first hit, and with pipefail the program before it then counts as failed
  until "$@"; do
    [ "$SECONDS" -lt "$end" ] || return 1
    sleep 0.5
  done
}
