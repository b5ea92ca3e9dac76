package http1

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

const (
	ok    = "HTTP/1.1 200 OK\n"
	plain = "Content-Type: text/plain; charset=utf-8\n"

	html = "Content-Type: text/html; charset=utf-8\n"

	hello = ok + "Content-Length: 2\n" + plain + "\nhi"

	// broken is the answer for a handler that panics.
	broken = "HTTP/1.1 500 Internal Server Error\nConnection: close\nContent-Length: 0\n\n"
)

// long is more than the server gathers before it sends a head.
var long = strings.Repeat("x", 5000)

func TestResponseFraming(t *testing.T) {
	runExchanges(t, []exchange{
		{"a small body has a length", say("hi"), getHost + end, hello, kept},
		{"several small writes have one", func(w http.ResponseWriter, r *http.Request) {
			for _, part := range []string{"h", "", "i"} {
				io.WriteString(w, part)
			}
		}, getHost + end, hello, kept},
		{"the type is told from all there is", parts("<", "html>"+long), getHost + end,
			ok + html + "Transfer-Encoding: chunked\n\n138e\n<html>x*5000\n0\n\n", kept},
		{"also if a full buffer goes out first", parts("<", "html>"+long[:4091]), getHost + end,
			ok + html + "Transfer-Encoding: chunked\n\n1\n<\n1000\nhtml>x*4091\n0\n\n", kept},
		{"also for HEAD", parts("<", "html>"+long), "HEAD / HTTP/1.1\r\nHost: h\r\n\r\n",
			ok + html + "\n", kept},
		{"and for a small one", parts("<", "html>"), "HEAD / HTTP/1.1\r\nHost: h\r\n\r\n",
			ok + "Content-Length: 6\n" + html + "\n", kept},
		{"no body has a length", func(http.ResponseWriter, *http.Request) {}, getHost + end, ok + "Content-Length: 0\n\n", kept},
		{"a large body is chunked", say(long), getHost + end,
			ok + plain + "Transfer-Encoding: chunked\n\n1388\nx*5000\n0\n\n", kept},
		{"a large body in small writes is chunked", func(w http.ResponseWriter, r *http.Request) {
			for range 50 {
				io.WriteString(w, long[:100])
			}
		}, getHost + end, ok + plain + "Transfer-Encoding: chunked\n\nfa0\nx*4000\n3e8\nx*1000\n0\n\n", kept},
		{"a large body of known length is not", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "5000")
			io.WriteString(w, long)
		}, getHost + end, ok + "Content-Length: 5000\n" + plain + "\nx*5000", kept},
		{"a flushed body is chunked", func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, "h")
			w.(http.Flusher).Flush()
			io.WriteString(w, "i")
		}, getHost + end, ok + plain + "Transfer-Encoding: chunked\n\n1\nh\n1\ni\n0\n\n", kept},
		{"a flush before the body", func(w http.ResponseWriter, r *http.Request) {
			w.(http.Flusher).Flush()
			io.WriteString(w, "hi")
		}, getHost + end, ok + "Transfer-Encoding: chunked\n\n2\nhi\n0\n\n", kept},
		{"copied from a reader", func(w http.ResponseWriter, r *http.Request) {
			w.(io.ReaderFrom).ReadFrom(strings.NewReader("hi"))
		}, getHost + end, hello, kept},
		{"three in one packet, in their order", func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, r.URL.Path)
		}, strings.Repeat("GET /1 HTTP/1.1\r\nHost: h\r\n\r\n", 3),
			strings.Repeat(ok+"Content-Length: 2\n"+plain+"\n/1\n", 2) + ok + "Content-Length: 2\n" + plain + "\n/1", kept},

		{"HTTP/1.0", say("hi"), "GET / HTTP/1.0\r\n\r\n", "HTTP/1.0 200 OK\nContent-Length: 2\n" + plain + "\nhi", ended},
		{"HTTP/1.0, kept alive", say("hi"), "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
			"HTTP/1.0 200 OK\nConnection: keep-alive\nContent-Length: 2\n" + plain + "\nhi", kept},
		{"HTTP/1.0, a large body ends with the connection", say(long), "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
			"HTTP/1.0 200 OK\n" + plain + "\nx*5000", ended},
		{"HTTP/1.0, trailers are lost", withTrailers, "GET / HTTP/1.0\r\n\r\n",
			"HTTP/1.0 200 OK\n" + plain + "Trailer: A, B\n\nhi", ended},
		{"HTTP/1.0, 204 is kept alive", status(204), "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
			"HTTP/1.0 204 No Content\nConnection: keep-alive\n\n", kept},
		{"the client closes", say("hi"), getHost + "Connection: close\r\n\r\n",
			ok + "Connection: close\nContent-Length: 2\n" + plain + "\nhi", ended},
		{"the handler closes", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Connection", "close")
			io.WriteString(w, "hi")
		}, getHost + end, ok + "Connection: close\nContent-Length: 2\n" + plain + "\nhi", ended},
	})
}

