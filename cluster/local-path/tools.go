//go:build tools

// Package tools names the provisioner, so that go.mod pins it.
package tools

import _ "github.com/rancher/local-path-provisioner"
