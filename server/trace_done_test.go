package server

import (
	"context"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"millpond/server/internal/poll"
)

// What a response is reported to have sent is what the connection has taken.
func TestDoneCountsWhatWasSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const taken = 50
		var sent []int64
		s := &Server{
			Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, strings.Repeat("x", 1000)) }),
			Trace:   &Trace{Done: func(r Request) { sent = append(sent, r.Sent) }},
		}
		r := serving(t, s, memory)
		c := r.call()
		c.send(getRoot)
		io.ReadFull(c, make([]byte, taken))
		c.Close()
		synctest.Wait()
		if st := r.Stats(); !slices.Equal(sent, []int64{taken}) || st.SentBytes != taken {
			t.Errorf("reported %v, counted %d; want %d", sent, st.SentBytes, taken)
		}
	})
}

// A request whose client leaves while it is queued is reported too.
func TestDoneOfAClientThatLeft(t *testing.T) {
	bothLinks(t, func(t *testing.T, wire wiring) {
		entered, release := make(chan context.Context, 2), make(chan struct{})
		done := make(chan Request, 2)
		s := &Server{
			Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				entered <- r.Context()
				<-release
			}),
			Trace: &Trace{Done: func(r Request) { done <- r }},
		}
		s.Pool.Workers = 1
		r := serving(t, s, wire)
		r.call().send(getRoot)
		<-entered
		c := r.call()
		c.send(getRoot)
		until(t, "the second is queued", func() bool { return r.Stats().Pool.Waiting == 1 })
		c.Conn.(*net.TCPConn).SetLinger(0)
		c.Close()
		until(t, "its reset is seen, where anybody looks", func() bool {
			return slices.ContainsFunc(r.engine.conns.all(), func(c *conn) bool { return c.Waits() || c.parking.Has(poll.Reset) })
		})
		close(release)
		for range 2 {
			if got := <-done; got.Method != http.MethodGet || got.Received != int64(len(getRoot)) {
				t.Errorf("reported %+v", got)
			}
		}
	})
}

// A body that is malformed counts as a bad request, whatever the handler makes
// of it, and a response that nobody got has no status.
func TestDoneOfABadBody(t *testing.T) {
	for _, test := range []struct {
		name   string
		handle http.HandlerFunc
		status int
	}{
		{"not answered", func(_ http.ResponseWriter, r *http.Request) { io.ReadAll(r.Body) }, http.StatusBadRequest},
		{"answered", func(w http.ResponseWriter, r *http.Request) {
			io.ReadAll(r.Body)
			io.WriteString(w, "hi")
		}, http.StatusBadRequest},
		{"answered, and flushed", func(w http.ResponseWriter, r *http.Request) {
			w.(http.Flusher).Flush()
			io.ReadAll(r.Body)
		}, http.StatusOK},
		{"aborted", func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, "hi")
			io.ReadAll(r.Body)
			panic(http.ErrAbortHandler)
		}, 0},
	} {
		t.Run(test.name, bubble(func(t *testing.T) {
			var statuses []int
			var bad []BadReason
			s := &Server{BodyBuffer: -1, Handler: test.handle, Trace: &Trace{
				Done: func(r Request) { statuses = append(statuses, r.Status) },
				Bad:  func(why BadReason) { bad = append(bad, why) },
			}}
			r := serving(t, s, memory)
			c := r.call()
			c.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")
			io.Copy(io.Discard, c)
			c.Close()
			synctest.Wait()
			if !slices.Equal(statuses, []int{test.status}) || !slices.Equal(bad, []BadReason{BadMalformed}) {
				t.Errorf("reported %v and %v; want %d and %v", statuses, bad, test.status, BadMalformed)
			}
		}))
	}
}
