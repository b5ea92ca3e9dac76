package upstream

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
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
		{"closes before its body", answerOnce("HTTP/1.1 200 OK\nContent-Length: 5\n\n"), OutcomeBadResponse},
		{"resets before its body", func(c net.Conn) {
			readRequest(bufio.NewReader(c))
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")
			reset(c)
		}, OutcomeBadResponse},
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
