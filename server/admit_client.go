package server

import (
	"bytes"
	"fmt"
	"hash/maphash"
	"net/netip"
	"slices"
	"strings"
)

// key is that of the client of c's request.
func (f *fairness) key(c *conn) uint64 {
	switch f.by {
	case byAddress:
		return f.ofAddress(c)
	case byHeader:
		return maphash.Bytes(f.seed, c.request.in.Field(f.header))
	}
	return 0
}

// ofAddress takes an IPv6 client for its /64, of which it has all addresses.
func (f *fairness) ofAddress(c *conn) uint64 {
	if len(f.trusted) > 0 {
		return f.hash(f.client(c))
	}
	if c.key == 0 {
		c.key = f.hash(c.ClientIP())
	}
	return c.key
}

func (f *fairness) hash(addr netip.Addr) uint64 {
	if !addr.IsValid() {
		return 0
	}
	b := addr.As16()
	if addr.Unmap().Is6() {
		return maphash.Bytes(f.seed, b[:8])
	}
	return maphash.Bytes(f.seed, b[:])
}

// client is the address of the client of c's request, by the word of trusted
// proxies if it comes from one.
func (f *fairness) client(c *conn) netip.Addr {
	addr := c.ClientIP()
	if len(f.trusted) > 0 && f.trusts(addr) {
		addr = f.forwarded(slices.Collect(c.request.in.Fields("X-Forwarded-For")), addr)
	}
	return addr
}

// name is what the client of c's request is shown as.
func (f *fairness) name(c *conn) string {
	if f.by == byHeader {
		value := c.request.in.Field(f.header)
		switch {
		case len(value) == 0:
			return "none"
		case isSecret(f.header):
			return fmt.Sprintf("#%016x", f.key(c))
		}
		return strings.ToValidUTF8(string(value[:min(len(value), maxClientName)]), "")
	}
	addr := f.client(c).Unmap()
	switch {
	case !addr.IsValid():
		return "unknown"
	case addr.Is6():
		return netip.PrefixFrom(addr.WithZone(""), 64).Masked().String()
	}
	return addr.String()
}

// maxClientName bounds the name of a client.
const maxClientName = 64

// secretWords are in the names of fields whose values are not shown.
var secretWords = []string{"auth", "cookie", "key", "password", "secret", "session", "token"}

func isSecret(field string) bool {
	field = strings.ToLower(field)
	return slices.ContainsFunc(secretWords, func(word string) bool { return strings.Contains(field, word) })
}

func (f *fairness) trusts(addr netip.Addr) bool {
	return slices.ContainsFunc(f.trusted, func(p netip.Prefix) bool { return p.Contains(addr.Unmap()) })
}

// forwarded is the last address of lists that is not that of a trusted proxy, or
// else otherwise. Each line of a field is one: a proxy may go on in a line of its
// own, below those that the client has sent.
func (f *fairness) forwarded(lists [][]byte, otherwise netip.Addr) netip.Addr {
	for _, list := range slices.Backward(lists) {
		for len(list) > 0 {
			i := bytes.LastIndexByte(list, ',')
			addr, ok := parseAddr(string(bytes.TrimSpace(list[i+1:])))
			if !ok {
				return otherwise
			}
			if otherwise = addr; !f.trusts(addr) {
				return addr
			}
			list = list[:max(0, i)]
		}
	}
	return otherwise
}

// parseAddr reads an address as proxies write it: some add the port, and put IPv6
// in brackets.
func parseAddr(text string) (addr netip.Addr, ok bool) {
	addr, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(text, "["), "]"))
	if err != nil {
		var at netip.AddrPort
		at, err = netip.ParseAddrPort(text)
		addr = at.Addr()
	}
	return addr, err == nil
}
