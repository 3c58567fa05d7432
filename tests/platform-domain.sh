#!/usr/bin/env bash
# PLATFORM_DOMAIN: the panel, the API, the name server and a site below that domain get their names from it, customers that were
# there are served on, and a plain `make up` takes all of it back. ACME_SERVER: it is where Traefik goes for certificates.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
kubectl=$(go_bin_dir)/kubectl
export KUBECONFIG=$BERTH_STATE/kubeconfig
domain=elsewhere.localhost usual=berth.localhost
# The same Pebble by another name; `make up` expects an authority that the system trusts, so it is ended when Traefik was told.
acme=https://pebble.ingress-system.svc.cluster.local:14000/dir
dir=$(mktemp -d)
export XDG_CONFIG_HOME=$dir/config # nobody's sign-in is touched

up() { "$ROOT/cluster/up.sh" > "$dir/out" 2> "$dir/err" || { tail -5 "$dir/err"; return 1; }; }
pdns() { # pdns METHOD ZONE: the status of a request to PowerDNS's HTTP API
  local pod key
  pod=$("$kubectl" -n dns-system get pod -l app.kubernetes.io/name=pdns -o 'jsonpath={.items[0].metadata.name}')
  key=$("$kubectl" -n dns-system get secret pdns-api-key -o 'jsonpath={.data.api-key}' | base64 -d)
  curl -sS -o /dev/null -w '%{http_code}' -X "$1" -H "X-API-Key: $key" --cacert "$BERTH_STATE/pki/ca.crt" --cert "$BERTH_STATE/pki/admin.crt" \
    --key "$BERTH_STATE/pki/admin.key" "https://$NODE_ADDRESS:6443/api/v1/namespaces/dns-system/pods/http:$pod:8081/proxy/api/v1/servers/localhost/zones/$2."
}
restore() {
  [ -z "${acme_up:-}" ] || kill -- "-$acme_up" 2>/dev/null || true
  berth site delete "hello.$domain" --yes --wait > /dev/null 2>&1 || true
  up || echo 'not ok the platform comes back after the test'
  pdns DELETE "$domain" > /dev/null || true
  rm -rf "$dir"
}
trap restore EXIT

get() { curl -fsS --max-time 10 --cacert "$BERTH_STATE/ca.crt" "$@"; }
example_at() { get "https://$1:8443/" 2>/dev/null | cmp -s - "$ROOT/examples/hello/index.html"; }
panel_at() { get "https://panel.$1:8443/" 2>/dev/null | grep -i '<!doctype html>' > /dev/null; }
api_at() { get -H "Authorization: Bearer $(cat "$BERTH_STATE/admin-token")" "https://panel.$1:8443/api/v1/customers/example" 2>/dev/null | grep '"example"' > /dev/null; }
no_panel_at() { ! panel_at "$1" && ! api_at "$1"; }
answers() { dig @127.0.0.1 -p 10053 "$1" "$2" +norecurse +short +tries=1 +time=5 | grep -x "$3" > /dev/null; }
last_lines() { for line in "site https://hello.$domain:8443" "panel https://panel.$domain:8443" "dns 127.0.0.1 10053 $domain"; do grep -x "$line" "$dir/out" > /dev/null || return 1; done; }
traefik_asks() { "$kubectl" -n ingress-system get configmap traefik -o 'jsonpath={.data}' | grep -F "$1" > /dev/null; }
traefik_runs_with() { "$kubectl" -n ingress-system rollout status deployment/traefik --timeout=60s > /dev/null && "$kubectl" -n ingress-system exec deploy/traefik -- cat /etc/traefik/traefik.yaml 2>/dev/null | grep -F "$1" > /dev/null; }
all_as_it_should_be() { berth diff example > /dev/null 2>&1; }

# The example's plan has room for two sites, and earlier runs with a domain may have left one.
berth login "https://panel.$usual:8443" --ca "$BERTH_STATE/ca.crt" --token-file "$BERTH_STATE/admin-token" > /dev/null
berth site delete "hello.$usual" --yes --wait > /dev/null 2>&1 || true
check 'make up with PLATFORM_DOMAIN' env "PLATFORM_DOMAIN=$domain" bash -c "'$ROOT/cluster/up.sh' > '$dir/out' 2> '$dir/err' || { tail -5 '$dir/err'; exit 1; }"
check 'its last lines have the names' last_lines
check 'the panel answers there, with a certificate' panel_at "$domain"
check 'so does the API' api_at "$domain"
check 'and no longer at the usual name' no_panel_at "$usual"
check 'a new site below the domain is served' example_at "hello.$domain"
check 'the platform has a zone' answers "$domain" NS "ns1.$domain."
check 'its name server has an address' answers "ns1.$domain" A "$NODE_ADDRESS"
check 'the site that was there is served on' within 30 example_at hello.localhost
check "a customer's zone names that name server" within 60 answers hello.localhost NS "ns1.$domain."
check 'the example customer is as it should be' within 60 all_as_it_should_be

berth site delete "hello.$domain" --yes --wait > /dev/null
check 'a plain make up takes it back' up
check 'the panel answers at the usual name' panel_at "$usual"
check 'and no longer at the other' no_panel_at "$domain"
check "the customer's zone names the usual name server" within 60 answers hello.localhost NS "ns1.$usual."
check 'the site is served' within 30 example_at hello.localhost

ACME_SERVER=$acme setsid "$ROOT/cluster/up.sh" > /dev/null 2>&1 &
acme_up=$!
check 'ACME_SERVER reaches the configuration of Traefik' within 60 traefik_asks "$acme"
check 'and the Traefik that runs' within 60 traefik_runs_with "$acme"
