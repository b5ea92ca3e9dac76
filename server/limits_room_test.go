package server

import (
	"net/http"
	"testing"

	"millpond/pool"
)

// The bounds on what is open, waits, is kept and is out of the pool, each one
// below it, at it, and one beyond it.

// At Queue, one request more is refused, and its connection kept.
func TestQueueAtItsEdge(t *testing.T) {
	bothLinks(t, func(t *testing.T, wire wiring) {
		const most = 3
		release := make(chan struct{})
		r := serving(t, &Server{Handler: holding(release), Pool: pool.Config{Workers: 1, Queue: most, Discipline: pool.FIFO}}, wire)
		var waiting []*caller
		for n := range 1 + most { // one of them has the worker
			c := r.call()
			c.send("GET /hold HTTP/1.1\r\nHost: h\r\n\r\n")
			waiting = append(waiting, c)
			until(t, "it waits", func() bool { p := r.Stats().Pool; return p.Running == 1 && p.Waiting == n })
		}
		if st := r.Stats(); total(st.Shed[:]) != 0 || st.Conns[StateActive] != 1+most {
			t.Errorf("with a full queue: shed %v, connections %v; want none, and all active", st.Shed, st.Conns)
		}
		c := r.call()
		c.send(getRoot)
		if resp, _ := c.expect(http.StatusServiceUnavailable); resp.Close {
			t.Error("the connection of the refused request is not kept")
		}
		until(t, "it is idle", func() bool { return r.Stats().Conns[StateIdle] == 1 })
		r.wantShed(ShedQueueFull)
		close(release)
		for _, c := range waiting {
			c.want(http.StatusOK, "hold")
		}
		c.send(getRoot)
		c.expect(http.StatusOK)
	})
}

// With one of Streams left, the handler of a large body is run. With none, the
// body is refused, and its connection ends.
func TestStreamsAtTheirEdge(t *testing.T) {
	bothLinks(t, func(t *testing.T, wire wiring) {
		const most = 3
		release := make(chan struct{})
		mux := http.NewServeMux()
		mux.HandleFunc("/out", func(w http.ResponseWriter, r *http.Request) {
			if Detach(r.Context()) == nil {
				<-release
			}
		})
		mux.HandleFunc("/body", readOnly)
		r := serving(t, &Server{Handler: mux, BodyBuffer: 10, Streams: most, Pool: pool.Config{Workers: 1, Queue: most}}, wire)
		const large = "POST /body HTTP/1.1\r\nHost: h\r\nContent-Length: 20\r\n\r\n0123456789"
		c := r.call()
		var out []*caller
		for n := range most {
			c.send(large + "0123456789")
			if resp, _ := c.expect(http.StatusOK); resp.Close {
				t.Errorf("with %d of %d streams taken, the connection is not kept", n, most)
			}
			o := r.call()
			o.send("GET /out HTTP/1.1\r\nHost: h\r\n\r\n")
			out = append(out, o)
			until(t, "it is out", func() bool { return r.Stats().Streams == n+1 })
		}
		c.send(large)
		if resp, _ := c.expect(http.StatusServiceUnavailable); !resp.Close {
			t.Error("the connection of the refused body is kept")
		}
		c.closeWrite()
		c.expectEnd()
		until(t, "its connection is closed", func() bool { return r.Stats().Closed[CloseShed] == 1 })
		r.wantShed(ShedStreams)
		if n := r.Stats().Streams; n != most {
			t.Errorf("%d streams; want %d", n, most)
		}
		close(release)
		for _, o := range out {
			o.expect(http.StatusOK)
		}
	})
}

// What is kept of requests that come slowly may be as much as BufferMemory. If
// it is one byte more, the one that has waited longest is refused.
func TestBufferMemoryAtItsEdge(t *testing.T) {
	const each, clients = 4 << 10, 3
	for spare, shed := range map[int64]int{1: 0, 0: 0, -1: 1} {
		bothLinks(t, func(t *testing.T, wire wiring) {
			r := serving(t, &Server{BufferMemory: clients*each + spare, Handler: http.HandlerFunc(hello)}, wire)
			var all []*caller
			for n := range clients {
				c := r.call()
				c.send("GET / HTTP/1.1\r\nHo")
				all = append(all, c)
				until(t, "it is kept", func() bool {
					st := r.Stats()
					kept := n + 1 - int(st.Shed[ShedMemory])
					return st.Accepted == uint64(n+1) && st.Conns[StateReading] == kept && st.BufferedBytes == int64(kept*each) &&
						(n+1 < clients || kept == clients-shed)
				})
			}
			for _, c := range all[:shed] {
				if resp, _ := c.expect(http.StatusServiceUnavailable); !resp.Close {
					t.Error("the connection of the refused request is kept")
				}
				c.closeWrite()
				c.expectEnd()
				until(t, "its connection is closed", func() bool { return r.Stats().Closed[CloseShed] == 1 })
				r.wantShed(ShedMemory)
			}
			for _, c := range all[shed:] {
				c.send("st: h\r\n\r\n")
				if resp, _ := c.expect(http.StatusOK); resp.Close {
					t.Errorf("with %d bytes to spare, a connection is not kept", spare)
				}
			}
			until(t, "nothing is kept", func() bool { return r.Stats().BufferedBytes == 0 })
			if st := r.Stats(); total(st.Shed[:]) != uint64(shed) {
				t.Errorf("with %d bytes to spare: shed %v; want %d", spare, st.Shed, shed)
			}
		})
	}
}

// Below MaxConns, accepting goes on; at it, it is stopped. One more is not
// accepted, nor refused: it waits until one of the others leaves.
func TestMaxConnsAtItsEdge(t *testing.T) {
	const most = 3
	release := make(chan struct{})
	r := serving(t, &Server{MaxConns: most, Handler: holding(release), Pool: pool.Config{Workers: most}}, sockets)
	var all []*caller
	for n := range most {
		if r.engine.gate.isShut(shutByCap) {
			t.Errorf("with %d of %d connections, accepting is stopped", n, most)
		}
		c := r.call()
		c.send("GET /hold HTTP/1.1\r\nHost: h\r\n\r\n")
		all = append(all, c)
		until(t, "it is served", func() bool { return r.Stats().Pool.Running == n+1 })
	}
	until(t, "accepting is stopped", func() bool { return r.engine.gate.isShut(shutByCap) })
	c := r.call() // it waits in the kernel
	close(release)
	for _, c := range all {
		c.want(http.StatusOK, "hold")
		if st := r.Stats(); st.Open() > most {
			t.Errorf("%d connections are open; want at most %d", st.Open(), most)
		}
		c.Close()
	}
	c.send(getRoot)
	c.want(http.StatusOK, "")
	if st := r.Stats(); st.Accepted != most+1 || total(st.Shed[:]) != 0 || st.AcceptPaused == 0 {
		t.Errorf("accepted %d, shed %v, stopped for %v; want %d, none, and some time", st.Accepted, st.Shed, st.AcceptPaused, most+1)
	}
}

// wantShed wants one request to have been shed, for that reason.
func (r *rig) wantShed(why ShedReason) {
	r.t.Helper()
	var want [NumShedReasons]uint64
	want[why] = 1
	if got := r.Stats().Shed; got != want {
		r.t.Errorf("shed %v; want one for %v", got, why)
	}
}
