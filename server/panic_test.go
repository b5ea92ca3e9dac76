package server

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"millpond/pool"
)

// A logBuffer is what a server has logged.
type logBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write implements io.Writer.
func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

// count is how often text was logged.
func (b *logBuffer) count(text string) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return strings.Count(b.text.String(), text)
}

// TestHookPanics has each hook panic, once. That is logged, and costs at most
// the connection: it is closed and counted, the next one is served, and the
// server can be shut down.
func TestHookPanics(t *testing.T) {
	const oops = "panic of a test"
	hooks := map[string]func(*Trace, func()){
		"Accepted":   func(tr *Trace, fail func()) { tr.Accepted = fail },
		"StateMoved": func(tr *Trace, fail func()) { tr.StateMoved = func(State, State) { fail() } },
		"Shed":       func(tr *Trace, fail func()) { tr.Shed = func(ShedReason) { fail() } },
		"Bad":        func(tr *Trace, fail func()) { tr.Bad = func(BadReason) { fail() } },
		"Done":       func(tr *Trace, fail func()) { tr.Done = func(Request) { fail() } },
		"Closed":     func(tr *Trace, fail func()) { tr.Closed = func(CloseReason) { fail() } },
		"Accessed":   func(tr *Trace, fail func()) { tr.Accessed = func(*Access) { fail() } },
		"Panicked":   func(tr *Trace, fail func()) { tr.Panicked = func(any) { fail() } },
	}
	for name, set := range hooks {
		everyWay(t, func(t *testing.T, w way) {
			t.Run(name, func(t *testing.T) {
				var once sync.Once
				var log logBuffer
				trace := &Trace{}
				set(trace, func() { once.Do(func() { panic(oops) }) })
				s := &Server{Trace: trace, Logger: slog.New(slog.NewTextHandler(&log, nil)), Model: w.model,
					Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
						if r.URL.Path == "/panic" {
							panic("panic of the handler")
						}
						hello(w, r)
					})}
				s.Pool.Workers, s.Pool.Queue = 1, -1
				r := serving(t, s, w.wire)
				r.panics = true
				for _, request := range []string{"GET /panic HTTP/1.1\r\nHost: h\r\n\r\n", getRoot, garbage} {
					c := r.call()
					io.WriteString(c, request) // it may be closed already
					c.answer(http.MethodGet)
					c.Close()
				}
				if name == "Shed" {
					if w.model != ModelPool {
						return
					}
					s.engine.pools.work.Close(context.Background())
					c := r.call()
					c.send(getRoot)
					io.Copy(io.Discard, c)
				} else {
					c := r.call()
					c.send("GET /fine HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
					c.want(http.StatusOK, "fine")
				}
				if err := r.Shutdown(t.Context()); err != nil {
					t.Errorf("Shutdown: %v", err)
				}
				if n := log.count(oops); n != 1 {
					t.Errorf("logged %d times; want once:\n%s", n, &log.text)
				}
			})
		})
	}
}

// TestHookPanicsInTheLine has a hook panic when a worker reads the request of a
// connection that has waited for room: it costs that connection, which is not moved
// on again.
func TestHookPanicsInTheLine(t *testing.T) {
	bothLinks(t, func(t *testing.T, wire wiring) {
		var log logBuffer
		var armed atomic.Bool
		hold := make(chan struct{})
		s := &Server{Overflow: OverflowBlock, Logger: slog.New(slog.NewTextHandler(&log, nil)),
			Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				<-hold
				hello(w, r)
			}),
			Trace: &Trace{StateMoved: func(_, to State) {
				if to == StateActive && armed.Load() {
					panic("panic of a test")
				}
			}}}
		s.Pool.Workers, s.Pool.Queue = 1, 1
		r := serving(t, s, wire)
		r.panics = true
		callers := []*caller{r.call(), r.call(), r.call(), r.call()} // one runs, one is queued, one waits for room, and the last one unread
		until(t, "all are accepted", func() bool { return r.Stats().Accepted == 4 })
		for i, c := range callers {
			c.send(getRoot)
			until(t, "it runs, waits or is held", func() bool {
				st := r.Stats()
				return st.Pool.Running+st.Pool.Waiting+r.engine.pools.work.Blocked() == i+1
			})
		}
		armed.Store(true)
		close(hold)
		for _, c := range callers[:3] {
			c.expect(http.StatusOK)
		}
		callers[3].expectEnd()
		until(t, "the panic is logged", func() bool { return log.count("panic while a connection was moved on") == 1 })
		if n := r.Stats().Closed[ClosePanic]; n != 1 {
			t.Errorf("%d connections ended by a panic; want 1", n)
		}
	})
}

