package server

import (
	"bytes"
	"hash/maphash"
	"net/netip"
	"slices"
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
	addr := f.client(c)
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
		addr = f.forwarded(c.request.in.Field("X-Forwarded-For"), addr)
	}
	return addr
}

func (f *fairness) trusts(addr netip.Addr) bool {
	return slices.ContainsFunc(f.trusted, func(p netip.Prefix) bool { return p.Contains(addr.Unmap()) })
}

// forwarded is the last address of list that is not that of a trusted proxy, or
// else otherwise.
func (f *fairness) forwarded(list []byte, otherwise netip.Addr) netip.Addr {
	for len(list) > 0 {
		i := bytes.LastIndexByte(list, ',')
		addr, err := netip.ParseAddr(string(bytes.TrimSpace(list[i+1:])))
		if err != nil {
			return otherwise
		}
		if otherwise = addr; !f.trusts(addr) {
			return addr
		}
		list = list[:max(0, i)]
	}
	return otherwise
}
