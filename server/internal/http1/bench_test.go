package http1

import (
	"context"
	"io"
	"net/http"
	"testing"
)

// BenchmarkExchange is a plain request and a small response, without a kernel.
func BenchmarkExchange(b *testing.B) {
	b.ReportAllocs()
	h := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "hello") })
	cfg := testConfig()
	in := cfg.NewInput()
	for b.Loop() {
		serveSmall(cfg, in, h)
	}
}

// smallPeer is that of all requests of serveSmall.
var smallPeer = &Peer{Base: context.Background(), Remote: "client"}

// serveSmall serves a plain request, as its connection would.
func serveSmall(cfg *Config, in *Input, h http.Handler) {
	in.Add(copy(in.Space(), "GET /hello HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n\r\n"), 0)
	in.Scan()
	x := NewExchange(cfg, sink{}, in, smallPeer, context.Background())
	x.Serve(h)
	o := x.Outcome()
	o.Output.Flush(sink{})
	o.Output.Release()
	in.Next(0)
}

// A sink takes everything.
type sink struct{ Transport }

func (sink) TryWrite(p, next []byte) (int, error) { return len(p) + len(next), nil }