// TestAllHooksPanic has every hook panic each time, also while a connection is
// closed that a panic has cost. The server lives on, and loses count of none.
func TestAllHooksPanic(t *testing.T) {
	everyWay(t, func(t *testing.T, w way) {
		fail := func() { panic("panic of a test") }
		s := &Server{Model: w.model, Handler: http.HandlerFunc(hello), Logger: discard,
			ConnState: func(net.Conn, http.ConnState) { fail() },
			Trace: &Trace{Accepted: fail, StateMoved: func(State, State) { fail() }, Done: func(Request) { fail() },
				Closed: func(CloseReason) { fail() }}}
		r := serving(t, s, w.wire)
		r.panics = true
		for range 3 {
			c := r.call()
			io.WriteString(c, getRoot)
			c.expectEnd()
		}
		until(t, "all are closed", func() bool { return r.Stats().Closed[ClosePanic] == 3 })
		if err := r.Shutdown(t.Context()); err != nil {
			t.Errorf("Shutdown: %v", err)
		}
	})
}

// TestHookPanicsAtHijack has each hook panic that is told of a connection that a
// handler takes. The handler does not get it, and so it is closed.
func TestHookPanicsAtHijack(t *testing.T) {
	for name, set := range map[string]func(*Server, func()){
		"Closed": func(s *Server, fail func()) { s.Trace = &Trace{Closed: func(CloseReason) { fail() }} },
		"ConnState": func(s *Server, fail func()) {
			s.ConnState = func(_ net.Conn, state http.ConnState) {
				if state == http.StateHijacked {
					fail()
				}
			}
		},
	} {
		everyWay(t, func(t *testing.T, w way) {
			t.Run(name, func(t *testing.T) {
				s := &Server{Model: w.model, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { hijack(t, w) })}
				set(s, func() { panic("panic of a test") })
				r := serving(t, s, w.wire)
				c := r.call()
				c.send(getRoot)
				c.expectEnd()
				if err := r.Shutdown(t.Context()); err != nil {
					t.Errorf("Shutdown: %v", err)
				}
			})
		})
	}
}

// TestPoolHooksStay checks that the server calls the hooks that a user gives to
// its pool besides its own, and that their panics are logged.
func TestPoolHooksStay(t *testing.T) {
	var log logBuffer
	called := make(chan struct{}, 1)
	s := &Server{Handler: http.HandlerFunc(hello), Logger: slog.New(slog.NewTextHandler(&log, nil)), Pool: pool.Config{
		Workers: 1,
		BeforeTask: func() {
			select {
			case called <- struct{}{}:
			default:
			}
			panic("panic of BeforeTask")
		},
	}}
	r := serving(t, s, sockets)
	c := r.call()
	c.send(getRoot)
	c.expect(http.StatusOK)
	within(t, called, "BeforeTask")
	r.engine.logs.flush()
	if log.count("panic of BeforeTask") == 0 {
		t.Error("its panic was not logged")
	}
}

// TestShutdownHookPanics has what is called on shutdown panic: that is logged, and
// costs nothing.
func TestShutdownHookPanics(t *testing.T) {
	var log logBuffer
	r := serving(t, &Server{Handler: http.HandlerFunc(hello), Logger: slog.New(slog.NewTextHandler(&log, nil))}, sockets)
	r.RegisterOnShutdown(func() { panic("panic of a test") })
	if err := r.Shutdown(t.Context()); err != nil {
		t.Errorf("Shutdown: %v", err)
	}
	until(t, "it is logged", func() bool { return log.count("panic of a test") > 0 })
}

// TestEnumsOutOfRange checks that naming a value never panics.
func TestEnumsOutOfRange(t *testing.T) {
	const beyond = 200
	for _, got := range []string{Model(beyond).String(), Overflow(beyond).String(), State(beyond).String(),
		CloseReason(beyond).String(), BadReason(beyond).String(), ShedReason(beyond).String(), Origin(beyond).String(), AcceptError(beyond).String()} {
		if got != "unknown_200" {
			t.Errorf("got %q; want unknown_200", got)
		}
	}
}
