#!/usr/bin/env bash
# Builds the S3 server of the tests into the cache, under the hash of its module and of the Go version, and prints its path.
# usage: build.sh
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
PATH=$PATH:/usr/local/go/bin
export GOFLAGS=-mod=readonly GOTOOLCHAIN=local CGO_ENABLED=0

out=$BERTH_CACHE/s3/$( (hash_of cluster/s3; go version) | sha256sum | cut -c1-12)
if [ ! -x "$out/versitygw" ]; then
  say '  compiling versitygw ...'
  mkdir -p "$out"
  (cd "$ROOT/cluster/s3" && go build -trimpath -ldflags '-s -w' -o "$out/.versitygw.new" github.com/versity/versitygw/cmd/versitygw)
  mv "$out/.versitygw.new" "$out/versitygw"
fi
printf '%s\n' "$out/versitygw"
