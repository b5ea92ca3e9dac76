package server

import (
	"context"
	"net"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// TestCloseCuts checks that nothing survives Close: in any state, and not a
// connection that is accepted meanwhile.
func TestCloseCuts(t *testing.T) {
	inBubbles(t, "", func(t *testing.T, way way) {
		if way.name == "epoll" {
			return // its connections do not come by the listener
		}
		var l *lateListener
		ended := make(chan struct{})
		r := serving(t, &Server{Model: way.model, Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/" {
				<-r.Context().Done()
				close(ended)
			}
		})}, func(t *testing.T) (net.Listener, func() (net.Conn, error)) {
			inner, dial := memory(t)
			l = &lateListener{Listener: inner, late: make(chan *duplex, 1)}
			return l, dial
		})
		silent, partial, idle, active, closing := r.call(), r.call(), r.call(), r.call(), r.call()
		partial.send(getRoot[:5])
		idle.send("GET /x HTTP/1.1\r\nHost: h\r\n\r\n")
		idle.expect(http.StatusOK)
		active.send(getRoot)
		closing.send(garbage)
		closing.expect(http.StatusBadRequest)
		synctest.Wait()
		if s := r.Stats(); s.Conns != [NumStates]int{1, 1, 1, 1, 1} {
			t.Fatalf("connections by state: %v; want one in each", s.Conns)
		}
		start := time.Now()
		r.Close()
		<-ended
		late := newCaller(t, <-l.late)
		for _, c := range []*caller{silent, partial, idle, active, closing, late} {
			c.expectEnd()
		}
		<-r.engine.conns.whenEmpty()
		if s := r.Stats(); s.Closed[CloseCut] != 6 {
			t.Errorf("closed %v; want 6 cut", s.Closed)
		}
		if took := time.Since(start); took != 0 {
			t.Errorf("took %v; want no time", took)
		}
	})
}

// TestLifecycleOrder calls what ends a Server at odd times.
func TestLifecycleOrder(t *testing.T) {
	ends := map[string]func(*Server) error{
		"Close":    (*Server).Close,
		"Shutdown": func(s *Server) error { return s.Shutdown(context.Background()) },
	}
	for name, end := range ends {
		t.Run(name+" before Serve", func(t *testing.T) {
			var s Server
			for range 2 {
				if err := end(&s); err != nil {
					t.Errorf("%s: %v", name, err)
				}
			}
			l, dial := sockets(t)
			if err := s.Serve(l); err != http.ErrServerClosed {
				t.Errorf("Serve: %v; want http.ErrServerClosed", err)
			}
			if nc, err := dial(); err == nil {
				nc.Close()
				t.Error("the listener is still open")
			}
		})
		t.Run(name+" while others do", func(t *testing.T) {
			for range 50 {
				s := &Server{Handler: http.HandlerFunc(hello)}
				var all sync.WaitGroup
				for range 3 {
					l, dial := sockets(t)
					all.Go(func() {
						if err := s.Serve(l); err != http.ErrServerClosed {
							t.Errorf("Serve: %v; want http.ErrServerClosed", err)
						}
					})
					all.Go(func() {
						if nc, err := dial(); err == nil {
							nc.Close()
						}
					})
				}
				for range 3 {
					all.Go(func() {
						if err := end(s); err != nil {
							t.Errorf("%s: %v", name, err)
						}
					})
				}
				all.Wait()
				s.Close()
				if s.engine == nil {
					continue // it was ended before it was begun
				}
				<-s.engine.conns.whenEmpty()
				checkAccounts(t, s.Stats())
			}
		})
	}
}

// A lateListener accepts one more connection once it is closed, as one may
// that has already returned from accept4 then.
type lateListener struct {
	net.Listener
	once sync.Once
	late chan *duplex // the client's end of it
}

func (l *lateListener) Accept() (net.Conn, error) {
	nc, err := l.Listener.Accept()
	if err != nil {
		l.once.Do(func() {
			client, server := newDuplex()
			nc, err = server, nil
			l.late <- client
		})
	}
	return nc, err
}

// TestServeAfterShutdownAsksNothing checks that Serve only closes a listener that
// it has come too late for, as net/http does.
func TestServeAfterShutdownAsksNothing(t *testing.T) {
	s := &Server{Logger: discard, BaseContext: func(net.Listener) context.Context {
		t.Error("BaseContext was called")
		return context.Background()
	}}
	if err := s.Shutdown(context.Background()); err != nil {
		t.Fatal(err)
	}
	l := &closeOnly{}
	if err := s.Serve(l); err != http.ErrServerClosed || l.closed != 1 {
		t.Errorf("Serve: %v, %d calls of Close; want ErrServerClosed, and one", err, l.closed)
	}
}

// closeOnly is a listener that panics if it is asked anything.
type closeOnly struct {
	net.Listener
	closed int
}

func (l *closeOnly) Close() error { l.closed++; return nil }

// TestHooksMayClose checks that a hook may end the server while its connection is
// being accepted.
func TestHooksMayClose(t *testing.T) {
	for name, set := range map[string]func(s *Server){
		"ConnState": func(s *Server) {
			s.ConnState = func(net.Conn, http.ConnState) { s.Close() }
		},
		"ConnContext": func(s *Server) {
			s.ConnContext = func(ctx context.Context, _ net.Conn) context.Context { s.Close(); return ctx }
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := &Server{Handler: http.HandlerFunc(hello), Logger: discard}
			set(s)
			l, dial := sockets(t)
			served := make(chan error, 1)
			go func() { served <- s.Serve(l) }()
			nc, err := dial()
			if err != nil {
				t.Fatal(err)
			}
			newCaller(t, nc).expectEnd()
			if err := within(t, served, "Serve"); err != http.ErrServerClosed {
				t.Errorf("Serve: %v", err)
			}
			<-s.engine.conns.whenEmpty()
		})
	}
}
