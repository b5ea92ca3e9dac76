package http1

import (
	"io"
	"net/http"
	"runtime"
	"sync"
	"testing"
	"time"
)

// leftovers are what a goroutine that a handler has left behind may do to the
// exchange while the handler returns.
var leftovers = []struct {
	name string
	do   func(http.ResponseWriter, *http.Request)
}{
	{"Hijack", func(w http.ResponseWriter, _ *http.Request) {
		if nc, rw, err := http.NewResponseController(w).Hijack(); err == nil {
			io.Copy(io.Discard, rw)
			nc.Close()
		}
	}},
	{"Write", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "hi") }},
	{"large Write", func(w http.ResponseWriter, _ *http.Request) { w.Write(make([]byte, 2*bodyBuffer)) }},
	{"Flush", func(w http.ResponseWriter, _ *http.Request) { http.NewResponseController(w).Flush() }},
	{"WriteHeader", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(103) }},
	{"Read", func(_ http.ResponseWriter, r *http.Request) { r.Body.Read(make([]byte, 4)) }},
	{"ReadAll", func(_ http.ResponseWriter, r *http.Request) { io.ReadAll(r.Body) }},
	{"Close", func(_ http.ResponseWriter, r *http.Request) { r.Body.Close() }},
	{"deadlines", func(w http.ResponseWriter, _ *http.Request) {
		http.NewResponseController(w).SetReadDeadline(time.Unix(1, 0))
		http.NewResponseController(w).SetWriteDeadline(time.Time{})
	}},
	{"context", func(_ http.ResponseWriter, r *http.Request) {
		r.Context().Value(http.LocalAddrContextKey)
		r.Context().Err()
	}},
}

// leftoverRequests are what those goroutines find: with nothing to read, with
// all of a body, and with a part of one, for which they wait.
var leftoverRequests = []string{
	getHost + "\r\nnext",
	post + "Content-Length: 8\r\n\r\n12345678next",
	post + "Content-Length: 8\r\n\r\n1234",
	post + "Transfer-Encoding: chunked\r\n\r\n4\r\n1234\r\n",
	post + "Expect: 100-continue\r\nContent-Length: 4\r\n\r\n1234",
}

// TestLeftoverGoroutines has goroutines that outlive their handler do two
// things at once while it returns or panics. After
// the end nothing may touch transport, input and output, which belong to
// another then; the race detector sees to the rest.
func TestLeftoverGoroutines(t *testing.T) {
	cfg := testConfig()
	for i, first := range leftovers {
		for _, second := range leftovers[i:] {
			t.Run(first.name+" and "+second.name, func(t *testing.T) {
				for n := range 200 {
					f := newFake(t, leftoverRequests[n%len(leftoverRequests)])
					f.waits = n%2 == 0
					f.end(reading, io.ErrUnexpectedEOF)
					if n%3 == 0 {
						f.inEnd = nil // who reads more waits until interrupted
						f.waits = false
					}
					f.leftover(cfg, n, first.do, second.do)
				}
			})
		}
	}
}

// leftover serves one request whose handler leaves each of do behind, and
// returns a little later, by n.
func (f *fake) leftover(cfg *Config, n int, do ...func(http.ResponseWriter, *http.Request)) {
	x, in := f.exchange(cfg)
	var left sync.WaitGroup
	x.Serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, do := range do {
			left.Go(func() {
				do(w, r)
				do(w, r)
			})
		}
		for range n % 16 {
			runtime.Gosched()
		}
		if n%7 == 0 {
			panic("no")
		}
	}))
	o := x.Outcome()
	if o.Ending == Hijacked != f.gone {
		f.t.Errorf("ending %v, and detached: %v", o.Ending, f.gone)
	}
	f.mu.Lock()
	f.gone = true
	f.mu.Unlock()
	clear(in.buf)
	*in.Head() = Head{}
	in.Reset()
	if o.Output != nil {
		o.Output.clear()
		o.Output.Queue(make([]byte, 100))
		o.Output.Release()
	}
	left.Wait()
	x.wantOver(f.t)
}

// wantOver wants every call of the handler to fail, and to do nothing.
func (x *Exchange) wantOver(t *testing.T) {
	t.Helper()
	rc := http.NewResponseController(x)
	_, write := x.Write([]byte("late"))
	_, read := x.req.Body.Read(make([]byte, 1))
	_, _, hijack := rc.Hijack()
	for what, err := range map[string]error{"Write": write, "Read": read, "Hijack": hijack, "Flush": rc.Flush(),
		"SetReadDeadline": rc.SetReadDeadline(longAgo), "SetWriteDeadline": rc.SetWriteDeadline(longAgo), "Context": (*requestContext)(x).Err()} {
		if err == nil {
			t.Errorf("%s after the return: no error", what)
		}
	}
	x.WriteHeader(200)
	x.WriteHeader(0)
	x.Cancel()
}
