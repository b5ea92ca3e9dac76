package server

import (
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"millpond/pool"
)

// fill occupies every worker and the queue of r with requests for /hold, which
// its handler keeps until release is closed.
func (r *rig) fill() (waiting []*caller) {
	r.t.Helper()
	p := r.Stats().Pool
	for range p.Workers + p.Queue {
		c := r.call()
		c.send("GET /hold HTTP/1.1\r\nHost: h\r\n\r\n")
		waiting = append(waiting, c)
	}
	until(r.t, "the queue is full", func() bool {
		s := r.Stats().Pool
		return s.Running == p.Workers && s.Waiting == p.Queue
	})
	return waiting
}

// holding answers like hello, but for /hold when it is released.
func holding(release <-chan struct{}) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/hold" {
			<-release
		}
		hello(w, r)
	})
}

// TestRefusedClientsReadTheAnswer counts the refused clients that read a whole
// 503 with Retry-After, on new and on kept connections. All must, and those
// that were promised so must be able to go on.
func TestRefusedClientsReadTheAnswer(t *testing.T) {
	const post = "POST / HTTP/1.1\r\nHost: h\r\n"
	for _, test := range []struct {
		name    string
		request string
		method  string
		answers int
		kept    bool
	}{
		{"GET", getRoot, "GET", 1, true},
		{"GET HTTP/1.0", "GET / HTTP/1.0\r\n\r\n", "GET", 1, false},
		{"GET and close", "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", "GET", 1, false},
		{"HEAD", "HEAD / HTTP/1.1\r\nHost: h\r\n\r\n", "HEAD", 1, true},
		{"small body", post + "Content-Length: 3\r\n\r\nabc", "POST", 1, true},
		{"body to come", post + "Content-Length: 3\r\nExpect: 100-continue\r\n\r\n", "POST", 1, false},
		{"large body", post + "Content-Length: 200000\r\n\r\n" + strings.Repeat("b", 200_000), "POST", 1, false},
		{"largest body", post + "Content-Length: 10485760\r\n\r\n" + strings.Repeat("b", lingerBody), "POST", 1, false},
		{"chunked body", post + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", "POST", 1, false},
		{"pipelined", strings.Repeat(getRoot, 100), "GET", 100, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			bothLinks(t, func(t *testing.T, wire wiring) {
				const clients = 20
				release := make(chan struct{})
				var free sync.Once
				s := &Server{Handler: holding(release)}
				s.Pool = pool.Config{Workers: 2, Queue: 3, Discipline: pool.FIFO}
				r := serving(t, s, wire)
				t.Cleanup(func() { free.Do(func() { close(release) }) })
				var callers []*caller
				for i := range clients {
					c := r.call()
					callers = append(callers, c)
					if i%2 == 0 { // a kept connection
						c.send(getRoot)
						c.expect(http.StatusOK)
					}
				}
				waiting := r.fill()
				var whole atomic.Int64
				var all sync.WaitGroup
				for i, c := range callers {
					all.Go(func() {
						var sending sync.WaitGroup
						sending.Go(func() { c.send(test.request) })
						if i%4 > 1 {
							sending.Wait() // a client that does not read before it has sent all
						}
						for range test.answers {
							if c.refused(test.method, test.kept) {
								whole.Add(1)
							}
						}
						sending.Wait()
						if !test.kept {
							c.expectEnd()
							c.Close()
						}
					})
				}
				all.Wait()
				if got, want := whole.Load(), int64(clients*test.answers); got != want {
					t.Errorf("%d of %d refusals were read; want all", got, want)
				}
				if st := r.Stats(); st.Shed[ShedQueueFull] != uint64(clients*test.answers) {
					t.Errorf("shed %v; want %d", st.Shed, clients*test.answers)
				}
				free.Do(func() { close(release) })
				for _, c := range waiting {
					c.expect(http.StatusOK)
				}
				if test.kept {
					for _, c := range callers {
						c.send(getRoot)
						c.expect(http.StatusOK)
					}
				}
			})
		})
	}
}

// refused reads an answer, and reports whether it is a whole 503 that says when
// to come back, and what becomes of the connection.
func (c *caller) refused(method string, kept bool) bool {
	resp, body, err := c.answer(method)
	switch {
	case err != nil:
		c.t.Errorf("the refusal was not read: %v", err)
	case resp.StatusCode != http.StatusServiceUnavailable, resp.Header.Get("Retry-After") == "",
		resp.Close == kept, (body == "") != (method == http.MethodHead):
		c.t.Errorf("refused with %d, %v, %q, closing %v", resp.StatusCode, resp.Header, body, resp.Close)
	default:
		return true
	}
	return false
}

// TestControlLane checks that the lane answers while handlers hold the only
// processor, every worker and the queue, and that refusals come through, too.
func TestControlLane(t *testing.T) {
	bothLinks(t, func(t *testing.T, wire wiring) {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
		var stop atomic.Bool
		s := &Server{
			Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				for !stop.Load() { // burns CPU
				}
			}),
			Control: Control{Live: "/live", Ready: "/ready",
				Handlers: map[string]http.Handler{"/metrics": http.HandlerFunc(hello)}},
		}
		s.Pool = pool.Config{Workers: 2, Queue: 2, Discipline: pool.FIFO, MinWorkers: 2}
		r := serving(t, s, wire)
		t.Cleanup(func() { stop.Store(true) })
		waiting := r.fill()
		for range 3 {
			for path, status := range map[string]int{"live": 200, "ready": 200, "metrics": 200, "other": 503} {
				c := r.call()
				c.send(fmt.Sprintf("GET /%s HTTP/1.1\r\nHost: h\r\n\r\n", path))
				c.expect(status)
			}
		}
		if p := r.Stats().Pool; p.Running != 2 || p.Waiting != 2 {
			t.Errorf("%d run and %d wait; want both workers busy and the queue full all the time", p.Running, p.Waiting)
		}
		stop.Store(true)
		for _, c := range waiting {
			c.expect(http.StatusOK)
		}
	})
}
