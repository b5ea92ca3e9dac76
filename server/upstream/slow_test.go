package upstream

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestSlow has a backend keep us waiting in every phase, by a fake clock.
func TestSlow(t *testing.T) {
	const limit = 10 * time.Second
	byteByByte := func(c net.Conn, text string) {
		for _, b := range []byte(text) {
			time.Sleep(limit - 1)
			if _, err := c.Write([]byte{b}); err != nil {
				return
			}
		}
	}
	for _, test := range []struct {
		name   string
		body   string
		serve  func(net.Conn)
		after  time.Duration // that the exchange ends
		want   Outcome
		status int
	}{
		{"takes nothing", "", func(c net.Conn) { time.Sleep(time.Hour) }, limit, OutcomeTimeout, 504},
		{"takes a part of the body", strings.Repeat("x", 1<<20), func(c net.Conn) {
			io.CopyN(io.Discard, c, 1000)
			time.Sleep(time.Hour)
		}, limit, OutcomeTimeout, 504},
		{"takes the body slowly", strings.Repeat("x", 100_000), func(c net.Conn) {
			slow := bufio.NewReader(readerFunc(func(p []byte) (int, error) {
				time.Sleep(time.Second)
				return c.Read(p)
			}))
			readRequest(slow)
			io.WriteString(c, "HTTP/1.1 204 No Content\r\n\r\n")
		}, 0, OutcomeServed, 204},
		{"answers nothing", "", func(c net.Conn) { readRequest(bufio.NewReader(c)); time.Sleep(time.Hour) }, limit, OutcomeTimeout, 504},
		{"sends its head byte by byte", "", func(c net.Conn) {
			readRequest(bufio.NewReader(c))
			byteByByte(c, "HTTP/1.1 200 OK\r\n")
		}, limit, OutcomeTimeout, 504},
		{"sends interim responses for ever", "", func(c net.Conn) {
			readRequest(bufio.NewReader(c))
			for {
				time.Sleep(time.Second)
				if _, err := io.WriteString(c, "HTTP/1.1 102 Processing\r\n\r\n"); err != nil {
					return
				}
			}
		}, limit, OutcomeTimeout, 504},
		{"sends its body byte by byte", "", func(c net.Conn) {
			readRequest(bufio.NewReader(c))
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")
			byteByByte(c, "hello")
		}, 5 * (limit - 1), OutcomeServed, 200},
		{"stops before its body", "", func(c net.Conn) {
			readRequest(bufio.NewReader(c))
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nSet-Cookie: a=b\r\n\r\n")
			time.Sleep(time.Hour)
		}, limit, OutcomeTimeout, 504},
		{"stops before its first chunk", "", func(c net.Conn) {
			readRequest(bufio.NewReader(c))
			io.WriteString(c, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
			time.Sleep(time.Hour)
		}, limit, OutcomeBroken, 200},
		{"stops in its body", "", func(c net.Conn) {
			readRequest(bufio.NewReader(c))
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nh")
			time.Sleep(time.Hour)
		}, limit, OutcomeBroken, 200},
		{"is silent in an event stream", "", func(c net.Conn) {
			readRequest(bufio.NewReader(c))
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nContent-Length: 5\r\n\r\nh")
			time.Sleep(time.Hour)
			io.WriteString(c, "ello")
		}, time.Hour, OutcomeServed, 200},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var got Result
				h := newHandler(t, Config{Backends: []string{"http://pipe"}, Timeout: limit,
					Trace: &Trace{Done: func(r Result) { got = r }}})
				piped(h, test.serve)
				r := httptest.NewRequest("POST", "/", strings.NewReader(test.body))
				began := time.Now()
				w, p := serveOne(h, r)
				if test.after > 0 && time.Since(began) != test.after {
					t.Errorf("ended after %v of the fake clock, want %v", time.Since(began), test.after)
				}
				if got.Outcome != test.want || got.Status != test.status {
					t.Errorf("result %+v, want %v and %d", got, test.want, test.status)
				}
				if test.want == OutcomeBroken && p != http.ErrAbortHandler || test.want != OutcomeBroken && p != nil {
					t.Errorf("panic %v", p)
				}
				if p == nil && w.Code != test.status {
					t.Errorf("status %d, want %d", w.Code, test.status)
				}
				if test.want == OutcomeTimeout && w.Header().Get("Set-Cookie") != "" {
					t.Error("fields of the response that was given up are passed on")
				}
				if test.want != OutcomeServed && !errors.Is(got.Err, errSlow) {
					t.Errorf("the error is %v", got.Err)
				}
				h.CloseIdleConnections()
				time.Sleep(2 * time.Hour) // for the backend to end
			})
		})
	}
}

type readerFunc func(p []byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// TestSlowClientIsNoSlowBackend has a client that takes longer than Timeout
// for its body, and for each part of the response.
func TestSlowClientIsNoSlowBackend(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHandler(t, Config{Backends: []string{"http://pipe"}, Timeout: time.Second})
		piped(h, func(c net.Conn) {
			readRequest(bufio.NewReader(c))
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"+strings.Repeat("x", 100_000))
		})
		left := 5
		r := httptest.NewRequest("POST", "/", readerFunc(func(p []byte) (int, error) {
			time.Sleep(time.Minute)
			if left--; left == 0 {
				return 0, io.EOF
			}
			return copy(p, "x"), nil
		}))
		w := &slowWriter{httptest.NewRecorder()}
		h.ServeHTTP(w, r)
		if st := h.Stats(); st.Outcomes[OutcomeServed] != 1 || w.Body.Len() != 100_000 {
			t.Errorf("outcomes %v, %d bytes of the response", st.Outcomes, w.Body.Len())
		}
		h.CloseIdleConnections()
	})
}

type slowWriter struct{ *httptest.ResponseRecorder }

func (w *slowWriter) Write(p []byte) (int, error) {
	time.Sleep(time.Minute)
	return w.ResponseRecorder.Write(p)
}

// TestDeadline has the deadline of the request's own context pass before there is
// anything of a response, and before there is anything of its body.
func TestDeadline(t *testing.T) {
	for _, head := range []string{"", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"} {
		synctest.Test(t, func(t *testing.T) {
			h := newHandler(t, Config{Backends: []string{"http://pipe"}, Timeout: -1})
			piped(h, func(c net.Conn) {
				readRequest(bufio.NewReader(c))
				io.WriteString(c, head)
				time.Sleep(time.Hour)
			})
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			w, p := serveOne(h, httptest.NewRequest("GET", "/", nil).WithContext(ctx))
			if st := h.Stats(); w.Code != 504 || p != nil || st.Outcomes[OutcomeTimeout] != 1 {
				t.Errorf("after %q: status %d, panic %v, outcomes %v", head, w.Code, p, st.Outcomes)
			}
			time.Sleep(2 * time.Hour) // for the backend to end
		})
	}
}

// TestConnectTimeout has a dial that is never answered.
func TestConnectTimeout(t *testing.T) {
	h := newHandler(t, Config{Backends: []string{"http://192.0.2.1:1"}, ConnectTimeout: 1})
	w, p := serveOne(h, httptest.NewRequest("GET", "/", nil))
	if st := h.Stats(); w.Code != 502 || p != nil || st.Outcomes[OutcomeConnect] != 1 || st.Backends[0].Unreachable != 1 {
		t.Errorf("status %d, panic %v, stats %+v", w.Code, p, st)
	}
}
