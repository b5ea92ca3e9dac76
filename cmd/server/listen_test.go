package main

import (
	"io"
	"net"
	"os"
	"strings"
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
	all := map[string]string{
		":0":        `listens=127\.0\.0\.1:\d+ only_here=true`,
		"0.0.0.0:0": `listens=(0\.0\.0\.0|\[::\]):\d+ only_here=false`,
		"[::1]:0":   `listens=\[::1\]:\d+ only_here=true`,
	}
	if l, err := net.Listen("tcp", "[::1]:0"); err == nil {
		l.Close()
	} else {
		t.Logf("this machine has no IPv6: %v", err)
		delete(all, "[::1]:0")
	}
	for addr, want := range all {
		start(t, "--admin-addr", addr).awaitLog(t, want)
	}
}

// An address that is set beside a socket that was handed over is set for nothing:
// that is said, but not by a process that has its flags from the one before it.
func TestAddressBesideASocket(t *testing.T) {
	main, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer main.Close()
	admin, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close()
	ready, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer ready.Close()
	for _, test := range []struct {
		args  []string
		socks sockets
		want  string
	}{
		{[]string{"--addr=:80", "--admin-addr=:90"}, sockets{main: main, admin: admin}, "--addr --admin-addr"},
		{[]string{"--admin-addr=127.0.0.1:0"}, sockets{main: main}, ""},
		{[]string{"--workers=1"}, sockets{main: main, admin: admin}, ""},
		{[]string{"--addr=:80"}, sockets{main: main, ready: ready}, ""},
	} {
		opts, faults := parse(test.args, io.Discard)
		if len(faults) > 0 {
			t.Fatal(faults)
		}
		given := test.socks
		if err := opts.listen(&test.socks); err != nil {
			t.Fatal(err)
		}
		if test.socks.admin != given.admin {
			test.socks.admin.Close()
		}
		var names []string
		for _, idle := range opts.withoutEffect() {
			names = append(names, idle.name)
		}
		if got := strings.Join(names, " "); got != test.want {
			t.Errorf("%v: %q is set for nothing, want %q", test.args, got, test.want)
		}
	}
}
