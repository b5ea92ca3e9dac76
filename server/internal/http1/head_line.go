package http1

import (
	"bytes"
	"net/url"
	"strconv"

	"golang.org/x/net/http/httpguts"
)

// judgeMethod judges the beginning of a request line, as far as it is there:
// a token, then a space. It turns away garbage, and the hello of a TLS
// client, with its first byte.
func judgeMethod(line []byte) *Fault {
	for i, b := range line {
		switch {
		case b == ' ' && i > 0:
			return nil
		case i == maxMethodBytes || !isToken(b):
			return faultMethod
		}
	}
	return nil
}

// judgeRequestLine judges method SP target SP version (RFC 9112, section 3).
func (s *scanner) judgeRequestLine(line []byte) *Fault {
	method, rest := cutBytes(line, ' ')
	target, version := cutBytes(rest, ' ')
	if len(target) == 0 {
		return faultRequestLine
	}
	h := &s.head
	h.Method = verbOf(method)
	if f := h.judgeVersion(version); f != nil {
		return f
	}
	h.pathFrom = s.line + len(method) + 1
	path, _ := cutBytes(target, '?')
	h.pathTo = h.pathFrom + len(path)
	return judgeTarget(h.Method, target, path)
}

func (h *Head) judgeVersion(v []byte) *Fault {
	digit := func(b byte) bool { return '0' <= b && b <= '9' }
	if len(v) != len("HTTP/1.1") || string(v[:5]) != "HTTP/" || !digit(v[5]) || v[6] != '.' || !digit(v[7]) {
		return faultRequestLine
	}
	if v[5] != '1' {
		return faultVersion
	}
	h.HTTP10 = v[7] == '0' // a higher minor version is answered as HTTP/1.1: RFC 9110, section 2.5
	return nil
}

// judgeTarget judges the four forms of RFC 9112, section 3.2, with what comes
// before the query.
func judgeTarget(method Verb, target, path []byte) *Fault {
	for _, b := range target {
		if b <= ' ' || b >= 0x7f || b == '#' {
			return faultTarget
		}
	}
	switch {
	case target[0] == '/':
		if !validEscapes(path) {
			return faultTarget
		}
		return nil
	case string(target) == "*":
		if method != VerbOptions && method != VerbOther { // M-SEARCH and NOTIFY of SSDP have it too
			return faultTarget
		}
		return nil
	}
	// The two forms that only proxies see are rare: net/url may allocate.
	if method == VerbConnect {
		return judgeAuthority(target)
	}
	scheme, rest, _ := bytes.Cut(path, []byte("://"))
	authority, _ := cutBytes(rest, '/')
	if _, err := url.ParseRequestURI(string(target)); err != nil || !validHost(authority) || !foldsTo(scheme, "http") && !foldsTo(scheme, "https") {
		return faultTarget
	}
	return nil
}

// judgeAuthority judges what CONNECT asks for: a host and a port, both of
// which must be there (RFC 9110, section 9.3.6).
func judgeAuthority(target []byte) *Fault {
	u, err := url.ParseRequestURI("http://" + string(target))
	if err != nil || !validHost(target) {
		return faultTarget
	}
	if port, err := strconv.ParseUint(u.Port(), 10, 16); err != nil || port == 0 {
		return faultTarget
	}
	return nil
}

// validEscapes reports whether every percent sign begins an escape.
func validEscapes(path []byte) bool {
	for {
		i := bytes.IndexByte(path, '%')
		if i < 0 {
			return true
		}
		if len(path) < i+3 || !isHex(path[i+1]) || !isHex(path[i+2]) {
			return false
		}
		path = path[i+3:]
	}
}

func isHex(b byte) bool {
	return '0' <= b && b <= '9' || 'a' <= b && b <= 'f' || 'A' <= b && b <= 'F'
}

func isToken(b byte) bool { return httpguts.IsTokenRune(rune(b)) }
