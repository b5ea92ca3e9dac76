package server

import (
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// TestTimeouts measures, in fake time, when the server ends a wait. Each case
// returns when its client has seen the end.
func TestTimeouts(t *testing.T) {
	const (
		head  = 3 * time.Second
		body  = 4 * time.Second
		write = 5 * time.Second
		idle  = 60 * time.Second
	)
	for _, test := range []struct {
		name  string
		run   func(*rig, *caller)
		after time.Duration
		why   CloseReason
	}{
		{"a silent client is closed without an answer", func(r *rig, c *caller) {
			c.expectEnd()
		}, head, CloseHead},
		{"a partial head has its time from its first byte", func(r *rig, c *caller) {
			time.Sleep(2 * time.Second)
			c.send("GET / HT")
			c.expect(http.StatusRequestTimeout)
			c.expectEnd()
		}, 2*time.Second + head, CloseHead},
		{"dripping does not extend the time of a head", func(r *rig, c *caller) {
			c.drip("GET / HTTP/1.1\r\nHost: h\r\nX: y\r\n\r\n", time.Second/10)
			c.expect(http.StatusRequestTimeout)
			c.expectEnd()
		}, head, CloseHead},
		{"a partial second head has its time from its first byte", func(r *rig, c *caller) {
			c.send(getRoot)
			c.expect(http.StatusOK)
			time.Sleep(2 * head)
			c.send("GET")
			c.expect(http.StatusRequestTimeout)
			c.expectEnd()
		}, 3 * head, CloseHead},
		{"a partial head after a request has its time from the response", func(r *rig, c *caller) {
			c.send("GET /second HTTP/1.1\r\nHost: h\r\n\r\nGET")
			c.expect(http.StatusOK)
			c.expect(http.StatusRequestTimeout)
			c.expectEnd()
		}, time.Second + head, CloseHead},
		{"an idle connection is closed without an answer", func(r *rig, c *caller) {
			c.send(getRoot)
			c.expect(http.StatusOK)
			c.expectEnd()
		}, idle, CloseIdle},
		{"idle time begins anew with each response", func(r *rig, c *caller) {
			for range 3 {
				c.send(getRoot)
				c.expect(http.StatusOK)
				time.Sleep(idle - time.Second)
			}
			c.expectEnd()
		}, 3*idle - 2*time.Second, CloseIdle},
		{"a body is waited for", func(r *rig, c *caller) {
			c.send("POST /read HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\na")
			c.expect(http.StatusRequestTimeout)
			c.expectEnd()
		}, body, CloseBad},
		{"dripping does not extend the time of a body", func(r *rig, c *caller) {
			c.send("POST /read HTTP/1.1\r\nHost: h\r\nContent-Length: 30\r\n\r\n")
			c.drip(strings.Repeat("b", 30), time.Second)
			c.expect(http.StatusRequestTimeout)
			c.expectEnd()
		}, body, CloseBad},
		{"the time of a body includes that of its head", func(r *rig, c *caller) {
			c.send("POST /read HTTP/1.1\r\nHost: h\r\n")
			time.Sleep(2 * time.Second)
			c.send("Content-Length: 3\r\n\r\na")
			c.expect(http.StatusRequestTimeout)
			c.expectEnd()
		}, body, CloseBad},
		{"a response that is late is not sent", func(r *rig, c *caller) {
			c.send("GET /slow HTTP/1.1\r\nHost: h\r\n\r\n")
			c.expectEnd()
		}, time.Minute, CloseWrite},
		{"a reader that takes nothing is cut", func(r *rig, c *caller) {
			c.send("GET /flood HTTP/1.1\r\nHost: h\r\n\r\n")
			<-time.After(write) // to a net.Pipe, nothing was given before this
			synctest.Wait()
			if _, _, err := c.answer(http.MethodGet); err == nil {
				r.t.Error("the response was whole; want it cut")
			}
		}, write, CloseWrite},
		{"a reader that takes some does not extend the time of a response", func(r *rig, c *caller) {
			c.send("GET /flood HTTP/1.1\r\nHost: h\r\n\r\n")
			for range write/time.Second - 1 {
				time.Sleep(time.Second)
				if _, err := io.CopyN(io.Discard, c, 16<<10); err != nil {
					r.t.Errorf("the response is cut early: %v", err)
				}
			}
			<-r.engine.conns.whenEmpty()
		}, write, CloseWrite},
	} {
		inBubbles(t, test.name, func(t *testing.T, way way) {
			r := serving(t, &Server{Model: way.model, Handler: timeoutsHandler(), ReadHeaderTimeout: head, ReadTimeout: body,
				WriteTimeout: write, IdleTimeout: idle}, way.wire)
			start := time.Now()
			c := r.call()
			test.run(r, c)
			c.Close()
			if took := time.Since(start); took != test.after {
				t.Errorf("the end came after %v; want %v", took, test.after)
			}
			<-r.engine.conns.whenEmpty()
			if s := r.Stats(); s.Closed[test.why] != 1 {
				t.Errorf("closed %v; want one for %v", s.Closed, test.why)
			}
		})
	}
}

// drip sends s byte by byte, while the test goes on.
func (c *caller) drip(s string, every time.Duration) {
	var sending sync.WaitGroup
	sending.Go(func() {
		for i := range len(s) {
			if _, err := io.WriteString(c, s[i:i+1]); err != nil {
				return
			}
			time.Sleep(every)
		}
	})
	c.t.Cleanup(func() {
		c.Close()
		sending.Wait()
	})
}

func timeoutsHandler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/", hello)
	mux.HandleFunc("/second", func(http.ResponseWriter, *http.Request) { time.Sleep(time.Second) })
	mux.HandleFunc("/slow", func(http.ResponseWriter, *http.Request) { time.Sleep(time.Minute) })
	mux.HandleFunc("/read", func(_ http.ResponseWriter, r *http.Request) { io.Copy(io.Discard, r.Body) })
	mux.HandleFunc("/flood", func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			if _, err := w.Write(make([]byte, 32<<10)); err != nil {
				return
			}
		}
	})
	return mux
}

