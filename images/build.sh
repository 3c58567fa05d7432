#!/usr/bin/env bash
# Builds the images from Debian packages and the cluster's own Go programs, without a registry; each is kept in the cache
# under the hash of what goes into it. Writes $BERTH_STATE/deploy/images.yaml, kustomize's `images:` list.
# usage: build.sh [--only NAME]... [--import | --push REGISTRY]
#   SEVERAL=1   the S3 server's too
set -euo pipefail
. "$(dirname "$0")/../cluster/lib.sh"

NODE=(pause coredns kube-router local-path-provisioner) # of the embedded cluster alone: another has its own
ALL=("${NODE[@]}" postgresql pdns pebble traefik web-static panel berthd mysql postfix postsrsd dovecot rspamd valkey certificate)
[ -z "${SEVERAL:-}" ] || ALL+=(s3) # the S3 server of k8s/overlays/local-several
export BUILDAH_ISOLATION=chroot
cache=$BERTH_CACHE/images
mode=build registry='' names=()
while [ $# -gt 0 ]; do
  case $1 in
    --only) names+=("$2"); shift ;;
    --import) mode=import ;;
    --push) mode=push; registry=$2; ALL=("${ALL[@]:${#NODE[@]}}"); shift ;; # REGISTRY_TLS=false: one without TLS
    *) die "unknown option $1; usage: build.sh [--only NAME]... [--import | --push REGISTRY]" ;;
  esac
  shift
done
[ ${#names[@]} -gt 0 ] || names=("${ALL[@]}")
mkdir -p "$cache" "$BERTH_STATE/deploy"

# Debian's release and a serial: raise the serial to take newer packages into every image.
suite=trixie serial=1
base_tag=$suite-$serial

make_base() {
  local tar=$cache/base-$base_tag.tar
  if [ ! -s "$tar" ]; then
    say "  image base: Debian $suite"
    # shellcheck disable=SC2016 # the hook expands $1 itself
    mmdebstrap --quiet --variant=minbase --include=ca-certificates \
      --customize-hook='rm -rf "$1"/var/cache/apt/archives/*.deb "$1"/usr/share/doc/* "$1"/usr/share/man/*' "$suite" "$tar.new.tar" >/dev/null
    mv "$tar.new.tar" "$tar"
  fi
  if ! buildah inspect "localhost/berth/base:$base_tag" >/dev/null 2>&1; then
    local c
    c=$(buildah from scratch)
    buildah add -q "$c" "$tar" / >/dev/null
    buildah config --env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin --cmd /bin/sh "$c"
    buildah commit -q "$c" "localhost/berth/base:$base_tag" >/dev/null
    buildah rm "$c" >/dev/null
  fi
}

# What goes into an image: its folder, and for some the sources or the program that it carries.
inputs_of() {
  case $1 in
    berthd) printf '%s\n' images/berthd panel/backend/src panel/backend/meson.build panel/backend/meson_options.txt k8s/tenants/templates docs/openapi.yaml ;;
    panel) printf '%s\n' images/panel panel/frontend ;;
    *) printf '%s\n' "images/$1" ;;
  esac
}
go_program_of() {
  case $1 in
    pause | coredns | kube-router | local-path-provisioner | traefik) printf '%s/%s' "$(go_bin_dir)" "$1" ;;
    s3) "$ROOT/cluster/s3/build.sh" ;;
  esac
}
tag_of() {
  local program list
  [ "$1" = pause ] && { echo 1; return; }
  mapfile -t list < <(inputs_of "$1")
  program=$(go_program_of "$1")
  { echo "$base_tag"; hash_of "${list[@]}"; [ -z "$program" ] || sha256sum < "$program"; } | sha256sum | cut -c1-12
}

# The folder that the build sees: the image's own, and beside it what inputs_of names.
context_of() {
  local dir=$cache/context/$1 program list
  rm -rf "$dir"
  mkdir -p "$dir"
  mapfile -t list < <(inputs_of "$1")
  (cd "$ROOT" && tar cf - --exclude=node_modules --exclude=.next --exclude='build*' --exclude=out "${list[@]}") | tar xf - -C "$dir"
  if [ "$1" = panel ]; then panel_export "$dir"; fi
  program=$(go_program_of "$1")
  [ -z "$program" ] || cp "$program" "$dir/program"
  printf '%s' "$dir"
}

# The panel is exported on the host, where npm's cache is, and lies in the context as panel/frontend/out.
panel_export() {
  (cd "$1/panel/frontend" && npm ci --no-audit --no-fund --silent && npm run build --silent) >&2
  rm -rf "$1/panel/frontend/node_modules" "$1/panel/frontend/.next"
}

build_one() {
  local name=$1 tag archive ref begin=$SECONDS context
  tag=$(tag_of "$name")
  ref=localhost/berth/$name:$tag archive=$cache/$name-$tag.tar
  if [ ! -s "$archive" ]; then
    say "  image $name ..."
    make_base
    context=$(context_of "$name")
    buildah bud -q --layers --network host --build-arg "BASE=localhost/berth/base:$base_tag" -t "$ref" \
      -f "$context/images/$name/Containerfile" "$context" >"$cache/$name.log" 2>&1 || { tail -40 "$cache/$name.log" >&2; die "image $name does not build"; }
    rm -f "$archive.new" && buildah push -q "$ref" "oci-archive:$archive.new:$ref" >/dev/null
    mv "$archive.new" "$archive"
    rm -rf "$context"
    find "$cache" -maxdepth 1 -name "$name-[0-9a-f]*.tar" ! -name "$name-$tag.tar" -mtime +3 -delete
    say "  image $name:$tag: $((SECONDS - begin)) s"
  fi
  case $mode in
    import) import_one "$ref" "$archive" ;;
    push)
      buildah pull -q "oci-archive:$archive" >/dev/null
      buildah push -q --tls-verify="${REGISTRY_TLS:-true}" "$ref" "docker://$registry/berth/$name:$tag" >/dev/null
      ;;
  esac
  printf -- '- {name: localhost/berth/%s, newName: %s/berth/%s, newTag: "%s"}\n' "$name" "${registry:-localhost}" "$name" "$tag" >> "$list_new"
}

imported=''
import_one() {
  local ctr=("$(go_bin_dir)/ctr" -a "$BERTH_STATE/ctr/containerd.sock" -n k8s.io)
  [ -n "$imported" ] || imported=$("${ctr[@]}" images ls -q 2>/dev/null)
  # what ctr warns of (cgroup v1) is the machine's matter, and is told when an import fails
  grep -qxF "$1" <<<"$imported" || "${ctr[@]}" images import --no-unpack=false "$2" >"$cache/import.log" 2>&1 || { cat "$cache/import.log" >&2; die "image $1 cannot be imported"; }
}

list_new=$BERTH_STATE/deploy/images.yaml.$$ # runs of --only may go on beside this one
: > "$list_new"
for name in "${names[@]}"; do build_one "$name"; done
if [ ${#names[@]} -eq ${#ALL[@]} ]; then mv "$list_new" "$BERTH_STATE/deploy/images.yaml"; else rm -f "$list_new"; fi
