package server

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"millpond/pool"
)

// shutdown begins a Shutdown, and returns where its result comes.
func (r *rig) shutdown(ctx context.Context) <-chan error {
	done := make(chan error, 1)
	go func() { done <- r.Shutdown(ctx) }()
	synctest.Wait()
	return done
}

// callInOrder opens n connections, and then sends a request on each, one after
// the other.
func (r *rig) callInOrder(n int) []*caller {
	all := make([]*caller, n)
	for i := range all {
		all[i] = r.call()
	}
	for _, c := range all {
		c.send(getRoot)
		synctest.Wait()
	}
	return all
}

func TestShutdownClosesIdle(t *testing.T) {
	inBubbles(t, "", func(t *testing.T, way way) {
		r := serving(t, &Server{Model: way.model, Handler: http.HandlerFunc(hello), IdleTimeout: -1, ReadHeaderTimeout: -1}, way.wire)
		silent, idle := r.call(), r.call()
		idle.send(getRoot)
		idle.expect(http.StatusOK)
		start := time.Now()
		if err := <-r.shutdown(context.Background()); err != nil {
			t.Errorf("Shutdown: %v", err)
		}
		if took := time.Since(start); took != newGrace {
			t.Errorf("took %v; want %v", took, newGrace)
		}
		silent.expectEnd()
		idle.expectEnd()
		if s := r.Stats(); s.Closed[CloseDrain] != 2 || !s.Draining {
			t.Errorf("closed %v, draining %v; want two closed for the drain", s.Closed, s.Draining)
		}
	})
}

func TestShutdownAnswersRacingRequests(t *testing.T) {
	inBubbles(t, "", func(t *testing.T, way way) {
		r := serving(t, &Server{Model: way.model, Handler: http.HandlerFunc(hello), IdleTimeout: -1}, way.wire)
		fresh, idle := r.call(), r.call()
		idle.send(getRoot)
		idle.expect(http.StatusOK)
		done := r.shutdown(context.Background())
		time.Sleep(drainGrace - 1)
		for _, c := range []*caller{fresh, idle} {
			c.send(getRoot)
			if resp, _ := c.expect(http.StatusOK); !resp.Close {
				t.Error("the answer does not say Connection: close")
			}
			c.expectEnd()
		}
		if err := <-done; err != nil {
			t.Errorf("Shutdown: %v", err)
		}
	})
}

func TestShutdownLetsHeadsComplete(t *testing.T) {
	inBubbles(t, "", func(t *testing.T, way way) {
		const head = 8 * time.Second
		r := serving(t, &Server{Model: way.model, Handler: http.HandlerFunc(hello), ReadHeaderTimeout: head}, way.wire)
		never, late := r.call(), r.call()
		never.send(getRoot[:5])
		late.send(getRoot[:5])
		start := time.Now()
		done := r.shutdown(context.Background())
		time.Sleep(head - 1)
		late.send(getRoot[5:])
		late.expect(http.StatusOK)
		never.expect(http.StatusRequestTimeout)
		never.closeWrite()
		if err := <-done; err != nil {
			t.Errorf("Shutdown: %v", err)
		}
		if took := time.Since(start); took != head {
			t.Errorf("took %v; want %v", took, head)
		}
	})
}

// TestShutdownServesWhatIsQueued covers both ways to wait for a worker.
func TestShutdownServesWhatIsQueued(t *testing.T) {
	for overflow := range numOverflows {
		t.Run(overflow.String(), bubble(func(t *testing.T) {
			s := &Server{Overflow: overflow, Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
				time.Sleep(time.Minute)
			})}
			s.Pool = pool.Config{Workers: 2, Queue: 3, Discipline: pool.FIFO}
			callers := 5
			if overflow == OverflowBlock {
				callers = 12
			}
			r := serving(t, s, memory)
			all := r.callInOrder(callers)
			done := r.shutdown(context.Background())
			for _, c := range all {
				if resp, _ := c.expect(http.StatusOK); !resp.Close {
					t.Error("the answer does not say Connection: close")
				}
				c.expectEnd()
			}
			if err := <-done; err != nil {
				t.Errorf("Shutdown: %v", err)
			}
		}))
	}
}

