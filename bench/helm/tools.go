//go:build tools

// Package helm pins the helm that bench/run.py measures against; nothing of the product uses it.
package helm

import _ "helm.sh/helm/v3/cmd/helm"
