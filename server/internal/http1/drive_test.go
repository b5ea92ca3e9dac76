package http1

import (
	"context"
	"io"
	"log/slog"
	"net/http"
)

// testConfig is one with short limits, and no time that runs out.
func testConfig() *Config {
	clock := StartClock()
	return &Config{MaxHead: maxHead, MaxBody: 1000, Log: slog.New(slog.DiscardHandler), Clock: clock, Dates: new(Dates), Memory: NewBudget(1 << 30), Closing: func() bool { return false }}
}

// exchange makes the exchange for the request that f gives first, and returns
// what is not consumed of it too.
func (f *fake) exchange(cfg *Config) (*Exchange, *Input) {
	f.t.Helper()
	in := cfg.NewInput()
	for {
		done, fault := in.Scan()
		if fault != nil {
			f.t.Fatalf("the head is refused: %v", fault)
		}
		if done {
			break
		}
		n, err := f.TryRead(in.Space())
		if err != nil {
			f.t.Fatalf("no head: %v", err)
		}
		in.Add(n, cfg.Clock.Now())
	}
	return NewExchange(cfg, f, in, &Peer{Base: context.Background(), Remote: "client"}, context.Background()), in
}

// serve serves one request, and sends what the exchange has left to be sent.
func (f *fake) serve(cfg *Config, h http.HandlerFunc) (o Outcome, rest string) {
	f.t.Helper()
	x, in := f.exchange(cfg)
	x.Serve(h)
	o = x.Outcome()
	if o.Ending != Hijacked {
		rest = string(in.Pending())
	}
	if o.Output != nil {
		if err := o.Output.Flush(f); err != nil && err != f.outEnd {
			f.t.Errorf("Flush: %v", err)
		}
		o.Sent = o.Output.Sent()
	}
	return o, rest
}

// readBody is a handler that answers with the body of the request.
func readBody(w http.ResponseWriter, r *http.Request) {
	b, err := io.ReadAll(r.Body)
	if err == nil {
		w.Write(b)
	}
}

// serveAll serves f as its owner would, as long as it goes on.
func (f *fake) serveAll(cfg *Config, h http.Handler) {
	in := cfg.NewInput()
	for {
		done, fault := in.Scan()
		switch {
		case fault != nil:
			variant := SayClose
			if in.Head().Method == VerbHead {
				variant |= HeadOnly
			}
			f.TryWrite(fault.Answer().Bytes(variant, cfg.Dates.Now()), nil)
			return
		case !done:
			n, err := f.TryRead(in.Space())
			if err != nil {
				return
			}
			in.Add(n, cfg.Clock.Now())
			continue
		}
		if o := f.serveNext(cfg, in, h); o.Ending != Sent {
			return
		}
		in.Next(cfg.Clock.Now())
	}
}

// serveNext serves the request that in begins with.
func (f *fake) serveNext(cfg *Config, in *Input, h http.Handler) (o Outcome) {
	x := NewExchange(cfg, f, in, &Peer{Base: context.Background(), Remote: "client"}, context.Background())
	served := make(chan struct{})
	go func() { // the handler may end the goroutine
		defer close(served)
		x.Serve(h)
	}()
	<-served
	o = x.Outcome()
	if o.Output != nil {
		o.Output.Flush(f)
		o.Output.Release()
	}
	return o
}
