package server

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"millpond/pool"
)

func TestParseTimeout(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"2": 2 * time.Second, "0.5": time.Second / 2, "500ms": time.Second / 2, "1m30s": 90 * time.Second, "1e1": 10 * time.Second,
		"86400": 24 * time.Hour,
		"":      0, "0": 0, "-1": 0, "-5s": 0, "soon": 0, "NaN": 0, "Inf": 0, "1e300": 0, "86401": 0, "25h": 0, "5 s": 0,
	} {
		if got, ok := parseTimeout([]byte(text)); got != want && ok || ok != (want > 0) {
			t.Errorf("%q is %v, %v; want %v", text, got, ok, want)
		}
	}
}

// FuzzParseTimeout checks that whatever is accepted is within bounds.
func FuzzParseTimeout(f *testing.F) {
	f.Add("2")
	f.Add("500ms")
	f.Fuzz(func(t *testing.T, text string) {
		if d, ok := parseTimeout([]byte(text)); ok && (d <= 0 || d > maxRequestTimeout) {
			t.Errorf("%q is %v", text, d)
		}
	})
}

// TestRequestTimeout checks that X-Request-Timeout counts from the first byte of
// a request, is the deadline of its context, and keeps what comes too late from
// being worked on.
func TestRequestTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var deadlines []time.Duration
		start := time.Now()
		s := &Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if at, ok := r.Context().Deadline(); ok {
				deadlines = append(deadlines, at.Sub(start))
			} else {
				deadlines = append(deadlines, 0)
			}
			if r.URL.Path == "/slow" {
				<-r.Context().Done()
				if err := r.Context().Err(); err != context.DeadlineExceeded {
					t.Errorf("the context ended with %v", err)
				}
			}
		})}
		s.Pool = pool.Config{Workers: 1}
		r := serving(t, s, memory)
		slow, late, bad := r.call(), r.call(), r.call()
		slow.send("GET /slow HTTP/1.1\r\nHost: h\r\n")
		time.Sleep(time.Second)
		slow.send("X-Request-Timeout: 1.2\r\n\r\n")
		synctest.Wait()
		late.send("GET /late HTTP/1.1\r\nx-request-timeout:  100ms \r\nHost: h\r\n\r\n")
		sent := time.Now()
		late.expect(http.StatusServiceUnavailable) // while the only worker is stuck
		if waited := time.Since(sent); waited != 100*time.Millisecond {
			t.Errorf("the late one was answered after %v; want 100ms", waited)
		}
		slow.expect(http.StatusOK)
		bad.send("GET /bad HTTP/1.1\r\nHost: h\r\nX-Request-Timeout: soon\r\n\r\n")
		bad.expect(http.StatusOK)
		if len(deadlines) != 2 || deadlines[0] != 1200*time.Millisecond || deadlines[1] != 0 {
			t.Errorf("deadlines %v; want 1.2 s after the first byte, and none", deadlines)
		}
		if st := r.Stats(); st.Shed[ShedDeadline] != 1 || st.BadTimeouts != 1 || st.Pool.Started != 2 {
			t.Errorf("shed %v, %d malformed, %d started; want 1 for its deadline, 1, and 2", st.Shed, st.BadTimeouts, st.Pool.Started)
		}
	})
}
