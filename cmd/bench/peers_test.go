package main

import (
	"slices"
	"strings"
	"testing"

	"millpond/bench/process"
)

func TestGoServers(t *testing.T) {
	var r peers
	got := r.goServers("/peers", 600, 4, -1)
	if len(got) < len(goPeers) {
		t.Fatalf("%d servers, want at least %d", len(got), len(goPeers))
	}
	want := []string{"/peers", "--model", "nethttp-semaphore", "--addr", "127.0.0.1:0", "--burn-per-ms", "600", "--workers", "{workers}"}
	if !slices.Equal(got[0].Command, want) {
		t.Errorf("command %q, want %q: a bound that is not given is the peer's own", got[0].Command, want)
	}
	haproxy := slices.ContainsFunc(got, func(c process.Server) bool { return c.Name == "haproxy" })
	if said := strings.Contains(strings.Join(r.notes, " "), "HAProxy"); said == haproxy {
		t.Errorf("HAProxy among the servers: %v; said to be left out: %v", haproxy, said)
	}
}

func TestNoPeersUnlessAsked(t *testing.T) {
	all, remove, err := new(peers).list(t.Context(), &console{}, 600, 4, 20)
	if err != nil || len(all) != 0 {
		t.Errorf("%d servers and error %v, want none of either", len(all), err)
	}
	remove()
}
