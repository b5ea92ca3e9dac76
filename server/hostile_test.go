package server

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
)

// TestHostileClients has clients misbehave. Each case says what the client gets
// to read; others are served meanwhile, and nothing is left in the end.
func TestHostileClients(t *testing.T) {
	for _, test := range []struct {
		name   string
		send   string
		leave  func(*caller)
		status []int
		why    CloseReason
	}{
		{"says nothing and leaves", "", (*caller).closeWrite, nil, CloseClient},
		{"says nothing and resets", "", (*caller).reset, nil, CloseClient},
		{"resets within a head", getRoot[:20], (*caller).reset, nil, CloseClient},
		{"leaves within a head", getRoot[:20], (*caller).closeWrite, nil, CloseClient},
		{"asks and half-closes", getRoot, (*caller).closeWrite, []int{200}, CloseClient},
		{"asks often and half-closes", getRoot + getRoot + getRoot, (*caller).closeWrite, []int{200, 200, 200}, CloseClient},
		{"sends garbage", "\x00\xff\x00\xff", nil, []int{400}, CloseBad},
		{"sends much garbage", strings.Repeat("\xff", 100_000), nil, []int{400}, CloseBad},
		{"speaks TLS", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", nil, []int{400}, CloseBad},
		{"sends garbage after a request", getRoot + "\x00" + getRoot, nil, []int{200, 400}, CloseBad},
		{"never ends its head", "GET / HTTP/1.1\r\nHost: h\r\n" + strings.Repeat("X: y\r\n", 20_000), nil, []int{431}, CloseBad},
		{"never ends its target", "GET /" + strings.Repeat("x", 100_000), nil, []int{414}, CloseBad},
		{"speaks another version", "GET / HTTP/2.0\r\n\r\n", nil, []int{505}, CloseBad},
	} {
		t.Run(test.name, func(t *testing.T) {
			bothLinks(t, func(t *testing.T, wire wiring) {
				const clients = 20
				s := &Server{Handler: http.HandlerFunc(hello)}
				s.Pool.Workers = 2
				r := serving(t, s, wire)
				other := r.call()
				for range clients {
					c := r.call()
					io.WriteString(c, test.send) // which the server may cut short
					if test.leave != nil {
						test.leave(c)
					}
					for _, status := range test.status {
						c.expect(status)
					}
					if len(test.status) > 0 {
						c.expectEnd()
					}
					c.Close()
					other.send(getRoot)
					other.expect(http.StatusOK)
				}
				until(t, "only the other is left", func() bool { st := r.Stats(); return total(st.Closed[:]) == clients })
				if st := r.Stats(); st.Closed[test.why] != clients || st.InFlight != 0 {
					t.Errorf("closed %v, %d in flight; want %d for %v", st.Closed, st.InFlight, clients, test.why)
				}
			})
		})
	}
}

// reset leaves at once, so that the server gets a reset instead of an end.
func (c *caller) reset() {
	c.Conn.(*net.TCPConn).SetLinger(0)
	c.Close()
}

// TestManyPipelined sends 10,000 requests at once. All are answered, in order,
// and others between them, although there is one worker.
func TestManyPipelined(t *testing.T) {
	const requests = 10_000
	hammerLinks(t, func(t *testing.T, s *Server, wire wiring) {
		s.Pool.Workers = 1
		s.Control = Control{Live: "/live"}
		r := serving(t, s, wire)
		var many strings.Builder
		for i := range requests {
			fmt.Fprintf(&many, "GET /%d HTTP/1.1\r\nHost: h\r\n\r\n", i)
		}
		c, probe, other := r.call(), r.call(), r.call()
		var all sync.WaitGroup
		all.Go(func() { c.send(many.String()) })
		all.Go(func() { probe.send(strings.Repeat("GET /live HTTP/1.1\r\nHost: h\r\n\r\n", requests)) })
		all.Go(func() {
			for i := range requests {
				if _, body, err := c.answer(http.MethodGet); err != nil || body != fmt.Sprint(i) {
					t.Errorf("answer %d is %q, %v", i, body, err)
					return
				}
			}
		})
		all.Go(func() {
			for i := range requests {
				if _, body, err := probe.answer(http.MethodGet); err != nil || body != "alive\n" {
					t.Errorf("probe %d is %q, %v", i, body, err)
					return
				}
			}
		})
		for range 100 {
			other.send(getRoot)
			other.expect(http.StatusOK)
		}
		all.Wait()
	})
}

// TestMaxConns checks that the server stops accepting at the cap, and that it
// goes on as soon as there is room, however often.
func TestMaxConns(t *testing.T) {
	const most = 5
	for m := range numModels {
		bothLinks(t, func(t *testing.T, wire wiring) {
			r := serving(t, &Server{Model: m, MaxConns: most, Handler: http.HandlerFunc(hello)}, wire)
			over := 1 // Accept was already called when the cap was reached
			if _, polled := r.l.(*net.TCPListener); polled && m == ModelPool {
				over = 0
			}
			var all []*caller
			for range 4 * most {
				all = append(all, r.call())
			}
			for i, c := range all {
				c.send(getRoot)
				c.expect(http.StatusOK)
				if st := r.Stats(); st.Open() > most+over {
					t.Errorf("%d connections are open; want at most %d", st.Open(), most+over)
				}
				if i < 3*most {
					until(t, "the server is full", func() bool { st := r.Stats(); return st.Open() >= most })
				}
				c.Close()
			}
			until(t, "all are gone", func() bool { st := r.Stats(); return st.Open() == 0 })
			if st := r.Stats(); st.Accepted != 4*most || st.AcceptPaused == 0 || r.engine.gate.reasons.Load() != 0 {
				t.Errorf("accepted %d, paused for %v, shut %b; want %d, some time, and open in the end",
					st.Accepted, st.AcceptPaused, r.engine.gate.reasons.Load(), 4*most)
			}
		})
	}
}

// TestLimitsCostNothing checks that huge limits take no memory before they are
// used.
func TestLimitsCostNothing(t *testing.T) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	s := &Server{MaxConns: 1_000_000_000}
	s.Pool.Workers, s.Pool.Queue = 1, 1_000_000_000
	serving(t, s, sockets)
	runtime.ReadMemStats(&after)
	if got := after.TotalAlloc - before.TotalAlloc; got > 1<<20 {
		t.Errorf("allocated %d bytes; want less than a MiB", got)
	}
}
