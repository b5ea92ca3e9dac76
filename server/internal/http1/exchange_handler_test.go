package http1

import (
	"io"
	"net/http"
	"runtime"
	"testing"
)

// What a handler does wrong, or is made to do by what a client sent, must not
// break the framing of its own response, nor of the next one.
func TestResponseHeader(t *testing.T) {
	injected := "b\r\n\r\nhi\r\nX: y"
	empty := func(fields string) string { return ok + fields + "\n" }
	runExchanges(t, []exchange{
		{"line breaks in a value", sets("A", injected), getHost + end,
			empty("A: b    hi  X: y\nContent-Length: 0\n"), kept},
		{"line breaks in Connection", sets("Connection", injected), getHost + end,
			empty("Connection: b    hi  X: y\nContent-Length: 0\n"), kept},
		{"line breaks in Content-Length", sets("Content-Length", "0\r\nX: y"), getHost + end, empty("Content-Length: 0\n"), kept},
		{"line breaks in a name", sets("A: b\r\nX", "y"), getHost + end, empty("Content-Length: 0\n"), kept},
		{"NUL in a value", sets("A", "b\x00c"), getHost + end, empty("Content-Length: 0\n"), kept},
		{"NUL in Connection", sets("Connection", "b\x00c"), getHost + end, empty("Content-Length: 0\n"), kept},
		{"a name that is none", sets("A b", "c"), getHost + end, empty("Content-Length: 0\n"), kept},
		{"a length that is none", sets("Content-Length", "-1"), getHost + end, empty("Content-Length: 0\n"), kept},
		{"a coding of the handler's own", sets("Transfer-Encoding", "gzip"), getHost + end,
			ok + "Transfer-Encoding: chunked\nTransfer-Encoding: gzip\n\n0\n\n", kept},
		{"chunked", sets("Transfer-Encoding", "chunked"), getHost + end, ok + "Transfer-Encoding: chunked\n\n0\n\n", kept},
		{"chunked, and a length", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Transfer-Encoding", "chunked")
			w.Header().Set("Content-Length", "2")
			io.WriteString(w, "hi")
		}, getHost + end, ok + "Transfer-Encoding: chunked\n\n2\nhi\n0\n\n", kept},
		{"identity", sets("Transfer-Encoding", "identity"), getHost + end, ok + "Connection: close\n\n", ended},
		{"no length if it is nil", func(w http.ResponseWriter, r *http.Request) {
			w.Header()["Content-Length"] = nil
			io.WriteString(w, "hi")
		}, getHost + end, ok + plain + "Transfer-Encoding: chunked\n\n2\nhi\n0\n\n", kept},
		{"Connection: keep-alive", sets("Connection", "keep-alive"), getHost + end, empty("Content-Length: 0\n"), kept},
		{"no Content-Type is guessed if it is nil", func(w http.ResponseWriter, r *http.Request) {
			w.Header()["Content-Type"] = nil
			io.WriteString(w, "hi")
		}, getHost + end, ok + "Content-Length: 2\n\nhi", kept},
		{"nor for an encoded body", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			io.WriteString(w, "hi")
		}, getHost + end, ok + "Content-Encoding: gzip\nContent-Length: 2\n\nhi", kept},
		{"a field set after WriteHeader is lost", func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(200)
			w.Header().Set("A", "b")
			w.Header().Set("Content-Type", "a/b")
			w.Header().Set("Date", "now")
			io.WriteString(w, "hi")
		}, getHost + end, hello, kept},
		{"a field deleted after WriteHeader is not", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "a/b")
			w.Header().Set("Date", "now")
			w.WriteHeader(200)
			clear(w.Header())
			io.WriteString(w, "hi")
		}, getHost + end, ok + "Content-Length: 2\nContent-Type: a/b\nDate: now\n\nhi", kept},
		{"a second WriteHeader has no effect", func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(404)
			w.WriteHeader(200)
			w.WriteHeader(0)
		}, getHost + end, "HTTP/1.1 404 Not Found\nContent-Length: 0\n\n", kept},
		{"a status without a name", status(599), getHost + end, "HTTP/1.1 599 status code 599\nContent-Length: 0\n\n", kept},
	})
}

func TestResponseOfFaultyHandler(t *testing.T) {
	runExchanges(t, []exchange{
		{"panics", func(http.ResponseWriter, *http.Request) { panic("no") }, getHost + end, broken, ended},
		{"panics with nil", func(http.ResponseWriter, *http.Request) { panic(nil) }, getHost + end, broken, ended},
		{"panics after a small body", func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, "hi")
			panic("no")
		}, getHost + end, broken, ended},
		{"panics after what was sent", func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, "hi")
			w.(http.Flusher).Flush()
			panic("no")
		}, getHost + end, ok + plain + "Transfer-Encoding: chunked\n\n2\nhi\n", ended},
		{"panics with a body unread", func(http.ResponseWriter, *http.Request) { panic("no") },
			getHost + "Content-Length: 2\r\n\r\nhi", broken, ended},
		{"panics while it answers HEAD", func(http.ResponseWriter, *http.Request) { panic("no") },
			"HEAD / HTTP/1.1\r\nHost: h\r\n\r\n", withoutBody(broken), ended},
		{"aborts", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, getHost + end, "", ended},
		{"aborts after a small body", func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, "hi")
			panic(http.ErrAbortHandler)
		}, getHost + end, "", ended},
		{"declares more than it writes", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "3")
			io.WriteString(w, "hi")
		}, getHost + end, ok + "Content-Length: 3\n" + plain + "\nhi", ended},
		{"declares and writes nothing", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "3")
		}, getHost + end, ok + "Content-Length: 3\n\n", ended},
		{"declares less than it writes", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "2")
			io.WriteString(w, "hi")
			if n, err := io.WriteString(w, "!"); n != 0 || err != http.ErrContentLength {
				panic(http.ErrAbortHandler)
			}
		}, getHost + end, hello, ended},
		{"writes on after what was too much", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "3")
			for _, part := range []string{"hi", "hi", "!"} {
				io.WriteString(w, part)
			}
		}, getHost + end, ok + "Content-Length: 3\n" + plain + "\nhi", ended},
		{"invalid status", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(99) }, getHost + end, broken, ended},
	})
}

// withoutBody leaves the head of an answer.
func withoutBody(answer string) string {
	const blank = "\n\n"
	for i := range answer {
		if answer[i:i+len(blank)] == blank {
			return answer[:i+len(blank)]
		}
	}
	return answer
}

// A handler that ends its goroutine is answered for like one that panics, also
// if a panic can be nil.
func TestHandlerEndsItsGoroutine(t *testing.T) {
	t.Setenv("GODEBUG", "panicnil=1")
	runExchanges(t, []exchange{
		{"Goexit", func(http.ResponseWriter, *http.Request) { runtime.Goexit() }, getHost + end,
			broken, ended},
		{"panic(nil)", func(http.ResponseWriter, *http.Request) { panic(nil) }, getHost + end,
			broken, ended},
		{"Goexit after Hijack", func(w http.ResponseWriter, r *http.Request) {
			nc, _, _ := http.NewResponseController(w).Hijack()
			nc.Close()
			runtime.Goexit()
		}, getHost + end, "", ended},
	})
}
