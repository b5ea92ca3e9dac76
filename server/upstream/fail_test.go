package upstream

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestBadBackends has each way a backend can fail before a response is there.
func TestBadBackends(t *testing.T) {
	hang := func(text string) func(net.Conn) {
		return func(conn net.Conn) {
			in := bufio.NewReader(conn)
			readRequest(in)
			io.WriteString(conn, crlf(text))
			in.ReadByte() // until the other side gives up
		}
	}
	for _, test := range []struct {
		name  string
		serve func(net.Conn) // nil: nobody is there
		want  Outcome
	}{
		{"dead", nil, OutcomeConnect},
		{"closes at once", func(net.Conn) {}, OutcomeBadResponse},
		{"resets at once", func(c net.Conn) { readRequest(bufio.NewReader(c)); reset(c) }, OutcomeBadResponse},
		{"closes in the head", answerOnce("HTTP/1.1 200 OK\nContent-Le"), OutcomeBadResponse},
		{"garbage", hang("\x16\x03\x01\x00\xff\xfe\n\n"), OutcomeBadResponse},
		{"another protocol", hang("220 mail ESMTP\n"), OutcomeBadResponse},
		{"status 099", hang("HTTP/1.1 099 Low\nContent-Length: 0\n\n"), OutcomeBadResponse},
		{"status 0", hang("HTTP/1.1 000 Low\nContent-Length: 0\n\n"), OutcomeBadResponse},
		{"two lengths", hang("HTTP/1.1 200 OK\nContent-Length: 1\nContent-Length: 2\n\nab"), OutcomeBadResponse},
		{"negative length", hang("HTTP/1.1 200 OK\nContent-Length: -1\n\n"), OutcomeBadResponse},
		{"unknown coding", hang("HTTP/1.1 200 OK\nTransfer-Encoding: gzip\n\n"), OutcomeBadResponse},
		{"a folded field", hang("HTTP/1.1 200 OK\nA: b\nC d\n\n"), OutcomeBadResponse},
		{"an endless head", func(c net.Conn) {
			readRequest(bufio.NewReader(c))
			io.WriteString(c, "HTTP/1.1 200 OK\r\n")
			for {
				if _, err := io.WriteString(c, "A: "+strings.Repeat("b", 1000)+"\r\n"); err != nil {
					return
				}
			}
		}, OutcomeBadResponse},
		{"an upgrade that nobody asked for", hang("HTTP/1.1 101 Switching Protocols\nConnection: upgrade\nUpgrade: x\n\n"), OutcomeBadResponse},
	} {
		t.Run(test.name, func(t *testing.T) {
			backend := dead(t)
			if test.serve != nil {
				backend = raw(t, test.serve)
			}
			rig := newRig(t, Config{Backends: []string{backend}})
			res, body, err := rig.do(t, "POST", "/", strings.NewReader("body"))
			if res.StatusCode != http.StatusBadGateway || err != nil || body != "Bad Gateway\n" {
				t.Errorf("status %d, body %q, %v; want 502", res.StatusCode, body, err)
			}
			if got := rig.result(t, test.want); got.Status != http.StatusBadGateway || got.Retries != 0 {
				t.Errorf("result %+v", got)
			}
		})
	}
}

// answerOnce answers one request with text, its line ends made right.
func answerOnce(text string) func(net.Conn) {
	return func(conn net.Conn) {
		readRequest(bufio.NewReader(conn))
		io.WriteString(conn, crlf(text))
	}
}

// TestBrokenOff has responses that lack their end. The client must see that.
func TestBrokenOff(t *testing.T) {
	large := strings.Repeat("x", 100_000)
	for _, test := range []struct {
		name  string
		serve func(net.Conn)
	}{
		{"closed before its length", answerOnce("HTTP/1.1 200 OK\nContent-Length: 200000\n\n" + large)},
		{"closed before the last chunk", answerOnce("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n5\nhello\n")},
		{"a bad chunk", answerOnce("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n5\nhello\nzz\n")},
		{"reset, without a length", func(c net.Conn) {
			readRequest(bufio.NewReader(c))
			io.WriteString(c, "HTTP/1.1 200 OK\r\n\r\n"+large)
			reset(c)
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			rig := newRig(t, Config{Backends: []string{raw(t, test.serve)}})
			req, _ := http.NewRequest("GET", rig.URL, nil)
			res, err := rig.client.Do(req)
			if err == nil { // else the connection was cut before the head was flushed
				_, err = io.Copy(io.Discard, res.Body)
				res.Body.Close()
			}
			if err == nil {
				t.Error("the client saw a clean end")
			}
			rig.result(t, OutcomeBroken)
		})
	}
}

