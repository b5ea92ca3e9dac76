package server

import (
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"runtime"
	"strings"
	"testing"
)

// TestExchanges has one exchange of each kind go all the way, in every way.
// What else there is of a kind is checked without a server, in internal/http1.
func TestExchanges(t *testing.T) {
	const (
		expects = post + "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n"
		head    = "HEAD / HTTP/1.1\r\nHost: h\r\n\r\n"
	)
	runExchanges(t, []exchange{
		{"a small body has a length", say("hi"), get + end, greeting, kept},
		{"a large body is chunked", say(long), get + end,
			ok + plain + "Transfer-Encoding: chunked\n\n1388\nx*5000\n0\n\n", kept},
		{"a flushed body is chunked", func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, "h")
			w.(http.Flusher).Flush()
			io.WriteString(w, "i")
		}, get + end, ok + plain + "Transfer-Encoding: chunked\n\n1\nh\n1\ni\n0\n\n", kept},
		{"trailers", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Trailer", "A")
			io.WriteString(w, "hi")
			w.Header().Set("A", "1")
		}, get + end, ok + plain + "Trailer: A\nTransfer-Encoding: chunked\n\n2\nhi\n0\nA: 1\n\n", kept},
		{"HEAD has the head of GET", say("hi"), head, ok + "Content-Length: 2\n" + plain + "\n", kept},
		{"204", status(204), get + end, "HTTP/1.1 204 No Content\n\n", kept},
		{"early hints come first", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Link", "</a>")
			w.WriteHeader(103)
			w.Header().Del("Link")
			io.WriteString(w, "hi")
		}, get + end, "HTTP/1.1 103 Early Hints\nLink: </a>\n\n\n" + greeting, kept},
		{"HTTP/1.0", say("hi"), "GET / HTTP/1.0\r\n\r\n", "HTTP/1.0 200 OK\nContent-Length: 2\n" + plain + "\nhi", ended},
		{"three in one packet, in their order", func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, r.URL.Path)
		}, "GET /1 HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HTTP/1.1\r\nHost: h\r\n\r\nGET /3 HTTP/1.1\r\nHost: h\r\n\r\n",
			strings.Replace(greeting, "hi", "/1\n", 1) + strings.Replace(greeting, "hi", "/2\n", 1) + strings.Replace(greeting, "hi", "/3", 1), kept},
		{"a handler's line breaks frame nothing", func(w http.ResponseWriter, r *http.Request) {
			w.Header()["A"] = []string{"b\r\n\r\nhi\r\nX: y"}
		}, get + end, ok + "A: b    hi  X: y\nContent-Length: 0\n\n", kept},
		{"CONNECT", say("hi"), "CONNECT g:80 HTTP/1.1\r\nHost: h\r\n\r\n", ok + "Connection: close\n" + plain + "\nhi", ended},
		{"OPTIONS *", say("hi"), "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", ok + "Content-Length: 0\n\n", kept},

		{"a request's body", report, post + "Content-Length: 2\r\n\r\nhi", reported(`"hi" EOF`), kept},
		{"a chunked one with a trailer", report, chunked + "2\r\nhi\r\n0\r\nB: 2\r\n\r\n", reported(`"hi" EOF B=2`), kept},
		{"a body unread", say("hi"), chunked + "2\r\n!!\r\n0\r\n\r\n", greeting, kept},
		{"a body that is asked for", report, expects + "hi", "HTTP/1.1 100 Continue\n\n\n" + reported(`"hi" EOF`), kept},
		{"one that is not", say("hi"), expects, strings.Replace(greeting, ok, ok+"Connection: close\n", 1), ended},

		{"panics", func(http.ResponseWriter, *http.Request) { panic("no") }, get + end, broken, ended},
		{"panics after what was sent", func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, "hi")
			w.(http.Flusher).Flush()
			panic("no")
		}, get + end, ok + plain + "Transfer-Encoding: chunked\n\n2\nhi\n", ended},
		{"aborts", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, get + end, "", ended},
		{"Goexit", func(http.ResponseWriter, *http.Request) { runtime.Goexit() }, get + end, broken, ended},
		{"Goexit after Hijack", func(w http.ResponseWriter, r *http.Request) {
			nc, _, _ := http.NewResponseController(w).Hijack()
			nc.Close()
			runtime.Goexit()
		}, get + end, "", ended},
		{"declares more than it writes", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "3")
			io.WriteString(w, "hi")
		}, get + end, ok + "Content-Length: 3\n" + plain + "\nhi", ended},
	})
}

// TestRefusals checks that what is refused has one answer, that no handler sees
// it, and that nothing after it is interpreted.
func TestRefusals(t *testing.T) {
	const (
		coding = "the body is not in the chunked coding: to the letter, lines of 4 KiB at most, extensions of 8 KiB"
		bad    = chunked + "2\r\nhi\n0\r\n\r\n"
	)
	large := refused(413, "the body is too large")
	table := []exchange{
		// A body that is buffered is judged before the handler is called.
		{"bad coding", unserved(t), bad, refused(400, coding), ended},
		{"a trailer without colon", unserved(t), chunked + "2\r\nhi\r\n0\r\nA\r\n\r\n",
			refused(400, "a field name must be a token followed by a colon"), ended},
		{"too large", unserved(t), post + "Content-Length: 1001\r\n\r\n" + long[:1001], large, ended},
		{"too large and chunked", unserved(t), chunked + "3e9\r\n" + long[:1001] + "\r\n0\r\n\r\n", large, ended},
		{"an expectation", unserved(t), post + "Expect: tea\r\n\r\n", refused(417, "the only expectation is 100-continue"), ended},
	}
	for _, x := range []struct {
		name, send string
		code       int
		text       string
	}{
		{"malformed", "GET /\r\n", 400, "the request line must be: method SP target SP HTTP-version CRLF"},
		{"smuggling", post + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400,
			"Transfer-Encoding must end in chunked, just once, and goes neither with Content-Length nor with HTTP/1.0"},
		{"version", "GET / HTTP/2.0\r\nHost: h\r\n\r\n", 505, "this server speaks HTTP/1.0 and HTTP/1.1"},
		{"coding", post + "Transfer-Encoding: gzip, chunked\r\n\r\n", 501, "the only transfer coding is chunked"},
		{"target too long", "GET /" + strings.Repeat("x", 9000) + " HTTP/1.1\r\n", 414,
			"the request line is too long: it may have 8 KiB, unless the server allows more"},
		{"field too long", get + "A: " + strings.Repeat("x", 17000) + "\r\n\r\n", 431,
			"the head is too large: a field may have 16 KiB, unless the server allows more, and there may be 100"},
	} {
		table = append(table,
			exchange{x.name, unserved(t), x.send, refused(x.code, x.text), ended},
			exchange{x.name + ", after another", unserved(t), "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n" + x.send,
				ok + "Content-Length: 0\n\n\n" + refused(x.code, x.text), ended})
	}
	runExchanges(t, table)
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
