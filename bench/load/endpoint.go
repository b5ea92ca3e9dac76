package load

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Request is one kind of request in a workload.
type Request struct {
	// Weight is its share of all requests, relative to the others'; 0 means 1.
	Weight float64
	// Method is GET if empty.
	Method string
	// Target is the path with its query; if empty, that of the base URL.
	Target string
	Header http.Header
	Body   []byte
}

// reachTimeout is how long the first connection to an endpoint may take.
const reachTimeout = 3 * time.Second

// Endpoint is where a load goes: an address, and the requests to send there.
type Endpoint struct {
	addr     netip.AddrPort
	requests []rawRequest
	weights  []float64
}

// rawRequest is a request as it goes over the wire.
type rawRequest struct {
	bytes []byte
	head  bool // the answer has no body
}

// NewEndpoint resolves the host of base, such as "http://127.0.0.1:8080/task",
// where "http://" may be left out, and prepares the requests. Without any, it
// is a GET of base.
func NewEndpoint(ctx context.Context, base string, requests ...Request) (*Endpoint, error) {
	if !strings.Contains(base, "://") && strings.Contains(base, ":") { // 127.0.0.1:8080/path
		base = "http://" + base
	}
	u, err := url.Parse(base)
	if err != nil {
		return nil, fmt.Errorf("the URL cannot be read: %w", err)
	}
	if u.Scheme != "http" || u.Hostname() == "" {
		return nil, fmt.Errorf("URL %q: use http://HOST:PORT/PATH (https is not supported)", base)
	}
	addr, err := resolve(ctx, u)
	if err != nil {
		return nil, err
	}
	if len(requests) == 0 {
		requests = []Request{{}}
	}
	t := &Endpoint{addr: addr}
	for _, r := range requests {
		raw, err := r.encode(u)
		if err != nil {
			return nil, err
		}
		t.requests = append(t.requests, raw)
		weight := r.Weight
		if weight == 0 {
			weight = 1
		}
		t.weights = append(t.weights, weight)
	}
	return t, nil
}

// Local tells whether t is on this host.
func (e *Endpoint) Local() bool {
	if e.addr.Addr().IsLoopback() {
		return true
	}
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		return false
	}
	for _, a := range addrs {
		if n, ok := a.(*net.IPNet); ok && n.IP.Equal(e.addr.Addr().AsSlice()) {
			return true
		}
	}
	return false
}

// Reach tells whether something accepts connections at t, by opening one. On this
// host a server that does not accept in time is there, but overloaded: no error.
func (e *Endpoint) Reach(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, reachTimeout)
	defer cancel()
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", e.addr.String())
	timeout, ok := errors.AsType[net.Error](err)
	switch {
	case err == nil:
		return conn.Close()
	case ok && timeout.Timeout() && e.Local():
		return nil
	}
	return fmt.Errorf("nothing to load: %w", err)
}

// resolve looks up the address of u, IPv4 first.
func resolve(ctx context.Context, u *url.URL) (netip.AddrPort, error) {
	port := u.Port()
	if port == "" {
		port = "80"
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil || n == 0 {
		return netip.AddrPort{}, fmt.Errorf("URL %q: port %q is not between 1 and 65535", u, port)
	}
	ips, err := net.DefaultResolver.LookupNetIP(ctx, "ip", u.Hostname())
	if err != nil {
		return netip.AddrPort{}, fmt.Errorf("look up the host of URL %q: %w", u, err)
	}
	best := ips[0].Unmap()
	for _, ip := range ips {
		if ip = ip.Unmap(); ip.Is4() && !best.Is4() {
			best = ip
		}
	}
	return netip.AddrPortFrom(best, uint16(n)), nil
}

// encode writes r for the host of u.
func (r Request) encode(u *url.URL) (rawRequest, error) {
	method, target := r.Method, r.Target
	if method == "" {
		method = http.MethodGet
	}
	if target == "" {
		target = u.RequestURI()
	}
	if !strings.HasPrefix(target, "/") {
		return rawRequest{}, fmt.Errorf("target %q: it must begin with /", target)
	}
	if strings.ContainsAny(method+target, " \r\n\t") || r.Weight < 0 {
		return rawRequest{}, fmt.Errorf("request %s %q: no white space and no negative weight are allowed", method, target)
	}
	h := r.Header.Clone()
	if h == nil {
		h = http.Header{}
	}
	host := h.Get("Host")
	if host == "" {
		host = u.Host
	}
	h.Del("Host")
	if len(r.Body) > 0 {
		h.Set("Content-Length", strconv.Itoa(len(r.Body)))
	}
	if h.Get("Transfer-Encoding") != "" {
		return rawRequest{}, errors.New("header Transfer-Encoding: requests are sent with Content-Length only")
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\n", method, target, host)
	if err := h.Write(&b); err != nil {
		return rawRequest{}, fmt.Errorf("write the header: %w", err)
	}
	b.WriteString("\r\n")
	b.Write(r.Body)
	return rawRequest{bytes: b.Bytes(), head: method == http.MethodHead}, nil
}

// withClose returns t with requests that ask for the connection to be closed.
func (e *Endpoint) withClose() *Endpoint {
	c := *e
	c.requests = nil
	for _, r := range e.requests {
		line, rest, _ := bytes.Cut(r.bytes, []byte("\r\n"))
		b := bytes.Join([][]byte{line, []byte("Connection: close"), rest}, []byte("\r\n"))
		c.requests = append(c.requests, rawRequest{bytes: b, head: r.head})
	}
	return &c
}
