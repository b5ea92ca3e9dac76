package server

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
)

// backlogged is how many clients wait in the kernel in a test.
const backlogged = 50

// backlog has so many connect, and ask.
func backlog(t *testing.T, dial func() (net.Conn, error)) (all []*caller) {
	for range backlogged {
		nc, err := dial()
		if err != nil {
			t.Fatal(err)
		}
		c := newCaller(t, nc)
		c.send(getRoot)
		all = append(all, c)
	}
	return all
}

// answered checks that all get an answer, which says that it is the last, and has
// them leave.
func answered(t *testing.T, all []*caller) {
	t.Helper()
	for _, c := range all {
		if r, _ := c.expect(http.StatusOK); !r.Close {
			t.Error("the answer does not say that it is the last")
		}
		c.Close()
	}
}

// TestShutdownServesTheBacklog checks that those who wait in the kernel when
// Shutdown is called get their answer, also at MaxConns.
func TestShutdownServesTheBacklog(t *testing.T) {
	release := make(chan struct{})
	s := serving(t, &Server{MaxConns: 2, Handler: holding(release)}, sockets)
	busy := []*caller{s.call(), s.call()}
	for _, c := range busy {
		c.send("GET /hold HTTP/1.1\r\nHost: h\r\n\r\n")
	}
	until(t, "they are busy", func() bool { return s.Stats().InFlight == 2 })
	waiting := backlog(t, s.dial)
	down := make(chan error, 1)
	go func() { down <- s.Shutdown(context.Background()) }()
	until(t, "it drains", func() bool { return s.Stats().Draining })

	late, dial := sockets(t) // and those of a Serve that comes too late
	behind := backlog(t, dial)
	served := make(chan error, 1)
	until(t, "no listener is added", func() bool { return s.engine.life.isClosed() })
	go func() { served <- s.Serve(late) }()

	close(release)
	answered(t, busy)
	answered(t, waiting)
	answered(t, behind)
	if err := within(t, served, "the second Serve"); err != http.ErrServerClosed {
		t.Errorf("Serve: %v", err)
	}
	if err := within(t, down, "Shutdown"); err != nil {
		t.Errorf("Shutdown: %v", err)
	}
}

// A slowAcceptor takes its time before it accepts.
type slowAcceptor struct {
	acceptor
	begun, release chan struct{}
}

func (a slowAcceptor) serve(l net.Listener, base context.Context, arrived func()) (bool, error) {
	close(a.begun)
	<-a.release
	return a.acceptor.serve(l, base, arrived)
}

// TestShutdownWhileServeBegins checks that Shutdown waits until the listener of a
// Serve is accepted from.
func TestShutdownWhileServeBegins(t *testing.T) {
	s := &Server{Handler: http.HandlerFunc(hello), Logger: discard}
	l, dial := sockets(t)
	waiting := backlog(t, dial)
	e, err := s.start()
	if err != nil {
		t.Fatal(err)
	}
	slow := slowAcceptor{e.acceptor, make(chan struct{}), make(chan struct{})}
	e.acceptor = slow
	served, down := make(chan error, 1), make(chan error, 1)
	go func() { served <- s.Serve(l) }()
	<-slow.begun
	go func() { down <- s.Shutdown(context.Background()) }()
	until(t, "no listener is added", e.life.isClosed)
	for range 100 {
		runtime.Gosched() // Shutdown would go on now, if it did not wait
	}
	close(slow.release)
	answered(t, waiting)
	if err := within(t, served, "Serve"); err != http.ErrServerClosed {
		t.Errorf("Serve: %v", err)
	}
	if err := within(t, down, "Shutdown"); err != nil {
		t.Errorf("Shutdown: %v", err)
	}
}

// TestShutdownAsServeBegins has a Shutdown come and go once Serve has begun: who waits
// is served all the same.
func TestShutdownAsServeBegins(t *testing.T) {
	s := &Server{Handler: http.HandlerFunc(hello), Logger: discard}
	l, dial := sockets(t)
	waiting := backlog(t, dial)
	e, err := s.begin()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Shutdown(context.Background()); err != nil {
		t.Errorf("Shutdown: %v", err)
	}
	served := make(chan error, 1)
	go func() { served <- e.serve(&onceListener{Listener: l}) }()
	answered(t, waiting)
	if err := within(t, served, "Serve"); err != http.ErrServerClosed {
		t.Errorf("Serve: %v", err)
	}
	if err := s.Shutdown(context.Background()); err != nil {
		t.Errorf("Shutdown: %v", err)
	}
}

