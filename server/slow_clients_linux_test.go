package server

import (
	"fmt"
	"io"
	"net/http"
	"runtime"
	"testing"
	"time"

	"millpond/pool"
)

// A thousand clients that upload, download, or have their connections taken, and
// then do nothing, leave eight workers to eight others; each has a goroutine, and
// no more.
func TestThousandSlowClients(t *testing.T) {
	const workers, slow = 8, 1000
	release, free := released()
	defer free()
	entered := make(chan struct{}, workers)
	mux := http.NewServeMux()
	for _, o := range outings {
		mux.HandleFunc("/"+o.name, o.handle(release))
	}
	mux.HandleFunc("/held", func(http.ResponseWriter, *http.Request) {
		entered <- struct{}{}
		<-release
	})
	r := serving(t, &Server{Handler: mux, MinRate: -1, Pool: pool.Config{Workers: workers, Queue: slow}}, narrow)
	before := runtime.NumGoroutine()
	var callers []*caller
	for i := range slow {
		c := r.call()
		switch i % 3 {
		case 0:
			c.send("POST /upload HTTP/1.1\r\nHost: h\r\nContent-Length: 1048576\r\n\r\n")
			c.send(string(make([]byte, 65<<10)))
		case 1:
			c.send("GET /download HTTP/1.1\r\nHost: h\r\n\r\n")
		default:
			c.send("GET /hijack HTTP/1.1\r\nHost: h\r\n\r\n")
		}
		callers = append(callers, c)
	}
	until(t, "all are away", func() bool {
		st := r.Stats()
		return st.Pool.Away == slow && st.Streams == slow && st.Pool.Running == 0
	})
	for range workers {
		c := r.call()
		c.send("GET /held HTTP/1.1\r\nHost: h\r\n\r\n")
		callers = append(callers, c)
	}
	for range workers {
		within(t, entered, "a worker")
	}
	if n, most := runtime.NumGoroutine(), before+workers+slow+10; n > most {
		t.Errorf("%d goroutines; want at most %d", n, most)
	}
	checkPoolLaws(t, r.Stats())
	free()
	for _, c := range callers {
		c.Close()
	}
	until(t, "all are back", func() bool { st := r.Stats(); return st.Streams == 0 && st.Pool.Away == 0 && st.BufferedBytes == 0 })
}

// A client that sends a body of 250 KB before it reads gets its answer, also if
// the handler does not read and writes more than is kept for the client.
func TestSendBeforeRead(t *testing.T) {
	const size, answer = 250 << 10, 64 << 10
	for _, w := range allOver(t, tight) {
		t.Run(w.name, func(t *testing.T) {
			r := w.serve(t, &Server{MinRate: -1, WriteBuffer: 8 << 10, Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Write(make([]byte, answer))
			})})
			c := r.call()
			c.send(fmt.Sprintf("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n%s", size, make([]byte, size)))
			if _, got := c.expect(http.StatusOK); len(got) != answer {
				t.Errorf("got %d bytes; want %d", len(got), answer)
			}
			c.send(getRoot)
			c.expect(http.StatusOK)
			until(t, "nothing is kept any more", func() bool { return r.Stats().BufferedBytes == 0 })
		})
	}
}

// Over TLS, a client that does not read is cut like any other: a write that has
// timed out is not gone on with, as what was sent of a record is not known.
func TestSlowReaderOverTLS(t *testing.T) {
	wire := encrypted(t, narrow)
	for _, m := range []Model{ModelPool, ModelGoroutine} {
		t.Run(m.String(), func(t *testing.T) {
			failed := make(chan error, 1)
			s := serving(t, &Server{Model: m, WriteTimeout: 200 * time.Millisecond, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				_, err := w.Write(make([]byte, 8<<20))
				failed <- err
				<-r.Context().Done()
			})}, wire)
			c := s.call()
			c.send(getRoot)
			if err := within(t, failed, "the write to fail"); err == nil {
				t.Error("8 MiB were written to a client that does not read")
			}
			until(t, "the connection is closed", func() bool { return s.Stats().Closed[CloseWrite] == 1 })
			if st := s.Stats(); st.Pool.Running != 0 || st.Streams != 0 {
				t.Errorf("%d handlers run, %d without a place; want none", st.Pool.Running, st.Streams)
			}
			io.Copy(io.Discard, c)
		})
	}
}
