package server

import (
	"bytes"
	"fmt"
	"hash/maphash"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"golang.org/x/net/http/httpguts"
)

// A fairness tells whose request one is, for equal shares among clients. Its
// hash is seeded anew in each process, so that no client can choose to be taken
// for another.
type fairness struct {
	seed    maphash.Seed
	by      func(*fairness, *conn) uint64 // nil if all are one client
	header  string
	trusted []netip.Prefix
}

// newFairness is by what Server.FairBy says.
func newFairness(by string, trusted []netip.Prefix) (fairness, error) {
	f := fairness{seed: maphash.MakeSeed(), trusted: trusted}
	name, isHeader := strings.CutPrefix(by, "header:")
	switch {
	case by == "" || by == "ip":
		f.by = (*fairness).byAddress
	case isHeader && httpguts.ValidHeaderFieldName(name):
		f.by, f.header = (*fairness).byHeader, http.CanonicalHeaderKey(name)
	case by != "none":
		return f, fmt.Errorf("server: FairBy must be ip, none, or header: and the name of a field, such as header:X-Tenant, got %q", by)
	}
	return f, nil
}

// key is that of the client of c's request.
func (f *fairness) key(c *conn) uint64 {
	if f.by == nil {
		return 0
	}
	return f.by(f, c)
}

func (f *fairness) byHeader(c *conn) uint64 {
	return maphash.Bytes(f.seed, c.request.in.Field(f.header))
}

// byAddress takes an IPv6 client for its /64, of which it has all addresses.
func (f *fairness) byAddress(c *conn) uint64 {
	addr := c.ClientIP()
	if len(f.trusted) > 0 && f.trusts(addr) {
		addr = f.forwarded(c.request.in.Field("X-Forwarded-For"), addr)
	}
	if !addr.IsValid() {
		return 0
	}
	b := addr.As16()
	if addr.Unmap().Is6() {
		return maphash.Bytes(f.seed, b[:8])
	}
	return maphash.Bytes(f.seed, b[:])
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
