package http1

import (
	"bufio"
	"bytes"
	"net/http"
	"net/textproto"
	"net/url"
	"reflect"
	"strings"
	"testing"
)

// FuzzHead holds the scanner to its two promises: the verdict does not depend
// on how the input was split, and net/http reads what it accepts as it does.
func FuzzHead(f *testing.F) {
	for _, test := range rejected {
		f.Add(test.input)
	}
	for _, test := range accepted {
		f.Add(test.input)
		f.Add(test.input + "body" + test.input)
		f.Add(test.input[:len(test.input)/2])
	}
	f.Add(headOf(maxHead))
	f.Add(headOf(maxHead + 1))
	f.Fuzz(func(t *testing.T, input string) {
		h, done, fault := judge(input)
		checkSplits(t, input, h, done, fault)
		if done && fault == nil {
			checkAgainstNetHTTP(t, input, h)
		}
	})
}

// checkSplits wants the same verdict for input in two pieces, split at every
// byte or at a sample, and for input byte by byte.
func checkSplits(t *testing.T, input string, h Head, done bool, f *Fault) {
	t.Helper()
	var each []int
	for cut := range len(input) {
		each = append(each, cut)
	}
	compare := func(cuts ...int) {
		h2, done2, f2 := judge(input, cuts...)
		if f2 != f || done2 != done || done && f == nil && h2 != h {
			t.Errorf("%q whole: %v, %v, %+v\ncut at %v: %v, %v, %+v", input, done, f, h, cuts, done2, f2, h2)
		}
	}
	compare(each...)
	step := 1 + len(input)/512
	for cut := 0; cut < len(input); cut += step {
		compare(cut)
	}
}

// checkAgainstNetHTTP wants http.ReadRequest to read the head as h says.
func checkAgainstNetHTTP(t *testing.T, input string, h Head) {
	t.Helper()
	src := strings.NewReader(input[h.start:])
	br := bufio.NewReader(src)
	req, err := http.ReadRequest(br)
	if err != nil {
		t.Fatalf("net/http refuses %q: %v", input, err)
	}
	want := func(what string, got, want any) {
		t.Helper()
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s of %q is %v, and %v to net/http", what, input, got, want)
		}
	}
	line, fields, _ := strings.Cut(input[h.start:h.Size], "\r\n")
	part := strings.Split(line, " ")
	want("method", part[0], req.Method)
	want("verb", h.Method == VerbOther || h.Method.String() == req.Method, true)
	want("target", part[1], req.RequestURI)
	want("path", input[h.pathFrom:h.pathTo], strings.SplitN(req.RequestURI, "?", 2)[0])
	want("version", part[2], req.Proto)
	want("HTTP/1.0", h.HTTP10, !req.ProtoAtLeast(1, 1))
	want("keep-alive", h.KeepAlive, !req.Close)
	want("chunked", h.Chunked, len(req.TransferEncoding) == 1 && req.TransferEncoding[0] == "chunked")
	if h.Chunked {
		want("length", int64(-1), req.ContentLength)
	} else {
		want("length", h.Length, req.ContentLength)
	}
	want("size", h.Size-h.start, len(input)-h.start-src.Len()-br.Buffered())
	host, header := readFields(fields, h.Chunked)
	if strings.HasPrefix(req.RequestURI, "/") || req.RequestURI == "*" {
		want("Host", host, req.Host)
	}
	want("header", header, req.Header)
	var built http.Request
	if err := h.fill(&built, new(url.URL), []byte(input[h.start:h.Size])); err != nil {
		t.Fatalf("no request is built of %q: %v", input, err)
	}
	built.Body, req.Body = nil, nil
	want("request", built, *req)
}

// readFields reads field lines in the simplest way, with the few changes that
// http.ReadRequest documents or is known to make.
func readFields(lines string, chunked bool) (host string, header http.Header) {
	header = http.Header{}
	for line := range strings.SplitSeq(strings.TrimSuffix(lines, "\r\n\r\n"), "\r\n") {
		name, value, ok := strings.Cut(line, ":")
		if !ok {
			continue // there are no fields
		}
		name = textproto.CanonicalMIMEHeaderKey(name)
		header[name] = append(header[name], string(bytes.Trim([]byte(value), " \t")))
	}
	host = header.Get("Host")
	header.Del("Host")
	if chunked {
		header.Del("Transfer-Encoding")
		header.Del("Trailer")
	}
	if same := header["Content-Length"]; len(same) > 1 {
		header["Content-Length"] = same[:1]
	}
	if pragma := header["Pragma"]; len(pragma) > 0 && pragma[0] == "no-cache" && len(header["Cache-Control"]) == 0 {
		header["Cache-Control"] = []string{"no-cache"}
	}
	return host, header
}
