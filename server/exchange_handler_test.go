package server

import (
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"runtime"
	"testing"
)

// What a handler does wrong, or is made to do by what a client sent, must not
// break the framing of its own response, nor of the next one.
func TestResponseHeader(t *testing.T) {
	injected := "b\r\n\r\nhi\r\nX: y"
	sets := func(name, value string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { w.Header()[name] = []string{value} }
	}
	empty := func(fields string) string { return ok + fields + "\n" }
	runExchanges(t, []exchange{
		{"line breaks in a value", sets("A", injected), get + end,
			empty("A: b    hi  X: y\nContent-Length: 0\n"), kept},
		{"line breaks in Connection", sets("Connection", injected), get + end,
			empty("Connection: b    hi  X: y\nContent-Length: 0\n"), kept},
		{"line breaks in Content-Length", sets("Content-Length", "0\r\nX: y"), get + end, empty("Content-Length: 0\n"), kept},
		{"line breaks in a name", sets("A: b\r\nX", "y"), get + end, empty("Content-Length: 0\n"), kept},
		{"NUL in a value", sets("A", "b\x00c"), get + end, empty("Content-Length: 0\n"), kept},
		{"NUL in Connection", sets("Connection", "b\x00c"), get + end, empty("Content-Length: 0\n"), kept},
		{"a name that is none", sets("A b", "c"), get + end, empty("Content-Length: 0\n"), kept},
		{"a length that is none", sets("Content-Length", "-1"), get + end, empty("Content-Length: 0\n"), kept},
		{"a coding of the handler's own", sets("Transfer-Encoding", "gzip"), get + end,
			ok + "Transfer-Encoding: chunked\nTransfer-Encoding: gzip\n\n0\n\n", kept},
		{"chunked", sets("Transfer-Encoding", "chunked"), get + end, ok + "Transfer-Encoding: chunked\n\n0\n\n", kept},
		{"chunked, and a length", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Transfer-Encoding", "chunked")
			w.Header().Set("Content-Length", "2")
			io.WriteString(w, "hi")
		}, get + end, ok + "Transfer-Encoding: chunked\n\n2\nhi\n0\n\n", kept},
		{"identity", sets("Transfer-Encoding", "identity"), get + end, ok + "Connection: close\n\n", ended},
		{"no length if it is nil", func(w http.ResponseWriter, r *http.Request) {
			w.Header()["Content-Length"] = nil
			io.WriteString(w, "hi")
		}, get + end, ok + plain + "Transfer-Encoding: chunked\n\n2\nhi\n0\n\n", kept},
		{"Connection: keep-alive", sets("Connection", "keep-alive"), get + end, empty("Content-Length: 0\n"), kept},
		{"no Content-Type is guessed if it is nil", func(w http.ResponseWriter, r *http.Request) {
			w.Header()["Content-Type"] = nil
			io.WriteString(w, "hi")
		}, get + end, ok + "Content-Length: 2\n\nhi", kept},
		{"nor for an encoded body", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			io.WriteString(w, "hi")
		}, get + end, ok + "Content-Encoding: gzip\nContent-Length: 2\n\nhi", kept},
		{"a field set behind WriteHeader is lost", func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(200)
			w.Header().Set("A", "b")
			w.Header().Set("Content-Type", "a/b")
			w.Header().Set("Date", "now")
			io.WriteString(w, "hi")
		}, get + end, greeting, kept},
		{"a field deleted behind WriteHeader is not", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "a/b")
			w.Header().Set("Date", "now")
			w.WriteHeader(200)
			clear(w.Header())
			io.WriteString(w, "hi")
		}, get + end, ok + "Content-Length: 2\nContent-Type: a/b\nDate: now\n\nhi", kept},
		{"a second WriteHeader has no effect", func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(404)
			w.WriteHeader(200)
			w.WriteHeader(0)
		}, get + end, "HTTP/1.1 404 Not Found\nContent-Length: 0\n\n", kept},
		{"a status without a name", status(599), get + end, "HTTP/1.1 599 \nContent-Length: 0\n\n", kept},
	})
}

