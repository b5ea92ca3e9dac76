package main

import (
	"log/slog"
	"net/http"
	"net/http/httputil"
	"net/url"
)

// backendConns is how many idle connections a proxy keeps to its backend:
// net/http's own default of two for a host would make it dial for almost every
// request.
const backendConns = 1024

// reversed is what a Go programmer writes first: httputil.ReverseProxy as the
// handler of net/http, with no bound.
func reversed(o options, _ http.Handler, log *slog.Logger) (peer, string, error) {
	backend, err := url.Parse(o.Backend)
	if err != nil {
		return nil, "", err
	}
	proxy := &httputil.ReverseProxy{
		Rewrite:   func(r *httputil.ProxyRequest) { r.SetURL(backend) },
		Transport: &http.Transport{MaxIdleConns: backendConns, MaxIdleConnsPerHost: backendConns},
		ErrorLog:  slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	return newNetHTTP(proxy, log), "no bound, before " + o.Backend, nil
}

// backendAddr is the address of the backend, with its port.
func (o options) backendAddr() string {
	u, err := url.Parse(o.Backend)
	if err != nil {
		return o.Backend
	}
	if u.Port() == "" {
		return u.Host + ":80"
	}
	return u.Host
}
