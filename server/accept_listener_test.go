package server

import (
	"errors"
	"net"
	"net/http"
	"testing"
)

// A namelessListener has no address.
type namelessListener struct{ net.Listener }

func (namelessListener) Addr() net.Addr { return nil }

func TestListenerWithoutAddress(t *testing.T) {
	s := serving(t, &Server{Handler: http.HandlerFunc(hello)}, func(t *testing.T) (net.Listener, func() (net.Conn, error)) {
		l, dial := sockets(t)
		return namelessListener{l}, dial
	})
	c := s.call()
	c.send(getRoot)
	c.expect(http.StatusOK)
	s.Stats() // asks for the backlog
}

// TestServeTwice checks that a second Serve on the same listener leaves the first
// one alone, and ends with it.
func TestServeTwice(t *testing.T) {
	everyWay(t, func(t *testing.T, way way) {
		s := way.serveFunc(t, hello)
		second := make(chan error)
		go func() { second <- s.Serve(s.l) }()
		for range 5 {
			c := s.call()
			c.send(getRoot)
			c.expect(http.StatusOK)
			c.Close()
		}
		s.Close()
		if err := within(t, second, "the second Serve"); err != http.ErrServerClosed {
			t.Errorf("the second Serve: %v", err)
		}
	})
}

// TestListenerClosedByAnother checks that Serve returns why it cannot go on, that
// the connections do go on, and that the server can serve again.
func TestListenerClosedByAnother(t *testing.T) {
	for _, wire := range []wiring{sockets, streams} {
		s := &Server{Handler: http.HandlerFunc(hello), Logger: discard}
		defer s.Close()
		for range 2 {
			l, dial := wire(t)
			served := make(chan error)
			go func() { served <- s.Serve(l) }()
			nc, err := dial()
			if err != nil {
				t.Fatal(err)
			}
			c := newCaller(t, nc)
			c.send(getRoot)
			c.expect(http.StatusOK)
			l.Close()
			if err := within(t, served, "Serve to return"); !errors.Is(err, net.ErrClosed) {
				t.Errorf("Serve: %v; want %v", err, net.ErrClosed)
			}
			c.send(getRoot)
			c.expect(http.StatusOK)
			c.Close()
			<-s.engine.conns.whenEmpty()
		}
	}
}

// TestRoomAtTheCap checks that at MaxConns the connection that has been idle
// longest has to leave for one that wants to come in, and no other.
func TestRoomAtTheCap(t *testing.T) {
	everyWay(t, func(t *testing.T, way way) {
		const most = 3
		s := way.serve(t, &Server{MaxConns: most, Handler: http.HandlerFunc(hello)})
		var all []*caller
		for range 2 * most {
			c := s.call()
			c.send(getRoot)
			c.expect(http.StatusOK)
			all = append(all, c)
			if way.name == "epoll" {
				until(t, "they are parked", func() bool {
					parked := 0
					for _, c := range s.engine.conns.all() {
						if c.parking.Parked() != 0 {
							parked++
						}
					}
					return parked == min(len(all), most)
				})
			}
			if open := s.Stats().Open(); open > most {
				t.Errorf("%d connections are open; want at most %d", open, most)
			}
		}
		if way.name != "epoll" {
			return // it cannot see whether anybody wants to come in, and so keeps others, and fewer
		}
		for _, c := range all[:most] {
			c.expectEnd()
		}
		for _, c := range all[most:] {
			c.send(getRoot)
			c.expect(http.StatusOK)
		}
	})
}

// TestNoRoomForTheBusy checks that one that wants to come in at MaxConns waits
// for a request that is being served, whose connection is not kept then.
func TestNoRoomForTheBusy(t *testing.T) {
	everyWay(t, func(t *testing.T, way way) {
		begun, release := make(chan struct{}), make(chan struct{})
		s := way.serve(t, &Server{MaxConns: 1, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/hold" {
				close(begun)
				<-release
			}
		})})
		busy := s.call()
		busy.send("GET /hold HTTP/1.1\r\nHost: h\r\n\r\n")
		<-begun
		c := s.call()
		c.send(getRoot)
		until(t, "somebody wants to come in", s.engine.crowded.Load)
		close(release)
		if r, _ := busy.expect(http.StatusOK); !r.Close {
			t.Error("the busy one is kept")
		}
		busy.expectEnd()
		c.expect(http.StatusOK)
	})
}