// TestBrokenOffWithoutAServer has no http.ServerContextKey, without which
// ReverseProxy swallows the failure.
func TestBrokenOffWithoutAServer(t *testing.T) {
	h := newHandler(t, Config{Backends: []string{raw(t, answerOnce("HTTP/1.1 200 OK\nContent-Length: 9\n\nhello"))}})
	if _, p := serveOne(h, httptest.NewRequest("GET", "/", nil)); p != http.ErrAbortHandler {
		t.Errorf("panic %v, want http.ErrAbortHandler", p)
	}
}

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

// TestDeadline has the deadline of the request's own context pass.
func TestDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHandler(t, Config{Backends: []string{"http://pipe"}, Timeout: -1})
		piped(h, func(c net.Conn) { readRequest(bufio.NewReader(c)); time.Sleep(time.Hour) })
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		w, p := serveOne(h, httptest.NewRequest("GET", "/", nil).WithContext(ctx))
		if st := h.Stats(); w.Code != 504 || p != nil || st.Outcomes[OutcomeTimeout] != 1 {
			t.Errorf("status %d, panic %v, outcomes %v", w.Code, p, st.Outcomes)
		}
		time.Sleep(2 * time.Hour) // for the backend to end
	})
}

// TestConnectTimeout has a dial that is never answered.
func TestConnectTimeout(t *testing.T) {
	h := newHandler(t, Config{Backends: []string{"http://192.0.2.1:1"}, ConnectTimeout: 1})
	w, p := serveOne(h, httptest.NewRequest("GET", "/", nil))
	if st := h.Stats(); w.Code != 502 || p != nil || st.Outcomes[OutcomeConnect] != 1 || st.Backends[0].Unreachable != 1 {
		t.Errorf("status %d, panic %v, stats %+v", w.Code, p, st)
	}
}

// TestClientLeaves has the client go while the backend works, and while it
// answers.
func TestClientLeaves(t *testing.T) {
	for _, answered := range []bool{false, true} {
		begun, gone := make(chan bool), make(chan bool)
		rig := newRig(t, Config{Backends: []string{app(t, func(w http.ResponseWriter, r *http.Request) {
			if answered {
				io.WriteString(w, "begun")
				http.NewResponseController(w).Flush()
			}
			close(begun)
			<-r.Context().Done()
			close(gone)
		})}})
		ctx, cancel := context.WithCancel(t.Context())
		req, _ := http.NewRequestWithContext(ctx, "GET", rig.URL, nil)
		go func() {
			<-begun
			cancel()
		}()
		if res, err := rig.client.Do(req); err == nil {
			io.Copy(io.Discard, res.Body)
			res.Body.Close()
		}
		cancel()
		<-gone // The backend is told.
		rig.result(t, OutcomeClient)
		if st := rig.handler.Stats().Backends[0]; st.Unreachable != 0 || st.Out != 0 {
			t.Errorf("the backend is blamed: %+v", st)
		}
	}
}

// TestBadBody has a client whose body is not what it declared.
func TestBadBody(t *testing.T) {
	for _, test := range []struct {
		name   string
		body   io.Reader
		status int
	}{
		{"broken", io.MultiReader(strings.NewReader("hello"), failing{io.ErrUnexpectedEOF}), 400},
		{"too large", failing{&http.MaxBytesError{Limit: 9}}, 413},
		{"too late", failing{os.ErrDeadlineExceeded}, 408},
	} {
		t.Run(test.name, func(t *testing.T) {
			h := newHandler(t, Config{Backends: []string{app(t, func(w http.ResponseWriter, r *http.Request) {
				io.Copy(io.Discard, r.Body)
			})}})
			w, p := serveOne(h, httptest.NewRequest("POST", "/", test.body))
			if st := h.Stats(); w.Code != test.status || p != nil || st.Outcomes[OutcomeClient] != 1 {
				t.Errorf("status %d, panic %v, outcomes %v; want %d", w.Code, p, st.Outcomes, test.status)
			}
		})
	}
}

type failing struct{ error }

func (f failing) Read([]byte) (int, error) { return 0, f.error }
