package main

import (
	"fmt"
	"log/slog"
	"net"
	"net/http"

	"golang.org/x/net/netutil"
)

// plain is net/http as the standard library ships it: a goroutine for each
// connection, no bound.
func plain(_ options, handler http.Handler, log *slog.Logger) (peer, string, error) {
	return newNetHTTP(handler, log), "no bound", nil
}

// semaphored is what most Go programs do about overload: middleware. Admission
// has the bounds of millpond's pool, workers and queue, and a limit on the wait
// besides.
func semaphored(o options, handler http.Handler, log *slog.Logger) (peer, string, error) {
	wait := o.Wait
	if wait == 0 {
		wait = semaphoreWait
	}
	about := fmt.Sprintf("%d at once, %d wait up to %v", o.Workers, o.Queue, wait)
	return newNetHTTP(newSemaphore(o.Workers, o.Queue, wait, handler), log), about, nil
}

// listenerLimited bounds connections, not requests, so its limit counts those
// that wait as well; what is beyond it waits in the kernel's backlog.
func listenerLimited(o options, handler http.Handler, log *slog.Logger) (peer, string, error) {
	n := o.Workers + o.Queue
	about := fmt.Sprintf("%d connections", n)
	return limited{Server: newNetHTTP(handler, log), connections: n}, about, nil
}

func newNetHTTP(handler http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{Handler: handler, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn)}
}

// limited is an http.Server that accepts at most so many connections at once.
type limited struct {
	*http.Server
	connections int
}

// Serve serves l through a LimitListener.
func (s limited) Serve(l net.Listener) error {
	return s.Server.Serve(netutil.LimitListener(l, s.connections))
}
