package http1

import (
	"net/http"
	"strings"
	"testing"
)

// Every fault has an answer of its status, and every kind and verb a name; one
// out of range has one too.
func TestFaults(t *testing.T) {
	kinds := map[FaultKind]bool{}
	date := new(Dates).Now()
	for _, f := range allFaults {
		kinds[f.Kind] = true
		for v := range numVariants {
			got := string(f.Answer().Bytes(v, date))
			head, body, _ := strings.Cut(got, "\r\n\r\n")
			if !strings.HasPrefix(head, "HTTP/1.1 ") || !strings.Contains(head, http.StatusText(f.Status)) {
				t.Errorf("%v is answered by %q", f, head)
			}
			if close := strings.Contains(head, "\r\nConnection: close"); close != (v&SayClose != 0) {
				t.Errorf("variant %b of %v closes: %v", v, f, close)
			}
			if want := f.Text + "\n"; v&HeadOnly == 0 && body != want || v&HeadOnly != 0 && body != "" {
				t.Errorf("variant %b of %v has the body %q", v, f, body)
			}
		}
	}
	names := map[string]bool{}
	for k := range NumFaultKinds {
		if !kinds[k] || names[k.String()] || k.String() == "" {
			t.Errorf("kind %d, %v, has no fault, or no name of its own", k, k)
		}
		names[k.String()] = true
	}
	if NumFaultKinds.String() != "unknown" || numVerbs.String() != "" {
		t.Errorf("out of range are %v and %v", NumFaultKinds, numVerbs)
	}
}

// The bytes of an answer are made once for a date, also if the dates are of
// two servers.
func TestPrebuiltIsMadeOnce(t *testing.T) {
	p := &Prebuilt{Status: 200, Fields: "A: b\r\n", Text: "hi"}
	first := p.Bytes(0, &Date{"now"})
	const want = "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nX-Content-Type-Options: nosniff\r\n" +
		"Date: now\r\nContent-Length: 2\r\nA: b\r\n\r\nhi"
	if string(first) != want {
		t.Errorf("made %q, want %q", first, want)
	}
	date := &Date{text: "n" + "ow"[:2]}
	if n := testing.AllocsPerRun(10, func() { p.Bytes(0, date) }); n != 0 {
		t.Errorf("%v allocations for an answer, want 0", n)
	}
	if later := p.Bytes(0, &Date{text: "later"}); !strings.Contains(string(later), "Date: later\r\n") {
		t.Errorf("made %q", later)
	}
}

// A request that passes the scanner but cannot be built is answered all the
// same, and the handler is not called. No input is known that does this.
func TestUnbuildable(t *testing.T) {
	for _, test := range []struct {
		name   string
		forge  func(*Input)
		method string
	}{
		{"plain", func(in *Input) { copy(in.buf[in.scan.head.pathFrom:], "%zz") }, "GET"},
	} {
		t.Run(test.name, func(t *testing.T) {
			f, cfg := newFake(t, ""), testConfig()
			in := cfg.NewInput()
			in.feed("GET /abc HTTP/1.1\r\nHost: h\r\n\r\n", 0)
			in.Scan()
			test.forge(in)
			o := f.serveNext(cfg, in, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the handler was called") }))
			if o.Ending != SentLast || o.Why != CauseBad || o.Fault != faultUnbuildable || o.Status != 400 || o.Method != test.method {
				t.Errorf("outcome %+v", o)
			}
			if got := f.sent(); !strings.HasPrefix(got, "HTTP/1.1 400 ") || !strings.HasSuffix(got, faultUnbuildable.Text+"\n") {
				t.Errorf("sent %q", got)
			}
			in.Reset()
		})
	}
}
