package server

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"millpond/pool"
)

// held is how many connections wait for room.
func (r *rig) held() int { return r.engine.pools.work.Blocked() }

// heldRead is how many of them have been read from, and so take up memory.
func (r *rig) heldRead() int { return r.held() - r.Stats().Conns[StateReading] }

// TestBlockServesInOrder checks that nobody is refused while the queue is full:
// who comes then waits, unread or even unaccepted, and is served in the order
// of arrival.
func TestBlockServesInOrder(t *testing.T) {
	bothLinks(t, func(t *testing.T, wire wiring) {
		const early, late = 10, 10
		step, order := make(chan struct{}), make(chan string, early+late+3)
		s := &Server{Overflow: OverflowBlock, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			order <- r.URL.Path
			<-step
			hello(w, r)
		})}
		s.Pool.Workers, s.Pool.Queue = 1, 1
		r := serving(t, s, wire)
		callers := make([]*caller, early)
		for i := range callers {
			callers[i] = r.call()
		}
		until(t, "all are accepted", func() bool { return r.Stats().Accepted == early })
		ask := func(c *caller, i int) { c.send(fmt.Sprintf("GET /%d HTTP/1.1\r\nHost: h\r\n\r\n", i)) }
		for i, c := range callers {
			ask(c, i)
			switch i {
			case 0:
				until(t, "it runs", func() bool { return len(order) == 1 })
			case 1:
				until(t, "it waits", func() bool { return r.Stats().Pool.Waiting == 1 })
			default:
				until(t, "it is held", func() bool { return r.held() == i-1 })
			}
		}
		until(t, "the gate is shut", func() bool { return r.engine.gate.isShut(shutByQueue) })
		for i := range late { // for these it stays so
			c := r.call()
			ask(c, early+i)
			callers = append(callers, c)
		}
		if st := r.Stats(); st.Pool.Running != 1 || st.Pool.Waiting != 1 || st.Accepted > early+1 {
			t.Errorf("%d run, %d wait, %d accepted; want 1, 1, and at most one that was about to be", st.Pool.Running, st.Pool.Waiting, st.Accepted)
		}
		for i, c := range callers[:early] {
			if got, want := <-order, fmt.Sprint("/", i); got != want {
				t.Errorf("served %s; want %s", got, want)
			}
			if n := r.heldRead(); n > 1 && i < early-2 { // from there on the gate is open, and they come at once
				t.Errorf("%d of those that wait were read; want the first at most", n)
			}
			step <- struct{}{}
			c.expect(http.StatusOK)
		}
		close(step)
		for _, c := range callers[early:] {
			c.expect(http.StatusOK)
		}
		r.expectOpen()
		if st := r.Stats(); total(st.Shed[:]) != 0 || st.AcceptPaused == 0 || st.Accepted != early+late {
			t.Errorf("shed %v, paused for %v, accepted %d; want none, some time, %d", st.Shed, st.AcceptPaused, st.Accepted, early+late)
		}
	})
}

// TestPipelinedGoesBehind checks that a client which pipelines gets nothing
// done before others that wait already.
func TestPipelinedGoesBehind(t *testing.T) {
	for overflow := range numOverflows {
		t.Run(overflow.String(), bubble(func(t *testing.T) {
			var order []string
			s := &Server{Overflow: overflow, Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				order = append(order, r.URL.Path)
				time.Sleep(time.Second)
			})}
			s.Pool.Workers, s.Pool.Queue = 1, 1
			if overflow == OverflowReject {
				s.Pool.Queue, s.Pool.Discipline = 10, pool.FIFO
			}
			r := serving(t, s, memory)
			callers := []*caller{r.call(), r.call(), r.call(), r.call()}
			for i, c := range callers {
				request := fmt.Sprintf("GET /%d HTTP/1.1\r\nHost: h\r\n\r\n", i)
				if i == 0 {
					request += "GET /next HTTP/1.1\r\nHost: h\r\n\r\n"
				}
				c.send(request)
				synctest.Wait()
			}
			for _, c := range append(callers, callers[0]) {
				c.expect(http.StatusOK)
			}
			if want := []string{"/0", "/1", "/2", "/3", "/next"}; !slices.Equal(order, want) {
				t.Errorf("served %v; want %v", order, want)
			}
		}))
	}
}

