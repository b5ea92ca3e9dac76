package server

import (
	"fmt"
	"math"
	"net/http"
	"testing"
)

// An answer that needs no worker leaves the connection open if the request is
// there as a whole, and closes it if not, however large the rest may be.
func TestProbeWithBody(t *testing.T) {
	everyWay(t, func(t *testing.T, w way) {
		for _, length := range []int64{0, 2, 3, math.MaxInt64 - 1, math.MaxInt64} {
			t.Run(fmt.Sprint(length), func(t *testing.T) {
				s := w.serve(t, &Server{
					Handler:      http.NotFoundHandler(),
					MaxBodyBytes: -1,
					Control:      Control{Live: "/live"},
				})
				c := s.call()
				c.send(fmt.Sprintf("GET /live HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n%s", length, "hi"[:min(2, length)]))
				if got := c.want(200, "alive\n"); got.Close != (length > 2) {
					t.Errorf("the connection closes: %v", got.Close)
				}
				if length > 2 {
					c.expectEnd()
				} else {
					c.send("GET /live HTTP/1.1\r\nHost: h\r\n\r\n")
					c.want(200, "alive\n")
				}
			})
		}
	})
}
