package server

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// maxBody is MaxBodyBytes in the exchanges.
const maxBody = 1000

// An exchange is what a client sends at once on a new connection, what handles
// it, and what the client gets, to the byte but for the order of the fields and
// Date.
type exchange struct {
	name   string
	handle http.HandlerFunc
	send   string
	want   string // in the form of readable
	fate   fate
}

// A fate is what becomes of the connection after the last answer.
type fate bool

const (
	kept  fate = true
	ended fate = false
)

const (
	get     = "GET / HTTP/1.1\r\nHost: h\r\n"
	post    = "POST / HTTP/1.1\r\nHost: h\r\n"
	chunked = post + "Transfer-Encoding: chunked\r\n\r\n"
	end     = "\r\n"

	ok       = "HTTP/1.1 200 OK\n"
	plain    = "Content-Type: text/plain; charset=utf-8\n"
	greeting = ok + "Content-Length: 2\n" + plain + "\nhi"

	// broken is the answer for a handler that panics.
	broken = "HTTP/1.1 500 Internal Server Error\nConnection: close\nContent-Length: 0\n\n"

	// The marker follows what is sent. It is answered only if the connection
	// is kept, and if server and client agree where the last request ended.
	marker = "GET /marker HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"
	marked = "HTTP/1.1 200 OK\nConnection: close\nContent-Length: 0\nX-Marker: \n\n"
)

// long is more than the server gathers before it sends a head.
var long = strings.Repeat("x", 5000)

func runExchanges(t *testing.T, table []exchange) {
	everyWay(t, func(t *testing.T, w way) {
		for _, x := range table {
			t.Run(x.name, func(t *testing.T) { x.run(t, w) })
		}
	})
}

func (x *exchange) run(t *testing.T, w way) {
	s := w.serve(t, &Server{MaxBodyBytes: maxBody, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/marker" {
			w.Header().Set("X-Marker", "")
			return
		}
		x.handle(w, r)
	})})
	c := s.call()
	c.send(x.send + marker)
	raw, err := io.ReadAll(c.br)
	if err != nil {
		t.Fatalf("%v after %q", err, raw)
	}
	got, answered := strings.CutSuffix(readable(raw), "\n"+marked)
	if got != x.want {
		t.Errorf("got\n%s\nwant\n%s", got, x.want)
	}
	if fate(answered) != x.fate {
		t.Errorf("the marker was answered: %v; want %v", answered, x.fate)
	}
}

var (
	headPattern = regexp.MustCompile(`HTTP/1\.[01] \d{3}[^\n]*\n(?:[^\n]+\n)*\n`)
	datePattern = regexp.MustCompile(`\nDate: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT\n`)
	runPattern  = regexp.MustCompile(`x{100,}`)
)

// readable gives a stream of responses a form to compare: lines end in LF,
// fields are in order, Date is left out, there is a line end before every
// response but the first, and long runs of x are counted.
func readable(raw []byte) string {
	text := strings.ReplaceAll(string(raw), "\r\n", "\n")
	text = headPattern.ReplaceAllStringFunc(text, func(head string) string {
		head = datePattern.ReplaceAllString(head, "\n")
		lines := strings.Split(strings.Trim(head, "\n"), "\n")
		slices.Sort(lines[1:])
		return "\n" + strings.Join(lines, "\n") + "\n\n"
	})
	text = runPattern.ReplaceAllStringFunc(text, func(run string) string { return fmt.Sprintf("x*%d", len(run)) })
	return strings.TrimPrefix(text, "\n")
}

// say answers with body.
func say(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, body) }
}

// status answers with nothing but a status.
func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}

// report answers with what reading the body gave, trailers and error included.
func report(w http.ResponseWriter, r *http.Request) {
	b, err := io.ReadAll(r.Body)
	var text strings.Builder
	fmt.Fprintf(&text, "%q %v", b, cmp.Or(err, io.EOF))
	for _, name := range slices.Sorted(maps.Keys(r.Trailer)) {
		fmt.Fprintf(&text, " %s=%s", name, r.Trailer.Get(name))
	}
	io.WriteString(w, text.String())
}

// readOnly reads the body and says nothing, whatever it gets.
func readOnly(_ http.ResponseWriter, r *http.Request) { io.Copy(io.Discard, r.Body) }

// unserved is the handler of requests that none may see.
func unserved(t *testing.T) http.HandlerFunc {
	return func(http.ResponseWriter, *http.Request) { t.Error("the handler was called") }
}

// reported is the answer of report.
func reported(text string) string {
	return fmt.Sprintf("%sContent-Length: %d\n%s\n%s", ok, len(text), plain, text)
}

// refused is the answer of the server itself.
func refused(code int, text string) string {
	return fmt.Sprintf("HTTP/1.1 %d %s\nConnection: close\nContent-Length: %d\nContent-Type: text/plain; charset=utf-8\n"+
		"X-Content-Type-Options: nosniff\n\n%s\n", code, http.StatusText(code), len(text)+1, text)
}
