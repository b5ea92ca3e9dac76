package http1

import (
	"bytes"
	"net/netip"
	"strings"
)

// validHost reports whether value is uri-host [ ":" port ] (RFC 9110, section
// 7.2), where the host is not empty: what two readers take for different hosts
// must not be served.
func validHost(value []byte) bool {
	if bytes.HasPrefix(value, []byte{'['}) {
		end := bytes.IndexByte(value, ']')
		return end > 0 && isIPv6(value[1:end]) && isPort(value[end+1:])
	}
	colon := bytes.IndexByte(value, ':')
	if colon < 0 {
		colon = len(value)
	}
	return isRegName(value[:colon]) && isPort(value[colon:])
}

// isPort reports whether b is nothing, or a colon and digits.
func isPort(b []byte) bool {
	if len(b) > 0 && b[0] != ':' {
		return false
	}
	for _, digit := range b[min(1, len(b)):] {
		if digit < '0' || digit > '9' {
			return false
		}
	}
	return true
}

func isIPv6(text []byte) bool {
	addr, err := netip.ParseAddr(string(text))
	return err == nil && addr.Is6() && addr.Zone() == ""
}

// isRegName reports whether host is a reg-name of RFC 3986, section 3.2.2, that
// is not empty. An IPv4 address is one, too.
func isRegName(host []byte) bool {
	for _, b := range host {
		switch {
		case 'a' <= b && b <= 'z', 'A' <= b && b <= 'Z', '0' <= b && b <= '9':
		case b == '.', strings.IndexByte("-_~!$&'()*+,;=%", b) >= 0:
		default:
			return false
		}
	}
	return len(host) > 0 && validEscapes(host)
}
