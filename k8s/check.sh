#!/usr/bin/env bash
# Checks the manifests without a cluster: they render, the pinned Kubernetes' own schemas and Longhorn's CRDs take them, and
# kube-score, checkov and the platform's own rules find nothing that exceptions.txt does not explain. A line a gate.
# usage: check.sh
#   BERTH_TOOLS_BIN=FOLDER   holds checkov and a python3 that has PyYAML; without it they are taken from the PATH
# shellcheck disable=SC2317 # the functions are called by gate
set -euo pipefail
. "$(dirname "$0")/../cluster/lib.sh"
K8S=$ROOT/k8s
PATH=${BERTH_TOOLS_BIN:+$BERTH_TOOLS_BIN:}$(go_bin_dir):$PATH
for tool in kubectl kubeconform kube-score checkov python3; do
  command -v "$tool" > /dev/null || die "$tool is missing: cluster/build.sh builds the Go programs, tests/tools.sh installs checkov"
done
longhorn=v1.10.0 longhorn_sum=h1:Sod6dxBLu9JD/f2Ff59i6SAAc76/OaNdJab7UOpKRig=
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
failed=0

# One gate: its line, and on failure what the command said. (In a condition, bash would go on after a command that failed.)
gate() {
  local name=$1 code
  shift
  set +e
  (set -e; "$@") > "$tmp/out" 2>&1
  code=$?
  set -e
  if [ "$code" = 0 ]; then
    printf 'ok %s\n' "$name"
  else
    printf 'FAIL %s\n' "$name"
    sed 's/^/  /' "$tmp/out"
    failed=1
  fi
}

# The schemas are made once for each version, from the Go modules in the cache.
schemas() {
  local kubernetes dir info
  kubernetes=$(cd "$ROOT/cluster/go" && GOFLAGS=-mod=readonly go list -m -f '{{.Version}}' k8s.io/kubernetes)
  dir=$BERTH_CACHE/schemas/$kubernetes-$longhorn-$(sha256sum < "$K8S/schemas.py" | cut -c1-8)
  if [ ! -e "$dir/.complete" ]; then
    rm -rf "$dir"
    info=$(cd "$ROOT/cluster/go" && go mod download -json "k8s.io/kubernetes@$kubernetes")
    "$K8S/schemas.py" "$dir" kubernetes "$(jq -r .Dir <<< "$info")/api/openapi-spec/swagger.json" >&2
    info=$(cd "$tmp" && GOWORK=off go mod download -json "github.com/longhorn/longhorn-manager@$longhorn")
    [ "$(jq -r .Sum <<< "$info")" = "$longhorn_sum" ] || die "longhorn-manager $longhorn has another checksum than check.sh says"
    "$K8S/schemas.py" "$dir" crds "$(jq -r .Dir <<< "$info")/k8s/crds.yaml" >&2
    touch "$dir/.complete"
  fi
  printf '%s' "$dir"
}

# An overlay for one node with images as cluster/up.sh gives them: a name and a tag for each folder of images/.
render_local() { # render_local OVERLAY
  local d=$tmp/render-$1 image
  mkdir -p "$d"
  cp "$K8S/overlays/production/images/settings.yaml" "$d/"
  {
    printf 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nconfigurations: [settings.yaml]\nresources: [%s]\nimages:\n' \
      "$(realpath --relative-to="$d" "$K8S/overlays/$1")"
    for image in "$ROOT"/images/*/Containerfile; do
      image=$(basename "$(dirname "$image")")
      printf -- '- {name: localhost/berth/%s, newName: localhost/berth/%s, newTag: "1"}\n' "$image" "$image"
    done
  } > "$d/kustomization.yaml"
  kubectl kustomize "$d" > "$tmp/$1.yaml"
}

render_several() {
  render_local local-several
  { printf -- '---\n' && sed 's|localhost/berth/berthd|&:1|' "$K8S/overlays/local-several/move.yaml"; } >> "$tmp/local-several.yaml"
}

# Each of berthd's containers, the migrations' too, is led to the same database.
render_production() {
  kubectl kustomize "$K8S/overlays/production" > "$tmp/production.yaml"
  grep -q 'name: panel-postgres' "$tmp/production.yaml"
  [ "$(grep -c 'value: postgresql:///?service=berth' "$tmp/production.yaml")" = 4 ]
}

# The README's own commands in a copy of the tree, without a kubectl; then the templates that it leaves to berthd.
render_tenant() {
  local tree=$tmp/tree rest
  mkdir -p "$tree/k8s"
  cp -r "$K8S/tenants" "$tree/k8s/"
  # shellcheck disable=SC2016 # backticks of Markdown
  sed -n '/^```sh$/,/^```$/p' "$tree/k8s/tenants/templates/README.md" | sed '/^```/d' > "$tmp/readme.sh"
  # shellcheck disable=SC1091 # made just now
  (cd "$tree" && kubectl() { :; } && . "$tmp/readme.sh")
  cd "$tree/k8s/tenants/templates"
  mv acme.yaml "$tmp/tenant.yaml"
  for rest in rolebinding networkpolicy-helper helper-pod; do printf -- '---\n' && sed -f example.sed "$rest.yaml"; done >> "$tmp/tenant.yaml"
  [ "$(grep -c '^kind: ' "$tmp/tenant.yaml")" = "$(find . -name '*.yaml' | wc -l)" ]
}

conform() { kubeconform -strict -summary -schema-location "$schemas/{{.ResourceKind}}{{.KindSuffix}}.json" "$@"; }
scan() {
  kube-score score --kubernetes-version v1.36 -o json "$tmp/scan.yaml" > "$tmp/kube-score.json" || [ $? = 1 ]
  checkov -f "$tmp/scan.yaml" --framework kubernetes --quiet --compact --skip-download --soft-fail -o json > "$tmp/checkov.json"
}

schemas=$(schemas)
gate 'overlay local renders' render_local local
gate 'overlay local-several renders' render_several
gate 'overlay production renders' render_production
gate "templates are filled in by the README's commands" render_tenant
[ "$failed" = 0 ] || exit 1
"$K8S/rules.py" "$tmp" || failed=1
gate 'kubeconform: overlay local' conform "$tmp/local.yaml"
gate 'kubeconform: overlay local-several' conform "$tmp/local-several.yaml"
gate 'kubeconform: overlay production, with its options' conform "$tmp/production.yaml"
gate 'kubeconform: templates of a customer' conform "$tmp/tenant.yaml"
gate "kubeconform: the StorageClass's parameters, by Longhorn's CRD of a volume" conform "$tmp/volume.yaml"
gate 'kube-score and checkov run' scan
if [ -s "$tmp/kube-score.json" ] && [ -s "$tmp/checkov.json" ]; then
  "$K8S/findings.py" "$K8S/exceptions.txt" kube-score "$tmp/kube-score.json" checkov "$tmp/checkov.json" || failed=1
fi
exit "$failed"
