package upstream

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"unicode/utf8"
)

// An address is where a backend listens. Equal backends have equal addresses.
type address struct {
	scheme  string // "http" or "https"
	host    string // HOST:PORT for the URL; "localhost" on a unix socket
	network string // "tcp" or "unix"
	dial    string // HOST:PORT or the path of the socket
}

// String is the address as one writes it, fit for a metric label.
func (a address) String() string {
	if a.network == "unix" {
		return "unix:" + a.dial
	}
	return a.scheme + "://" + strings.ReplaceAll(a.dial, "%", "%25") // of a zone
}

// maxUnixPath is the longest path of a unix socket on every system.
const maxUnixPath = 103

// parseAddress reads a backend of Config.Backends.
func parseAddress(s string) (address, error) {
	if path, ok := strings.CutPrefix(s, "unix:"); ok {
		return parseUnix(s, path)
	}
	if path, ok := strings.CutPrefix(s, "http+unix:"); ok {
		return parseUnix(s, path)
	}
	if !strings.Contains(s, "://") {
		return address{}, faulty(s, "it has no scheme: write http://HOST:PORT or unix:PATH")
	}
	u, err := url.Parse(s)
	if err != nil {
		return address{}, faulty(s, "%v", err.(*url.Error).Err)
	}
	port := map[string]string{"http": "80", "https": "443"}[u.Scheme]
	switch {
	case port == "":
		return address{}, faulty(s, "its scheme is %q: allowed are http, https and unix", u.Scheme)
	case u.User != nil:
		return address{}, faulty(s, "it names a user: credentials belong to the clients' requests")
	case u.Path != "" && u.Path != "/", u.RawQuery != "", u.ForceQuery, u.Fragment != "", strings.HasSuffix(s, "#"):
		return address{}, faulty(s, "it must end after the port: requests are passed on under their own path")
	case !validHost(u.Hostname()):
		return address{}, faulty(s, "%q is no name or address of a host", u.Hostname())
	}
	if p := u.Port(); p != "" {
		n, err := strconv.ParseUint(p, 10, 16)
		if err != nil || n == 0 {
			return address{}, faulty(s, "its port is %s: allowed are 1 to 65535", p)
		}
		port = strconv.FormatUint(n, 10)
	}
	host := net.JoinHostPort(strings.ToLower(u.Hostname()), port)
	return address{scheme: u.Scheme, host: host, network: "tcp", dial: host}, nil
}

// parseUnix reads the path of a unix socket: /run/app.sock, ///run/app.sock
// as a URL has it, run/app.sock, or @name.
func parseUnix(s, path string) (address, error) {
	if rest, ok := strings.CutPrefix(path, "//"); ok {
		if !strings.HasPrefix(rest, "/") {
			return address{}, faulty(s, "a socket's path follows unix: or unix:// and, if it follows //, begins with /")
		}
		path = rest
	}
	if !strings.HasPrefix(path, "@") {
		path = filepath.Clean(path) // or what it begins with could be read as another form
	}
	switch {
	case path == "." || path == "/" || path == "@":
		return address{}, faulty(s, "it has no path: write unix:/run/app.sock")
	case len(path) > maxUnixPath:
		return address{}, faulty(s, "its path has %d bytes: a unix socket's has %d at most", len(path), maxUnixPath)
	case strings.ContainsFunc(path, isControl):
		return address{}, faulty(s, "its path has a control character")
	case !utf8.ValidString(path):
		return address{}, faulty(s, "its path is not UTF-8, as labels of metrics are")
	}
	return address{scheme: "http", host: "localhost", network: "unix", dial: path}, nil
}

// validHost reports whether h is an IP address or made of what names of hosts
// are made of.
func validHost(h string) bool {
	if _, err := netip.ParseAddr(h); err == nil {
		return true
	}
	return h != "" && len(h) <= 253 && !strings.ContainsFunc(h, func(r rune) bool {
		return !isAlphanumeric(r) && !strings.ContainsRune("-._", r)
	})
}

func isAlphanumeric(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f }

func faulty(backend, format string, args ...any) error {
	return fmt.Errorf("upstream: backend %q: "+format, append([]any{backend}, args...)...)
}
