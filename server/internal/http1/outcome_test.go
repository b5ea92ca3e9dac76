package http1

import (
	"errors"
	"io"
	"net/http"
	"regexp"
	"runtime"
	"testing"
)

var dateField = regexp.MustCompile(`\r\nDate: [^\r]+`)

// TestOutcome checks, for each way in which an exchange can end, what the
// client gets and what the owner of the connection is told.
func TestOutcome(t *testing.T) {
	const (
		chunked   = post + "Transfer-Encoding: chunked\r\n\r\n"
		closing   = "Connection: close\r\n"
		refusal   = "Content-Type: text/plain; charset=utf-8\r\nX-Content-Type-Options: nosniff\r\n"
		plain     = "Content-Type: text/plain; charset=utf-8\r\n"
		hello     = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n" + plain + "\r\nhi"
		helloLast = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n" + plain + closing + "\r\nhi"
		failed    = "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n" + closing + "\r\n"
		malformed = "HTTP/1.1 400 Bad Request\r\n" + refusal + "Content-Length: 98\r\n" + closing +
			"\r\nthe body is not in the chunked coding: to the letter, lines of 4 KiB at most, extensions of 8 KiB\n"
		large = "HTTP/1.1 413 Request Entity Too Large\r\n" + refusal + "Content-Length: 22\r\n" + closing + "\r\nthe body is too large\n"
		begun = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
	)
	say := func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "hi") }
	flush := func(w http.ResponseWriter) { http.NewResponseController(w).Flush() }
	lost := errors.New("lost")
	for _, test := range []struct {
		name   string
		handle http.HandlerFunc
		send   string
		got    string
		rest   string
		want   Outcome
	}{
		{"small", say, getHost + "\r\nnext", hello, "next", Outcome{Ending: Sent, Clean: true, Status: 200}},
		{"asked to close", say, get + "Host: h\r\nConnection: close\r\n\r\n", helloLast, "",
			Outcome{Ending: SentLast, Why: CauseResponse, Clean: true, Status: 200}},
		{"body read", readBody, post + "Content-Length: 2\r\n\r\nhinext", hello, "next", Outcome{Ending: Sent, Clean: true, Status: 200, Received: 2}},
		{"body discarded", say, chunked + "1\r\na\r\n0\r\n\r\nnext", hello, "next", Outcome{Ending: Sent, Clean: true, Status: 200, Received: 1}},
		{"body not there", say, post + "Content-Length: 3\r\n\r\na", helloLast, "",
			Outcome{Ending: SentLast, Why: CauseResponse, Status: 200, Received: 1}},
		{"body malformed", readBody, chunked + "x\r\n", malformed, "",
			Outcome{Ending: SentLast, Why: CauseBad, Fault: faultChunk, Status: 400}},
		{"body too large", readBody, chunked + "3e9\r\n" + string(make([]byte, 1001)), large, "",
			Outcome{Ending: SentLast, Why: CauseBad, Fault: faultBodyLarge, Status: 413}},
		{"body malformed, and answered", func(w http.ResponseWriter, r *http.Request) {
			readBody(w, r)
			say(w, r)
		}, chunked + "x\r\n", malformed, "", Outcome{Ending: SentLast, Why: CauseBad, Fault: faultChunk, Status: 400}},
		{"too little written", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1")
			w.Header().Set("Content-Type", "a/b")
		}, getHost + end, "HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nContent-Length: 1\r\n\r\n", "",
			Outcome{Ending: SentLast, Why: CauseHandler, Clean: true, Status: 200}},
		{"panic", func(http.ResponseWriter, *http.Request) { panic("no") }, getHost + end, failed, "",
			Outcome{Ending: SentLast, Why: CauseHandler, Panic: "no", Status: 500}},
		{"panic in HEAD", func(http.ResponseWriter, *http.Request) { panic("no") }, "HEAD / HTTP/1.1\r\nHost: h\r\n\r\n",
			failed, "", Outcome{Ending: SentLast, Why: CauseHandler, Panic: "no", Status: 500}},
		{"panic after a flush", func(w http.ResponseWriter, _ *http.Request) {
			flush(w)
			panic("no")
		}, getHost + end, begun, "", Outcome{Ending: Aborted, Why: CauseHandler, Panic: "no", Status: 200}},
		{"abort", func(w http.ResponseWriter, _ *http.Request) {
			say(w, nil)
			panic(http.ErrAbortHandler)
		}, getHost + end, "", "", Outcome{Ending: Aborted, Why: CauseHandler}},
		{"hijack", func(w http.ResponseWriter, _ *http.Request) {
			nc, _, err := http.NewResponseController(w).Hijack()
			if err != nil {
				panic(err)
			}
			nc.Close()
		}, getHost + end, "", "", Outcome{Ending: Hijacked}},
		{"hijack after a flush, and a panic", func(w http.ResponseWriter, _ *http.Request) {
			flush(w)
			nc, _, _ := http.NewResponseController(w).Hijack()
			nc.Close()
			panic("no")
		}, getHost + end, begun, "", Outcome{Ending: Hijacked, Panic: "no", Status: 200}},
		{"OPTIONS *", say, "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "",
			Outcome{Ending: Sent, Clean: true, Status: 200}},
		{"client gone", func(w http.ResponseWriter, r *http.Request) {
			w.(*Exchange).t.(*fake).end(writing, lost)
			if err := http.NewResponseController(w).Flush(); err != lost {
				t.Errorf("Flush: %v", err)
			}
			if _, err := w.Write(nil); err != lost {
				t.Errorf("Write: %v", err)
			}
			if _, _, err := http.NewResponseController(w).Hijack(); err != lost {
				t.Errorf("Hijack: %v", err)
			}
		}, getHost + end, "", "", Outcome{Ending: Failed, Why: CauseWrite}},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newFake(t, test.send)
			o, rest := f.serve(testConfig(), test.handle)
			if got := dateField.ReplaceAllString(f.sent(), ""); got != test.got {
				t.Errorf("sent %q\nwant %q", got, test.got)
			}
			if rest != test.rest && o.Clean {
				t.Errorf("%q is pending, want %q", rest, test.rest)
			}
			if o.Sent != int64(len(f.sent())) {
				t.Errorf("Sent %d, want %d", o.Sent, len(f.sent()))
			}
			if (o.Output != nil) != (o.Ending <= SentLast) || (o.Stack != nil) != (o.Panic != nil) {
				t.Errorf("output %v, stack %q", o.Output, o.Stack)
			}
			o.Output, o.Stack, o.Sent = nil, nil, 0
			h, _, _ := judge(test.send)
			test.want.Method, test.want.Path, test.want.Received = h.Method.String(), test.send[h.pathFrom:h.pathTo], test.want.Received+int64(h.Size)
			if !sameOutcome(o, test.want) {
				t.Errorf("outcome %+v\nwant    %+v", o, test.want)
			}
		})
	}
}

func sameOutcome(a, b Outcome) bool {
	a.Stack, b.Stack = nil, nil
	return a.Ending == b.Ending && a.Why == b.Why && a.Fault == b.Fault && a.Clean == b.Clean && a.Panic == b.Panic &&
		a.Method == b.Method && a.Path == b.Path && a.Route == b.Route && a.Status == b.Status && a.Received == b.Received
}

// A handler that ends its goroutine leaves an outcome.
func TestGoexit(t *testing.T) {
	f := newFake(t, getHost+end)
	x, _ := f.exchange(testConfig())
	ended := make(chan Outcome)
	go func() {
		defer func() { ended <- x.Outcome() }()
		x.Serve(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { runtime.Goexit() }))
	}()
	if o := <-ended; o.Ending != SentLast || o.Why != CauseHandler || o.Panic != nil || o.Status != 500 {
		t.Errorf("outcome %+v", o)
	}
}
