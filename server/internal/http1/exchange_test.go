package http1

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

// An exchange is what a client sends at once, what handles it, and what the
// client gets, to the byte but for the order of the fields and Date.
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
	getHost = get + "Host: h\r\n"
	end     = "\r\n"
)

// The marker follows what is sent. It is answered only if the connection is
// kept, and if server and client agree where the last request ended.
const (
	marker = "GET /marker HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"
	marked = "HTTP/1.1 200 OK\nConnection: close\nContent-Length: 0\nX-Marker: \n\n"
)

// runExchanges runs each exchange on both kinds of transports, and on one of
// them byte by byte too.
func runExchanges(t *testing.T, table []exchange) {
	for _, x := range table {
		t.Run(x.name, func(t *testing.T) {
			for _, f := range []*fake{{}, {waits: true}, {piece: 1}} {
				x.run(t, f)
			}
		})
	}
}

func (x *exchange) run(t *testing.T, f *fake) {
	t.Helper()
	f.t, f.room, f.changed, f.inEnd = t, -1, make(chan struct{}), io.EOF
	f.in = []byte(x.send + marker)
	f.serveAll(testConfig(), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/marker" {
			w.Header().Set("X-Marker", "")
			return
		}
		x.handle(w, r)
	}))
	got, answered := strings.CutSuffix(readable(f.out), "\n"+marked)
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

// parts answers with a body in several writes.
func parts(body ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for _, part := range body {
			io.WriteString(w, part)
		}
	}
}

// sets answers with nothing but a field.
func sets(name, value string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.Header()[name] = []string{value} }
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

// refused is the answer of the server itself.
func refused(code int, text string) string {
	return fmt.Sprintf("HTTP/1.1 %d %s\nConnection: close\nContent-Length: %d\nContent-Type: text/plain; charset=utf-8\n"+
		"X-Content-Type-Options: nosniff\n\n%s\n", code, http.StatusText(code), len(text)+1, text)
}
