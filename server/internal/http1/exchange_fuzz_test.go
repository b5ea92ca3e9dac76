package http1

import (
	"io"
	"net/http"
	"testing"
)

// FuzzExchange wants the same answers to what a client sends, whether it comes
// whole or byte by byte, on each kind of transport.
func FuzzExchange(f *testing.F) {
	for _, test := range accepted {
		f.Add(test.input + "2\r\nhi\r\n0\r\nA: b\r\n\r\n" + marker)
	}
	for _, send := range []string{
		getHost + end,
		"GET /read HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
		"HEAD / HTTP/1.1\r\nHost: h\r\nExpect: tea\r\n\r\n",
		"POST /read HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nhi",
		"POST /read HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2;a=b\r\nhi\r\n0\r\nA: b\r\n\r\n",
		"POST /read HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
		chunked + "2\nhi\r\n0\r\n\r\n",
	} {
		f.Add(send + marker)
	}
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/read" {
			io.Copy(w, r.Body)
		}
	})
	f.Fuzz(func(t *testing.T, input string) {
		var first string
		for i, f := range []*fake{{}, {waits: true}, {piece: 1}, {piece: 1, waits: true}} {
			f.t, f.room, f.changed, f.inEnd = t, -1, make(chan struct{}), io.EOF
			f.in = []byte(input)
			f.serveAll(testConfig(), h)
			got := readable(f.out)
			if i == 0 {
				first = got
			} else if got != first {
				t.Errorf("%q is answered by\n%s\nand, on transport %d, by\n%s", input, first, i, got)
			}
		}
	})
}
