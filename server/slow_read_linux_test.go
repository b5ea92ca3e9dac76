package server

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"millpond/pool"
)

// Clients that do not read what fits into their buffers hold no worker, neither
// of the handlers nor of the control lane.
func TestSlowReadersHoldNoWorker(t *testing.T) {
	const slow, size = 16, 200 << 10
	body := strings.Repeat("0123456789abcdef", size/16)
	page := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for rest := body; rest != ""; rest = rest[1<<10:] {
			fmt.Fprint(w, rest[:1<<10])
		}
	})
	for _, path := range []string{"/page", "/metrics"} {
		t.Run(path[1:], func(t *testing.T) {
			s := &Server{Pool: pool.Config{Workers: 2}, Handler: page, MinRate: -1, // a busy machine may be slower than any client
				Control: Control{Handlers: map[string]http.Handler{"/metrics": page}}}
			r := serving(t, s, narrow)
			callers := make([]*caller, slow)
			for i := range callers {
				callers[i] = r.call()
				callers[i].send("GET " + path + " HTTP/1.1\r\nHost: h\r\n\r\n")
			}
			until(t, "all are answered, as far as they read", func() bool {
				st := r.Stats()
				return st.BufferedBytes >= slow*size*9/10 && st.Conns[StateActive] == slow
			})
			until(t, "no worker is held", func() bool {
				return r.Stats().Pool.Running == 0 && r.engine.pools.control.Stats().Running == 0
			})
			for _, c := range callers {
				c.send("GET " + path + " HTTP/1.1\r\nHost: h\r\n\r\n")
				for range 2 {
					if _, got := c.expect(http.StatusOK); got != body {
						t.Fatalf("got %d bytes that differ from the %d sent", len(got), len(body))
					}
				}
			}
			until(t, "all are idle", func() bool { return r.Stats().Conns[StateIdle] == slow })
			if n := r.Stats().BufferedBytes; n != 0 {
				t.Errorf("%d bytes are kept for nobody", n)
			}
		})
	}
}

// What a client does not take at once is sent while the handler goes on.
func TestBufferedIsSentWhileTheHandlerGoesOn(t *testing.T) {
	const size = 200 << 10
	read := make(chan struct{})
	r := serving(t, &Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Write(make([]byte, size))
		http.NewResponseController(w).Flush()
		within(t, read, "the client to read what was written")
	})}, narrow)
	c := r.call()
	c.send(getRoot)
	resp := c.response()
	for left := size; left > 0; {
		n, err := resp.Body.Read(make([]byte, size))
		if left -= n; err != nil {
			t.Fatalf("%d bytes are missing: %v", left, err)
		}
	}
	until(t, "nothing is kept", func() bool { return r.Stats().BufferedBytes == 0 })
	close(read)
	if n, err := resp.Body.Read(make([]byte, 1)); n > 0 || err == nil {
		t.Errorf("read %d bytes, %v; want the end", n, err)
	}
}

// Where there is no memory for it, a worker waits for the client as it would
// without a buffer, and every answer arrives.
func TestWriteWithoutMemory(t *testing.T) {
	for name, s := range map[string]*Server{"no buffer": {WriteBuffer: -1}, "no memory": {BufferMemory: 1}} {
		t.Run(name, func(t *testing.T) {
			const size = 1 << 20
			s.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				for range 16 {
					w.Write(make([]byte, size/16))
				}
			})
			r := serving(t, s, narrow)
			c := r.call()
			for range 3 {
				c.send(getRoot)
				if _, got := c.expect(http.StatusOK); len(got) != size {
					t.Errorf("got %d bytes; want %d", len(got), size)
				}
			}
		})
	}
}

// A client that does not take its response in time is told that it has not got all
// of it, and the kernel keeps none of it for the client.
func TestSlowReaderIsReset(t *testing.T) {
	for _, w := range allOver(t, narrow) {
		t.Run(w.name, func(t *testing.T) {
			r := w.serve(t, &Server{WriteTimeout: 100 * time.Millisecond, Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Write(make([]byte, 8<<20))
			})})
			c := r.call()
			c.send("GET / HTTP/1.0\r\n\r\n")
			until(t, "the connection is closed", func() bool { return r.Stats().Closed[CloseWrite] == 1 })
			if n, err := io.Copy(io.Discard, c); !errors.Is(err, syscall.ECONNRESET) {
				t.Errorf("the client reads %d bytes, and then %v; want a reset", n, err)
			}
		})
	}
}
