package upstream

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// A sighting is a request as one side of the Handler sees it.
type sighting struct {
	method, path, query, host string
	body                      string
	whole                     bool // the body has come to its end
}

// A witness keeps what was seen on both sides, by a number in front of the
// Handler that each request carries behind it.
type witness struct {
	mu            sync.Mutex
	base          int // of the numbers since the last judgement
	front, behind []sighting
	status        []int
	stray         []sighting // requests behind that nobody sent
	path          string     // of the socket in front
}

const numberField = "X-Number"

// newWitness starts net/http in front of a Handler in front of net/http.
func newWitness(tb testing.TB) *witness {
	w := &witness{}
	backend := serve(http.HandlerFunc(w.seenBehind))
	h := newHandler(tb, Config{Backends: []string{backend.URL}})
	front := &http.Server{
		DisableGeneralOptionsHandler: true,
		ErrorLog:                     log.New(io.Discard, "", 0),
		Handler:                      http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { w.seenInFront(h, rw, r) }),
	}
	w.path = socketPath(tb) // Ports would run out.
	l, err := net.Listen("unix", w.path)
	if err != nil {
		tb.Fatal(err)
	}
	go front.Serve(l)
	tb.Cleanup(func() {
		front.Close()
		h.CloseIdleConnections()
		backend.Close()
	})
	return w
}

func (w *witness) seenInFront(h *Handler, rw http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	i := len(w.front)
	number := w.base + i
	path := r.URL.EscapedPath()
	if path == "" {
		path = "/" // of a URL without one
	}
	w.front = append(w.front, sighting{method: r.Method, path: path, query: r.URL.RawQuery, host: r.Host})
	w.behind = append(w.behind, sighting{})
	w.status = append(w.status, 0)
	w.mu.Unlock()

	var body bytes.Buffer
	read := &tee{ReadCloser: r.Body, into: &body}
	if r.ContentLength == 0 {
		read.whole = true
	}
	// A client that closes its side is not gone: all that it sent counts.
	out := r.WithContext(context.WithoutCancel(r.Context()))
	out.Body = read
	if strings.Contains(strings.ToLower(fmt.Sprint(r.Header["Connection"])), strings.ToLower(numberField)) {
		out.Header.Del("Connection") // The client may not have the number dropped.
	}
	out.Header.Set(numberField, strconv.Itoa(number))
	noted := &statusWriter{ResponseWriter: rw}
	defer func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		read.mu.Lock()
		defer read.mu.Unlock()
		w.front[i].body, w.front[i].whole = body.String(), read.whole
		w.status[i] = noted.status
	}()
	h.ServeHTTP(noted, out)
}

func (w *witness) seenBehind(rw http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	seen := sighting{method: r.Method, path: r.URL.EscapedPath(), query: r.URL.RawQuery, host: r.Host,
		body: string(body), whole: err == nil}
	w.mu.Lock()
	defer w.mu.Unlock()
	number, err := strconv.Atoi(r.Header.Get(numberField))
	i := number - w.base
	switch {
	case err == nil && i < 0 && !seen.whole:
		return // of a request that broke and was judged before
	case err != nil || i < 0 || i >= len(w.behind) || w.behind[i].method != "":
		w.stray = append(w.stray, seen)
		return
	}
	w.behind[i] = seen
	fmt.Fprintf(rw, "response %d", number)
}

type tee struct {
	io.ReadCloser
	mu    sync.Mutex
	into  *bytes.Buffer
	whole bool
}

func (t *tee) Read(p []byte) (int, error) {
	n, err := t.ReadCloser.Read(p)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.into.Write(p[:n])
	t.whole = t.whole || err == io.EOF
	return n, err
}

type statusWriter struct {
	http.ResponseWriter
	status int
}

func (s *statusWriter) Unwrap() http.ResponseWriter { return s.ResponseWriter }

func (s *statusWriter) WriteHeader(status int) {
	s.status = status
	s.ResponseWriter.WriteHeader(status)
}

// send sends input on one connection, closes its side, and returns what comes
// back.
func (w *witness) send(tb testing.TB, input []byte) string {
	conn, err := net.Dial("unix", w.path)
	if err != nil {
		tb.Fatal(err)
	}
	defer conn.Close()
	conn.Write(input) // The server may have closed already.
	conn.(*net.UnixConn).CloseWrite()
	back, _ := io.ReadAll(conn)
	return string(back)
}

// judge compares both sides and begins anew. It returns how many requests were
// served.
func (w *witness) judge(tb testing.TB) int {
	tb.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	served := 0
	for i, front := range w.front {
		behind := w.behind[i]
		if front.host == "" {
			behind.host = "" // It has the backend's address for want of another.
		}
		switch {
		case w.status[i] == 200:
			served++
			if front != behind {
				tb.Errorf("request %d in front:\n%+v\nand behind:\n%+v", i, front, behind)
			}
		case behind.method != "" && behind.whole && (!front.whole || front.body != behind.body):
			tb.Errorf("request %d, status %d, has an end behind that it has not in front:\n%+v\n%+v", i, w.status[i], front, behind)
		}
	}
	if len(w.stray) > 0 {
		tb.Errorf("requests behind that nobody sent: %+v", w.stray)
	}
	w.base += len(w.front)
	w.front, w.behind, w.status, w.stray = nil, nil, nil, nil
	return served
}

func TestBoundaries(t *testing.T) {
	w := newWitness(t)
	for _, v := range vectors {
		back := w.send(t, []byte(crlf(v.input)))
		if served := w.judge(t); served != v.served {
			t.Errorf("%q: %d requests were served, want %d; answer:\n%s", v.input, served, v.served, back)
		}
		if strings.Count(back, " 200 OK\r\n") != v.served {
			t.Errorf("%q: want %d responses, got:\n%s", v.input, v.served, back)
		}
	}
}

// FuzzBoundaries sends raw bytes: net/http in front and the backend must agree
// on every request in them, and on where it ends.
func FuzzBoundaries(f *testing.F) {
	for _, v := range vectors {
		f.Add([]byte(crlf(v.input)))
	}
	w := newWitness(f)
	f.Fuzz(func(t *testing.T, input []byte) {
		w.send(t, input)
		w.judge(t)
	})
}
