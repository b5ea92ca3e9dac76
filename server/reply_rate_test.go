package server

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestLeastRateOfAnAnswer checks, in fake time, when a client that is polled and
// takes its answer too slowly is cut: no handler waits for it then.
func TestLeastRateOfAnAnswer(t *testing.T) {
	const size, rate = 60_000, 1000
	for _, test := range []struct {
		taken int64 // in each second
		after time.Duration
		why   CloseReason
	}{
		{0, 5 * time.Second, CloseWrite},
		{rate / 2, 10 * time.Second, CloseWrite},
		{rate, size/rate*time.Second + time.Second, CloseClient},
	} {
		t.Run(fmt.Sprint(test.taken, " B/s"), bubble(func(t *testing.T) {
			r := serving(t, &Server{MinRate: rate, Handler: say(strings.Repeat("x", size))}, polled)
			c := r.call()
			start := time.Now()
			c.send(getRoot)
			synctest.Wait()
			if st := r.Stats(); st.Pool.Running != 0 || st.BufferedBytes == 0 {
				t.Errorf("%d workers are held, %d bytes kept; want none, and some", st.Pool.Running, st.BufferedBytes)
			}
			for range test.after/time.Second - 1 {
				time.Sleep(time.Second)
				if r.Stats().Conns[StateActive] == 1 {
					io.CopyN(io.Discard, c.Conn, test.taken)
				}
			}
			if st := r.Stats(); test.why == CloseClient {
				if st.Conns[StateIdle] != 1 {
					t.Errorf("connections %v; want one that is idle", st.Conns)
				}
				time.Sleep(time.Second)
				c.Close() // it has its answer
			}
			<-r.engine.conns.whenEmpty()
			if took, s := time.Since(start), r.Stats(); took != test.after || s.Closed[test.why] != 1 {
				t.Errorf("ended after %v, closed %v; want %v, and one for %v", took, s.Closed, test.after, test.why)
			}
		}))
	}
}

// TestReportOfASlowAnswer checks that what a handler has left behind, and that
// writes to its request still, is not read when a client has taken its answer late.
func TestReportOfASlowAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const size = 60_000
		late := make(chan struct{})
		done := make(chan Request, 1)
		r := serving(t, &Server{Trace: &Trace{Done: func(q Request) { done <- q }}, Handler: http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
			req.Pattern = "in time"
			go func() { <-late; req.Pattern, req.Method = "late", "LATE" }()
			io.WriteString(w, strings.Repeat("x", size))
		})}, polled)
		c := r.call()
		c.send(getRoot)
		synctest.Wait()
		close(late)
		synctest.Wait()
		go io.Copy(io.Discard, c.Conn)
		if q := <-done; q.Route != "in time" || q.Method != "GET" || q.Sent <= size || q.Status != 200 {
			t.Errorf("reported as %+v", q)
		}
		c.Close()
		<-r.engine.conns.whenEmpty()
	})
}
