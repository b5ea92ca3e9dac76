package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"

	"millpond/server/demo"
	"millpond/server/files"
	"millpond/server/upstream"
)

// handler returns what is to be served: backends, files or the demo. Call end
// when it has served.
func (o *options) handler(log *slog.Logger) (h http.Handler, end func(), err error) {
	switch {
	case len(o.Upstream) > 0 && o.Root != "":
		return nil, nil, errors.New("--upstream and --root do not go together: choose one")
	case len(o.Upstream) > 0:
		return o.proxy(log)
	case o.Root != "":
		root, err := os.OpenRoot(o.Root)
		if err != nil {
			return nil, nil, fmt.Errorf("--root: %w; it must be a directory that can be read", err)
		}
		return files.New(root, o.List), func() { root.Close() }, nil
	}
	burn := o.BurnPerMs
	if burn == 0 {
		burn = demo.Calibrate()
	}
	log.Info("CPU work of /task", "burn_per_ms", burn)
	return demo.New(demo.Config{BurnPerMs: burn}), func() {}, nil
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