// TestBlockedTimeCounts checks that what a request has waited outside of the queue
// is in its duration, whether it was read before or not.
func TestBlockedTimeCounts(t *testing.T) {
	bubble(func(t *testing.T) {
		took := make(chan time.Duration, 5)
		s := &Server{
			Overflow: OverflowBlock,
			Handler:  http.HandlerFunc(func(http.ResponseWriter, *http.Request) { time.Sleep(time.Second) }),
			Trace:    &Trace{Done: func(r Request) { took <- r.Duration }},
		}
		s.Pool.Workers, s.Pool.Queue = 1, 1
		r := serving(t, s, memory)
		callers := []*caller{r.call(), r.call(), r.call(), r.call(), r.call()}
		callers[4].send("GET /read-in-part ")
		for i, c := range callers {
			synctest.Wait()
			if i == 4 {
				c.send("HTTP/1.1\r\nHost: h\r\n\r\n")
				break
			}
			c.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
		}
		for _, c := range callers {
			c.expect(http.StatusOK)
		}
		for i := range callers {
			if got, want := <-took, time.Duration(i+1)*time.Second; got != want {
				t.Errorf("the %dth took %v; want %v", i+1, got, want)
			}
		}
	})(t)
}

// expectOpen checks that nothing waits for room, and that the gate is open.
func (r *rig) expectOpen() {
	r.t.Helper()
	until(r.t, "the gate is open", func() bool { return r.engine.gate.reasons.Load() == 0 })
	if n := r.held(); n != 0 {
		r.t.Errorf("%d connections are held; want none", n)
	}
}

// TestBlockHammer has far more clients than room, which come, go, pipeline and
// break off all the time. Nobody is refused, every answer that is waited for
// comes, and nothing is stuck in the end.
func TestBlockHammer(t *testing.T) {
	for _, size := range []struct{ workers, queue int }{{1, -1}, {1, 1}, {2, 1}, {4, 3}} {
		bothLinks(t, func(t *testing.T, wire wiring) {
			const clients, rounds = 60, 40
			var now, peak atomic.Int64
			s := &Server{Overflow: OverflowBlock, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if n := now.Add(1); n > peak.Load() {
					peak.Store(n)
				}
				defer now.Add(-1)
				hello(w, r)
			})}
			s.Pool.Workers, s.Pool.Queue = size.workers, size.queue
			s.Control = Control{Live: "/live"}
			r := serving(t, s, wire)
			var sent atomic.Int64
			var all sync.WaitGroup
			for i := range clients {
				rnd := rand.New(rand.NewPCG(3, uint64(i)))
				all.Go(func() {
					for round := 0; round < rounds && !t.Failed(); {
						nc, err := r.dial()
						if err != nil {
							t.Error(err)
							return
						}
						c := newCaller(t, nc)
						for range 1 + rnd.IntN(10) {
							c.hammer(rnd, fmt.Sprintf("c%d-r%d", i, round), &sent)
							round++
						}
						switch rnd.IntN(4) {
						case 0: // leaves behind answers that it does not read, and a partial head
							c.send(strings.Repeat("GET /live HTTP/1.1\r\nHost: h\r\n\r\n", rnd.IntN(40)) + getRoot[:rnd.IntN(len(getRoot))])
						case 1:
							c.visit(rnd, fmt.Sprintf("v%d-r%d", i, round))
						}
						c.Close()
					}
				})
			}
			all.Wait()
			until(t, "all are gone", func() bool { st := r.Stats(); return st.Open() == 0 })
			r.expectOpen()
			st := r.Stats()
			if total(st.Shed[:]) != 0 {
				t.Errorf("shed %v; want none", st.Shed)
			}
			if int(peak.Load()) > size.workers {
				t.Errorf("%d handlers ran at once; want at most %d", peak.Load(), size.workers)
			}
		})
	}
}
