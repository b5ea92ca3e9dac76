package upstream

import (
	"context"
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func prefixes(all ...string) []netip.Prefix {
	var p []netip.Prefix
	for _, s := range all {
		prefix, _ := netip.ParsePrefix(s)
		p = append(p, prefix)
	}
	return p
}

// forwardedHead returns the head that a backend gets of a request.
func forwardedHead(t *testing.T, c Config, change func(*http.Request)) http.Header {
	t.Helper()
	var got http.Header
	c.Backends = []string{app(t, func(_ http.ResponseWriter, r *http.Request) { got = r.Header })}
	h := newHandler(t, c)
	r := httptest.NewRequest("GET", "http://app.example:81/", nil)
	change(r)
	if w, p := serveOne(h, r); w.Code != 200 || p != nil {
		t.Fatalf("status %d, panic %v", w.Code, p)
	}
	for i, via := range got["Via"] {
		got["Via"][i] = strings.ReplaceAll(via, h.token, "us")
	}
	return got
}

// fields makes a head of lines.
func fields(lines ...string) http.Header {
	h := http.Header{}
	for _, line := range lines {
		name, value, _ := strings.Cut(line, ": ")
		h[name] = append(h[name], value)
	}
	return h
}

func TestForwardedFields(t *testing.T) {
	const peer = "192.0.2.9:5555"
	ours := []string{"X-Forwarded-For: 192.0.2.9", "X-Forwarded-Host: app.example:81", "X-Forwarded-Proto: http",
		`Forwarded: for=192.0.2.9;host="app.example:81";proto=http`, "Via: 1.1 us"}
	with := func(more ...string) []string { return append(more, ours...) }
	lie := fields("X-Forwarded-For: 1.1.1.1", "X-Forwarded-For: 2.2.2.2", "X-Forwarded-Host: evil",
		"X-Forwarded-Proto: https", "X-Forwarded-Port: 443", "X-Forwarded-Prefix: /admin", "X-Forwarded-Client-Cert: c",
		"X-Real-Ip: 1.1.1.1", "Remote-User: root", "X-Original-Url: /admin", "Forwarded: for=1.1.1.1", "Via: 1.0 them")
	for _, test := range []struct {
		name    string
		remote  string
		trusted []string
		unix    bool
		in      http.Header
		tls     bool
		want    []string
	}{
		{name: "nothing said", remote: peer, in: nil, want: ours},
		{name: "lies of a stranger", remote: peer, in: lie, want: with("Via: 1.0 them")},
		{name: "other peer trusted", remote: peer, trusted: []string{"192.0.2.8/32"}, in: lie,
			want: with("Via: 1.0 them")},
		{name: "trusted peer", remote: peer, trusted: []string{"192.0.2.0/24"}, in: lie, want: []string{
			"X-Forwarded-For: 1.1.1.1, 2.2.2.2, 192.0.2.9", "X-Forwarded-Host: evil", "X-Forwarded-Proto: https",
			"X-Forwarded-Port: 443", "X-Forwarded-Prefix: /admin", "X-Forwarded-Client-Cert: c", "X-Real-Ip: 1.1.1.1",
			"Remote-User: root", "X-Original-Url: /admin",
			`Forwarded: for=1.1.1.1, for=192.0.2.9;host="app.example:81";proto=http`, "Via: 1.0 them", "Via: 1.1 us"}},
		{name: "trusted peer, silent", remote: peer, trusted: []string{"192.0.2.0/24"}, want: ours},
		{name: "trusted peer, X-Forwarded-For only", remote: peer, trusted: []string{"::ffff:192.0.2.0/120"},
			in: fields("X-Forwarded-For: 1.1.1.1"), want: []string{"X-Forwarded-For: 1.1.1.1, 192.0.2.9",
				"X-Forwarded-Host: app.example:81", "X-Forwarded-Proto: http", "Via: 1.1 us"}},
		{name: "trusted peer, Forwarded only", remote: peer, trusted: []string{"192.0.2.0/24"},
			in: fields("Forwarded: for=1.1.1.1"), want: []string{"X-Forwarded-Host: app.example:81", "X-Forwarded-Proto: http",
				`Forwarded: for=1.1.1.1, for=192.0.2.9;host="app.example:81";proto=http`, "Via: 1.1 us"}},
		{name: "spelled with _", remote: peer, trusted: []string{"192.0.2.0/24"},
			in: fields("X_forwarded_for: 1.1.1.1", "X_real-Ip: 1", "Remote_user: root", "Proxy: evil", "Other_one: 1",
				"Transfer_encoding: chunked", "Content_length: 3"),
			want: with("Other_one: 1")},
		{name: "listed in Connection", remote: peer, trusted: []string{"192.0.2.0/24"},
			in: fields("Connection: x-forwarded-for, X-Forwarded-Proto, x-secret", "X-Forwarded-For: 1.1.1.1",
				"X-Forwarded-Proto: https", "X-Secret: 1", "Forwarded: for=1.1.1.1"),
			want: []string{"X-Forwarded-For: 1.1.1.1, 192.0.2.9", "X-Forwarded-Host: app.example:81",
				"X-Forwarded-Proto: https", `Forwarded: for=1.1.1.1, for=192.0.2.9;host="app.example:81";proto=http`, "Via: 1.1 us"}},
		{name: "hop by hop", remote: peer, in: fields("Keep-Alive: 1", "Proxy-Connection: keep-alive", "Te: gzip",
			"Proxy-Authorization: secret", "Upgrade: websocket", "Accept: a"), want: with("Accept: a")},
		{name: "trailers are welcome", remote: peer, in: fields("Te: trailers"), want: with("Te: trailers")},
		{name: "TLS and IPv6", remote: "[2001:db8::1%eth0]:1", tls: true, want: []string{"X-Forwarded-For: 2001:db8::1",
			"X-Forwarded-Host: app.example:81", "X-Forwarded-Proto: https",
			`Forwarded: for="[2001:db8::1]";host="app.example:81";proto=https`, "Via: 1.1 us"}},
		{name: "unix peer, a stranger", remote: "@", in: lie, want: []string{"X-Forwarded-Host: app.example:81",
			"X-Forwarded-Proto: http", `Forwarded: for=unknown;host="app.example:81";proto=http`, "Via: 1.0 them", "Via: 1.1 us"}},
		{name: "unix peer, trusted", remote: "", unix: true, in: fields("X-Forwarded-For: 1.1.1.1"), want: []string{
			"X-Forwarded-For: 1.1.1.1", "X-Forwarded-Host: app.example:81", "X-Forwarded-Proto: http", "Via: 1.1 us"}},
		{name: "a prefix of all does not trust unix peers", remote: "@", trusted: []string{"0.0.0.0/0", "::/0"},
			in: fields("X-Forwarded-For: 1.1.1.1"), want: []string{"X-Forwarded-Host: app.example:81",
				"X-Forwarded-Proto: http", `Forwarded: for=unknown;host="app.example:81";proto=http`, "Via: 1.1 us"}},
		{name: "h2c is not for the backend", remote: peer, in: fields("Connection: Upgrade, HTTP2-Settings",
			"Upgrade: h2c", "Http2-Settings: AAMAAABkAAQAAP__"), want: ours},
		{name: "a client's own idempotency key", remote: peer, in: fields("X-Idempotency-Key: k"), want: with("X-Idempotency-Key: k")},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := Config{TrustedProxies: prefixes(test.trusted...), TrustUnixPeers: test.unix}
			got := forwardedHead(t, c, func(r *http.Request) {
				r.RemoteAddr = test.remote
				for name, values := range test.in {
					r.Header[name] = values
				}
				if test.tls {
					r.TLS = &tls.ConnectionState{}
				}
			})
			want := fields(test.want...)
			if !reflect.DeepEqual(got, want) {
				t.Errorf("got\n%v\nwant\n%v", got, want)
			}
		})
	}
}

