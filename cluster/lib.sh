# Common to the cluster's scripts: where things are, and how progress is told. Sourced, never run.
# shellcheck shell=bash

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
BERTH_STATE=${BERTH_STATE:-/var/lib/berth}
BERTH_CACHE=${BERTH_CACHE:-$HOME/.cache/berth}
NODE_NETNS=berth-node NODE_ADDRESS=10.77.0.11 HOST_ADDRESS=10.77.0.1
export ROOT BERTH_STATE BERTH_CACHE NODE_NETNS NODE_ADDRESS HOST_ADDRESS

say() { printf '%s %s\n' "$(date -u +%H:%M:%S)" "$*" >&2; }
die() { printf 'error: %s\n' "$*" >&2; exit 1; }

# One line for a phase: what it is when it begins, how long it took when it is over.
phase() {
  local name=$1 begin=$SECONDS
  shift
  say "$name ..."
  "$@"
  say "$name: done in $((SECONDS - begin)) s"
}

# The hash of files and folders (tracked content, not times): 12 hex digits.
hash_of() {
  (cd "$ROOT" && find "$@" -type f ! -path '*/.generated/*' ! -path '*/node_modules/*' ! -path '*/build*/*' ! -path '*/out/*' \
    ! -path '*/.next/*' ! -name '*.tsbuildinfo' -print0 | sort -z | xargs -0 sha256sum | sha256sum | cut -c1-12)
}

# Where this checkout's Go programs are in the cache.
go_bin_dir() { printf '%s/go/%s' "$BERTH_CACHE" "$( (hash_of cluster/go cluster/runc cluster/local-path cluster/tools; go version) | sha256sum | cut -c1-12)"; }

# image_of NAME: the reference that images/build.sh gave the image; nothing when it has not run.
image_of() { sed -n "s|.*name: localhost/berth/$1, newName: \\([^,]*\\), newTag: \"\\([^\"]*\\)\".*|\\1:\\2|p" "$BERTH_STATE/deploy/images.yaml"; }

# What shells and man read of `berth`: files, each with the arguments that print it.
berth_texts() {
  printf '%s\n' '/usr/local/share/man/man1/berth.1 help --man' '/usr/local/share/bash-completion/completions/berth completion bash' \
    '/usr/local/share/zsh/site-functions/_berth completion zsh' '/usr/local/share/fish/vendor_completions.d/berth.fish completion fish'
}
