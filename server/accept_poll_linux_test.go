package server

import (
	"context"
	"net/http"
	"testing"
	"time"

	"millpond/server/internal/poll"
)

// TestWorkersPoll checks that a worker's look between two requests is enough
// to accept, read and shed: here, nobody else polls.
func TestWorkersPoll(t *testing.T) {
	release := make(chan struct{})
	s := &Server{Handler: holding(release), Logger: discard}
	s.Pool.Workers, s.Pool.Queue = 1, 1
	e, err := s.start()
	if err != nil {
		t.Fatal(err)
	}
	l, dial := sockets(t)
	defer l.Close()
	p := e.acceptor.(*polling)
	poller, err := poll.NewPoller(p.ready) // which nobody runs
	if err != nil {
		t.Fatal(err)
	}
	p.poller.Store(poller)
	raw, _ := pollable(l)
	pl, err := p.listen(l, raw, context.Background())
	if err != nil {
		t.Fatal(err)
	}
	look := func() {
		time.Sleep(0)
		poller.BeforeTask()
	}
	var waiting []*caller
	for range 2 {
		nc, err := dial()
		if err != nil {
			t.Fatal(err)
		}
		c := newCaller(t, nc)
		c.send("GET /hold HTTP/1.1\r\nHost: h\r\n\r\n")
		waiting = append(waiting, c)
		until(t, "it was read by a worker", func() bool {
			look()
			return s.Stats().InFlight == len(waiting)
		})
	}
	nc, err := dial()
	if err != nil {
		t.Fatal(err)
	}
	c := newCaller(t, nc)
	c.send(getRoot)
	until(t, "it was shed by a worker", func() bool {
		look()
		return s.Stats().Shed[ShedQueueFull] == 1
	})
	c.refused(http.MethodGet, true)
	close(release)
	for _, c := range waiting {
		c.expect(http.StatusOK)
	}
	s.Close()
	p.end(pl, http.ErrServerClosed)
	<-e.conns.whenEmpty()
	checkAccounts(t, s.Stats())
}
