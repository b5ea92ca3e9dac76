package server

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"runtime"
	"sync"
	"syscall"
	"time"
)

const (
	minBackoff = 5 * time.Millisecond // after a failure to accept, doubling
	maxBackoff = time.Second
)

// A onceListener is closed once, whoever comes first: Shutdown, or Serve. Unlike
// a net.Listener of any kind, it can be a key.
type onceListener struct {
	net.Listener
	once sync.Once
	err  error
}

func (l *onceListener) Close() error {
	l.once.Do(func() { l.err = l.Listener.Close() })
	return l.err
}

// serve accepts from l until the engine stops.
func (e *engine) serve(l *onceListener) error {
	base := context.Background()
	if e.baseContext != nil {
		base = e.baseContext(l.Listener)
	}
	if base.Value(http.ServerContextKey) == nil {
		// It tells a handler that it runs in a server: only then does
		// httputil.ReverseProxy abort a response that broke off behind it.
		standIn := &http.Server{Addr: l.Addr().String(), Handler: e.set.handler}
		base = context.WithValue(base, http.ServerContextKey, standIn)
	}
	if !e.open(l) {
		return http.ErrServerClosed
	}
	defer e.forgetListener(l)
	err := e.acceptFrom(l.Listener, base)
	if e.gate.isShut(shutForGood) {
		return http.ErrServerClosed
	}
	return err
}

func (e *engine) acceptFrom(l net.Listener, base context.Context) error {
	if e.set.model == ModelPool {
		if ok, err := e.servePolled(l, base); ok {
			return err
		}
	}
	return e.serveStreams(l, base)
}

// serveStreams accepts connections of any kind, one call at a time.
func (e *engine) serveStreams(l net.Listener, base context.Context) error {
	var failures backoff
	for e.gate.await() {
		nc, err := l.Accept()
		switch {
		case err == nil:
			failures.reset()
			e.welcome(nc, base)
		case e.gate.isShut(shutForGood): // and the listener closed
		case !e.acceptFailed(err, &failures):
			return err
		}
	}
	return http.ErrServerClosed
}

// welcome starts a connection that has no descriptor for the poller, or is
// not to be polled because it runs its own requests.
func (e *engine) welcome(nc net.Conn, base context.Context) {
	c := e.newConn(base)
	s := &stream{Conn: nc, conn: c}
	if e.set.model == ModelPool {
		c.link = s
		e.admit(c)
		c.proceed()
		return
	}
	c.link = newDirect(s)
	e.admit(c)
	if e.set.model == ModelThread && e.conns.size() > e.set.maxThreads {
		go c.refuseThread()
		return
	}
	go func() {
		if e.set.model == ModelThread {
			runtime.LockOSThread() // never unlocked: the thread dies with the goroutine
		}
		c.proceed()
	}()
}

// refuseThread answers a connection that would need one thread too many. Its
// request need not be read for that.
func (c *conn) refuseThread() {
	c.enter(StateActive)
	c.in = c.takeInput()
	c.in.began = c.engine.now()
	c.engine.counters.inFlight.Add(1)
	c.shed(ShedThreads)
}

// admit puts a new connection in the books. From here on it has a timer.
func (e *engine) admit(c *conn) {
	e.counters.accepted.Add(1)
	e.counters.conns[StateNew].Add(1)
	if hook := e.set.trace.Accepted; hook != nil {
		hook()
	}
	e.conns.add(c)
	if e.conns.size() >= e.set.maxConns {
		e.gate.shut(shutByCap)
		e.departed() // one may have left just before
	}
	e.timers.arm(c, timerNew)
	if e.cutting.Load() {
		c.mark(reset) // Close may not have seen it
	}
}

// departed opens the gate again after a connection has left.
func (e *engine) departed() {
	e.gate.openIf(shutByCap, func() bool { return e.conns.size() < e.set.maxConns })
}

// acceptFailed counts a failure, and reports whether to try again. Unless it
// was the connection that failed, it keeps the gate shut for a while. It is
// false only where trying again is in vain: a door that is closed for a
// surprising reason would be a server that is up and serves nobody.
func (e *engine) acceptFailed(err error, b *backoff) (again bool) {
	kind := AcceptOther
	if isAny(err, syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.ENOMEM) {
		kind = AcceptNoFiles
	}
	e.counters.acceptErrors[kind].Add(1)
	_, isErrno := errors.AsType[syscall.Errno](err)
	switch {
	case isAny(err, syscall.ECONNABORTED, syscall.EINTR):
		return true
	case !isErrno || isAny(err, syscall.EBADF, syscall.EINVAL, syscall.ENOTSOCK, syscall.EOPNOTSUPP):
		return false // it is the listener
	}
	delay := b.next()
	e.set.log.Error("accept failed; trying again", slog.Any("error", err), slog.Duration("after", delay))
	e.gate.shut(shutByFailure)
	time.AfterFunc(delay, func() { e.gate.open(shutByFailure) })
	return true
}

func isAny(err error, targets ...error) bool {
	for _, target := range targets {
		if errors.Is(err, target) {
			return true
		}
	}
	return false
}

// A backoff doubles from minBackoff to maxBackoff.
type backoff struct{ last time.Duration }

func (b *backoff) next() time.Duration {
	b.last = min(max(2*b.last, minBackoff), maxBackoff)
	return b.last
}

func (b *backoff) reset() { b.last = 0 }
