package main

import (
	"net"
	"testing"
)

func TestURL(t *testing.T) {
	for addr, want := range map[string]string{
		"[::]:8080":       "http://127.0.0.1:8080",
		"0.0.0.0:80":      "http://127.0.0.1:80",
		"127.0.0.1:12345": "http://127.0.0.1:12345",
		"[::1]:8080":      "http://[::1]:8080",
	} {
		tcp, err := net.ResolveTCPAddr("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		if got := url(tcp); got != want {
			t.Errorf("%s: %s, want %s", addr, got, want)
		}
	}
}

// An admin address that names no host is for this machine alone.
func TestAdminAddressIsOnLoopback(t *testing.T) {
	for addr, want := range map[string]string{
		":0":        `listens=127\.0\.0\.1:\d+ only_here=true`,
		"0.0.0.0:0": `listens=(0\.0\.0\.0|\[::\]):\d+ only_here=false`,
		"[::1]:0":   `listens=\[::1\]:\d+ only_here=true`,
	} {
		start(t, "--admin-addr", addr).awaitLog(t, want)
	}
}
