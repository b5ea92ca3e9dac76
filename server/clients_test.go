package server

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestClientsAreBounded checks that whoever asks most is found among clients
// without number, and forgotten when it has stopped.
func TestClientsAreBounded(t *testing.T) {
	var s clients
	rnd := rand.New(rand.NewPCG(1, 2))
	count := func(key uint64, now time.Duration) {
		s.count(key, func() string { return fmt.Sprint(key) }, now)
	}
	now := time.Duration(0)
	for range 20_000 {
		now += countEvery
		key := rnd.Uint64()
		switch rnd.IntN(10) {
		case 0, 1, 2:
			key = 1
		case 3:
			key = 2
		}
		count(key, now)
	}
	if len(s.kept) > clientsKept || cap(s.kept) > 2*clientsKept {
		t.Errorf("%d clients are kept; want at most %d", len(s.kept), clientsKept)
	}
	if none := s.top(now, -1); len(none) > 0 {
		t.Errorf("less than none of them are %v", none)
	}
	top := s.top(now, 2)
	if len(top) != 2 || top[0].Name != "1" || top[1].Name != "2" {
		t.Fatalf("top %v; want 1 and 2", top)
	}
	for i, want := range []float64{.3, .1} {
		if got := top[i].Share; got < want*.9 || got > want+.03 {
			t.Errorf("share %.3f; want %v, or more by less than one in %d", got, want, clientsKept)
		}
	}
	if top := s.top(now+time.Hour, 9); len(top) != 0 || s.total != 0 {
		t.Errorf("an hour later: %v of %v", top, s.total)
	}
	count(3, now+2*time.Hour)
	if top := s.top(now+2*time.Hour, 9); len(top) != 1 || top[0] != (Client{"3", 1}) {
		t.Errorf("after that: %v", top)
	}
}

// TestClients checks how clients are named, and that those that are refused
// count.
func TestClients(t *testing.T) {
	for _, test := range []struct {
		by     string
		fields [3]string
		want   []string
	}{
		{"header:X-Tenant", [3]string{"X-Tenant: a\r\n", "X-Tenant: b\r\n", "X-Tenant: a\r\n"}, []string{"a 0.67", "b 0.33"}},
		{"header:X-Tenant", [3]string{"", "", "X-Tenant: a\r\n"}, []string{"none 0.67", "a 0.33"}},
		{"none", [3]string{}, nil},
		{"ip", [3]string{}, []string{"unknown 1.00"}},
	} {
		t.Run(test.by, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &Server{FairBy: test.by, Handler: http.HandlerFunc(hello)}
				if got := s.Clients(9); got != nil {
					t.Errorf("before the first request: %v", got)
				}
				r := serving(t, s, memory)
				c := r.call()
				for _, fields := range test.fields {
					time.Sleep(time.Second)
					c.send("GET / HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n")
					c.expect(http.StatusOK)
				}
				var got []string
				for _, c := range s.Clients(9) {
					got = append(got, fmt.Sprintf("%s %.2f", c.Name, c.Share))
				}
				if fmt.Sprint(got) != fmt.Sprint(test.want) {
					t.Errorf("%v; want %v", got, test.want)
				}
			})
		})
	}
}

// TestClientNames checks what clients are shown as.
func TestClientNames(t *testing.T) {
	for _, test := range []struct{ by, addr, field, want string }{
		{"ip", "1.2.3.4", "", "1.2.3.4"},
		{"ip", "::ffff:1.2.3.4", "", "1.2.3.4"},
		{"ip", "2001:db8::1", "", "2001:db8::/64"},
		{"header:x-tenant", "1.2.3.4", "X-Tenant: " + strings.Repeat("a", 100) + "\r\n", strings.Repeat("a", 64)},
		{"header:x-tenant", "1.2.3.4", "X-Tenant: a\xff\r\n", "a"},
		{"header:authorization", "1.2.3.4", "Authorization: Bearer secret\r\n", "#"},
		{"header:x-auth-token", "1.2.3.4", "X-Auth-Token: secret\r\n", "#"},
	} {
		e, err := newEngine(&Server{Model: ModelGoroutine, FairBy: test.by})
		if err != nil {
			t.Fatal(err)
		}
		c := &conn{engine: e, Link: client{ip: netip.MustParseAddr(test.addr)}}
		in := c.need().in
		in.Add(copy(in.Space(), "GET / HTTP/1.1\r\nHost: h\r\n"+test.field+"\r\n"), 0)
		if done, fault := in.Scan(); !done || fault != nil {
			t.Fatalf("%q: %v, %v", test.field, done, fault)
		}
		got := e.fairness.name(c)
		if test.want == "#" && len(got) == 17 && got[0] == '#' {
			got = "#"
		}
		if got != test.want {
			t.Errorf("%s with %q is shown as %q; want %q", test.addr, test.field, got, test.want)
		}
	}
}
