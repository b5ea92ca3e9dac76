package http1

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// The client's leaving ends the context: by Cancel, which a transport that
// does not notice by itself is asked to call when somebody wants to know, but
// not before the body is read; and by a Read of the body that fails.
func TestContextEndsWithTheClient(t *testing.T) {
	bothTransports(t, post+"Content-Length: 2\r\n\r\nhi", func(t *testing.T, f *fake) {
		x, _ := f.exchange(testConfig())
		x.Serve(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			done := r.Context().Done()
			if f.watched {
				t.Error("watched before the body is read")
			}
			io.ReadAll(r.Body)
			if err := r.Context().Err(); err != nil || f.watched != f.waits {
				t.Errorf("the context says %v; watched: %v, want %v", err, f.watched, f.waits)
			}
			x.Cancel()
			<-done
		}))
		if o := x.Outcome(); o.Ending != Sent {
			t.Errorf("outcome %+v; want the answer to be sent all the same", o)
		}
	})
	bothTransports(t, half, func(t *testing.T, f *fake) {
		f.end(reading, io.EOF)
		f.serve(testConfig(), func(_ http.ResponseWriter, r *http.Request) {
			if _, err := io.ReadAll(r.Body); err != io.ErrUnexpectedEOF {
				t.Errorf("ReadAll: %v", err)
			}
			<-r.Context().Done()
		})
	})
}

// A client that left before anybody asked has left.
func TestContextOfCancelledExchange(t *testing.T) {
	x, _ := newFake(t, getHost+end).exchange(testConfig())
	x.Cancel()
	x.Serve(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if err := r.Context().Err(); err != context.Canceled {
			t.Errorf("the context says %v", err)
		}
	}))
}

type key string

func TestContextValues(t *testing.T) {
	f := newFake(t, getHost+end)
	cfg := testConfig()
	in := cfg.NewInput()
	in.Add(copy(in.Space(), f.in), 0)
	in.Scan()
	deadline := time.Now().Add(time.Hour)
	base, cancel := context.WithDeadline(context.WithValue(t.Context(), key("base"), 1), deadline)
	defer cancel()
	x := NewExchange(cfg, f, in, &Peer{Base: base, Remote: "client"}, context.WithValue(t.Context(), key("worker"), 2))
	x.Serve(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		ctx := r.Context()
		if got, ok := ctx.Deadline(); !ok || got != deadline {
			t.Errorf("deadline %v, %v", got, ok)
		}
		for k, want := range map[any]any{key("base"): 1, key("worker"): 2, key("none"): nil, http.LocalAddrContextKey: fakeAddr{}} {
			if got := ctx.Value(k); got != want {
				t.Errorf("%v has the value %v, want %v", k, got, want)
			}
		}
		if r.RemoteAddr != "client" {
			t.Errorf("RemoteAddr %q", r.RemoteAddr)
		}
	}))
}

// The context goes on after Hijack, until the handler returns, although the
// transport reports the client as gone.
func TestContextAfterHijack(t *testing.T) {
	x, _ := newFake(t, getHost+end).exchange(testConfig())
	var ctx context.Context
	x.Serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx = r.Context()
		if got := hijackAndReport(w); !strings.HasPrefix(got, "buffered") {
			t.Error(got)
		}
		x.Cancel()
		if err := ctx.Err(); err != nil {
			t.Errorf("the context says %v", err)
		}
	}))
	if ctx.Err() == nil {
		t.Error("the context goes on after the return")
	}
}
