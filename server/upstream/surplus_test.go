package upstream

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// TestSurplus has a backend send more than it was asked for: what nobody has
// asked for must never be taken for the response to the next request.
func TestSurplus(t *testing.T) {
	for _, surplus := range []string{
		"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil",
		"HTTP/1.1 200 OK\r\nX-Evil: 1\r\nX-Partial: ",
		"HTTP/1.1 103 Early Hints\r\nX-Evil: 1\r\n\r\n",
	} {
		h := newHandler(t, Config{MaxConns: 2, Backends: []string{raw(t, func(c net.Conn) {
			in := bufio.NewReader(c)
			for {
				req, err := http.ReadRequest(in)
				if err != nil {
					return
				}
				fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s%s", len(req.URL.Path), req.URL.Path, surplus)
			}
		})}})
		var all sync.WaitGroup
		var evil, good atomic.Int64
		for i := range 16 {
			all.Go(func() {
				for j := range 100 {
					path := fmt.Sprintf("/%d/%d", i, j)
					w, p := serveOne(h, httptest.NewRequest("GET", path, nil))
					switch {
					case w.Code == 200 && w.Body.String() == path && w.Header().Get("X-Evil") == "" && p == nil:
						good.Add(1)
					case w.Code != 502:
						evil.Add(1)
					}
				}
			})
		}
		all.Wait()
		if evil.Load() > 0 || good.Load() == 0 {
			t.Errorf("%d responses were made of surplus, %d are right", evil.Load(), good.Load())
		}
		checkBooks(t, h)
	}
}

// TestConnKnowsAnAnswer has reads and writes of a connection in each order
// that leads to the first byte of a response.
func TestConnKnowsAnAnswer(t *testing.T) {
	for _, test := range []struct {
		events string // r: a Read ends, w: a Write
		want   bool
	}{
		{"", false}, {"w", false}, {"r", false}, {"rw", false},
		{"wr", true}, {"rwr", true}, {"wrw", true}, {"wwr", true},
	} {
		ours, theirs := net.Pipe()
		go io.Copy(theirs, strings.NewReader("rrr"))
		go io.Copy(io.Discard, theirs)
		c := newConn(ours)
		c.Write([]byte("an earlier request"))
		c.Read(make([]byte, 1))
		c.begin()
		for _, e := range test.events {
			if e == 'r' {
				c.Read(make([]byte, 1))
			} else {
				c.Write([]byte("w"))
			}
		}
		if c.answers() != test.want {
			t.Errorf("after %q: %v, want %v", test.events, c.answers(), test.want)
		}
		ours.Close()
		theirs.Close()
	}
}
