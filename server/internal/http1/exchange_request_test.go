package http1

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

const chunked = post + "Transfer-Encoding: chunked\r\n\r\n"

// reported is the answer of report.
func reported(text string) string {
	return fmt.Sprintf("%sContent-Length: %d\n%s\n%s", ok, len(text), plain, text)
}

func TestRequestBody(t *testing.T) {
	runExchanges(t, []exchange{
		{"none", report, getHost + end, reported(`"" EOF`), kept},
		{"of known length", report, post + "Content-Length: 2\r\n\r\nhi", reported(`"hi" EOF`), kept},
		{"of length 0", report, post + "Content-Length: 0\r\n\r\n", reported(`"" EOF`), kept},
		{"of a GET", report, getHost + "Content-Length: 2\r\n\r\nhi", reported(`"hi" EOF`), kept},
		{"in HTTP/1.0", report, "POST / HTTP/1.0\r\nContent-Length: 2\r\n\r\nhi",
			strings.Replace(reported(`"hi" EOF`), "1.1", "1.0", 1), ended},
		{"chunked", report, chunked + "1\r\nh\r\n01\r\ni\r\n0\r\n\r\n", reported(`"hi" EOF`), kept},
		{"chunked and empty", report, chunked + "0\r\n\r\n", reported(`"" EOF`), kept},
		{"chunked with extensions", report, chunked + "2;a=b;c=\"d\"\r\nhi\r\n0;e\r\n\r\n", reported(`"hi" EOF`), kept},
		{"with a trailer that was declared", report,
			post + "Trailer: A\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nA: 1\r\n\r\n", reported(`"hi" EOF A=1`), kept},
		{"with a trailer that was not", report, chunked + "2\r\nhi\r\n0\r\nB: 2\r\n\r\n", reported(`"hi" EOF B=2`), kept},
		{"with a trailer that did not come", report,
			post + "Trailer: A\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n", reported(`"hi" EOF A=`), kept},
		{"malformed, as is found before a large response", func(w http.ResponseWriter, r *http.Request) {
			io.Copy(io.Discard, r.Body)
			io.WriteString(w, long)
		}, chunked + "x\r\n", ok + "Connection: close\n" + plain + "Transfer-Encoding: chunked\n\n1388\nx*5000\n0\n\n", ended},
		{"as large as may be", readOnly, post + "Content-Length: 1000\r\n\r\n" + long[:1000], ok + "Content-Length: 0\n\n", kept},

		{"unread", say("hi"), post + "Content-Length: 2\r\n\r\n!!", hello, kept},
		{"unread and chunked", say("hi"), chunked + "2\r\n!!\r\n0\r\nA: b\r\n\r\n", hello, kept},
		{"closed unread", func(w http.ResponseWriter, r *http.Request) {
			r.Body.Close()
			io.WriteString(w, "hi")
		}, post + "Content-Length: 2\r\n\r\n!!", hello, kept},
		{"read in part", func(w http.ResponseWriter, r *http.Request) {
			io.ReadFull(r.Body, make([]byte, 1))
			io.WriteString(w, "hi")
		}, post + "Content-Length: 2\r\n\r\n!!", hello, kept},
		{"read after the head of the response", func(w http.ResponseWriter, r *http.Request) {
			w.(http.Flusher).Flush()
			io.Copy(w, r.Body)
		}, post + "Content-Length: 2\r\n\r\nhi", ok + "Transfer-Encoding: chunked\n\n2\nhi\n0\n\n", kept},
	})
}

func TestRequestBodyIsRefused(t *testing.T) {
	const coding = "the body is not in the chunked coding: to the letter, lines of 4 KiB at most, extensions of 8 KiB"
	large := refused(413, "the body is too large")
	for name, bad := range map[string][2]string{
		"empty size":             {"\r\nhi\r\n0\r\n\r\n", coding},
		"size that is none":      {"g\r\nhi\r\n0\r\n\r\n", coding},
		"signed size":            {"+2\r\nhi\r\n0\r\n\r\n", coding},
		"size with 0x":           {"0x2\r\nhi\r\n0\r\n\r\n", coding},
		"size of 2^64":           {"10000000000000000\r\nhi\r\n0\r\n\r\n", coding},
		"bare LF after a size":   {"2\nhi\r\n0\r\n\r\n", coding},
		"bare CR after a size":   {"2\rhi\r\n0\r\n\r\n", coding},
		"data without CRLF":      {"2\r\nhi0\r\n\r\n", coding},
		"data with a bare LF":    {"2\r\nhi\n0\r\n\r\n", coding},
		"data too long":          {"2\r\nhi!\r\n0\r\n\r\n", coding},
		"negative size":          {"-1\r\nhi\r\n0\r\n\r\n", coding},
		"trailer without colon":  {"2\r\nhi\r\n0\r\nA\r\n\r\n", "a field name must be a token followed by a colon"},
		"trailer that is folded": {"2\r\nhi\r\n0\r\n A: b\r\n\r\n", "a field must not be folded over lines"},
	} {
		t.Run(name, func(t *testing.T) {
			runExchanges(t, []exchange{
				{"read", readOnly, chunked + bad[0], refused(400, bad[1]), ended},
				{"unread", say("hi"), chunked + bad[0], refused(400, bad[1]), ended},
				{"answered, but not flushed", report, chunked + bad[0], refused(400, bad[1]), ended},
			})
		})
	}
	runExchanges(t, []exchange{
		{"too large", readOnly, post + "Content-Length: 1001\r\n\r\n" + long[:1001], large, ended},
		{"too large and chunked", readOnly, chunked + "3e9\r\n" + long[:1001] + "\r\n0\r\n\r\n", large, ended},
		{"too large and chunked, unread", say("hi"), chunked + "3e9\r\n" + long[:1001] + "\r\n0\r\n\r\n", large, ended},
		{"too large, and the handler has begun an answer", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Connection", "close")
			w.(http.Flusher).Flush()
			_, err := io.Copy(io.Discard, r.Body)
			fmt.Fprintf(w, "%T", err)
		}, chunked + "3e9\r\n" + long[:1001] + "\r\n0\r\n\r\n",
			ok + "Connection: close\nTransfer-Encoding: chunked\n\n13\n*http.MaxBytesError\n0\n\n", ended},
	})
}

