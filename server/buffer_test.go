package server

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"millpond/pool"
)

// A request is queued when its body is whole, or as much of a larger one has come
// as is read ahead; it holds nothing of the pool before that.
func TestBodyIsReadAhead(t *testing.T) {
	const ahead = 1000
	for name, test := range map[string]struct {
		fields string
		body   []string // the request is not queued before the last has come
		rest   string   // comes when the handler runs
	}{
		"by length":       {"Content-Length: 4", []string{"ab", "cd"}, ""},
		"all that fits":   {"Content-Length: 1000", []string{strings.Repeat("a", 999), "b"}, ""},
		"more than fits":  {"Content-Length: 1001", []string{strings.Repeat("a", 999), "b"}, "c"},
		"chunked":         {"Transfer-Encoding: chunked", []string{"2", "\r\nab", "\r\n0\r\nA: b\r\n", "\r", "\n"}, ""},
		"chunks that fit": {"Transfer-Encoding: chunked", []string{strings.Repeat("1\r\na\r\n", 2000), "0\r\n", "\r\n"}, ""},
	} {
		inBubbles(t, name, func(t *testing.T, way way) {
			began := make(chan struct{}, 1)
			r := serving(t, &Server{Model: way.model, BodyBuffer: ahead, Pool: pool.Config{Workers: 1},
				Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					began <- struct{}{}
					n, err := io.Copy(io.Discard, r.Body)
					fmt.Fprint(w, n, err)
				})}, way.wire)
			c := r.call()
			c.send("POST / HTTP/1.1\r\nHost: h\r\n" + test.fields + "\r\n\r\n")
			for _, part := range test.body {
				synctest.Wait()
				if st := r.Stats(); len(began) > 0 || st.Conns[StateReading] != 1 || st.Pool.Submitted != 0 {
					t.Fatalf("before %.10q: %d handlers began, connections %v, %d submitted", part, len(began), st.Conns, st.Pool.Submitted)
				}
				c.send(part)
			}
			<-began
			if test.rest != "" {
				c.send(test.rest)
			}
			want := 0
			for _, part := range append(test.body, test.rest) {
				want += strings.Count(part, "a") + strings.Count(part, "b") + strings.Count(part, "c") + strings.Count(part, "d")
			}
			if strings.HasPrefix(test.fields, "T") {
				want -= strings.Count(strings.Join(test.body, ""), "A: b")
			}
			if _, got := c.expect(http.StatusOK); got != fmt.Sprint(want, " <nil>") {
				t.Errorf("the handler got %s; want %d bytes", got, want)
			}
			synctest.Wait()
			if n := r.Stats().BufferedBytes; n != 0 {
				t.Errorf("%d bytes are kept for nobody", n)
			}
		})
	}
}

// A body that is cut off, or wrong, is refused whatever the handler would do.
func TestBodyReadAheadIsRefused(t *testing.T) {
	for name, test := range map[string]struct {
		send   string
		end    bool // the client sends no more
		status int
	}{
		"cut off":           {"Content-Length: 3\r\n\r\nab", true, 400},
		"chunk cut off":     {"Transfer-Encoding: chunked\r\n\r\n3\r\nab", true, 400},
		"no chunk":          {"Transfer-Encoding: chunked\r\n\r\nx", false, 400},
		"too large a chunk": {"Transfer-Encoding: chunked\r\n\r\nfff\r\n", false, 413},
		"too large":         {"Content-Length: 2000\r\n\r\n", false, 413},
		"too slow":          {"Content-Length: 3\r\n\r\nab", false, 408},
	} {
		inBubbles(t, name, func(t *testing.T, way way) {
			r := serving(t, &Server{Model: way.model, MaxBodyBytes: 1000,
				Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the handler was called") })}, way.wire)
			c := r.call()
			c.send("POST / HTTP/1.1\r\nHost: h\r\n" + test.send)
			if test.end {
				c.closeWrite()
			}
			c.expect(test.status)
			c.expectEnd()
		})
	}
}

// A body may take any time, as long as it comes at the least rate.
func TestLeastRateOfABody(t *testing.T) {
	inBubbles(t, "", func(t *testing.T, way way) {
		const size = 20_000
		r := serving(t, &Server{Model: way.model, MinRate: 100, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			n, err := io.Copy(io.Discard, r.Body)
			fmt.Fprint(w, n, err)
		})}, way.wire)
		c := r.call()
		c.send(fmt.Sprintf("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n", size))
		for range size / 400 {
			time.Sleep(4 * time.Second)
			c.send(strings.Repeat("x", 400))
		}
		if _, got := c.expect(http.StatusOK); got != fmt.Sprint(size, " <nil>") {
			t.Errorf("the handler got %s", got)
		}
		start := time.Now()
		c.send(fmt.Sprintf("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n", size))
		c.drip(strings.Repeat("x", size), time.Second/50)
		c.expect(http.StatusRequestTimeout)
		if took := time.Since(start); took < 9*time.Second || took > 11*time.Second {
			t.Errorf("half of the least rate was refused after %v; want about 10 s", took)
		}
	})
}

// The client of a chunked body may wait for a part of the answer to what it has
// sent so far, also where no rate is asked of it.
func TestSilentClientIsAnswered(t *testing.T) {
	for name, rate := range map[string]int{"at a rate": 0, "at any rate": -1} {
		inBubbles(t, name, func(t *testing.T, way way) {
			r := serving(t, &Server{Model: way.model, MinRate: rate, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				http.NewResponseController(w).EnableFullDuplex()
				for b := make([]byte, 1); ; {
					if _, err := io.ReadFull(r.Body, b); err != nil {
						return
					}
					w.Write(b)
					http.NewResponseController(w).Flush()
				}
			})}, way.wire)
			c := r.call()
			c.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n")
			resp := c.response()
			for _, next := range []string{"a", "b", "c"} {
				b := make([]byte, 1)
				if _, err := io.ReadFull(resp.Body, b); string(b) != next || err != nil {
					t.Fatalf("got %q, %v; want %q", b, err, next)
				}
				c.send("1\r\n" + string(next[0]+1) + "\r\n")
			}
		})
	}
}

// When the memory for requests that arrive slowly is used up, those that have
// waited longest are answered 503, and others are served.
func TestOldestIsShedForMemory(t *testing.T) {
	bothLinks(t, func(t *testing.T, wire wiring) {
		const room, more = 10, 5
		r := serving(t, &Server{BufferMemory: room * 4 << 10, MinRate: -1, ReadHeaderTimeout: -1, Handler: http.HandlerFunc(hello)}, wire)
		var callers []*caller
		for i := range room + more {
			c := r.call()
			callers = append(callers, c)
			if i%2 == 0 {
				c.send("GET / HTTP/1.1\r\nHo")
			} else {
				c.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\na")
			}
			until(t, "it is read", func() bool {
				st := r.Stats()
				return st.Conns[StateReading] == min(i+1, room) && st.BufferedBytes == int64(min(i+1, room)*4<<10)
			})
		}
		until(t, "the oldest are shed", func() bool { return r.Stats().Shed[ShedMemory] == more })
		for _, c := range callers[:more] {
			c.expect(http.StatusServiceUnavailable)
		}
		for i, c := range callers[more:] {
			if (more+i)%2 == 0 {
				c.send("st: h\r\n\r\n")
			} else {
				c.send("b")
			}
			c.expect(http.StatusOK)
		}
		until(t, "nothing is kept", func() bool { return r.Stats().BufferedBytes == 0 })
	})
}
