package main

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
)

// peer is a server that can be stopped. Serve returns http.ErrServerClosed or
// nil after Shutdown.
type peer interface {
	Serve(net.Listener) error
	Shutdown(context.Context) error
}

// model makes a peer around handler, and says in a few words what bounds it.
type model func(o options, handler http.Handler, log *slog.Logger) (p peer, about string, err error)

func models() map[string]model {
	return map[string]model{
		"nethttp":               plain,
		"nethttp-semaphore":     semaphored,
		"nethttp-limitlistener": listenerLimited,
		"fasthttp":              fastUnbounded,
		"fasthttp-concurrency":  fastBounded,
		"haproxy":               proxied,
		"reverseproxy":          reversed,
	}
}

func modelNames() string {
	return strings.Join(slices.Sorted(maps.Keys(models())), ",")
}

func newPeer(o options, handler http.Handler, log *slog.Logger) (peer, string, error) {
	p, about, err := models()[o.Model](o, handler, log)
	if err != nil {
		return nil, "", fmt.Errorf("--model %s: %w", o.Model, err)
	}
	return p, fmt.Sprintf("model %s, %s, burn %d/ms", o.Model, about, o.BurnPerMs), nil
}
