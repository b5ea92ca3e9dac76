package server

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// TestLimitsAtTheirEdge sends, for every limit on a request, one that is just
// below it, at it, and just beyond it. The last is refused with the status of
// the limit, counted, and the last of its connection.
func TestLimitsAtTheirEdge(t *testing.T) {
	const (
		body    = 1000 // MaxBodyBytes
		maxHead = 32 << 10
		host    = "Host: h\r\n"
		coded   = post + "Transfer-Encoding: chunked\r\n\r\n"
	)
	fill := func(before string, n int, after string) string {
		return before + strings.Repeat("x", n-len(before)-len(after)) + after
	}
	for _, test := range []struct {
		name   string
		at     int
		make   func(n int) string
		status int
		why    BadReason
	}{
		{"method", 32, func(n int) string { return strings.Repeat("M", n) + " / HTTP/1.1\r\n" + host + "\r\n" }, 400, BadMalformed},
		{"request line", 8 << 10, func(n int) string { return fill("GET /", n, " HTTP/1.1\r\n") + host + "\r\n" }, 414, BadTargetLong},
		{"field", 16 << 10, func(n int) string { return "GET / HTTP/1.1\r\n" + host + fill("A: ", n, "\r\n") + "\r\n" }, 431, BadHeadLarge},
		{"fields", 100, func(n int) string {
			return "GET / HTTP/1.1\r\n" + host + strings.Repeat("A: b\r\n", n-1) + "\r\n"
		}, 431, BadHeadLarge},
		{"head", maxHead, func(n int) string {
			h := "GET / HTTP/1.1\r\n" + host + fill("A: ", 16<<10, "\r\n")
			return h + fill("B: ", n-len(h)-2, "\r\n") + "\r\n"
		}, 431, BadHeadLarge},
		{"empty lines", 2, func(n int) string { return strings.Repeat("\r\n", n) + getRoot }, 400, BadMalformed},
		{"body", body, func(n int) string {
			return fmt.Sprintf("%sContent-Length: %d\r\n\r\n%s", post, n, strings.Repeat("x", n))
		},
			413, BadBodyLarge},
		{"chunked body", body, func(n int) string {
			return fmt.Sprintf("%s1\r\nx\r\n%x\r\n%s\r\n0\r\n\r\n", coded, n-1, strings.Repeat("x", n-1))
		}, 413, BadBodyLarge},
		{"line of a chunk", 4 << 10, func(n int) string { return coded + fill("1;", n, "\r\n") + "x\r\n0\r\n\r\n" }, 400, BadMalformed},
		{"extensions", 8 << 10, func(n int) string {
			return coded + fill("1;", 4<<10, "\r\n") + "x\r\n" + fill("1;", 4<<10, "\r\n") + "x\r\n" +
				fill("1;", n-2*(4<<10-3)+3, "\r\n") + "x\r\n0\r\n\r\n"
		}, 400, BadMalformed},
		{"size of a chunk", 16, func(n int) string { return coded + strings.Repeat("0", n-1) + "1\r\nx\r\n0\r\n\r\n" }, 400, BadMalformed},
		{"trailers", 8 << 10, func(n int) string { return coded + "0\r\n" + fill("A: ", n-2, "\r\n") + "\r\n" }, 431, BadHeadLarge},
		{"number of trailers", 100, func(n int) string { return coded + "0\r\n" + strings.Repeat("A: b\r\n", n) + "\r\n" }, 431, BadHeadLarge},
	} {
		t.Run(test.name, func(t *testing.T) {
			everyWay(t, func(t *testing.T, way way) {
				s := way.serve(t, &Server{MaxBodyBytes: body, Handler: http.HandlerFunc(readOnly)})
				c := s.call()
				for n := test.at - 1; n <= test.at; n++ {
					c.send(test.make(n))
					if r, _ := c.expect(http.StatusOK); r.Close {
						t.Errorf("%d: the connection is not kept", n)
					}
				}
				c.send(test.make(test.at + 1))
				if r, _ := c.expect(test.status); !r.Close {
					t.Errorf("%d: the connection is kept", test.at+1)
				}
				c.expectEnd()
				var bad [NumBadReasons]uint64
				bad[test.why] = 1
				if st := s.Stats(); st.BadRequests != bad {
					t.Errorf("counted %v; want %v", st.BadRequests, bad)
				}
			})
		})
	}
}
