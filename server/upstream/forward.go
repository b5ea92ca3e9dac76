package upstream

import (
	"net"
	"net/http"
	"net/http/httputil"
	"net/netip"
	"net/textproto"
	"slices"
	"strconv"
	"strings"
	"time"
)

// forward makes the head that a backend gets. ReverseProxy has dropped the
// fields that are meant for one connection, and Forwarded and three of
// X-Forwarded, before: a client that lists those in Connection drops nothing
// that is set here.
func (h *Handler) forward(p *httputil.ProxyRequest) {
	in, out := p.In, p.Out
	// ReverseProxy drops what package url does not take for a parameter.
	// Nothing here decides by parameters, so the app gets them as they are.
	out.URL.RawQuery = in.URL.RawQuery

	trusted := h.trusted.peer(in.RemoteAddr)
	dropBelieved(out.Header, trusted)
	dropBelieved(out.Trailer, false)
	forwarded(in, out.Header, trusted)
	out.Header["Via"] = append(slices.Clip(out.Header["Via"]), h.via(in))
	if deadline, ok := in.Context().Deadline(); ok {
		left := max(0, time.Until(deadline))
		out.Header.Set("X-Request-Timeout", strconv.FormatFloat(left.Seconds(), 'f', 3, 64))
	}
	if upgrade := out.Header.Get("Upgrade"); upgrade != "" && (out.Body != nil || strings.Contains(strings.ToLower(upgrade), "h2c")) {
		// After an upgrade nobody knows what a body is. HTTP/2 would carry
		// requests that nobody has looked at.
		out.Header.Del("Upgrade")
		out.Header.Del("Connection")
	}
	markIdempotent(out)
}

func (h *Handler) via(in *http.Request) string {
	if in.ProtoMajor == 1 && in.ProtoMinor == 0 {
		return "1.0 " + h.token
	}
	return "1.1 " + h.token
}

// identity has the fields, beside those that begin with X-Forwarded, by which
// apps and their frameworks learn who the client is, what it asked for, or
// what a proxy has checked.
var identity = set("Forwarded",
	"X-Real-Ip", "X-Client-Ip", "X-Cluster-Client-Ip", "Client-Ip", "True-Client-Ip", "Cf-Connecting-Ip",
	"Fastly-Client-Ip", "Fly-Client-Ip", "X-Azure-Clientip", "X-Envoy-External-Address", "X-Original-Forwarded-For",
	"X-Originating-Ip", "X-Remote-Ip", "X-Remote-Addr", "X-Appengine-User-Ip", "X-Proxyuser-Ip", "Wl-Proxy-Client-Ip",
	"X-Scheme", "X-Url-Scheme", "Front-End-Https", "X-Original-Host", "X-Host", "X-Script-Name",
	"X-Original-Url", "X-Original-Uri", "X-Rewrite-Url",
	"Remote-User", "X-Remote-User", "X-Remote-Groups", "X-Auth-Request-User", "X-Auth-Request-Email",
	"X-Auth-Request-Groups", "X-Auth-Request-Preferred-Username", "X-Webauth-User", "X-Goog-Authenticated-User-Email",
	"X-Goog-Authenticated-User-Id", "X-Goog-Iap-Jwt-Assertion", "X-Ms-Client-Principal", "X-Ms-Client-Principal-Name",
	"X-Ms-Client-Principal-Id", "Cf-Access-Authenticated-User-Email", "Cf-Access-Jwt-Assertion",
	"X-Client-Cert", "X-Client-Dn", "X-Client-Verify", "X-Ssl-Cert", "X-Ssl-Client-Cert", "X-Ssl-Client-Dn",
	"X-Ssl-Client-S-Dn", "X-Ssl-Client-Verify", "Ssl-Client-Cert", "Ssl-Client-Verify", "Client-Cert",
	"Client-Cert-Chain",
)

// framing has the fields that say where a body ends.
var framing = set("Content-Length", "Transfer-Encoding")

func set(names ...string) map[string]bool {
	m := make(map[string]bool, len(names))
	for _, n := range names {
		m[n] = true
	}
	return m
}

// dropBelieved drops what says who the client is, unless the peer is trusted.
// Apps get the fields as CGI variables, in which "_" and "-" are the same: a
// spelling with "_" is dropped always, also of the framing, which we set. So is
// Proxy, which CGI makes into HTTP_PROXY.
func dropBelieved(fields http.Header, trusted bool) {
	for name := range fields {
		plain := name
		if strings.Contains(name, "_") {
			plain = textproto.CanonicalMIMEHeaderKey(strings.ReplaceAll(name, "_", "-"))
		}
		believed := identity[plain] || strings.HasPrefix(plain, "X-Forwarded")
		if believed && !trusted || (believed || framing[plain]) && plain != name || plain == "Proxy" {
			delete(fields, name)
		}
	}
}

// forwarded sets X-Forwarded-For, -Host and -Proto, and Forwarded (RFC 7239).
// A trusted peer's are continued. If such a peer sends only one of
// X-Forwarded-For and Forwarded, so do we: a new one beside it would tell the
// app that the peer is the client.
func forwarded(in *http.Request, out http.Header, trusted bool) {
	peer, proto := peerIP(in.RemoteAddr), "http"
	if in.TLS != nil {
		proto = "https"
	}
	var priorFor, prior []string
	if trusted {
		priorFor, prior = in.Header["X-Forwarded-For"], in.Header["Forwarded"]
	}
	if peer != "" && (len(priorFor) > 0 || len(prior) == 0) {
		out["X-Forwarded-For"] = continued(priorFor, peer)
	} else if len(priorFor) > 0 {
		out["X-Forwarded-For"] = priorFor
	}
	if len(prior) > 0 || len(priorFor) == 0 {
		out["Forwarded"] = continued(prior, element(peer, in.Host, proto))
	}
	keep(in, out, "X-Forwarded-Host", in.Host, trusted)
	keep(in, out, "X-Forwarded-Proto", proto, trusted)
}

// continued is a list of one line.
func continued(prior []string, last string) []string {
	if len(prior) == 0 {
		return []string{last}
	}
	return []string{strings.Join(prior, ", ") + ", " + last}
}

// keep sets a field to what a trusted peer says, or else to value.
func keep(in *http.Request, out http.Header, name, value string, trusted bool) {
	if said := in.Header[name]; trusted && len(said) > 0 {
		out[name] = said
	} else if value != "" {
		out[name] = []string{value}
	}
}

// element is one of the list in Forwarded, about this hop.
func element(peer, host, proto string) string {
	switch {
	case peer == "":
		peer = "unknown"
	case strings.Contains(peer, ":"):
		peer = `"[` + peer + `]"`
	}
	e := "for=" + peer
	if host != "" {
		e += ";host=" + quoted(host)
	}
	return e + ";proto=" + proto
}

// quoted returns s as a token if it is one, and else as a quoted string.
func quoted(s string) string {
	special := func(r rune) bool { return !isAlphanumeric(r) && !strings.ContainsRune("!#$%&'*+-.^_`|~", r) }
	if !strings.ContainsFunc(s, special) {
		return s
	}
	return `"` + escaper.Replace(s) + `"`
}

var escaper = strings.NewReplacer(`\`, `\\`, `"`, `\"`) // to make one takes longer than all else here

// peerIP is the IP address of a peer, or "" if it has none, as on a unix
// socket.
func peerIP(remote string) string {
	host, _, err := net.SplitHostPort(remote)
	if err != nil {
		return ""
	}
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return ""
	}
	return ip.Unmap().WithZone("").String()
}
