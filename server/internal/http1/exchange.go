package http1

import (
	"context"
	"crypto/tls"
	"log/slog"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// An Exchange is one request and its response. It is the http.ResponseWriter
// of its handler, and never reused, because a handler may keep it: after the
// handler's return it only reports errors. What the handler calls is safe for
// concurrent use, as far as that makes sense.
//
// One lock guards all of it, and is never held while anybody waits for the
// client: who does so marks its direction as busy, and who wants the same one
// meanwhile waits for its turn.
type Exchange struct {
	given
	incoming
	ctx    contextState
	header http.Header

	mu sync.Mutex // guards the rest, and body
	waits
	response
	notes   *notes // nil until there are any: most requests have none
	verdict verdict
	place   place
}

// given is what an exchange is made from, and does not change.
type given struct {
	cfg    *Config
	t      Transport
	in     *Input // not to be touched once the exchange has ended
	peer   *Peer
	worker context.Context
}

// incoming is the request.
type incoming struct {
	asked Asked
	req   http.Request
	url   url.URL // of req, unless net/url made one
	body  *body   // nil if the request has none
}

// A state is how far a response has come.
type state uint8

// The states. A response goes through the first three in their order, and
// from each of them, or from failed, to one of the last.
const (
	undecided   state = iota // nothing is fixed
	headDecided              // status and fields are fixed, but not what the server adds
	headSent                 // the head is complete, in the output at least
	failed                   // the client did not take it; the handler still runs
	hijacked                 // the handler has taken the connection
	done                     // the handler has returned
)

// A Peer is what the requests of a connection have in common. It must not change
// any more.
type Peer struct {
	Base   context.Context      // of the contexts of the requests
	Remote string               // http.Request.RemoteAddr
	TLS    *tls.ConnectionState // http.Request.TLS
}

// NewExchange makes the exchange for the request that in begins with, whose
// head is complete, and consumes that. Worker is the context of the goroutine
// that runs the handler. If no request can be made of the head, the outcome is
// settled, and Serve does nothing.
func NewExchange(cfg *Config, t Transport, in *Input, peer *Peer, worker context.Context) *Exchange {
	x := &Exchange{given: given{cfg, t, in, peer, worker},
		header: make(http.Header), response: response{out: NewOutput(), length: -1}}
	x.setTimeouts()
	x.req = *new(http.Request).WithContext((*requestContext)(x))
	if err := x.buildRequest(); err != nil {
		cfg.Log.Error("a head passed the scanner, but no request could be made of it", slog.Any("err", err))
		x.req.Method = x.head().Method.String()
		x.refuse()
	}
	x.req.RemoteAddr, x.req.TLS = peer.Remote, peer.TLS
	a := &x.asked // field by field: a copy of a value just written waits until all writes are done
	a.Method, a.Target, a.Began = x.req.Method, x.req.RequestURI, in.began
	return x
}

// Asked is what a request was when it came, whatever its handler makes of it.
type Asked struct {
	Method, Target string        // Target is "" if the request could not be built
	Began          time.Duration // when its first byte was read, on the Clock
}

// Asked says what was asked. It is safe for concurrent use.
func (x *Exchange) Asked() Asked { return x.asked }

// head is what was found out of the request before it was admitted.
func (x *Exchange) head() *Head { return &x.in.scan.head }

// Serve has h answer the request. It is called once, and survives a panic of
// h; if h ends its goroutine, Outcome is valid when deferred calls run.
func (x *Exchange) Serve(h http.Handler) {
	if x.state == done {
		return // it could not be built
	}
	returned := false
	defer func() {
		var panicked any
		if !returned {
			panicked = recover() // nil if the handler has ended its goroutine
		}
		x.ctx.end(false)
		if form := x.req.MultipartForm; form != nil {
			form.RemoveAll() // the temporary files of what was uploaded
		}
		if !returned {
			x.abort(panicked)
		}
		x.endPlace()
	}()
	x.handlerOf(h).ServeHTTP(x, &x.req)
	x.finish()
	returned = true
}

// handlerOf is h but for OPTIONS *, which asks for nothing but an answer.
func (x *Exchange) handlerOf(h http.Handler) http.Handler {
	if x.req.RequestURI == "*" && x.req.Method == http.MethodOptions && !x.cfg.NoOptions {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Length", "0") })
	}
	return h
}

// Cancel says that the client has left, or the connection was cut: it ends the
// context of the request. It is safe for concurrent use, does not wait, and
// has no effect after Hijack and after the end.
func (x *Exchange) Cancel() { x.ctx.end(true) }
