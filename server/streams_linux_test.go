package server

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"millpond/pool"
)

// An outing is a way in which a handler runs without a place in the pool.
type outing struct {
	name   string
	handle func(release <-chan struct{}) http.HandlerFunc
	send   string
	finish func(*caller) // what the client does in the end
}

// released is a channel, and what closes it: before the server is waited for, also
// when the test fails.
func released() (<-chan struct{}, func()) {
	release := make(chan struct{})
	return release, sync.OnceFunc(func() { close(release) })
}

const uploadSize, downloadSize = 1 << 20, 1 << 19

var outings = []outing{
	{"upload", func(<-chan struct{}) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			n, err := io.Copy(io.Discard, r.Body)
			fmt.Fprint(w, n, err)
		}
	}, fmt.Sprintf("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n", uploadSize) + strings.Repeat("x", 100<<10),
		func(c *caller) {
			c.send(strings.Repeat("x", uploadSize-100<<10))
			if _, got := c.expect(http.StatusOK); got != fmt.Sprint(uploadSize, " <nil>") {
				c.t.Errorf("the handler got %s", got)
			}
		}},
	{"download", func(<-chan struct{}) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { w.Write(make([]byte, downloadSize)) }
	}, getRoot, func(c *caller) {
		if _, got := c.expect(http.StatusOK); len(got) != downloadSize {
			c.t.Errorf("got %d bytes; want %d", len(got), downloadSize)
		}
	}},
	{"hijack", func(release <-chan struct{}) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			nc, _, err := w.(http.Hijacker).Hijack()
			if err != nil {
				http.Error(w, err.Error(), http.StatusServiceUnavailable)
				return
			}
			<-release
			io.WriteString(nc, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
			nc.Close()
		}
	}, getRoot, func(c *caller) { c.expect(http.StatusOK) }},
	{"wait", func(release <-chan struct{}) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			ctx := context.WithValue(r.Context(), http.ServerContextKey, nil)
			if err := Wait(ctx, func() { <-release }); err != nil {
				http.Error(w, err.Error(), http.StatusServiceUnavailable)
			}
		}
	}, getRoot, func(c *caller) { c.expect(http.StatusOK) }},
	{"detach", func(release <-chan struct{}) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if err := Detach(r.Context()); err != nil {
				http.Error(w, err.Error(), http.StatusServiceUnavailable)
				return
			}
			<-release
		}
	}, getRoot, func(c *caller) { c.expect(http.StatusOK) }},
}

// Any number of handlers that wait for their clients, stream, or have taken their
// connections, leaves all workers to others.
func TestOutingsLeaveTheWorkers(t *testing.T) {
	for _, o := range outings {
		t.Run(o.name, func(t *testing.T) {
			bothNarrow(t, func(t *testing.T, wire wiring) {
				const workers, away = 2, 50
				release, free := released()
				defer free()
				mux := http.NewServeMux()
				mux.HandleFunc("/", o.handle(release))
				mux.HandleFunc("/hello", hello)
				r := serving(t, &Server{Handler: mux, MinRate: -1, Pool: pool.Config{Workers: workers, Queue: 2 * away}}, wire)
				callers := make([]*caller, away)
				for i := range callers {
					callers[i] = r.call()
					callers[i].send(o.send)
				}
				until(t, "all are away", func() bool {
					st := r.Stats()
					return st.Pool.Away == away && st.Streams == away && st.Pool.Running == 0
				})
				for range 2 * workers {
					c := r.call()
					c.send("GET /hello HTTP/1.1\r\nHost: h\r\n\r\n")
					c.want(http.StatusOK, "hello")
				}
				checkPoolLaws(t, r.Stats())
				free()
				for _, c := range callers {
					o.finish(c)
				}
				until(t, "all are back", func() bool { st := r.Stats(); return st.Streams == 0 && st.Pool.Away == 0 })
			})
		})
	}
}

// bothNarrow runs a test on links with the least buffers.
func bothNarrow(t *testing.T, test func(*testing.T, wiring)) {
	t.Run("link=epoll", func(t *testing.T) { test(t, narrow) })
	t.Run("link=stream", func(t *testing.T) { test(t, streamed(narrow)) })
}

// One handler more than Streams allows is refused, and holds no worker either.
func TestStreamsAreBounded(t *testing.T) {
	for _, o := range outings {
		t.Run(o.name, func(t *testing.T) {
			const most = 3
			release, free := released()
			defer free()
			r := serving(t, &Server{Handler: o.handle(release), Streams: most, Pool: pool.Config{Workers: 1}}, narrow)
			callers := make([]*caller, most)
			for i := range callers {
				callers[i] = r.call()
				callers[i].send(o.send)
				until(t, "it is away", func() bool { return r.Stats().Streams == i+1 })
			}
			c := r.call()
			go io.WriteString(c, o.send)
			if o.name == "download" {
				if _, _, err := c.answer(http.MethodGet); err == nil {
					t.Error("one more was served than there are streams")
				}
			} else {
				c.expect(http.StatusServiceUnavailable)
			}
			if st := r.Stats(); st.Shed[ShedStreams] != 1 || st.Streams != most {
				t.Errorf("shed %v, %d streams; want one for the streams, and %d", st.Shed, st.Streams, most)
			}
			free()
			for _, c := range callers {
				o.finish(c)
			}
		})
	}
}

// Wait and Detach do what they can where there is no pool.
func TestWaitWithoutPool(t *testing.T) {
	called := false
	if err := Wait(context.Background(), func() { called = true }); err != nil || !called {
		t.Errorf("Wait: %v, called: %v", err, called)
	}
	if err := Detach(context.Background()); err != nil {
		t.Errorf("Detach: %v", err)
	}
	r := serving(t, &Server{Model: ModelGoroutine, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, Wait(r.Context(), func() {}), Detach(r.Context()))
	})}, sockets)
	c := r.call()
	c.send(getRoot)
	c.want(http.StatusOK, "<nil> <nil>")
}
