package server_test

import (
	"bufio"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"millpond/server"
)

// A probe is what a client sends, byte for byte, and what it must get.
type probe struct {
	name string
	send string

	// want is the statuses in their order, then "open" if the connection
	// serves another request after that, else "end". Where RFC 9112 leaves a
	// choice, a status has alternatives: "400|501".
	want string

	// echo is what the handler saw of the first request, if that matters: its
	// method, target, Host and body, as far as they are asked for.
	echo string
}

// probes are all tables. What h1spec, Http11Probe and the reports on request
// smuggling try out is among them, but the tables follow the RFC.
var probes = map[string][]probe{
	"request line":      requestLineProbes,
	"target":            targetProbes,
	"Host":              hostProbes,
	"fields":            fieldProbes,
	"limits":            limitProbes,
	"Content-Length":    lengthProbes,
	"Transfer-Encoding": codingProbes,
	"chunks":            chunkProbes,
	"trailers":          trailerProbes,
	"persistence":       persistenceProbes,
}

// patienceOfProbes ends a probe that the server lets wait.
const patienceOfProbes = time.Minute

// TestProbes sends every probe at once and byte by byte, to a handler that
// reads the body and to one that does not, on each kind of connection.
func TestProbes(t *testing.T) {
	var targets []probed
	for _, reads := range []bool{true, false} {
		for _, kind := range []string{"epoll", "stream", "goroutine"} {
			targets = append(targets, newProbed(t, kind, reads))
		}
	}
	for table, rows := range probes {
		for _, p := range rows {
			t.Run(table+"/"+p.name, func(t *testing.T) {
				t.Parallel()
				p.check(t, targets)
			})
		}
	}
}

// check probes all targets.
func (p probe) check(t *testing.T, targets []probed) {
	var (
		mu     sync.Mutex
		faults = map[string][]string{} // where, by what is wrong
		all    sync.WaitGroup
	)
	ways := 0
	for _, to := range targets {
		for _, whole := range []bool{true, false} {
			if !to.reads && !whole && (strings.HasPrefix(p.want, "200") || strings.Contains(p.send, "chunked\r\n\r\n")) {
				continue // it may be answered, and closed, before it has all come
			}
			ways++
			all.Go(func() {
				if fault := p.run(to, whole); fault != "" {
					mu.Lock()
					defer mu.Unlock()
					faults[fault] = append(faults[fault], fmt.Sprintf("%v, whole %v", to, whole))
				}
			})
		}
	}
	all.Wait()
	for fault, where := range faults {
		if len(where) == ways {
			where = []string{"everywhere"}
		}
		t.Errorf("%.200q: want %s %s, %s (%s)", p.send, p.want, p.echo, fault, strings.Join(where, "; "))
	}
}

// A probed is a server, and how it treats connections and bodies.
type probed struct {
	addr  string
	kind  string
	reads bool
}

func (to probed) String() string { return fmt.Sprintf("%s, handler reads %v", to.kind, to.reads) }

// newProbed starts a server for the time of the test.
func newProbed(t *testing.T, kind string, reads bool) probed {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	to := probed{l.Addr().String(), kind, reads}
	s := &server.Server{Handler: probeEcho(reads), MaxBodyBytes: 1 << 20, Logger: slog.New(slog.DiscardHandler)}
	s.Pool.Workers, s.Pool.Queue = 64, 4096
	s.Pool.MaxWait, s.ReadHeaderTimeout, s.MinRate = patienceOfProbes, -1, -1 // a busy machine is not what is probed
	switch kind {
	case "stream":
		l = struct{ net.Listener }{l}
	case "goroutine":
		s.Model = server.ModelGoroutine
	}
	var serving sync.WaitGroup
	serving.Go(func() { s.Serve(l) })
	t.Cleanup(serving.Wait)
	t.Cleanup(func() { s.Close() })
	return to
}

// probeEcho answers with what it sees of the request.
func probeEcho(reads bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body []byte
		if reads {
			body, _ = io.ReadAll(r.Body)
		}
		fmt.Fprintf(w, "%s %s %s %s", r.Method, r.RequestURI, r.Host, body)
	})
}

const markerRequest = "GET /marker HTTP/1.1\r\nHost: marker\r\n\r\n"

// run sends the probe and says what is wrong with the answer.
func (p probe) run(to probed, whole bool) (fault string) {
	nc, err := net.Dial("tcp", to.addr)
	if err != nil {
		return err.Error()
	}
	defer nc.Close()
	nc.SetDeadline(time.Now().Add(patienceOfProbes))
	step := len(p.send)
	if !whole {
		step = 1
	}
	for rest := p.send; rest != ""; rest = rest[min(step, len(rest)):] {
		io.WriteString(nc, rest[:min(step, len(rest))]) // it may be refused already
	}
	want := strings.Fields(p.want)
	got, echoed := p.answers(nc, len(want)-1)
	switch {
	case !matches(got, want):
		return "got " + strings.Join(got, " ")
	case to.reads && !strings.HasPrefix(echoed, p.echo):
		return fmt.Sprintf("the handler saw %.100q", echoed)
	}
	return ""
}

// answers reads so many answers, and finds out what comes after them.
func (p probe) answers(nc net.Conn, n int) (got []string, echoed string) {
	const tooMany = 10
	br := bufio.NewReader(nc)
	method, _, _ := strings.Cut(p.send, " ")
	for len(got) < tooMany {
		if len(got) == n {
			io.WriteString(nc, markerRequest)
		}
		status, body, err := readAnswer(br, method)
		method = http.MethodGet
		if ne, ok := err.(net.Error); ok && ne.Timeout() {
			return append(got, "silence"), echoed
		}
		if err != nil && strings.Contains(err.Error(), "malformed") {
			return append(got, "garbage"), echoed // such as content in an answer to HEAD
		}
		if err != nil {
			return append(got, "end"), echoed
		}
		if strings.HasPrefix(body, "GET /marker marker") {
			return append(got, "open"), echoed
		}
		if len(got) == 0 {
			echoed = body
		}
		got = append(got, status)
	}
	return got, echoed
}

// readAnswer reads one answer. It is no error if its body breaks off.
func readAnswer(br *bufio.Reader, method string) (status, body string, err error) {
	resp, err := http.ReadResponse(br, &http.Request{Method: method})
	if err != nil {
		return "", "", err
	}
	defer resp.Body.Close()
	b, _ := io.ReadAll(resp.Body)
	return strconv.Itoa(resp.StatusCode), string(b), nil
}

// matches compares answers with what is wanted, where each may be one of
// several.
func matches(got, want []string) bool {
	if len(got) != len(want) {
		return false
	}
	for i, one := range want {
		if !strings.Contains("|"+one+"|", "|"+got[i]+"|") {
			return false
		}
	}
	return true
}
