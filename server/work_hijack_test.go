package server

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"testing"
)

// hijack takes the connection of w, for a handler that cannot do without.
func hijack(t *testing.T, w http.ResponseWriter) (net.Conn, *bufio.ReadWriter) {
	t.Helper()
	nc, rw, err := http.NewResponseController(w).Hijack()
	if err != nil {
		t.Errorf("Hijack: %v", err)
		panic(http.ErrAbortHandler)
	}
	return nc, rw
}

// echoRest sends back n bytes of what comes on a hijacked connection, and
// closes it.
func echoRest(nc net.Conn, rw *bufio.ReadWriter, n int64) {
	io.CopyN(rw, rw, n)
	rw.Flush()
	nc.Close()
}

// hijacks are handlers that take the connection, and what the client gets.
var hijacks = []struct {
	name   string
	handle func(*testing.T, http.ResponseWriter, *http.Request)
	send   string // before the connection is taken, and "ab" after
	want   string
}{
	{"with nothing read ahead", func(t *testing.T, w http.ResponseWriter, r *http.Request) {
		nc, rw := hijack(t, w)
		echoRest(nc, rw, 2)
	}, get + end, "ab"},
	{"with bytes read ahead", func(t *testing.T, w http.ResponseWriter, r *http.Request) {
		nc, rw := hijack(t, w)
		if n := rw.Reader.Buffered(); n < 5 {
			t.Errorf("%d bytes are buffered, want at least 5", n)
		}
		echoRest(nc, rw, 7)
	}, get + end + "ahead", "aheadab"},
	{"with the body unread", func(t *testing.T, w http.ResponseWriter, r *http.Request) {
		nc, rw := hijack(t, w)
		if n, err := r.Body.Read(make([]byte, 1)); n != 0 || err == nil {
			t.Errorf("Body.Read after Hijack: %d, %v; want an error", n, err)
		}
		echoRest(nc, rw, 6)
	}, post + "Content-Length: 4\r\n\r\nbody", "bodyab"},
	{"with the body read", func(t *testing.T, w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		nc, rw := hijack(t, w)
		echoRest(nc, rw, 7)
	}, chunked + "4\r\nbody\r\n0\r\n\r\nahead", "aheadab"},
	{"after a flush", func(t *testing.T, w http.ResponseWriter, r *http.Request) {
		w.Header()["Date"] = nil
		io.WriteString(w, "hi")
		w.(http.Flusher).Flush()
		nc, rw := hijack(t, w)
		echoRest(nc, rw, 2)
	}, get + end, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n2\r\nhi\r\nab"},
	{"after 101", func(t *testing.T, w http.ResponseWriter, r *http.Request) {
		w.Header()["Date"] = nil
		w.Header().Set("Connection", "Upgrade")
		w.Header().Set("Upgrade", "echo")
		w.WriteHeader(http.StatusSwitchingProtocols)
		nc, rw := hijack(t, w)
		echoRest(nc, rw, 2)
	}, get + "Connection: Upgrade\r\nUpgrade: echo\r\n\r\n",
		"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\nab"},
	{"by a goroutine that outlives the handler", func(t *testing.T, w http.ResponseWriter, r *http.Request) {
		nc, rw := hijack(t, w)
		go echoRest(nc, rw, 2)
	}, get + end, "ab"},
	{"and then a panic", func(t *testing.T, w http.ResponseWriter, r *http.Request) {
		nc, rw := hijack(t, w)
		go echoRest(nc, rw, 2)
		panic("no")
	}, get + end, "ab"},
	{"and then what needs a response", func(t *testing.T, w http.ResponseWriter, r *http.Request) {
		nc, rw := hijack(t, w)
		if _, err := io.WriteString(w, "no"); err != http.ErrHijacked {
			t.Errorf("Write: %v, want %v", err, http.ErrHijacked)
		}
		w.WriteHeader(500)
		w.WriteHeader(0)
		rc := http.NewResponseController(w)
		if err := rc.Flush(); err != http.ErrHijacked {
			t.Errorf("Flush: %v, want %v", err, http.ErrHijacked)
		}
		if _, _, err := rc.Hijack(); err != http.ErrHijacked {
			t.Errorf("Hijack: %v, want %v", err, http.ErrHijacked)
		}
		echoRest(nc, rw, 2)
	}, get + end, "ab"},
}

func TestHijack(t *testing.T) {
	for _, test := range hijacks {
		t.Run(test.name, func(t *testing.T) {
			everyWay(t, func(t *testing.T, way way) {
				s := way.serveFunc(t, func(w http.ResponseWriter, r *http.Request) { test.handle(t, w, r) })
				c := s.call()
				c.send(test.send)
				c.send("ab")
				c.wantText(test.want)
				c.expectEnd()
				if n := s.Stats().Closed[CloseHijacked]; n != 1 {
					t.Errorf("%d connections counted as hijacked, want 1", n)
				}
			})
		})
	}
}

// A handler that has asked for the end of its context, and then takes the
// connection, gets every byte, and its context goes on until it returns.
func TestHijackOfWatchedConnection(t *testing.T) {
	everyWay(t, func(t *testing.T, way way) {
		watching, sent := make(chan struct{}), make(chan struct{})
		s := way.serveFunc(t, func(w http.ResponseWriter, r *http.Request) {
			done := r.Context().Done()
			close(watching)
			<-sent
			nc, rw := hijack(t, w)
			select {
			case <-done:
				t.Error("Hijack ended the context")
			default:
			}
			echoRest(nc, rw, 2)
		})
		c := s.call()
		c.send(get + end)
		within(t, watching, "the handler")
		c.send("a")
		close(sent)
		c.send("b")
		c.wantText("ab")
		c.expectEnd()
	})
}
