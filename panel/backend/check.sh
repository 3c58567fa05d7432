#!/usr/bin/env bash
# The quality gates of the C code, and of the scripts of the whole repository. Each gate prints `ok <gate> (…)`, or what it
# found and then `not ok <gate>`; the script ends with 1 when any gate found something.
# usage: check.sh [GATE...]
#
#   build      with every warning an error and the hardening flags of meson.build, as a release; the programs are hardened
#   tests      the unit tests beneath AddressSanitizer and UBSan
#   format     .clang-format
#   tidy       .clang-tidy
#   analyzer   gcc -fanalyzer
#   sources    includes between layers, circles, banned calls, lengths of files and functions (tests/check_sources.py)
#   symbols    external names carry their module's prefix
#   shell      shellcheck over every script
#   python     every Python file compiles
#   fuzz       the fuzz targets for 30 s (needs clang; only when it is named)
#
# clang-format and clang-tidy are not Debian's but those that tests/requirements-check.txt pins, since their verdicts differ
# between Debian 12 and 13. They are taken from $BERTH_TOOLS_BIN (set by tests/run.py), else from PATH; another version of
# clang-format is refused. tidy and analyzer pass over a file that they found good before, while nothing that it includes
# has changed (tests/check_each.py; in $BERTH_CACHE, default ~/.cache/berth).
set -uo pipefail
cd "$(dirname "$0")" || exit 1
export BERTH_CACHE=${BERTH_CACHE:-$HOME/.cache/berth}
ROOT=$(cd ../.. && pwd)
PLAIN=build-check SANITIZED=build-check-sanitized
[ -z "${BERTH_TOOLS_BIN:-}" ] || PATH=$BERTH_TOOLS_BIN:$PATH
COUNT= # what the gate that runs has looked at: "12 files"

# All files of the repository with one of these names, tracked or new; one a line.
files() { (cd "$ROOT" && git ls-files -co --exclude-standard "$@" | sort -u | while read -r f; do [ -e "$f" ] && echo "$ROOT/$f"; done); }

count() { COUNT="$(wc -l <<<"$1") $2"; }

# Prints a command's output only when it fails.
quietly() {
  local out
  out=$("$@" 2>&1) || { printf '%s\n' "$out"; return 1; }
}

configure() { # FOLDER OPTION...
  local folder=$1
  shift
  [ -e "$folder/build.ninja" ] || quietly meson setup "$folder" -Dwerror=true "$@"
}

gate_build() {
  configure "$PLAIN" --buildtype=release && quietly ninja -C "$PLAIN" || return 1
  COUNT="$(jq length "$PLAIN/compile_commands.json") files"
  local program bad=0
  for program in "$PLAIN"/src/{berthd,berth,berth-unpack}; do
    [ -e "$program" ] || continue
    # grep -c, since -q would end the program before it early, which pipefail takes for a failure.
    readelf -hW "$program" | grep -c 'Type:.*DYN' >/dev/null || { echo "$program: not position-independent"; bad=1; }
    readelf -dW "$program" | grep -c 'BIND_NOW' >/dev/null || { echo "$program: its relocations stay writable (no -z now)"; bad=1; }
    readelf -lW "$program" | grep -c 'GNU_STACK.*RW ' >/dev/null || { echo "$program: its stack is executable"; bad=1; }
    nm -D "$program" | grep -c '__stack_chk_fail' >/dev/null || { echo "$program: no stack protector"; bad=1; }
    nm -D "$program" | grep -cE '__[a-z]+_chk' >/dev/null || { echo "$program: no fortified calls"; bad=1; }
  done
  return $bad
}

gate_tests() {
  configure "$SANITIZED" -Db_sanitize=address,undefined && quietly ninja -C "$SANITIZED" || return 1
  local out
  out=$(meson test -C "$SANITIZED" --no-rebuild --suite unit --print-errorlogs 2>&1) || { printf '%s\n' "$out"; return 1; }
  grep -E '^(Ok|Fail|Skipped|Timeout): ' <<<"$out"
  COUNT="$(sed -n 's/^Ok: *\([0-9]*\).*/\1/p' <<<"$out") programs"
}

gate_format() {
  local list want have
  want=$(sed -n 's/^clang-format==//p' "$ROOT/tests/requirements-check.txt")
  have=$(clang-format --version 2>&1) || have="none"
  [[ $have =~ version\ $want ]] || {
    echo "clang-format $want is needed (found: $have); set BERTH_TOOLS_BIN=\$(tests/tools.sh)"
    return 1
  }
  list=$(files '*.c' '*.h') && count "$list" files
  local bad
  bad=$(xargs -d '\n' clang-format --dry-run -Werror <<<"$list" 2>&1 | grep -oE '^/[^:]+:[0-9]+' | sort -t: -uk1,1)
  # shellcheck disable=SC2086 # one line a word: no name here has spaces
  [ -z "$bad" ] || { printf '%s: not laid out by .clang-format; make fmt does it\n' $bad; return 1; }
}

each() { # TOOL
  configure "$PLAIN" --buildtype=release || return 1
  quietly ninja -C "$PLAIN" || return 1 # what does not compile is not looked at, and headers that a program writes are there
  local out status
  out=$(python3 tests/check_each.py "$1" "$PLAIN")
  status=$?
  COUNT=$(tail -n 1 <<<"$out")
  [ $status = 0 ] || printf '%s\n' "$out"
  return $status
}
gate_tidy() { each tidy; }
gate_analyzer() { each analyzer; }

gate_sources() {
  local list
  list=$(files 'panel/backend/*.c' 'panel/backend/*.h') && count "$list" files
  python3 tests/check_sources.py . tests/check_allow.txt
}

gate_symbols() {
  configure "$PLAIN" --buildtype=release && quietly ninja -C "$PLAIN" || return 1
  local libraries=("$PLAIN"/src/lib*.a)
  COUNT="${#libraries[@]} libraries"
  python3 tests/check_symbols.py "$PLAIN/src" src tests/check_allow.txt
}

gate_shell() {
  local list
  list=$(files '*.sh' '.ci/*') && count "$list" files
  xargs -d '\n' shellcheck -x -P SCRIPTDIR <<<"$list"
}

gate_python() {
  local list cache
  list=$(files '*.py') && count "$list" files
  cache=$(mktemp -d) # no __pycache__ beside the sources
  PYTHONPYCACHEPREFIX=$cache xargs -d '\n' python3 -m py_compile <<<"$list"
  local status=$?
  rm -rf "$cache"
  return $status
}

gate_fuzz() {
  COUNT="30 s each"
  quietly tests/fuzz/run.sh 30
}

GATES=(format sources shell python build symbols tests tidy analyzer) # the quick ones first
[ $# -eq 0 ] || GATES=("$@")
failed=0
for gate in "${GATES[@]}"; do
  declare -F "gate_$gate" >/dev/null || { echo "check.sh: no gate '$gate'" >&2; exit 2; }
  begin=$SECONDS COUNT=''
  if "gate_$gate"; then
    echo "ok $gate ($COUNT, $((SECONDS - begin)) s)"
  else
    echo "not ok $gate ($((SECONDS - begin)) s)"
    failed=$((failed + 1))
  fi
done
echo "check.sh: ${#GATES[@]} gates, $failed with findings, $SECONDS s"
[ "$failed" = 0 ]
