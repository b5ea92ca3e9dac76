package server

import (
	"fmt"
	"hash/maphash"
	"net/http"
	"net/netip"
	"strings"

	"golang.org/x/net/http/httpguts"
)

// A fairness tells whose request one is, for equal shares among clients. Its
// hash is seeded anew in each process, so that no client can choose to be taken
// for another.
type fairness struct {
	seed    maphash.Seed
	by      sameness
	header  string // of byHeader
	trusted []netip.Prefix
}

// A sameness is what makes two requests those of one client.
type sameness uint8

const (
	byNothing sameness = iota
	byAddress
	byHeader
)

// newFairness is by what Server.FairBy says.
func newFairness(by string, trusted []netip.Prefix) (fairness, error) {
	f := fairness{seed: maphash.MakeSeed()}
	for _, p := range trusted {
		if p.Addr().Is4In6() && p.Bits() >= 96 { // IPv4 is compared in its own form
			p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
		}
		f.trusted = append(f.trusted, p)
	}
	name, isHeader := strings.CutPrefix(by, "header:")
	switch {
	case by == "" || by == "ip":
		f.by = byAddress
	case isHeader && httpguts.ValidHeaderFieldName(name):
		f.by, f.header = byHeader, http.CanonicalHeaderKey(name)
	case by != "none":
		return f, fmt.Errorf("server: FairBy must be ip, none, or header: and the name of a field, such as header:X-Tenant, got %q", by)
	}
	return f, nil
}