// TestShutdownOutOfTime checks that a context that ends turns what is queued
// away with a whole answer, and leaves what runs to Close.
func TestShutdownOutOfTime(t *testing.T) {
	for overflow := range numOverflows {
		t.Run(overflow.String(), bubble(func(t *testing.T) {
			var cancelled sync.WaitGroup
			cancelled.Add(2)
			s := &Server{Overflow: overflow, Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				<-r.Context().Done()
				cancelled.Done()
			})}
			s.Pool = pool.Config{Workers: 2, Queue: 3, Discipline: pool.FIFO}
			r := serving(t, s, memory)
			all := r.callInOrder(12)
			if overflow == OverflowReject {
				for _, c := range all[5:] {
					c.expect(http.StatusServiceUnavailable)
				}
			}
			ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
			defer cancel()
			done := r.shutdown(ctx)
			waiting := all[2:]
			if overflow == OverflowReject {
				for _, c := range all[5:] {
					c.expectEnd()
				}
				waiting = all[2:5]
			}
			for _, c := range waiting {
				if resp, _ := c.expect(http.StatusServiceUnavailable); resp.Header.Get("Retry-After") == "" {
					t.Error("the 503 has no Retry-After")
				}
				c.expectEnd()
				c.Close()
			}
			if err := <-done; !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("Shutdown: %v; want the context's error", err)
			}
			if st := r.Stats(); st.Shed[ShedDraining] != uint64(len(waiting)) || st.Conns[StateActive] != 2 {
				t.Errorf("shed %v, connections %v; want %d shed and 2 active", st.Shed, st.Conns, len(waiting))
			}
			synctest.Wait()
			r.Close()
			cancelled.Wait()
			<-r.engine.conns.whenEmpty()
			if st := r.Stats(); st.Closed[CloseCut] != 2 {
				t.Errorf("closed %v; want 2 cut", st.Closed)
			}
		}))
	}
}

// TestShutdownTakesTheBacklog checks that connections which only the kernel
// knows of, because a full queue keeps the gate shut, are served.
func TestShutdownTakesTheBacklog(t *testing.T) {
	release := make(chan struct{})
	s := &Server{Overflow: OverflowBlock, Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release })}
	s.Pool.Workers, s.Pool.Queue = 1, 1
	r := serving(t, s, sockets)
	var all []*caller
	add := func() {
		c := r.call()
		c.send(getRoot)
		all = append(all, c)
	}
	for range 3 { // one runs, one waits, one finds the queue full
		add()
		until(t, "it was accepted", func() bool { return r.Stats().Conns[StateActive] == len(all) })
	}
	for range 20 {
		add()
	}
	until(t, "all wait in the kernel", func() bool { return r.Stats().Backlogs[0].Length == 20 })
	if a := r.Stats().Accepted; a != 3 {
		t.Errorf("accepted %d; want 3, and the rest in the backlog", a)
	}
	done := make(chan error)
	go func() { done <- r.Shutdown(context.Background()) }()
	until(t, "all are accepted", func() bool { return r.Stats().Accepted == 23 })
	close(release)
	for _, c := range all {
		c.expect(http.StatusOK)
		c.expectEnd()
	}
	if err := <-done; err != nil {
		t.Errorf("Shutdown: %v", err)
	}
}

// TestShutdownUnderLoad has clients ask without pause while the server shuts
// down. No request may fail that a client had reason to send: it stops when a
// response says Connection: close.
func TestShutdownUnderLoad(t *testing.T) {
	const clients = 30
	hammerLinks(t, func(t *testing.T, s *Server, wire wiring) {
		r := serving(t, s, wire)
		var answered, inOne atomic.Int64
		var all sync.WaitGroup
		for range clients {
			c := r.call()
			all.Go(func() {
				for first := true; ; first = false {
					c.send(getRoot)
					resp, _, err := c.answer(http.MethodGet)
					if err != nil || resp.StatusCode != http.StatusOK {
						t.Errorf("a request failed: %v, %v", resp, err)
						return
					}
					if first {
						inOne.Add(1)
					}
					answered.Add(1)
					if resp.Close {
						c.expectEnd()
						c.Close()
						return
					}
				}
			})
		}
		until(t, "the load is up", func() bool { return inOne.Load() == clients && answered.Load() > 50*clients })
		if err := r.Shutdown(context.Background()); err != nil {
			t.Errorf("Shutdown: %v", err)
		}
		all.Wait()
		st := r.Stats()
		if total(st.Shed[:]) != 0 || total(st.BadRequests[:]) != 0 || st.Closed[CloseResponse] != clients {
			t.Errorf("shed %v, bad %v, closed %v; want %d closed by their response", st.Shed, st.BadRequests, st.Closed, clients)
		}
	})
}

// TestShutdownReturnsWhenAllIsTold checks that no hook is called after
// Shutdown: a program can end, and no line of its log is missing.
func TestShutdownReturnsWhenAllIsTold(t *testing.T) {
	inBubbles(t, "", func(t *testing.T, w way) {
		ended := false
		s := &Server{Model: w.model, Handler: http.HandlerFunc(hello), Trace: &Trace{Closed: func(CloseReason) {
			time.Sleep(time.Second)
			ended = true
		}}}
		r := serving(t, s, w.wire)
		c := r.call()
		c.send(strings.Replace(getRoot, "\r\n\r\n", "\r\nConnection: close\r\n\r\n", 1))
		c.expect(http.StatusOK)
		c.Close()
		if err := r.Shutdown(context.Background()); err != nil || !ended {
			t.Errorf("Shutdown: %v; the last hook has returned: %v", err, ended)
		}
	})
}
