package demo

import (
	"net"
	"net/http"
	"strings"
	"unicode"
)

// helloClient greets the client by its address.
func helloClient(w http.ResponseWriter, r *http.Request) {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr // A Unix socket has no port.
	}
	hello(w, host)
}

// helloName greets the name in the path.
func helloName(w http.ResponseWriter, r *http.Request) {
	hello(w, strings.Map(graphic, r.PathValue("name")))
}

// hello is the hot path of most benchmarks, hence one write from one allocation.
func hello(w http.ResponseWriter, name string) {
	setPlainText(w.Header())
	body := make([]byte, 0, len("Hello, ")+len(name)+len("!"))
	body = append(body, "Hello, "...)
	body = append(body, name...)
	body = append(body, '!')
	// A failed write means that the client has gone: there is nobody left to
	// tell.
	_, _ = w.Write(body)
}

// graphic keeps what is harmless on a terminal and in a log. Control
// characters, and the bytes of invalid UTF-8, become U+FFFD.
func graphic(r rune) rune {
	if unicode.IsGraphic(r) {
		return r
	}
	return unicode.ReplacementChar
}