// TestShutdownBeforeServe checks that Serve then serves those who wait, also those
// beyond MaxConns.
func TestShutdownBeforeServe(t *testing.T) {
	for _, most := range []int{0, 2} {
		s := &Server{MaxConns: most, Handler: http.HandlerFunc(hello), Logger: discard}
		l, dial := sockets(t)
		waiting := backlog(t, dial)
		for range 2 {
			if err := s.Shutdown(context.Background()); err != nil {
				t.Errorf("Shutdown: %v", err)
			}
		}
		served := make(chan error, 1)
		go func() { served <- s.Serve(l) }()
		answered(t, waiting)
		if err := within(t, served, "Serve"); err != http.ErrServerClosed {
			t.Errorf("Serve: %v", err)
		}
		if err := s.Shutdown(context.Background()); err != nil {
			t.Errorf("Shutdown: %v", err)
		}
		if n := s.Stats().Accepted; n != backlogged {
			t.Errorf("accepted %d; want %d", n, backlogged)
		}
	}
}

// TestShutdownInBaseContext checks that it does not wait for its own caller, and
// that those who wait get their answer all the same.
func TestShutdownInBaseContext(t *testing.T) {
	var s *Server
	s = &Server{Handler: http.HandlerFunc(hello), Logger: discard, BaseContext: func(net.Listener) context.Context {
		if err := s.Shutdown(context.Background()); err != nil {
			t.Errorf("Shutdown: %v", err)
		}
		return context.Background()
	}}
	l, dial := sockets(t)
	waiting := backlog(t, dial)
	if err := s.Serve(l); err != http.ErrServerClosed {
		t.Errorf("Serve: %v", err)
	}
	answered(t, waiting)
	<-s.engine.conns.whenEmpty()
}

// TestShutdownRefusesForGood checks that a socket that others may have goes on, and
// that of a listener of one's own does not.
func TestShutdownRefusesForGood(t *testing.T) {
	alone := func(alone bool) func(net.Listener) bool { return func(net.Listener) bool { return alone } }
	serve := func(s *Server) error {
		l, err := net.Listen("tcp", s.Addr)
		if err != nil {
			return err
		}
		return s.Serve(l)
	}
	for _, test := range []struct {
		name      string
		exclusive func(net.Listener) bool
		serve     func(*Server) error
		refuses   bool
	}{
		{"Serve", nil, serve, false},
		{"Serve, alone", alone(true), serve, true},
		{"ListenAndServe", nil, (*Server).ListenAndServe, true},
		{"ListenAndServe, not alone", alone(false), (*Server).ListenAndServe, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			var twin *os.File // of the socket
			begun, served := make(chan error, 1), make(chan error, 1)
			s := &Server{Addr: "127.0.0.1:0", Logger: discard, Exclusive: test.exclusive, BaseContext: func(l net.Listener) context.Context {
				var err error
				twin, err = l.(*net.TCPListener).File()
				begun <- err
				return context.Background()
			}}
			go func() { served <- test.serve(s) }()
			if err := within(t, begun, "Serve"); err != nil {
				t.Fatal(err)
			}
			defer twin.Close()
			until(t, "it listens", func() bool { return len(s.Stats().Backlogs) == 1 })
			if err := s.Shutdown(context.Background()); err != nil {
				t.Errorf("Shutdown: %v", err)
			}
			within(t, served, "the end of Serve")
			l, err := net.FileListener(twin)
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			nc, err := net.Dial("tcp", l.Addr().String())
			if err == nil {
				nc.Close()
			}
			if refused := errors.Is(err, syscall.ECONNREFUSED); refused != test.refuses {
				t.Errorf("a connection to the socket afterwards: %v; want it refused: %v", err, test.refuses)
			}
		})
	}
}

// TestShutdownResetsNobody has more clients than may be in connect without pause
// while the server shuts down. Whoever gets a connection gets an answer; the others
// are refused.
func TestShutdownResetsNobody(t *testing.T) {
	const clients, most = 300, 50
	alone := func(net.Listener) bool { return true }
	request := strings.Replace(getRoot, "\r\n\r\n", "\r\nConnection: close\r\n\r\n", 1)
	r := serving(t, &Server{MaxConns: most, Handler: http.HandlerFunc(hello), Exclusive: alone}, sockets)
	var done, failed atomic.Int64
	var all sync.WaitGroup
	for range clients {
		all.Go(func() {
			for {
				nc, err := r.dial()
				if errors.Is(err, syscall.ECONNREFUSED) {
					return
				}
				if err == nil {
					c := newCaller(t, nc)
					c.Write([]byte(request))
					_, _, err = c.answer(http.MethodGet)
					c.Close()
				}
				if err != nil {
					failed.Add(1)
					return
				}
				done.Add(1)
			}
		})
	}
	until(t, "the load is up", func() bool { return done.Load() > 4*clients })
	if err := r.Shutdown(context.Background()); err != nil {
		t.Errorf("Shutdown: %v", err)
	}
	all.Wait()
	if n := failed.Load(); n > 0 {
		t.Errorf("%d of %d requests failed", n, n+done.Load())
	}
}
