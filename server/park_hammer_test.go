package server

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"millpond/pool"
)

// hammerLinks runs a test against each way in which a connection can wait and
// be woken.
func hammerLinks(t *testing.T, test func(*testing.T, *Server, wiring)) {
	bothLinks(t, func(t *testing.T, wire wiring) {
		for overflow := range numOverflows {
			t.Run("overflow="+overflow.String(), func(t *testing.T) {
				s := &Server{Overflow: overflow, Handler: http.HandlerFunc(hello)}
				s.Pool = pool.Config{Workers: 4, Queue: 1000, Discipline: pool.FIFO} // refuses nobody
				if overflow == OverflowBlock {
					s.Pool.Queue = 2
				}
				test(t, s, wire)
			})
		}
	})
	for m := ModelGoroutine; m < numModels; m++ {
		t.Run("model="+m.String(), func(t *testing.T) {
			test(t, &Server{Model: m, Handler: http.HandlerFunc(hello)}, sockets)
		})
	}
}

// TestNoWakeUpIsLost has many clients send requests in pieces, pipelined, at
// odd moments. Each must get exactly one answer for each, in order: a lost
// wake-up would leave one waiting for ever.
func TestNoWakeUpIsLost(t *testing.T) {
	hammerLinks(t, func(t *testing.T, s *Server, wire wiring) {
		const clients, rounds = 40, 60
		r := serving(t, s, wire)
		var sent atomic.Int64
		var all sync.WaitGroup
		for i := range clients {
			c := r.call()
			rnd := rand.New(rand.NewPCG(1, uint64(i)))
			all.Go(func() {
				for round := range rounds {
					c.hammer(rnd, fmt.Sprintf("c%d-r%d", i, round), &sent)
				}
			})
		}
		all.Wait()
		served := int64(r.Stats().Pool.Started)
		if s.Overflow == OverflowBlock { // those who wait unread may come with a part of a request only
			served = min(served, sent.Load())
		}
		if s.Model == ModelPool && served != sent.Load() {
			t.Errorf("the pool ran %d tasks for %d requests", served, sent.Load())
		}
	})
}

// hammer sends a few requests at once, in random pieces with pauses, and checks
// their answers.
func (c *caller) hammer(rnd *rand.Rand, name string, sent *atomic.Int64) {
	var batch strings.Builder
	n := 1 + rnd.IntN(4)
	for k := range n {
		fmt.Fprintf(&batch, "GET /%s-%d HTTP/1.1\r\nHost: h\r\n", name, k)
		if rnd.IntN(8) == 0 {
			fmt.Fprintf(&batch, "X: %s\r\n", strings.Repeat("x", rnd.IntN(6<<10)))
		}
		batch.WriteString("\r\n")
	}
	for rest := batch.String(); rest != ""; {
		piece := 1 + rnd.IntN(len(rest))
		c.send(rest[:piece])
		rest = rest[piece:]
		for range rnd.IntN(20) {
			runtime.Gosched()
		}
	}
	sent.Add(int64(n))
	for k := range n {
		resp, body, err := c.answer(http.MethodGet)
		if err != nil || resp.StatusCode != http.StatusOK || body != fmt.Sprintf("%s-%d", name, k) {
			c.t.Errorf("request %s-%d got %v, %q, %v", name, k, resp, body, err)
			return
		}
	}
}

// TestReusedSlots has clients come and go, in every way, so that slots and
// descriptors are reused at once. No answer may reach another client, and in
// the end no connection is left.
func TestReusedSlots(t *testing.T) {
	hammerLinks(t, func(t *testing.T, s *Server, wire wiring) {
		const clients, visits = 16, 80
		r := serving(t, s, wire)
		var all sync.WaitGroup
		for i := range clients {
			rnd := rand.New(rand.NewPCG(2, uint64(i)))
			all.Go(func() {
				for visit := range visits {
					nc, err := r.dial()
					if err != nil {
						t.Error(err)
						return
					}
					c := newCaller(t, nc)
					c.visit(rnd, fmt.Sprintf("c%d-v%d", i, visit))
					c.Close()
				}
			})
		}
		all.Wait()
		until(t, "all have come and gone", func() bool {
			st := r.Stats()
			return st.Accepted == clients*visits && st.Open() == 0
		})
		if st := r.Stats(); st.Accepted != clients*visits || total(st.Closed[:]) != st.Accepted {
			t.Errorf("accepted %d, closed %v; want %d", st.Accepted, st.Closed, clients*visits)
		}
	})
}

// visit does one of the things that clients do to a server.
func (c *caller) visit(rnd *rand.Rand, name string) {
	request := fmt.Sprintf("GET /%s HTTP/1.1\r\nHost: h\r\n\r\n", name)
	check := func() {
		if _, body, err := c.answer(http.MethodGet); err != nil || body != name {
			c.t.Errorf("request %s got %q, %v", name, body, err)
		}
	}
	switch rnd.IntN(7) {
	case 0: // leaves at once
	case 1: // resets
		io.WriteString(c, request[:rnd.IntN(len(request))])
		c.Conn.(*net.TCPConn).SetLinger(0)
	case 2: // leaves without reading the answer
		c.send(request)
	case 3: // resets while it is being served
		c.send(request)
		c.Conn.(*net.TCPConn).SetLinger(0)
	case 4: // asks, and says that it has nothing more to ask
		c.send(request)
		c.closeWrite()
		check()
		c.expectEnd()
	case 5: // has the server close
		c.send(strings.Replace(request, "\r\n\r\n", "\r\nConnection: close\r\n\r\n", 1))
		check()
		c.expectEnd()
	default:
		for range 1 + rnd.IntN(3) {
			c.send(request)
			check()
		}
	}
}

// TestParkedHoldsNothing checks that idle connections and half heads hold no
// worker and, in an epoll set, no goroutine.
func TestParkedHoldsNothing(t *testing.T) {
	bothLinks(t, func(t *testing.T, wire wiring) {
		idle, partial, each := 5000, 1000, 0
		if raceEnabled {
			idle, partial = 1500, 500 // the race detector has a limit on goroutines
		}
		if t.Name() == "TestParkedHoldsNothing/link=stream" {
			each = 1
		}
		s := &Server{Handler: http.HandlerFunc(hello), IdleTimeout: -1, ReadHeaderTimeout: -1}
		s.Pool.Workers, s.Pool.Discipline = 8, pool.FIFO // which sheds nobody because the machine is busy
		r := serving(t, s, wire)
		warm := r.call()
		warm.send(getRoot)
		warm.expect(http.StatusOK)
		before := runtime.NumGoroutine()
		for range idle {
			c := r.call()
			c.send(getRoot)
			c.expect(http.StatusOK)
		}
		for range partial {
			r.call().send(getRoot[:20])
		}
		until(t, "all heads are being read", func() bool { return r.Stats().Conns[StateReading] == partial })
		warm.send(getRoot)
		warm.expect(http.StatusOK)
		if n, most := runtime.NumGoroutine(), before+s.Pool.Workers+each*(idle+partial); n > most {
			t.Errorf("%d goroutines; want at most %d", n, most)
		}
		until(t, "all are parked", func() bool { st := r.Stats(); return st.Conns[StateIdle] == idle+1 && st.Pool.Running == 0 })
	})
}
