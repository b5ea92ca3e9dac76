package http1

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
)

// The limits of these tests.
const (
	maxHead   = 32 << 10
	maxBody   = 10 << 20
	smallHead = 256
)

const (
	get  = "GET / HTTP/1.1\r\n"
	post = "POST / HTTP/1.1\r\nHost: h\r\n"
)

// judge scans input in pieces that end at the cuts, and then whole.
func judge(input string, cuts ...int) (h Head, done bool, f *Fault) {
	s := scanner{maxHead: maxHead, maxBody: maxBody}
	b := []byte(input)
	for _, cut := range cuts {
		if done, f = s.scan(b[:cut]); done || f != nil {
			return s.head, done, f
		}
	}
	done, f = s.scan(b)
	return s.head, done, f
}

// String makes faults readable in the output of a test.
func (f *Fault) String() string {
	if f == nil {
		return "no fault"
	}
	return fmt.Sprintf("%d %s", f.Status, f.Text)
}

// rejected are heads that must not be served, by the rule that they break.
var rejected = []struct {
	rule  string
	input string
	want  *Fault
}{
	{"bare LF ends the request line", "GET / HTTP/1.1\nHost: h\r\n\r\n", faultLineEnd},
	{"bare LF ends a field", get + "Host: h\n\r\n", faultLineEnd},
	{"bare LF ends the head", get + "Host: h\r\n\n", faultLineEnd},
	{"bare LF before the request line", "\n" + get + "Host: h\r\n\r\n", faultMethod},
	{"bare CR in the request line", "GET /\r HTTP/1.1\r\nHost: h\r\n\r\n", faultTarget},
	{"bare CR after the version", "GET / HTTP/1.1\r\r\nHost: h\r\n\r\n", faultRequestLine},
	{"bare CR in a value", get + "Host: h\r\nA: b\rc\r\n\r\n", faultFieldValue},
	{"bare CR after a value", get + "Host: h\r\nA: b\r\r\n\r\n", faultFieldValue},
	{"bare CR in a name", get + "Host: h\r\nA\r: b\r\n\r\n", faultFieldName},
	{"three empty lines before the request line", "\r\n\r\n\r\n" + get + "Host: h\r\n\r\n", faultMethod},
	{"folded with a space", get + "Host: h\r\nA: b\r\n c\r\n\r\n", faultFold},
	{"folded with a tab", get + "Host: h\r\nA: b\r\n\tc\r\n\r\n", faultFold},
	{"space before the first field", get + " Host: h\r\n\r\n", faultFold},
	{"space before the colon", get + "Host : h\r\n\r\n", faultFieldName},
	{"tab before the colon", get + "Host: h\r\nContent-Length\t: 5\r\n\r\n", faultFieldName},
	{"empty name", get + "Host: h\r\n: b\r\n\r\n", faultFieldName},
	{"no colon", get + "Host: h\r\nab\r\n\r\n", faultFieldName},
	{"NUL in a name", get + "Host: h\r\nA\x00: b\r\n\r\n", faultFieldName},
	{"NUL in a value", get + "Host: h\r\nA: b\x00\r\n\r\n", faultFieldValue},
	{"control character in a value", get + "Host: h\r\nA: \x1b[2J\r\n\r\n", faultFieldValue},
	{"DEL in a value", get + "Host: h\r\nA: \x7f\r\n\r\n", faultFieldValue},
	{"non-ASCII name", get + "Host: h\r\nÄ: b\r\n\r\n", faultFieldName},

	{"hello of a TLS client", "\x16\x03\x01\x02\x00\x01", faultMethod},
	{"space before the method", " GET / HTTP/1.1\r\nHost: h\r\n\r\n", faultMethod},
	{"method that is no token", "G@T / HTTP/1.1\r\nHost: h\r\n\r\n", faultMethod},
	{"nothing but a method", "GET\r\n\r\n", faultMethod},
	{"no version", "GET /\r\n\r\n", faultRequestLine},
	{"two spaces", "GET  / HTTP/1.1\r\nHost: h\r\n\r\n", faultRequestLine},
	{"space in the target", "GET /a b HTTP/1.1\r\nHost: h\r\n\r\n", faultRequestLine},
	{"space after the version", "GET / HTTP/1.1 \r\nHost: h\r\n\r\n", faultRequestLine},
	{"version in lower case", "GET / http/1.1\r\nHost: h\r\n\r\n", faultRequestLine},
	{"version without minor", "GET / HTTP/1\r\nHost: h\r\n\r\n", faultRequestLine},
	{"version with two digits", "GET / HTTP/1.10\r\nHost: h\r\n\r\n", faultRequestLine},
	{"version of letters", "GET / HTTP/x.1\r\nHost: h\r\n\r\n", faultRequestLine},
	{"HTTP/0.9", "GET / HTTP/0.9\r\nHost: h\r\n\r\n", faultVersion},
	{"HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", faultVersion},
	{"fragment", "GET /a#b HTTP/1.1\r\nHost: h\r\n\r\n", faultTarget},
	{"non-ASCII target", "GET /ä HTTP/1.1\r\nHost: h\r\n\r\n", faultTarget},
	{"tab in the target", "GET /a\tb HTTP/1.1\r\nHost: h\r\n\r\n", faultTarget},
	{"DEL in the target", "GET /\x7f HTTP/1.1\r\nHost: h\r\n\r\n", faultTarget},
	{"broken escape", "GET /%zz HTTP/1.1\r\nHost: h\r\n\r\n", faultTarget},
	{"half an escape", "GET /%2 HTTP/1.1\r\nHost: h\r\n\r\n", faultTarget},
	{"asterisk without OPTIONS", "GET * HTTP/1.1\r\nHost: h\r\n\r\n", faultTarget},
	{"relative target", "GET a/b HTTP/1.1\r\nHost: h\r\n\r\n", faultTarget},
	{"absolute-form without a host", "GET http:///a HTTP/1.1\r\nHost: h\r\n\r\n", faultTarget},
	{"absolute-form without a host, but a port", "GET http://:80/ HTTP/1.1\r\nHost: h\r\n\r\n", faultTarget},
	{"absolute-form with a user", "GET http://u@h/ HTTP/1.1\r\nHost: h\r\n\r\n", faultTarget},
	{"absolute-form with a quote in the host", "GET http://h\"/ HTTP/1.1\r\nHost: h\r\n\r\n", faultTarget},
	{"absolute-form with a zone", "GET http://[fe80::1%25eth0]/ HTTP/1.1\r\nHost: h\r\n\r\n", faultTarget},
	{"absolute-form of another scheme", "GET ftp://h/ HTTP/1.1\r\nHost: h\r\n\r\n", faultTarget},
	{"CONNECT without a port", "CONNECT h HTTP/1.1\r\nHost: h\r\n\r\n", faultTarget},
	{"CONNECT with an empty port", "CONNECT h: HTTP/1.1\r\nHost: h\r\n\r\n", faultTarget},
	{"CONNECT with a port too large", "CONNECT h:65536 HTTP/1.1\r\nHost: h\r\n\r\n", faultTarget},
	{"CONNECT without a host", "CONNECT :80 HTTP/1.1\r\nHost: h\r\n\r\n", faultTarget},
	{"CONNECT with a path", "CONNECT h:80/a HTTP/1.1\r\nHost: h\r\n\r\n", faultTarget},
	{"CONNECT with a query", "CONNECT h:80?a HTTP/1.1\r\nHost: h\r\n\r\n", faultTarget},
	{"CONNECT with credentials", "CONNECT u:p@h:80 HTTP/1.1\r\nHost: h\r\n\r\n", faultTarget},

	{"no Host", get + "\r\n", faultHost},
	{"empty Host", get + "Host:\r\n\r\n", faultHost},
	{"blank Host", get + "Host: \t \r\n\r\n", faultHost},
	{"Host twice", get + "Host: h\r\nHost: h\r\n\r\n", faultHost},
	{"Host twice in HTTP/1.0", "GET / HTTP/1.0\r\nHost: h\r\nhost: h\r\n\r\n", faultHost},
	{"Host with a space", get + "Host: a b\r\n\r\n", faultHost},
	{"Host with a slash", get + "Host: a/b\r\n\r\n", faultHost},
	{"Host with a comma and a path", get + "Host: a, b/\r\n\r\n", faultHost},
	{"CONNECT without Host", "CONNECT h:80 HTTP/1.1\r\n\r\n", faultHost},

	{"Content-Length and Transfer-Encoding", post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", faultFraming},
	{"the same in the other order", post + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n", faultFraming},
	{"Content-Length of 0 and Transfer-Encoding", post + "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n", faultFraming},
	{"differing Content-Length", post + "Content-Length: 5\r\nContent-Length: 6\r\n\r\n", faultLength},
	{"Content-Length equal only in value", post + "Content-Length: 5\r\nContent-Length: 05\r\n\r\n", faultLength},
	{"Content-Length as a list", post + "Content-Length: 5, 5\r\n\r\n", faultLength},
	{"empty Content-Length", post + "Content-Length:\r\n\r\n", faultLength},
	{"Content-Length with a sign", post + "Content-Length: +5\r\n\r\n", faultLength},
	{"negative Content-Length", post + "Content-Length: -1\r\n\r\n", faultLength},
	{"hexadecimal Content-Length", post + "Content-Length: 0x5\r\n\r\n", faultLength},
	{"Content-Length with an underscore", post + "Content-Length: 1_0\r\n\r\n", faultLength},
	{"Content-Length with a fraction", post + "Content-Length: 5.0\r\n\r\n", faultLength},
	{"Content-Length of 2^63", post + "Content-Length: 9223372036854775808\r\n\r\n", faultLength},
	{"Content-Length of 2^64+5", post + "Content-Length: 18446744073709551621\r\n\r\n", faultLength},
	{"Transfer-Encoding in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", faultFraming},
	{"several codings in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", faultFraming},
	{"unknown coding", post + "Transfer-Encoding: gzip\r\n\r\n", faultFraming},
	{"chunked after another coding", post + "Transfer-Encoding: gzip, chunked\r\n\r\n", faultCoding},
	{"chunked twice", post + "Transfer-Encoding: chunked, chunked\r\n\r\n", faultFraming},
	{"chunked in two fields", post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", faultFraming},
	{"chunked, then identity", post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n", faultFraming},
	{"identity", post + "Transfer-Encoding: identity\r\n\r\n", faultFraming},
	{"empty coding", post + "Transfer-Encoding:\r\n\r\n", faultFraming},
	{"quoted coding", post + "Transfer-Encoding: \"chunked\"\r\n\r\n", faultFraming},
	{"coding with a parameter", post + "Transfer-Encoding: chunked;a=b\r\n\r\n", faultFraming},
	{"coding after a vertical tab", post + "Transfer-Encoding: \vchunked\r\n\r\n", faultFieldValue},
	{"trailer named after the framing", post + "Transfer-Encoding: chunked\r\nTrailer: A, Content-Length\r\n\r\n", faultTrailer},
	{"unknown expectation beside the known one", post + "Expect: 100-continue, 200-ok\r\nContent-Length: 1\r\n\r\n", faultExpect},
	{"unknown expectation", post + "Expect: 200-ok\r\nContent-Length: 1\r\n\r\n", faultExpect},
}

func TestHeadIsRejected(t *testing.T) {
	for _, test := range rejected {
		t.Run(test.rule, func(t *testing.T) {
			if _, done, f := judge(test.input); f != test.want {
				t.Errorf("scan(%q) = %v, %v; want %v", test.input, done, f, test.want)
			}
		})
	}
}

// accepted are heads that a server must not be too strict for, with what the
// scanner has to know of each.
var accepted = []struct {
	rule  string
	input string
	want  Head
}{
	{"GET", get + "Host: h\r\n\r\n", Head{Method: VerbGet, KeepAlive: true}},
	{"CONNECT with a path, as net/rpc does", "CONNECT /rpc HTTP/1.1\r\nHost: h\r\n\r\n", Head{Method: VerbConnect, KeepAlive: true}},
	{"asterisk with a method of another protocol", "NOTIFY * HTTP/1.1\r\nHost: h\r\n\r\n", Head{KeepAlive: true}},
	{"field name in any case, no space before the value", get + "hOST:h\r\n\r\n", Head{Method: VerbGet, KeepAlive: true}},
	{"white space around a value", get + "Host: \t h \t\r\n\r\n", Head{Method: VerbGet, KeepAlive: true}},
	{"empty value", get + "Host: h\r\nA:\r\n\r\n", Head{Method: VerbGet, KeepAlive: true}},
	{"bytes above ASCII in a value", get + "Host: h\r\nA: \xe4\r\n\r\n", Head{Method: VerbGet, KeepAlive: true}},
	{"tab in a value", get + "Host: h\r\nA: b\tc\r\n\r\n", Head{Method: VerbGet, KeepAlive: true}},
	{"Host with a port", get + "Host: h:80\r\n\r\n", Head{Method: VerbGet, KeepAlive: true}},
	{"Host of IPv6", get + "Host: [::1]:80\r\n\r\n", Head{Method: VerbGet, KeepAlive: true}},
	{"one leading CRLF", "\r\n" + get + "Host: h\r\n\r\n", Head{start: 2, Method: VerbGet, KeepAlive: true}},
	{"absolute-form", "GET http://h/a?b HTTP/1.1\r\nHost: x\r\n\r\n", Head{Method: VerbGet, KeepAlive: true}},
	{"absolute-form in upper case", "GET HTTP://h HTTP/1.1\r\nHost: h\r\n\r\n", Head{Method: VerbGet, KeepAlive: true}},
	{"two slashes", "GET //a HTTP/1.1\r\nHost: h\r\n\r\n", Head{Method: VerbGet, KeepAlive: true}},
	{"broken escape in the query", "GET /?%zz HTTP/1.1\r\nHost: h\r\n\r\n", Head{Method: VerbGet, KeepAlive: true}},
	{"asterisk with OPTIONS", "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", Head{Method: VerbOptions, KeepAlive: true}},
	{"CONNECT", "CONNECT h:80 HTTP/1.1\r\nHost: h:80\r\n\r\n", Head{Method: VerbConnect, KeepAlive: true}},
	{"CONNECT to IPv6", "CONNECT [::1]:80 HTTP/1.1\r\nHost: h:80\r\n\r\n", Head{Method: VerbConnect, KeepAlive: true}},
	{"TRACE", "TRACE / HTTP/1.1\r\nHost: h\r\n\r\n", Head{Method: VerbTrace, KeepAlive: true}},
	{"method of one's own", "M-SEARCH / HTTP/1.1\r\nHost: h\r\n\r\n", Head{KeepAlive: true}},
	{"methods are case-sensitive", "get / HTTP/1.1\r\nHost: h\r\n\r\n", Head{KeepAlive: true}},
	{"HTTP/1.2 is answered as 1.1", "GET / HTTP/1.2\r\nHost: h\r\n\r\n", Head{Method: VerbGet, KeepAlive: true}},
	{"HTTP/1.0 without Host", "GET / HTTP/1.0\r\n\r\n", Head{Method: VerbGet, HTTP10: true}},
	{"HTTP/1.0 that wants to be kept", "GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", Head{Method: VerbGet, HTTP10: true, KeepAlive: true}},
	{"close", get + "Host: h\r\nConnection: x, CLOSE\r\n\r\n", Head{Method: VerbGet}},
	{"close wins", get + "Host: h\r\nConnection: keep-alive\r\nConnection: close\r\n\r\n", Head{Method: VerbGet}},
	{"GET with a body", get + "Host: h\r\nContent-Length: 5\r\n\r\n", Head{Method: VerbGet, Length: 5, KeepAlive: true}},
	{"Content-Length with white space", post + "Content-Length: \t5\t \r\n\r\n", Head{Method: VerbPost, Length: 5, KeepAlive: true}},
	{"Content-Length with leading zeros", post + "Content-Length: 0000000000000000000000005\r\n\r\n", Head{Method: VerbPost, Length: 5, KeepAlive: true}},
	{"the same Content-Length twice", post + "Content-Length: 5\r\nContent-Length: 5\r\n\r\n", Head{Method: VerbPost, Length: 5, KeepAlive: true}},
	{"chunked", post + "Transfer-Encoding: Chunked\r\n\r\n", Head{Method: VerbPost, Chunked: true, KeepAlive: true}},
	{"chunked with trailers", post + "Trailer: A, B\r\nTransfer-Encoding: chunked\r\n\r\n", Head{Method: VerbPost, Chunked: true, KeepAlive: true}},
	{"100-continue", post + "Expect: 100-Continue\r\nContent-Length: 5\r\n\r\n", Head{Method: VerbPost, Length: 5, expectContinue: true, KeepAlive: true}},
	{"100-continue without a body", post + "Expect: 100-continue\r\n\r\n", Head{Method: VerbPost, KeepAlive: true}},
	{"100-continue in a list", post + "Expect: , 100-continue,\r\nContent-Length: 5\r\n\r\n", Head{Method: VerbPost, Length: 5, expectContinue: true, KeepAlive: true}},
	{"no expectation", post + "Expect:\r\nContent-Length: 5\r\n\r\n", Head{Method: VerbPost, Length: 5, KeepAlive: true}},
	{"100-continue in HTTP/1.0", "POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n", Head{Method: VerbPost, HTTP10: true, Length: 5}},
}

// framed matches a head that http.ReadRequest must read.
var framed = regexp.MustCompile(`(?i)\ncontent-length:|\ntransfer-encoding:|^(\r\n)?CONNECT `)

func TestHeadIsAccepted(t *testing.T) {
	for _, test := range accepted {
		t.Run(test.rule, func(t *testing.T) {
			got, done, f := judge(test.input + "GET /next")
			if !done || f != nil {
				t.Fatalf("scan(%q) = %v, %v; want it accepted", test.input, done, f)
			}
			target := strings.Fields(test.input)[1]
			path, _, _ := strings.Cut(target, "?")
			if from := got.pathFrom; test.input[from:got.pathTo] != path {
				t.Errorf("path is %q, want %q", test.input[from:got.pathTo], path)
			}
			got.pathFrom, got.pathTo = 0, 0
			test.want.fields = strings.Count(test.input[got.start:], "\n") - 2
			test.want.Size = len(test.input)
			test.want.plain = !framed.MatchString(test.input)
			if got != test.want {
				t.Errorf("scan(%q) = %+v\nwant %+v", test.input, got, test.want)
			}
		})
	}
}
