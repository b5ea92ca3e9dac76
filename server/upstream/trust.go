package upstream

import (
	"net/netip"
	"slices"
	"strings"
)

// trusted are the peers that may say who the client is.
type trusted struct {
	prefixes []netip.Prefix
	unix     bool
}

func newTrusted(c Config) trusted {
	t := trusted{unix: c.TrustUnixPeers}
	for _, p := range c.TrustedProxies {
		// The address of an IPv4 peer is one of IPv4 wherever it is compared.
		if p.Addr().Is4In6() && p.Bits() >= 96 {
			p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
		}
		t.prefixes = append(t.prefixes, p)
	}
	return t
}

// peer reports whether the peer at remote, as in http.Request.RemoteAddr, is
// trusted.
func (t trusted) peer(remote string) bool {
	ip, err := netip.ParseAddr(peerIP(remote))
	if err != nil {
		return t.unix && isUnix(remote)
	}
	return slices.ContainsFunc(t.prefixes, func(p netip.Prefix) bool { return p.Contains(ip) })
}

// isUnix reports whether remote is that of a peer on a unix socket: such a
// peer has no address as a rule.
func isUnix(remote string) bool {
	return remote == "" || strings.HasPrefix(remote, "@") || strings.HasPrefix(remote, "/")
}
