package upstream

import (
	"bufio"
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// FuzzResponses has a backend send raw bytes in response to one request. None
// of them may get into the response to the next one, and whatever they are
// the books balance and the handler does not panic in a way of its own.
func FuzzResponses(f *testing.F) {
	for _, s := range []string{
		"", "HTTP/1.1 200 OK\n\n", "HTTP/1.1 200 OK\nContent-Length: 2\n\nok", "HTTP/1.1 200 OK\nContent-Length: 2\n\no",
		"HTTP/1.1 200 OK\nContent-Length: 2\n\nokHTTP/1.1 200 OK\nContent-Length: 4\n\nevil",
		"HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n2\nok\n0\nA: b\n\n", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\nz",
		"HTTP/1.1 103 Early\nLink: a\n\nHTTP/1.1 200 OK\nContent-Length: 0\n\n", "HTTP/1.1 100 Continue\n\n",
		"HTTP/1.1 101 Switching Protocols\nConnection: upgrade\nUpgrade: a\n\n", "HTTP/1.1 304 Not Modified\nContent-Length: 9\n\nbody",
		"HTTP/1.0 200 OK\nConnection: keep-alive\n\nbody", "HTTP/1.1 099 Low\n\n", "HTTP/1.1 999 High\nContent-Length: 0\n\n",
		"HTTP/1.1 200 OK\nContent-Type: text/event-stream\n\ndata: 1\n", "\x00\x16garbage", "HTTP/2.0 200 OK\n\n",
		"HTTP/1.1 200 OK\nTransfer-Encoding: chunked\nTrailer: A\nContent-Length: 2\n\n0\nA: b\nC: d\n\n",
	} {
		f.Add([]byte(crlf(s)), true)
		f.Add([]byte(crlf(s)), false)
	}
	f.Fuzz(func(t *testing.T, text []byte, closes bool) {
		h := newHandler(t, Config{Backends: []string{"http://pipe"}, Timeout: 20 * time.Millisecond})
		piped(h, func(c net.Conn) {
			in := bufio.NewReader(c)
			for {
				req, err := http.ReadRequest(in)
				if err != nil {
					return
				}
				answer := []byte("HTTP/1.1 200 OK\r\nContent-Length: 4\r\nX-Next: 1\r\n\r\nnext")
				if req.URL.Path != "/next" {
					answer = text
				}
				if _, err := c.Write(answer); err != nil || closes {
					return
				}
			}
		})
		for _, path := range []string{"/fuzzed", "/next"} {
			// A stream of events may be silent until its client leaves.
			ctx, cancel := context.WithTimeout(t.Context(), 40*time.Millisecond)
			w, p := serveOne(h, httptest.NewRequest("GET", path, nil).WithContext(ctx))
			cancel()
			if p != nil && p != http.ErrAbortHandler {
				t.Fatalf("%s: panic %v", path, p)
			}
			if path == "/next" && w.Code != 502 && w.Code != 504 && (p != nil || w.Body.String() != "next" || w.Header().Get("X-Next") != "1") {
				t.Errorf("the next request got status %d, %v, %q, panic %v", w.Code, w.Header(), w.Body, p)
			}
		}
		h.CloseIdleConnections()
		checkBooks(t, h)
	})
}
