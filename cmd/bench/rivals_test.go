package main

import (
	"slices"
	"strings"
	"testing"

	"millpond/bench"
)

func TestGoCandidates(t *testing.T) {
	var r rivals
	got := r.goCandidates("/peers", 600, 4, -1)
	if len(got) < len(goPeers) {
		t.Fatalf("%d candidates, want at least %d", len(got), len(goPeers))
	}
	want := []string{"/peers", "--model", "nethttp-semaphore", "--addr", "127.0.0.1:0", "--burn-per-ms", "600", "--workers", "{workers}"}
	if !slices.Equal(got[0].Command, want) {
		t.Errorf("command %q, want %q: a bound that is not given is the peer's own", got[0].Command, want)
	}
	haproxy := slices.ContainsFunc(got, func(c bench.Candidate) bool { return c.Name == "haproxy" })
	if said := strings.Contains(strings.Join(r.notes, " "), "HAProxy"); said == haproxy {
		t.Errorf("HAProxy among the candidates: %v; said to be left out: %v", haproxy, said)
	}
}

func TestNoRivalsUnlessAsked(t *testing.T) {
	all, remove, err := new(rivals).candidates(t.Context(), &console{}, 600, 4, 20)
	if err != nil || len(all) != 0 {
		t.Errorf("%d candidates and error %v, want none of either", len(all), err)
	}
	remove()
}
