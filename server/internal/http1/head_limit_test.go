package http1

import (
	"fmt"
	"math"
	"strings"
	"testing"
)

// TestHeadLimits has a head for every limit that is one short of it, at it,
// and one past it.
func TestHeadLimits(t *testing.T) {
	const host = "Host: h\r\n"
	limits := []struct {
		name string
		at   int
		make func(n int) string
		want *Fault
	}{
		{"method", maxMethodBytes,
			func(n int) string { return strings.Repeat("M", n) + " / HTTP/1.1\r\n" + host + "\r\n" }, faultMethod},
		{"request line", maxRequestLineBytes,
			func(n int) string { return fill("GET /", n, " HTTP/1.1\r\n") + host + "\r\n" }, faultTargetLong},
		{"request line after an empty line", maxRequestLineBytes,
			func(n int) string { return "\r\n" + fill("GET /", n, " HTTP/1.1\r\n") + host + "\r\n" }, faultTargetLong},
		{"field line", maxFieldLineBytes,
			func(n int) string { return get + host + fill("A: ", n, "\r\n") + "\r\n" }, faultHeadLarge},
		{"fields", maxFields,
			func(n int) string { return get + host + strings.Repeat("A: b\r\n", n-1) + "\r\n" }, faultHeadLarge},
		{"head", maxHead, headOf, faultHeadLarge},
		{"body", maxBody,
			func(n int) string { return post + fmt.Sprintf("Content-Length: %d\r\n\r\n", n) }, faultBodyLarge},
	}
	for _, l := range limits {
		for n := l.at - 1; n <= l.at+1; n++ {
			t.Run(fmt.Sprintf("%s of %d", l.name, n), func(t *testing.T) {
				_, done, f := judge(l.make(n))
				switch {
				case n <= l.at && (!done || f != nil):
					t.Errorf("got %v, %v; want it accepted", done, f)
				case n > l.at && f != l.want:
					t.Errorf("got %v, %v; want %v", done, f, l.want)
				}
			})
		}
	}
}

// fill makes a line of n bytes.
func fill(before string, n int, after string) string {
	return before + strings.Repeat("x", n-len(before)-len(after)) + after
}

// headOf makes a head of n bytes.
func headOf(n int) string {
	const some = maxFieldLineBytes / 2
	h := get + "Host: h\r\n"
	for len(h)+2*some < n {
		h += fill("A: ", some, "\r\n")
	}
	return h + fill("B: ", n-len(h)-2, "\r\n") + "\r\n"
}

// A limit takes effect before the line that breaks it ends: a client cannot
// have the server keep more than that.
func TestHeadLimitsNeedNoLineEnd(t *testing.T) {
	for _, test := range []struct {
		name  string
		input string
		want  *Fault
	}{
		{"method", strings.Repeat("M", maxMethodBytes+1), faultMethod},
		{"request line", "GET /" + strings.Repeat("x", maxRequestLineBytes), faultTargetLong},
		{"field line", get + "A: " + strings.Repeat("x", maxFieldLineBytes), faultHeadLarge},
		{"head", strings.TrimSuffix(headOf(maxHead-8), "\r\n") + "A: bcdefghi", faultHeadLarge},
	} {
		t.Run(test.name, func(t *testing.T) {
			if _, done, f := judge(test.input); done || f != test.want {
				t.Errorf("got %v, %v; want %v", done, f, test.want)
			}
		})
	}
}

// A small MaxHeaderBytes bounds the request line too.
func TestHeadLimitBoundsRequestLine(t *testing.T) {
	s := scanner{maxHead: smallHead, maxBody: maxBody}
	if _, f := s.scan([]byte("HEAD /" + strings.Repeat("x", smallHead))); f != faultTargetLong {
		t.Errorf("got %v, want %v", f, faultTargetLong)
	}
	if s.head.Method != VerbHead {
		t.Errorf("the method is %q: the answer would have content", s.head.Method)
	}
}

// A MaxHeaderBytes over the default raises what a line may have by as much.
func TestHeadLimitRaisesThatOfLines(t *testing.T) {
	const more = 1000
	for name, test := range map[string]struct {
		at   int
		make func(n int) string
		want *Fault
	}{
		"request line": {maxRequestLineBytes + more, func(n int) string { return fill("GET /", n, " HTTP/1.1\r\n") + "Host: h\r\n\r\n" }, faultTargetLong},
		"field line":   {maxFieldLineBytes + more, func(n int) string { return get + "Host: h\r\n" + fill("A: ", n, "\r\n") + "\r\n" }, faultHeadLarge},
	} {
		for over, want := range map[int]*Fault{-1: nil, 0: nil, 1: test.want} {
			s := scanner{maxHead: usualHead + more, maxBody: maxBody}
			if done, f := s.scan([]byte(test.make(test.at + over))); f != want || done != (want == nil) {
				t.Errorf("%s of %d: got %v, %v; want %v", name, test.at+over, done, f, want)
			}
		}
	}
}

func TestHeadWithoutBodyLimit(t *testing.T) {
	s := scanner{maxHead: maxHead, maxBody: -1}
	done, f := s.scan(fmt.Appendf(nil, "%sContent-Length: %d\r\n\r\n", post, int64(math.MaxInt64)))
	if !done || f != nil || s.head.Length != math.MaxInt64 {
		t.Errorf("got %v, %v, length %d; want %d", done, f, s.head.Length, int64(math.MaxInt64))
	}
}

func TestHeadScannerIsReusable(t *testing.T) {
	s := scanner{maxHead: maxHead, maxBody: maxBody}
	for _, test := range accepted {
		s.reset()
		if done, f := s.scan([]byte(test.input)); !done || f != nil {
			t.Fatalf("after reset, scan(%q) = %v, %v; want it accepted", test.input, done, f)
		}
		if fresh, _, _ := judge(test.input); s.head != fresh {
			t.Errorf("after reset, scan(%q) has %+v\na fresh scanner %+v", test.input, s.head, fresh)
		}
	}
}

func TestHeadScannerAllocatesNothing(t *testing.T) {
	b := []byte("GET /a?b HTTP/1.1\r\nHost: h:80\r\nConnection: keep-alive\r\nAccept: */*\r\n\r\n")
	s := scanner{maxHead: maxHead, maxBody: maxBody}
	if n := testing.AllocsPerRun(100, func() { s.reset(); s.scan(b) }); n != 0 {
		t.Errorf("%v allocations per head, want 0", n)
	}
}
