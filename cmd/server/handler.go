package main

import (
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"strings"

	"millpond/server/demo"
	"millpond/server/files"
	"millpond/server/upstream"
)

// What is served where nothing else says so: backends and files to everybody, the
// demo to this machine.
const (
	appAddr  = ":8080"
	demoAddr = "127.0.0.1:8080"
)

// isDemo reports whether the demo is to be served.
func (o *options) isDemo() bool { return len(o.Upstream) == 0 && o.Root == "" }

// handler returns what is to be served on an address that may be loopback:
// backends, files or the demo. Call end when it has served.
func (o *options) handler(loopback bool, log *slog.Logger) (h http.Handler, end func(), err error) {
	switch {
	case len(o.Upstream) > 0:
		return o.proxy(log)
	case o.Root != "":
		root, err := os.OpenRoot(o.Root)
		if err != nil {
			return nil, nil, fmt.Errorf("--root: %w; it must be a directory that can be read", err)
		}
		return files.New(root, o.List), func() { root.Close() }, nil
	}
	cfg := demo.Config{BurnPerMs: o.BurnPerMs, NoTask: !loopback && !o.Demo}
	if !cfg.NoTask {
		if cfg.BurnPerMs == 0 {
			cfg.BurnPerMs = demo.Calibrate()
		}
		log.Info("CPU work of /task", "burn_per_ms", cfg.BurnPerMs)
	}
	return demo.New(cfg), func() {}, nil
}

// proxy passes requests on to backends. To each, as many connections are kept
// as there are workers.
func (o *options) proxy(log *slog.Logger) (http.Handler, func(), error) {
	h, err := upstream.New(upstream.Config{
		Backends: o.Upstream, Timeout: o.UpstreamTimeout, TrustedProxies: o.TrustedProxy, Log: log,
		MaxIdleConns: min(o.Workers.most, autoWorkers),
	})
	if err != nil {
		return nil, nil, fmt.Errorf("--upstream: %w", err)
	}
	return h, h.CloseIdleConnections, nil
}

// served says what is served, for people.
func (o *options) served(loopback bool) string {
	switch {
	case len(o.Upstream) > 0:
		return "upstream " + strings.Join(o.Upstream, ", ")
	case o.Root != "":
		return "files of " + o.Root
	case loopback, o.Demo:
		return "demo"
	}
	return "demo, without /task"
}