func TestResponseWithoutBody(t *testing.T) {
	head := "HEAD / HTTP/1.1\r\nHost: h\r\n\r\n"
	runExchanges(t, []exchange{
		{"HEAD has the head of GET", say("hi"), head, ok + "Content-Length: 2\n" + plain + "\n", kept},
		{"HEAD of a large body", say(long), head, ok + plain + "\n", kept},
		{"HEAD of a known length", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "5000")
		}, head, ok + "Content-Length: 5000\n\n", kept},
		{"HEAD, flushed", func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, "hi")
			w.(http.Flusher).Flush()
		}, head, ok + plain + "\n", kept},
		{"HEAD with trailers", withTrailers, head, ok + plain + "Trailer: A, B\n\n", kept},
		{"HEAD of a body that ends with the connection", sets("Transfer-Encoding", "identity"), head, ok + "\n", kept},
		{"HEAD of a large body in HTTP/1.0", say(long), "HEAD / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
			"HTTP/1.0 200 OK\nConnection: keep-alive\n" + plain + "\n", kept},
		{"204", noBody(204), getHost + end, "HTTP/1.1 204 No Content\n\n", kept},
		{"304", noBody(304), getHost + end, "HTTP/1.1 304 Not Modified\n\n", kept},
		{"204 without a length", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "5")
			w.WriteHeader(204)
		}, getHost + end, "HTTP/1.1 204 No Content\n\n", kept},
		{"304 without length and type", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "5")
			w.Header().Set("Content-Type", "text/plain")
			w.WriteHeader(304)
		}, getHost + end, "HTTP/1.1 304 Not Modified\n\n", kept},
		{"early hints come first", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Link", "</a>")
			w.WriteHeader(103)
			w.Header().Del("Link")
			io.WriteString(w, "hi")
		}, getHost + end, "HTTP/1.1 103 Early Hints\nLink: </a>\n\n\n" + hello, kept},
		{"HTTP/1.0 gets no early hints", func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(103)
			io.WriteString(w, "hi")
		}, "GET / HTTP/1.0\r\n\r\n", "HTTP/1.0 200 OK\nContent-Length: 2\n" + plain + "\nhi", ended},
		{"OPTIONS *", say("hi"), "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", ok + "Content-Length: 0\n\n", kept},
	})
}

// noBody writes a body where none is allowed.
func noBody(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(code)
		if _, err := io.WriteString(w, "hi"); err != http.ErrBodyNotAllowed {
			panic(http.ErrAbortHandler) // shows as a connection without an answer
		}
	}
}

func TestResponseTrailers(t *testing.T) {
	runExchanges(t, []exchange{
		{"declared", withTrailers, getHost + end,
			ok + plain + "Trailer: A, B\nTransfer-Encoding: chunked\n\n2\nhi\n0\nA: 1\nB: 2\n\n", kept},
		{"with the prefix", func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, "hi")
			w.Header().Set(http.TrailerPrefix+"A", "1")
		}, getHost + end, ok + plain + "Transfer-Encoding: chunked\n\n2\nhi\n0\nA: 1\n\n", kept},
		{"with the prefix, before the head", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set(http.TrailerPrefix+"A", "1")
			io.WriteString(w, long)
		}, getHost + end, ok + plain + "Transfer-Encoding: chunked\n\n1388\nx*5000\n0\nA: 1\n\n", kept},
		{"those that frame are left out", func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, "hi")
			w.Header().Set(http.TrailerPrefix+"Content-Length", "1")
			w.Header().Set(http.TrailerPrefix+"B", "\x00")
			w.Header().Set(http.TrailerPrefix+"A", "1\r\n\r\nhi")
		}, getHost + end, ok + plain + "Transfer-Encoding: chunked\n\n2\nhi\n0\nA: 1    hi\n\n", kept},
	})
}

func withTrailers(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Trailer", "A, B")
	io.WriteString(w, "hi")
	w.Header().Set("A", "1")
	w.Header().Set("B", "2")
}