func TestTrustedProxies(t *testing.T) {
	for _, test := range []struct {
		prefix, remote string
		want           bool
	}{
		{"10.0.0.0/8", "10.1.2.3:1", true},
		{"10.0.0.0/8", "11.1.2.3:1", false},
		{"10.0.0.0/8", "[::ffff:10.1.2.3]:1", true},
		{"::ffff:10.0.0.0/104", "10.1.2.3:1", true},
		{"::ffff:10.0.0.0/104", "11.1.2.3:1", false},
		{"fe80::/10", "[fe80::1%eth0]:1", true},
		{"::1/128", "[::1]:1", true},
		{"::/0", "10.1.2.3:1", false},
		{"0.0.0.0/0", "[::1]:1", false},
		{"0.0.0.0/0", "10.1.2.3", false},
		{"0.0.0.0/0", "host:1", false},
		{"0.0.0.0/0", "", false},
	} {
		if got := newTrusted(Config{TrustedProxies: prefixes(test.prefix)}).peer(test.remote); got != test.want {
			t.Errorf("%s trusted, peer %q: %v, want %v", test.prefix, test.remote, got, test.want)
		}
	}
	unix := newTrusted(Config{TrustUnixPeers: true})
	for remote, want := range map[string]bool{"": true, "@": true, "/run/peer": true, "127.0.0.1:1": false, "garbage": false} {
		if unix.peer(remote) != want {
			t.Errorf("unix peers trusted, %q: want %v", remote, want)
		}
	}
}

func TestDeadlineIsPassedOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, test := range []struct {
			left time.Duration // 0: none
			said string
			want string
		}{
			{0, "", ""}, {0, "7", "7"}, {1500 * time.Millisecond, "7", "1.500"}, {time.Hour, "", "3600.000"},
		} {
			h := newHandler(t, Config{Backends: []string{"http://pipe"}})
			seen := make(chan string, 1)
			piped(h, seeing(func(r *http.Request) { seen <- r.Header.Get("X-Request-Timeout") }))
			r := httptest.NewRequest("GET", "/", nil)
			if test.said != "" {
				r.Header.Set("X-Request-Timeout", test.said)
			}
			if test.left > 0 {
				ctx, cancel := context.WithTimeout(r.Context(), test.left)
				defer cancel()
				r = r.WithContext(ctx)
			}
			if w, _ := serveOne(h, r); w.Code != 200 {
				t.Fatalf("status %d", w.Code)
			}
			if got := <-seen; got != test.want {
				t.Errorf("%v left, client said %q: the backend is told %q, want %q", test.left, test.said, got, test.want)
			}
			h.CloseIdleConnections()
		}
	})
}
