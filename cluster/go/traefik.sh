#!/usr/bin/env bash
# Makes Traefik's source tree buildable from its published module, in FOLDER/traefik and FOLDER/lego (generated, never
# committed). The module lacks two things: webui/static, which an empty page replaces (no dashboard here), and DNS-01
# providers whose modules cannot be had: this build keeps four.
# usage: traefik.sh FOLDER
set -euo pipefail
out=$1 traefik=v3.6.12 lego=v4.33.0
[ -e "$out/.complete-$traefik-$lego" ] && exit 0
rm -rf "$out"
mkdir -p "$out"
# the zip is asked for without go.mod's replacements, which point into $out
dir_of() { (cd "$out" && GOFLAGS=-mod=mod GOWORK=off go mod download -json "$1" | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p'); }
t=$(dir_of "github.com/traefik/traefik/v3@$traefik") l=$(dir_of "github.com/go-acme/lego/v4@$lego")
cp -r "$t" "$out/traefik"
cp -r "$l" "$out/lego"
chmod -R u+w "$out"
mkdir -p "$out/traefik/webui/static"
echo ok > "$out/traefik/webui/static/index.html"
rm -rf "$out/lego/cmd" "$out/lego/e2e" "$out/lego/providers/dns"
mkdir "$out/lego/providers/dns"
for p in pdns rfc2136 httpreq exec internal; do cp -r "$l/providers/dns/$p" "$out/lego/providers/dns/"; done
chmod -R u+w "$out/lego"
cat > "$out/lego/providers/dns/registry.go" <<'GO'
// Package dns registers the DNS-01 providers that this build carries.
package dns

import (
	"fmt"

	"github.com/go-acme/lego/v4/challenge"
	"github.com/go-acme/lego/v4/providers/dns/exec"
	"github.com/go-acme/lego/v4/providers/dns/httpreq"
	"github.com/go-acme/lego/v4/providers/dns/pdns"
	"github.com/go-acme/lego/v4/providers/dns/rfc2136"
)

// NewDNSChallengeProviderByName returns the provider called name.
func NewDNSChallengeProviderByName(name string) (challenge.Provider, error) {
	switch name {
	case "exec":
		return exec.NewDNSProvider()
	case "httpreq":
		return httpreq.NewDNSProvider()
	case "pdns":
		return pdns.NewDNSProvider()
	case "rfc2136":
		return rfc2136.NewDNSProvider()
	}
	return nil, fmt.Errorf("this build has no DNS provider %s", name)
}
GO
touch "$out/.complete-$traefik-$lego"
