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
