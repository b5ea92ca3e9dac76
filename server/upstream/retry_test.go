package upstream

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
)

// TestStaleConnection has a backend close a kept connection when the second
// request is on it, before it has answered a byte: what may be sent again
// gets an answer, and the backend has seen all else once.
func TestStaleConnection(t *testing.T) {
	for _, test := range []struct {
		method string
		body   string
		fields []string
		again  bool
	}{
		{method: "GET", again: true},
		{method: "HEAD", again: true},
		{method: "OPTIONS", again: true},
		{method: "TRACE", again: true},
		{method: "PUT", again: true},
		{method: "DELETE", again: true},
		{method: "POST"},
		{method: "PATCH"},
		{method: "QUERY"},
		{method: "GET", body: "body"},
		{method: "PUT", body: "body"},
		{method: "POST", body: "body"},
		{method: "POST", fields: []string{"Idempotency-Key", "k"}, again: true},
		{method: "POST", body: "body", fields: []string{"Idempotency-Key", "k"}},
	} {
		t.Run(test.method+" "+test.body+strings.Join(test.fields, " "), func(t *testing.T) {
			var conns, seen atomic.Int64
			rig := newRig(t, Config{IdleTimeout: 1 << 40, Backends: []string{raw(t, func(c net.Conn) {
				first := conns.Add(1) == 1
				in := bufio.NewReader(c)
				for n := 0; readRequest(in); n++ {
					if n == 0 && first { // the warm-up
						io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
						continue
					}
					seen.Add(1)
					if first {
						return
					}
					io.WriteString(c, "HTTP/1.1 204 No Content\r\n\r\n")
				}
			})}})
			rig.do(t, "GET", "/", nil)
			rig.result(t, OutcomeServed)

			var body io.Reader
			if test.body != "" {
				body = strings.NewReader(test.body)
			}
			res, _, _ := rig.do(t, test.method, "/", body, test.fields...)
			want, outcome, times := 502, OutcomeBadResponse, int64(1)
			if test.again {
				want, outcome, times = 204, OutcomeServed, 2
			}
			if got := rig.result(t, outcome); res.StatusCode != want || seen.Load() != times || got.Retries != int(times-1) {
				t.Errorf("status %d, seen %d times, result %+v; want %d and %d", res.StatusCode, seen.Load(), got, want, times)
			}
		})
	}
}

// TestAnsweredIsNotRetried has the connection end after the first byte of a
// response.
func TestAnsweredIsNotRetried(t *testing.T) {
	var seen atomic.Int64
	rig := newRig(t, Config{Backends: []string{raw(t, func(c net.Conn) {
		in := bufio.NewReader(c)
		readRequest(in)
		io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
		for readRequest(in) {
			seen.Add(1)
			io.WriteString(c, "H")
			return
		}
	})}, IdleTimeout: 1 << 40})
	rig.do(t, "GET", "/", nil)
	rig.result(t, OutcomeServed)
	res, _, _ := rig.do(t, "GET", "/", nil)
	rig.result(t, OutcomeBadResponse)
	if res.StatusCode != 502 || seen.Load() != 1 {
		t.Errorf("status %d, the backend saw it %d times", res.StatusCode, seen.Load())
	}
}

// TestOtherBackends has n dead backends beside a live one.
func TestOtherBackends(t *testing.T) {
	for _, test := range []struct {
		name          string
		dead, retries int
		method, body  string
		want          int
		tries         int // of dead ones, at most
	}{
		{"one dead", 1, 0, "GET", "", 200, 1},
		{"nothing was sent, so a POST goes on", 1, 0, "POST", "body", 200, 1},
		{"two dead", 2, 0, "PUT", "body", 200, 2},
		{"three dead, two retries", 3, 0, "GET", "", 502, 3},
		{"three dead, three retries", 3, 3, "GET", "", 200, 3},
		{"no retries", 1, -1, "GET", "", 502, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			live := app(t, func(w http.ResponseWriter, r *http.Request) { io.Copy(w, r.Body) })
			c := Config{Retries: test.retries, Backends: []string{live}}
			for range test.dead {
				c.Backends = append(c.Backends, dead(t))
			}
			rig := newRig(t, c)
			// The live one has more to do than each dead one.
			rig.handler.backends.all[0].inFlight = 10
			res, body, _ := rig.do(t, test.method, "/", strings.NewReader(test.body))
			rig.handler.backends.all[0].inFlight -= 10
			want := OutcomeServed
			if test.want == 502 {
				want = OutcomeConnect
			}
			got := rig.result(t, want)
			tries := 0
			for _, b := range rig.handler.Stats().Backends[1:] {
				tries += int(b.Unreachable)
			}
			retries := test.tries
			if test.want == 502 {
				retries--
			}
			if res.StatusCode != test.want || tries != test.tries || got.Retries != retries {
				t.Errorf("status %d, %d dead ones tried, result %+v; want %d and %d", res.StatusCode, tries, got, test.want, test.tries)
			}
			if test.want == 200 && body != test.body {
				t.Errorf("the live one got %q", body)
			}
		})
	}
}

// TestBackendIsRestarted kills a backend with connections kept to it, and
// starts it again.
func TestBackendIsRestarted(t *testing.T) {
	path := socketPath(t)
	start := func() *http.Server {
		l, err := net.Listen("unix", path)
		if err != nil {
			t.Fatal(err)
		}
		s := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.Host) })}
		go s.Serve(l)
		return s
	}
	rig := newRig(t, Config{Backends: []string{"unix:" + path}})
	get := func(want int, outcome Outcome) {
		t.Helper()
		if res, _, _ := rig.do(t, "GET", "/", nil); res.StatusCode != want {
			t.Errorf("status %d, want %d", res.StatusCode, want)
		}
		rig.result(t, outcome)
	}
	get(502, OutcomeConnect)
	s := start()
	get(200, OutcomeServed)
	s.Close()
	get(502, OutcomeConnect)
	get(502, OutcomeConnect)
	if rig.handler.Stats().Backends[0].Out == 0 {
		t.Error("the backend is not out")
	}
	s = start()
	defer s.Close()
	get(200, OutcomeServed) // It is the only one, so it is tried although it is out.
	if out := rig.handler.Stats().Backends[0].Out; out != 0 {
		t.Errorf("the backend is still out for %v", out)
	}
}
