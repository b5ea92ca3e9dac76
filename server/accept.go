package server

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"sync"

	"millpond/server/internal/poll"
)

// serve accepts from l until the engine stops. It ends what begin of the lifecycle began.
func (e *engine) serve(l *onceListener) error {
	defer e.life.serving.Done()
	base := sync.OnceValue(func() context.Context { return e.baseOf(l.Listener) })
	if !e.life.isClosed() {
		base() // before any Shutdown waits for this, as it may call one
	}
	if !e.life.add(l) {
		if !e.life.isCutting() {
			e.acceptor.serveRest(l, base) // Shutdown was first
		}
		return http.ErrServerClosed
	}
	defer e.logs.flush()
	defer e.life.forget(l)
	arrived := sync.OnceFunc(e.life.arriving.Done)
	defer arrived()
	err := e.acceptFrom(l.Listener, base(), arrived)
	if e.gate.isShut(shutForGood) {
		return http.ErrServerClosed
	}
	return err
}

// baseOf makes the context of the connections of l.
func (e *engine) baseOf(l net.Listener) context.Context {
	base := context.Background()
	if e.baseContext != nil {
		if base = e.baseContext(l); base == nil {
			panic("server: BaseContext returned nil")
		}
	}
	if base.Value(http.ServerContextKey) != nil {
		return base
	}
	// It tells a handler that it runs in a server: only then does
	// httputil.ReverseProxy abort a response whose backend broke off. And it
	// has the log that net/http and others write to.
	standIn := &http.Server{Handler: e.handler, ErrorLog: slog.NewLogLogger(e.log.Handler(), slog.LevelError)}
	if addr := l.Addr(); addr != nil {
		standIn.Addr = addr.String()
	}
	return context.WithValue(base, http.ServerContextKey, standIn)
}

// acceptFrom calls arrived when a Shutdown that comes then finds whoever waits at l.
func (e *engine) acceptFrom(l net.Listener, base context.Context, arrived func()) error {
	if ok, err := e.acceptor.serve(l, base, arrived); ok {
		return err
	}
	arrived()
	return e.serveStreams(l, base)
}

// serveStreams accepts connections of any kind, one call at a time.
func (e *engine) serveStreams(l net.Listener, base context.Context) error {
	var failures backoff
	for e.awaitGate() {
		nc, err := l.Accept()
		if err == nil {
			failures.reset()
			e.welcome(nc, base)
		} else if !e.gate.isShut(shutForGood) && !e.acceptFailed(err, &failures) { // or else somebody has closed l
			return err
		}
	}
	return http.ErrServerClosed
}

// awaitGate is await of the gate for who cannot see whether anybody wants to come
// in, and so assumes it.
func (e *engine) awaitGate() bool {
	if e.gate.isShut(shutByCap) {
		e.makeRoom()
	}
	return e.gate.await()
}

// welcome starts a connection that has no descriptor for the poller, or is
// not to be polled because it runs its own requests.
func (e *engine) welcome(nc net.Conn, base context.Context) {
	if e.model != ModelPool {
		e.startOwn(nc, base)
		return
	}
	c := e.newConn(base)
	c.Link = poll.NewStream(nc, &c.parking, e.replyTimeout(), c.event)
	e.start(c)
}

// start has a new connection moved on.
func (e *engine) start(c *conn) {
	defer c.survive()
	c.list()
	e.enroll(c)
	e.moveOn(c)
}