func TestExpectContinue(t *testing.T) {
	const expects = post + "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n"
	closing := strings.Replace(hello, ok, ok+"Connection: close\n", 1)
	runExchanges(t, []exchange{
		{"read", report, expects + "hi", "HTTP/1.1 100 Continue\n\n\n" + reported(`"hi" EOF`), kept},
		{"unread", say("hi"), expects, closing, ended},
		{"unread after a large response", say(long), expects,
			ok + "Connection: close\n" + plain + "Transfer-Encoding: chunked\n\n1388\nx*5000\n0\n\n", ended},
		{"unread after a flush", func(w http.ResponseWriter, r *http.Request) { w.(http.Flusher).Flush() }, expects,
			ok + "Connection: close\nTransfer-Encoding: chunked\n\n0\n\n", ended},
		{"asked for by the handler", func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(100)
			report(w, r)
		}, expects + "hi", "HTTP/1.1 100 Continue\n\n\n" + reported(`"hi" EOF`), kept},
		{"panics", func(http.ResponseWriter, *http.Request) { panic("no") }, expects, broken, ended},
		{"unknown", report, post + "Expect: tea\r\n\r\n", refused(417, "the only expectation is 100-continue"), ended},
		{"unknown, with HEAD", report, "HEAD / HTTP/1.1\r\nHost: h\r\nExpect: tea\r\n\r\n",
			withoutBody(refused(417, "the only expectation is 100-continue")), ended},
		{"nothing to ask for", report, getHost + "Expect: 100-continue\r\n\r\n", reported(`"" EOF`), kept},
		{"not in HTTP/1.0", report, "POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nhi",
			strings.Replace(reported(`"hi" EOF`), "1.1", "1.0", 1), ended},
	})
}

func TestRequestTarget(t *testing.T) {
	target := func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "%s %s host=%s path=%s", r.Method, r.RequestURI, r.Host, r.URL.Path)
	}
	answer := func(text string) string { return reported(text) }
	runExchanges(t, []exchange{
		{"origin-form", target, "GET /a?b HTTP/1.1\r\nHost: h\r\n\r\n", answer("GET /a?b host=h path=/a"), kept},
		{"absolute-form wins over Host", target, "GET http://g/a HTTP/1.1\r\nHost: h\r\n\r\n",
			answer("GET http://g/a host=g path=/a"), kept},
		{"authority-form", target, "CONNECT g:80 HTTP/1.1\r\nHost: h\r\n\r\n",
			ok + "Connection: close\n" + plain + "\nCONNECT g:80 host=g:80 path=", ended},
		{"an empty line before", target, "\r\n" + getHost + end, answer("GET / host=h path=/"), kept},
	})
}

// What the scanner refuses is answered, and nothing after it is interpreted.
func TestRequestIsRefused(t *testing.T) {
	for _, x := range []struct {
		name, send string
		code       int
		text       string
	}{
		{"malformed", "GET /\r\n", 400, "the request line must be: method SP target SP HTTP-version CRLF"},
		{"no Host", "GET / HTTP/1.1\r\n\r\n", 400, "the request needs exactly one valid Host"},
		{"smuggling", post + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400,
			"Transfer-Encoding must end in chunked, just once, and goes neither with Content-Length nor with HTTP/1.0"},
		{"TLS", "\x16\x03\x01\x02\x00\x01\x00\x01", 400, "the request does not begin with a method"},
		{"version", "GET / HTTP/2.0\r\nHost: h\r\n\r\n", 505, "this server speaks HTTP/1.0 and HTTP/1.1"},
		{"coding", post + "Transfer-Encoding: gzip, chunked\r\n\r\n", 501, "the only transfer coding is chunked"},
		{"target too long", "GET /" + strings.Repeat("x", 9000) + " HTTP/1.1\r\n", 414, "the request line is too long: it may have 8 KiB, unless the server allows more"},
		{"field too long", getHost + "A: " + strings.Repeat("x", 17000) + "\r\n\r\n", 431, "the head is too large: a field may have 16 KiB, unless the server allows more, and there may be 100"},
		{"fields too many", getHost + strings.Repeat("A: b\r\n", 100) + end, 431, "the head is too large: a field may have 16 KiB, unless the server allows more, and there may be 100"},
	} {
		t.Run(x.name, func(t *testing.T) {
			handle := func(http.ResponseWriter, *http.Request) { t.Error("the handler was called") }
			runExchanges(t, []exchange{
				{"alone", handle, x.send, refused(x.code, x.text), ended},
				{"after another", handle, "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n" + x.send,
					ok + "Content-Length: 0\n\n\n" + refused(x.code, x.text), ended},
			})
		})
	}
}
