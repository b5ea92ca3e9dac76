package server

import (
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"millpond/pool"
	"millpond/server/internal/http1"
	"millpond/server/internal/poll"
)

// overloading is a server with one worker, which takes 10 ms for a request, and
// 240 callers who have asked at once. Their answers come on the channel.
func overloading(t *testing.T, s *Server) (r *rig, answers chan *http.Response) {
	s.Handler = http.HandlerFunc(func(http.ResponseWriter, *http.Request) { time.Sleep(10 * time.Millisecond) })
	s.Pool.Workers = 1
	s.Control = Control{Ready: "/ready"}
	r = serving(t, s, memory)
	answers = make(chan *http.Response, 240)
	for range cap(answers) {
		c := r.call()
		c.send(getRoot)
		go func() {
			resp, _, _ := c.answer(http.MethodGet)
			answers <- resp
		}()
	}
	return r, answers
}

// TestOverload goes through an episode: what waits for long makes the server
// overloaded, the newest are served, the others told when to come back, and
// once nothing has waited for a while it is over. Its log has a line for its
// beginning and one for its end.
func TestOverload(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log logBuffer
		var began, ended int
		s := &Server{Logger: slog.New(slog.NewTextHandler(&log, nil)), UnreadyAfter: 100 * time.Millisecond}
		s.Pool.Trace = &pool.Trace{OverloadBegan: func(string) { began++ }, OverloadEnded: func(pool.Episode) { ended++ }}
		r, answers := overloading(t, s)
		ready := func(status int) {
			c := r.call()
			c.send("GET /ready HTTP/1.1\r\nHost: h\r\n\r\n")
			c.expect(status)
		}
		ready(http.StatusOK)
		time.Sleep(200 * time.Millisecond)
		ready(http.StatusOK) // it is not overloaded for long
		if st := r.Stats().Pool.Load; st.State != pool.Overloaded || log.count("overload began") != 1 || began != 1 {
			t.Errorf("%v, began %d times, log:\n%s", st.State, began, &log.text)
		}
		time.Sleep(100 * time.Millisecond)
		ready(http.StatusServiceUnavailable)
		served, refused := 0, 0
		for range cap(answers) {
			switch resp := <-answers; {
			case resp == nil:
				t.Error("a caller got no answer")
			case resp.StatusCode == http.StatusOK:
				served++
			case resp.StatusCode == http.StatusServiceUnavailable:
				refused++
				if after, err := strconv.Atoi(resp.Header.Get("Retry-After")); err != nil || after < 1 || after > 30 {
					t.Errorf("Retry-After: %q", resp.Header.Get("Retry-After"))
				}
			}
		}
		time.Sleep(20 * time.Millisecond) // twice what a request takes
		synctest.Wait()
		st := r.Stats()
		if served < 45 || served+refused != cap(answers) || st.Shed[ShedPushedOut]+st.Shed[ShedWaited] != uint64(refused) {
			t.Errorf("%d served, %d refused, shed %v; want at least 45 served", served, refused, st.Shed)
		}
		if st.Pool.Load.State != pool.Calm || ended != 1 || log.count("overload ended") != 1 {
			t.Errorf("%v, ended %d times, log:\n%s", st.Pool.Load.State, ended, &log.text)
		}
		ready(http.StatusOK)
	})
}

// TestRetryAfterIsSpread checks that those who are refused are not all told the
// same, and nobody to come back later than the bound.
func TestRetryAfterIsSpread(t *testing.T) {
	for refused, want := range map[uint64]int{0: 1, 100: 3, 1_000_000: int(mostRetryAfter / time.Second)} {
		o := &overload{now: http1.StartClock().Now, load: func() pool.Load { return pool.Load{} }}
		o.asked.Store(1 << 62)
		o.recovery.Store(int64(recovery(pool.Load{State: pool.Overloaded, Capacity: 100, Refused: refused})))
		told := map[int]int{}
		for range 600 {
			told[o.retryAfter(o.now())]++
		}
		if len(told) != want || told[1] != 600/want {
			t.Errorf("%d refused: told %v; want %d different times, each as often", refused, told, want)
		}
	}
}

