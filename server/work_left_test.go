package server

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

// Where more of a body is left than is read to keep the connection, the head says
// that it ends, unless the handler has begun to read.
func TestLongBodyLeft(t *testing.T) {
	everyWay(t, func(t *testing.T, way way) {
		const most = 256 << 10
		s := way.serveFunc(t, func(w http.ResponseWriter, r *http.Request) {
			io.ReadFull(r.Body, make([]byte, len(r.URL.Query())))
			w.(http.Flusher).Flush()
			io.Copy(io.Discard, r.Body)
		})
		for _, test := range []struct {
			path   string
			size   int
			closes bool
		}{{"/", most, false}, {"/", most + 1, true}, {"/?begun", most + 1, false}} {
			c := s.call()
			c.send(fmt.Sprintf("POST %s HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n", test.path, test.size))
			c.send(strings.Repeat("x", test.size))
			if r, _ := c.expect(http.StatusOK); r.Close != test.closes {
				t.Errorf("%s with %d bytes: Connection: close is %v; want %v", test.path, test.size, r.Close, test.closes)
			}
		}
	})
}
