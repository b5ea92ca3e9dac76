package http1

import (
	"strings"
	"testing"
	"time"
)

// feed gives in a piece of input, as a read would.
func (in *Input) feed(s string, now time.Duration) {
	for n := 0; len(s) > 0; s = s[n:] {
		n = copy(in.Space(), s)
		in.Add(n, now)
	}
}

// An Input takes requests in any pieces, and tells when each began.
func TestInput(t *testing.T) {
	in := testConfig().NewInput()
	defer in.Reset()
	if !in.Empty() || in.Method() != "" {
		t.Errorf("a new input has %q, method %q", in.Pending(), in.Method())
	}
	const first, second = "PROPFIND /a?b HTTP/1.1\r\nHost: h\r\n\r\n", getHost + end
	in.feed(first[:3], 1)
	if done, fault := in.Scan(); done || fault != nil || in.Head().Size != 0 {
		t.Errorf("a piece: %v, %v", done, fault)
	}
	in.feed(first[3:]+second, 2)
	if done, fault := in.Scan(); !done || fault != nil {
		t.Errorf("the whole: %v, %v", done, fault)
	}
	if in.Began() != 1 || in.Method() != "PROPFIND" || string(in.Path()) != "/a" || in.Head().Size != len(first) {
		t.Errorf("began %d, method %q, path %q, %+v", in.Began(), in.Method(), in.Path(), in.Head())
	}
	in.Skip(len(first))
	in.Next(3)
	if done, fault := in.Scan(); !done || fault != nil || in.Began() != 3 || in.Method() != "GET" || string(in.Pending()) != second {
		t.Errorf("the next: %v, %v, began %d, %q", done, fault, in.Began(), in.Pending())
	}
	in.Skip(len(second))
	in.Next(4)
	in.feed("x", 5)
	if !(in.Began() == 5 && string(in.Pending()) == "x" && in.Head().Size == 0) {
		t.Errorf("began %d, %q", in.Began(), in.Pending())
	}
}

// The path of a target is where a handler finds it, in each of its forms.
func TestPath(t *testing.T) {
	for target, want := range map[string]string{
		"/": "/", "/a/b?c": "/a/b", "/http://h/x": "/http://h/x", "http://h/a?b": "/a", "HTTPS://h:1/a//b": "/a//b",
		"http://h": "", "http://h?/a": "", "*": "*",
	} {
		in := testConfig().NewInput()
		in.feed("OPTIONS "+target+" HTTP/1.1\r\nHost: h\r\n\r\n", 1)
		if done, fault := in.Scan(); !done || fault != nil || string(in.Path()) != want {
			t.Errorf("%s: %v, %v, path %q; want %q", target, done, fault, in.Path(), want)
		}
	}
}

// What is pending is kept when it must move or grow, and when bytes are put
// back before it.
func TestInputKeepsWhatIsPending(t *testing.T) {
	for _, test := range []struct {
		name        string
		skip        int
		wantLen     int
		wantPending int
	}{
		{"grows", 0, 2 * inputBytes, inputBytes},
		{"moves", 10, inputBytes, inputBytes - 10},
	} {
		t.Run(test.name, func(t *testing.T) {
			in := testConfig().NewInput()
			text := strings.Repeat("0123456789", inputBytes)[:inputBytes]
			in.feed(text, 0)
			in.Skip(test.skip)
			want := text[test.skip:]
			if len(in.Space()) == 0 {
				t.Error("no space")
			}
			if got := string(in.Pending()); got != want || len(got) != test.wantPending {
				t.Errorf("%d bytes are pending, want %d", len(got), len(want))
			}
			in.Reset()
		})
	}
}
