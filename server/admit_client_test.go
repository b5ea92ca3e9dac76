package server

import (
	"net/netip"
	"testing"

	"millpond/server/internal/poll"
)

// A client is a link from an address.
type client struct {
	poll.Link
	ip netip.Addr
}

func (c client) ClientIP() netip.Addr { return c.ip }

// TestClientKey checks which requests are taken for those of one client.
func TestClientKey(t *testing.T) {
	proxies := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
	for _, test := range []struct {
		name        string
		by          string
		trusted     []netip.Prefix
		a, b        string // addresses
		headA, rest string // fields
		same        bool
	}{
		{"one address", "ip", nil, "1.2.3.4", "1.2.3.4", "", "", true},
		{"two addresses", "", nil, "1.2.3.4", "1.2.3.5", "", "", false},
		{"one in two forms", "ip", nil, "1.2.3.4", "::ffff:1.2.3.4", "", "", true},
		{"one IPv6 network", "ip", nil, "2001:db8::1", "2001:db8::2", "", "", true},
		{"two IPv6 networks", "ip", nil, "2001:db8::1", "2001:db8:0:1::1", "", "", false},
		{"nobody is trusted", "ip", nil, "10.0.0.1", "10.0.0.1", "X-Forwarded-For: 1.1.1.1\r\n", "X-Forwarded-For: 2.2.2.2\r\n", true},
		{"behind a proxy", "ip", proxies, "10.0.0.1", "10.0.0.1", "X-Forwarded-For: 1.1.1.1\r\n", "X-Forwarded-For: 2.2.2.2\r\n", false},
		{"what one says who is no proxy", "ip", proxies, "1.2.3.4", "1.2.3.4", "X-Forwarded-For: 1.1.1.1\r\n", "X-Forwarded-For: 2.2.2.2\r\n", true},
		{"what two say who are no proxies", "ip", proxies, "1.2.3.4", "1.2.3.5", "X-Forwarded-For: 1.1.1.1\r\n", "X-Forwarded-For: 1.1.1.1\r\n", false},
		{"what a client says of itself", "ip", proxies, "10.0.0.1", "10.0.0.1", "X-Forwarded-For: 3.3.3.3, 1.1.1.1\r\n",
			"X-Forwarded-For: 4.4.4.4, 1.1.1.1, 10.9.9.9\r\n", true},
		{"what a client says in a line of its own", "ip", proxies, "10.0.0.1", "10.0.0.1", "X-Forwarded-For: 3.3.3.3\r\nX-Forwarded-For: 1.1.1.1\r\n",
			"x-forwarded-for: 4.4.4.4\r\nX-A: b\r\nX-Forwarded-For: 1.1.1.1\r\nX-Forwarded-For: 10.9.9.9\r\n", true},
		{"with ports", "ip", proxies, "10.0.0.1", "10.0.0.1", "X-Forwarded-For: 1.1.1.1:4000\r\n", "X-Forwarded-For: 1.1.1.1, 10.9.9.9:80\r\n", true},
		{"with ports of two", "ip", proxies, "10.0.0.1", "10.0.0.1", "X-Forwarded-For: 1.1.1.1:4000\r\n", "X-Forwarded-For: 2.2.2.2:4000\r\n", false},
		{"in brackets", "ip", proxies, "10.0.0.1", "10.0.0.1", "X-Forwarded-For: [2001:db8::1]:4000\r\n", "X-Forwarded-For: 2001:db8::1\r\n", true},
		{"in brackets, without a port", "ip", proxies, "10.0.0.1", "10.0.0.1", "X-Forwarded-For: [2001:db8::1]\r\n", "X-Forwarded-For: 2001:db8::1\r\n", true},
		{"behind a proxy in the form of IPv6", "ip", []netip.Prefix{netip.MustParsePrefix("::ffff:10.0.0.0/104")}, "10.0.0.1", "10.0.0.1",
			"X-Forwarded-For: 1.1.1.1\r\n", "X-Forwarded-For: 2.2.2.2\r\n", false},
		{"no list", "ip", proxies, "10.0.0.1", "10.0.0.1", "X-Forwarded-For: junk\r\n", "", true},
		{"by a field", "header:x-tenant", nil, "1.1.1.1", "2.2.2.2", "X-Tenant: a\r\n", "x-tenant:a\r\n", true},
		{"by another value", "header:X-Tenant", nil, "1.1.1.1", "1.1.1.1", "X-Tenant: a\r\n", "X-Tenant: b\r\n", false},
		{"by nothing", "none", nil, "1.1.1.1", "2.2.2.2", "", "", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			e, err := newEngine(&Server{Model: ModelGoroutine, FairBy: test.by, TrustedProxies: test.trusted})
			if err != nil {
				t.Fatal(err)
			}
			key := func(addr, fields string) uint64 {
				c := &conn{engine: e, Link: client{ip: netip.MustParseAddr(addr)}}
				head := "GET / HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n"
				in := c.need().in
				in.Add(copy(in.Space(), head), 0)
				if done, fault := in.Scan(); !done || fault != nil {
					t.Fatalf("%q: %v, %v", head, done, fault)
				}
				return e.fairness.key(c)
			}
			if same := key(test.a, test.headA) == key(test.b, test.rest); same != test.same {
				t.Errorf("taken for one client: %v; want %v", same, test.same)
			}
		})
	}
}
