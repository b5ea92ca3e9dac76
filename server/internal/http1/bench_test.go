package http1

import (
	"context"
	"io"
	"net/http"
	"testing"
)

// BenchmarkExchange is a plain request and a small response, without a kernel.
func BenchmarkExchange(b *testing.B) {
	const request = "GET /hello HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n\r\n"
	b.ReportAllocs()
	cfg, t := testConfig(), sink{}
	h := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "hello") })
	in := cfg.NewInput()
	for b.Loop() {
		in.Add(copy(in.Space(), request), 0)
		if done, fault := in.Scan(); !done {
			b.Fatal(fault)
		}
		x := NewExchange(cfg, t, in, context.Background(), context.Background(), "client")
		x.Serve(h)
		o := x.Outcome()
		if o.Output.Flush(t) != nil || o.Ending != Sent {
			b.Fatal(o)
		}
		o.Output.Release()
		in.Next(0)
	}
}

// A sink takes everything.
type sink struct{ Transport }

func (sink) TryWrite(p []byte) (int, error) { return len(p), nil }