// TestHeadTimeoutByDefault checks what bounds a head if ReadHeaderTimeout is
// not set.
func TestHeadTimeoutByDefault(t *testing.T) {
	for read, want := range map[time.Duration]time.Duration{
		0: defaultHeadTimeout, -1: defaultHeadTimeout, time.Second: time.Second, time.Hour: defaultHeadTimeout,
	} {
		if set, err := (&Server{ReadTimeout: read}).settings(); err != nil || set.headTimeout != want {
			t.Errorf("ReadTimeout %v: %v, %v; want %v", read, set.headTimeout, err, want)
		}
	}
}

// TestNever checks that a negative timeout is none.
func TestNever(t *testing.T) {
	inBubbles(t, "", func(t *testing.T, way way) {
		r := serving(t, &Server{Model: way.model, Handler: timeoutsHandler(), ReadHeaderTimeout: -1, ReadTimeout: -1,
			WriteTimeout: -1, IdleTimeout: -1, MinRate: -1}, way.wire)
		const long = 1000 * time.Hour
		c := r.call()
		time.Sleep(long)
		c.send("POST /read HTTP/1.1\r\nHo")
		time.Sleep(long)
		c.send("st: h\r\nContent-Length: 2\r\n\r\n1")
		time.Sleep(long)
		c.send("2")
		time.Sleep(long)
		c.expect(http.StatusOK)
		time.Sleep(long)
		c.send(getRoot)
		c.expect(http.StatusOK)
		if s := r.Stats(); s.Open() != 1 {
			t.Errorf("closed %v; want none", s.Closed)
		}
	})
}

// TestLinger checks that a client that is still sending gets to read a refusal,
// for a while and for so many bytes.
func TestLinger(t *testing.T) {
	const garbage = "\x16\x03\x01"
	inBubbles(t, "time", func(t *testing.T, way way) {
		r := serving(t, &Server{Model: way.model}, way.wire)
		c := r.call()
		c.send(garbage)
		start := time.Now()
		c.drip(strings.Repeat("x", 100), time.Second)
		c.expect(http.StatusBadRequest)
		c.expectEnd()
		if took := time.Since(start); took != 0 {
			t.Errorf("the output ended after %v; want at once", took)
		}
		<-r.engine.conns.whenEmpty()
		if took := time.Since(start); took != lingerTimeout {
			t.Errorf("the connection ended after %v; want %v", took, lingerTimeout)
		}
	})
	inBubbles(t, "bytes", func(t *testing.T, way way) {
		const maxBody = 1 << 10
		r := serving(t, &Server{Model: way.model, MaxBodyBytes: maxBody}, way.wire)
		c := r.call()
		c.send(garbage)
		c.expect(http.StatusBadRequest)
		taken := 0
		for b := make([]byte, 1<<10); ; {
			n, err := c.Write(b)
			taken += n
			if err != nil {
				break
			}
		}
		if taken < maxBody+lingerBytes || taken > maxBody+lingerBytes+4<<10 {
			t.Errorf("took %d bytes; want %d, rounded up to whole reads", taken, maxBody+lingerBytes)
		}
	})
	inBubbles(t, "the client ends it", func(t *testing.T, way way) {
		r := serving(t, &Server{Model: way.model}, way.wire)
		c := r.call()
		start := time.Now()
		c.send(garbage)
		c.expect(http.StatusBadRequest)
		c.closeWrite()
		<-r.engine.conns.whenEmpty()
		if took := time.Since(start); took != 0 {
			t.Errorf("the connection ended after %v; want at once", took)
		}
	})
}

// TestSlowHeadIsNotServedAfterwards checks that what follows a 408 is not
// interpreted, in every model.
func TestSlowHeadIsNotServedAfterwards(t *testing.T) {
	inBubbles(t, "", func(t *testing.T, way way) {
		served := 0
		r := serving(t, &Server{Model: way.model, Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { served++ })}, way.wire)
		c := r.call()
		c.send("GET / HTTP/1.1\r\nHost: h\r\n")
		c.expect(http.StatusRequestTimeout)
		for range 3 {
			io.WriteString(c, "\r\n"+getRoot)
			synctest.Wait()
		}
		c.expectEnd()
		if served != 0 {
			t.Errorf("%d requests were served after the 408; want none", served)
		}
	})
}
