package server

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
)

// TestStatsUnderLoad takes snapshots all the time while clients come and go.
// The laws of the pool hold in each; those over connections at rest, for they
// are read counter by counter.
func TestStatsUnderLoad(t *testing.T) {
	bothLinks(t, func(t *testing.T, wire wiring) {
		const clients, visits = 20, 60
		var accepted, closed, done, shed atomic.Int64
		s := &Server{Handler: http.HandlerFunc(hello), Trace: &Trace{
			Accepted: func() { accepted.Add(1) },
			Closed:   func(CloseReason) { closed.Add(1) },
			Done:     func(Request) { done.Add(1) },
			Shed:     func(ShedReason) { shed.Add(1) },
		}}
		s.Pool.Workers, s.Pool.Queue = 2, 1
		r := serving(t, s, wire)
		var all sync.WaitGroup
		for i := range clients {
			rnd := rand.New(rand.NewPCG(4, uint64(i)))
			all.Go(func() {
				for visit := range visits {
					c := r.call()
					c.send(fmt.Sprintf("GET /%d HTTP/1.1\r\nHost: h\r\n\r\n", visit))
					if rnd.IntN(3) > 0 {
						if resp, _, err := c.answer(http.MethodGet); err != nil || resp.StatusCode != 200 && resp.StatusCode != 503 {
							t.Errorf("got %v, %v", resp, err)
						}
					}
					c.Close()
				}
			})
		}
		stop := make(chan struct{})
		var watching sync.WaitGroup
		watching.Go(func() {
			for {
				checkPoolLaws(t, r.Stats())
				select {
				case <-stop:
					return
				default:
				}
			}
		})
		all.Wait()
		until(t, "all are gone", func() bool {
			st := r.Stats()
			return total(st.Closed[:]) == clients*visits && closed.Load() == clients*visits
		})
		close(stop)
		watching.Wait()
		st := r.Stats()
		if a, c := accepted.Load(), closed.Load(); a != clients*visits || c != a || st.Accepted != uint64(a) {
			t.Errorf("hooks saw %d accepted and %d closed, stats %d; want %d", a, c, st.Accepted, clients*visits)
		}
		if shed.Load() != int64(total(st.Shed[:])) || st.Pool.Rejected[0] != total(st.Shed[:]) {
			t.Errorf("hooks saw %d shed, stats %v, the pool %v", shed.Load(), st.Shed, st.Pool.Rejected)
		}
	})
}