// TestServerTiming checks the field, and that it is off by default.
func TestServerTiming(t *testing.T) {
	for _, on := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			s := &Server{ServerTiming: on, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				time.Sleep(20 * time.Millisecond)
				io.WriteString(w, "hi")
				time.Sleep(time.Second) // after the head is decided
			})}
			s.Pool.Workers = 1
			r := serving(t, s, memory)
			first, second := r.call(), r.call()
			first.send(getRoot)
			synctest.Wait()
			time.Sleep(920 * time.Millisecond)
			second.send(getRoot)
			first.expect(http.StatusOK)
			resp, _ := second.expect(http.StatusOK)
			want := "queue;dur=100, run;dur=20"
			if !on {
				want = ""
			}
			if got := resp.Header.Get("Server-Timing"); got != want {
				t.Errorf("on %v: %q; want %q", on, got, want)
			}
		})
	}
}

// TestGoneIsNotServed checks that the request of a client that was reset while
// it waited is dropped, and that of one that has only ended its output served.
func TestGoneIsNotServed(t *testing.T) {
	served := make(chan string, 10)
	release := make(chan struct{})
	s := &Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		served <- r.URL.Path
		<-release
		hello(w, r)
	})}
	s.Pool = pool.Config{Workers: 1, Discipline: pool.FIFO}
	r := serving(t, s, sockets)
	r.call().send(getRoot)
	within(t, served, "the first request")
	gone, half := r.call(), r.call()
	gone.send("GET /gone HTTP/1.1\r\nHost: h\r\n\r\n")
	until(t, "it is queued", func() bool { return r.Stats().Pool.Waiting == 1 })
	half.send("GET /half HTTP/1.1\r\nHost: h\r\n\r\n")
	half.closeWrite()
	until(t, "both are queued", func() bool { return r.Stats().Pool.Waiting == 2 })
	gone.reset()
	until(t, "the reset is seen", func() bool {
		for _, c := range r.engine.conns.all() {
			if c.request != nil && c.request.gone() {
				return true
			}
		}
		return false
	})
	close(release)
	half.want(http.StatusOK, "half")
	if path := within(t, served, "the half-closed client"); path != "/half" {
		t.Errorf("served %s", path)
	}
	if st := r.Stats(); st.Closed[CloseClient] == 0 {
		t.Errorf("closed %v; want one because the client left", st.Closed)
	}
}

// TestRefusalAllocatesNothing counts the allocations of refusing one request
// after the other on a connection.
func TestRefusalAllocatesNothing(t *testing.T) {
	if raceEnabled {
		t.Log("the race detector allocates")
		return
	}
	for _, test := range []struct {
		name, request string
		cfg           pool.Config
	}{
		{"fifo", getRoot, pool.Config{Workers: 1, Queue: -1, Discipline: pool.FIFO}},
		{"adaptive", getRoot, pool.Config{Workers: 1, Queue: -1, Discipline: pool.Adaptive}},
		{"problem", "GET / HTTP/1.1\r\nHost: h\r\nAccept: application/json, text/plain;q=0.5\r\n\r\n", pool.Config{Workers: 1, Queue: -1}},
	} {
		t.Run(test.name, func(t *testing.T) {
			release := make(chan struct{})
			defer close(release)
			s := &Server{Handler: holding(release), Logger: discard, Pool: test.cfg}
			busy, bl := fakeConn(t, s)
			bl.feed("GET /hold HTTP/1.1\r\nHost: h\r\n\r\n")
			busy.parking.Set(poll.Readable)
			busy.drive()
			until(t, "the worker is busy", func() bool { return s.Stats().Pool.Running == 1 })
			c, l := fakeConn(t, s)
			var left string
			l.read = func(p []byte) (int, error) {
				n := copy(p, left)
				left = left[n:]
				return n, nil
			}
			c.drive() // it waits for its first request
			refuse := func() {
				left = test.request
				c.event(poll.Readable)
			}
			if n := testing.AllocsPerRun(1000, refuse); n != 0 {
				t.Errorf("%v allocations; want none", n)
			}
			if st := s.Stats(); total(st.Shed[:]) < 1000 || !strings.Contains(ShedQueueFull.String(), "full") {
				t.Errorf("shed %v; want all", st.Shed)
			}
		})
	}
}