func TestResponseOfFaultyHandler(t *testing.T) {
	runExchanges(t, []exchange{
		{"panics", func(http.ResponseWriter, *http.Request) { panic("no") }, get + end, broken, ended},
		{"panics with nil", func(http.ResponseWriter, *http.Request) { panic(nil) }, get + end, broken, ended},
		{"panics behind a small body", func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, "hi")
			panic("no")
		}, get + end, broken, ended},
		{"panics behind what was sent", func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, "hi")
			w.(http.Flusher).Flush()
			panic("no")
		}, get + end, ok + plain + "Transfer-Encoding: chunked\n\n2\nhi\n", ended},
		{"panics with a body unread", func(http.ResponseWriter, *http.Request) { panic("no") },
			get + "Content-Length: 2\r\n\r\nhi", broken, ended},
		{"panics while it answers HEAD", func(http.ResponseWriter, *http.Request) { panic("no") },
			"HEAD / HTTP/1.1\r\nHost: h\r\n\r\n", withoutBody(broken), ended},
		{"aborts", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, get + end, "", ended},
		{"aborts behind a small body", func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, "hi")
			panic(http.ErrAbortHandler)
		}, get + end, "", ended},
		{"declares more than it writes", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "3")
			io.WriteString(w, "hi")
		}, get + end, ok + "Content-Length: 3\n" + plain + "\nhi", ended},
		{"declares and writes nothing", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "3")
		}, get + end, ok + "Content-Length: 3\n\n", ended},
		{"declares less than it writes", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "2")
			io.WriteString(w, "hi")
			if n, err := io.WriteString(w, "!"); n != 0 || err != http.ErrContentLength {
				panic(http.ErrAbortHandler)
			}
		}, get + end, greeting, ended},
		{"writes on behind what was too much", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "3")
			for _, part := range []string{"hi", "hi", "!"} {
				io.WriteString(w, part)
			}
		}, get + end, ok + "Content-Length: 3\n" + plain + "\nhi", ended},
		{"invalid status", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(99) }, get + end, broken, ended},
	})
}

// A response that breaks off behind a proxy breaks off before it as well.
func TestProxyPassesOnThatAResponseBrokeOff(t *testing.T) {
	behind := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, "half")
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	}))
	t.Cleanup(behind.Close)
	target, err := url.Parse(behind.URL)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(target)
	proxy.ErrorLog = log.New(io.Discard, "", 0)
	runExchanges(t, []exchange{{"half of it", proxy.ServeHTTP, get + end,
		ok + plain + "Transfer-Encoding: chunked\n\n4\nhalf\n", ended}})
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

// A handler may use what it was given when it has returned: that must do no
// harm, and say so.
func TestHandlerOutlivesItsReturn(t *testing.T) {
	everyWay(t, func(t *testing.T, way way) {
		type kept struct {
			w http.ResponseWriter
			r *http.Request
		}
		given := make(chan kept, 1)
		s := way.serveFunc(t, func(w http.ResponseWriter, r *http.Request) {
			given <- kept{w, r}
			io.WriteString(w, "hi")
		})
		c := s.call()
		c.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi")
		c.want(200, "hi")
		k := within(t, given, "the handler")
		if n, err := k.r.Body.Read(make([]byte, 1)); n != 0 || !errors.Is(err, http.ErrBodyReadAfterClose) {
			t.Errorf("Body.Read: %d, %v; want %v", n, err, http.ErrBodyReadAfterClose)
		}
		k.r.Body.Close()
		if _, err := k.w.Write([]byte("late")); err == nil {
			t.Error("Write: no error")
		}
		k.w.WriteHeader(500)
		rc := http.NewResponseController(k.w)
		if err := rc.Flush(); err == nil {
			t.Error("Flush: no error")
		}
		if _, _, err := rc.Hijack(); err == nil {
			t.Error("Hijack: no error")
		}
		if err := k.r.Context().Err(); err == nil {
			t.Error("the context goes on")
		}
		c.send(get + end)
		c.want(200, "hi")
	})
}

// A handler that ends its goroutine is answered for like one that panics, also
// if a panic can be nil.
func TestHandlerEndsItsGoroutine(t *testing.T) {
	t.Setenv("GODEBUG", "panicnil=1")
	runExchanges(t, []exchange{
		{"Goexit", func(http.ResponseWriter, *http.Request) { runtime.Goexit() }, get + end,
			broken, ended},
		{"panic(nil)", func(http.ResponseWriter, *http.Request) { panic(nil) }, get + end,
			broken, ended},
		{"Goexit behind Hijack", func(w http.ResponseWriter, r *http.Request) {
			nc, _, _ := http.NewResponseController(w).Hijack()
			nc.Close()
			runtime.Goexit()
		}, get + end, "", ended},
	})
}
