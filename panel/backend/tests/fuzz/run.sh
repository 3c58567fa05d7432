#!/usr/bin/env bash
# Runs the fuzz targets, each for some seconds, from a seed of small inputs and beneath AddressSanitizer and UBSan.
# What it found stays in $BERTH_CACHE/fuzz, so that a later run goes on from there; a crash's input is named in its output.
# usage: run.sh [SECONDS]
set -euo pipefail
cd "$(dirname "$0")/../.."
seconds=${1:-10}
cache=${BERTH_CACHE:-$HOME/.cache/berth}/fuzz
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$cache/unpack" "$cache/zonefile" "$work/seed" "$work/zones" "$work/in"

# The seeds: one small archive of each kind, with a link and a folder in it.
mkdir -p "$work/in/d"
printf 'hello' >"$work/in/index.html"
printf 'x' >"$work/in/d/x"
ln -s ../index.html "$work/in/d/link"
tar -C "$work/in" -cf "$work/seed/a.tar" .
tar -C "$work/in" -czf "$work/seed/a.tar.gz" .
tar -C "$work/in" -cJf "$work/seed/a.tar.xz" .
python3 - "$work" <<'PYTHON'
import sys, zipfile
with zipfile.ZipFile(sys.argv[1] + "/seed/a.zip", "w") as z:
    z.writestr("site/index.html", "hello")
    z.writestr("site/a/../b", "up")
PYTHON

"${CLANG:-clang}" -g -O1 -std=gnu17 -D_GNU_SOURCE -Isrc -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
  tests/fuzz/fuzz_unpack.c src/cmd/unpack_archive.c src/cmd/unpack_name.c src/cmd/unpack_tree.c \
  src/base/arena.c src/base/error.c src/base/file.c src/base/str.c -larchive -o "$work/fuzz_unpack"
"$work/fuzz_unpack" -max_total_time="$seconds" -max_len=20480 -rss_limit_mb=1024 -timeout=10 -verbosity=0 \
  -artifact_prefix="$cache/crash-" "$cache/unpack" "$work/seed"

# The zone files: one with all that the reader understands.
cat >"$work/zones/a" <<'ZONE'
$TTL 1h
$ORIGIN example.com.
@ IN SOA ns1 host ( 1 3h
  1h 1w 1h ) ; a comment
  NS ns1
a 1h30m A 192.0.2.1
  AAAA 2001:db8::1
@ MX 10 mail
t TXT "a;b" "c\"d\195\188"
_s._tcp SRV 1 2 3 host.example.net.
h HTTPS 1 . alpn="h2,h3" port=443
*.w CNAME @
c CAA 0 issue "ca.example"
n NAPTR 1 2 "u" "x" "" .
k TLSA 3 1 0 aabb
$ORIGIN sub
@ NS ns.example.net.
@ DS 1 13 3 aabb
ZONE
"${CLANG:-clang}" -g -O1 -std=gnu17 -D_GNU_SOURCE -Isrc -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
  tests/fuzz/fuzz_zonefile.c src/model/zonefile.c src/model/record.c src/model/record_value.c src/model/names.c src/model/tenant.c \
  src/base/arena.c src/base/error.c src/base/str.c -lidn2 -lpsl -o "$work/fuzz_zonefile"
"$work/fuzz_zonefile" -max_total_time="$seconds" -max_len=4096 -rss_limit_mb=1024 -timeout=10 -verbosity=0 \
  -artifact_prefix="$cache/crash-" "$cache/zonefile" "$work/zones"
