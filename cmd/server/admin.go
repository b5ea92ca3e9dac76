package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/http/pprof"
	"sync"
	"time"

	"golang.org/x/net/netutil"
)

// serveAside serves what there is beside the main address. The returned
// function, of which only the first call counts, stops it; call it after the
// drain, so that the last scrapes and checks still see the end.
func (a *app) serveAside(s *sockets) (stop func()) {
	var stops []func()
	if s.admin != nil {
		stops = append(stops, a.serveAdmin(s.admin))
	}
	if s.agent != nil && a.meter != nil {
		stops = append(stops, a.serveAgent(s.agent))
	}
	return sync.OnceFunc(func() {
		for _, stop := range stops {
			stop()
		}
	})
}

// adminConns is how many connections to the admin address there may be, for the
// viewers and as many more: the descriptors of all others are the main one's.
const adminConns = 2 * viewers

// serveAdmin serves the control lane and the profiler on a plain net/http
// server, which no load on the main address can block.
func (a *app) serveAdmin(ln net.Listener) (stop func()) {
	mux := http.NewServeMux()
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/cmdline", pprof.Cmdline)
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("/debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
	mux.Handle("GET /{$}", http.RedirectHandler("status", http.StatusFound)) // what people type

	srv := &http.Server{
		Handler:           a.lane.Handler(a.ready, mux),
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       75 * time.Second,
		ErrorLog:          slog.NewLogLogger(a.log.Handler(), slog.LevelError),
	}
	served := make(chan struct{})
	go func() {
		defer close(served)
		if err := srv.Serve(netutil.LimitListener(ln, adminConns)); !errors.Is(err, http.ErrServerClosed) {
			a.log.Error("admin address failed", "err", err)
		}
	}()
	a.log.Info("admin address", "url", url(ln.Addr()), "listens", ln.Addr().String(), "only_here", isLoopback(ln.Addr()))
	return func() {
		a.page.Close() // Its viewers would keep their streams.
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if srv.Shutdown(ctx) != nil {
			srv.Close() // A profile is still being taken.
		}
		<-served
	}
}
