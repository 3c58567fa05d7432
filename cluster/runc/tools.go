//go:build tools

// Package tools names runc, so that go.mod pins it.
package tools

import _ "github.com/opencontainers/runc"
