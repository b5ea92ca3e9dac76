package upstream

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptrace"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"time"
)

// A Handler passes requests on to backends. Its methods are safe for
// concurrent use. It starts no goroutine of its own; the connections that it
// keeps have theirs.
type Handler struct {
	config   Config
	backends *backends
	trusted  trusted
	token    string
	log      *log.Logger
	buffers  buffers
}

// CloseIdleConnections closes the connections to backends that are not in
// use.
func (h *Handler) CloseIdleConnections() {
	for _, b := range h.backends.all {
		b.transport.CloseIdleConnections()
	}
}

// ServeHTTP passes r on and its response back. It panics with
// [http.ErrAbortHandler] if there is nobody to answer or the response cannot
// be completed.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.backends.begin()
	x := &exchange{Handler: h, in: r, reply: newReply(w), began: time.Now()}
	defer x.end()
	if status, why := h.refuse(r); status != 0 {
		x.settle(OutcomeRefused, status, errors.New(why))
		x.tell(w, status, http.StatusText(status)+": "+why, why)
		return
	}
	proxy := httputil.ReverseProxy{
		Rewrite:      h.forward,
		Transport:    x,
		ErrorHandler: x.fail,
		ErrorLog:     h.log,
		BufferPool:   &h.buffers,
	}
	proxy.ServeHTTP(x.reply, r)
	x.finish()
}

// finish ends a response that ReverseProxy has passed on, as far as it came.
func (x *exchange) finish() {
	switch d := x.download; {
	case d == nil: // fail has answered, or it is an upgrade
	case d.err != nil && d.err != io.EOF && x.reply.takeBack():
		x.fail(x.reply, x.in, d.err)
	case x.outcome() != OutcomeServed:
		panic(http.ErrAbortHandler) // ReverseProxy panics under a server only
	default:
		x.reply.sendHead()
	}
}

// An exchange is one request on its way, and the transport that ReverseProxy
// sends it by.
type exchange struct {
	*Handler
	in    *http.Request
	reply *reply
	began time.Time

	cancel   context.CancelCauseFunc // ends it; nil before RoundTrip
	ctx      context.Context
	patience *patience
	upload   *upload // nil without a body
	attempts

	download *download // nil before there is a response, and of an upgrade
	body     io.Closer // of the response; nil before there is one
	verdict
}

// attempts are where a request was taken.
type attempts struct {
	backend     *backend             // that it was last given to
	tried       []*backend           // that it could not be connected to
	connections int                  // that it was sent on
	conn        atomic.Pointer[conn] // the last of them
}

// RoundTrip sends the request to a backend, or to one after the other while
// none can be connected to.
func (x *exchange) RoundTrip(out *http.Request) (*http.Response, error) {
	x.ctx, x.cancel = context.WithCancelCause(httptrace.WithClientTrace(out.Context(), x.watch()))
	x.patience = newPatience(x.config.Timeout, func() { x.cancel(errSlow) })
	if out.Body != nil {
		x.upload = &upload{Reader: out.Body, patience: x.patience, in: x.in, trailer: out.Trailer}
	}
	for {
		b := x.backends.choose(x.tried)
		x.backend = b
		res, err := b.transport.RoundTrip(x.request(out, b))
		x.backends.judge(b, x.learnt(err), err)
		if err == nil {
			return x.respond(res)
		}
		if _, unreachable := errors.AsType[connectError](err); !unreachable || x.ctx.Err() != nil || !x.mayMove() {
			return nil, err
		}
		x.tried = append(x.tried, b)
		x.backends.leave(b)
	}
}

// mayMove reports whether there is another backend that the request may be
// taken to.
func (x *exchange) mayMove() bool {
	others := len(x.backends.all) - len(x.tried) - 1
	return others > 0 && len(x.tried) < x.config.Retries
}

// request returns the request as b gets it.
func (x *exchange) request(out *http.Request, b *backend) *http.Request {
	u := x.in.URL
	out = out.WithContext(x.ctx)
	// The client's URL may have a scheme, a host and a user of its own.
	out.URL = &url.URL{Scheme: b.address.scheme, Host: b.address.host,
		Path: u.Path, RawPath: u.RawPath, RawQuery: u.RawQuery, ForceQuery: u.ForceQuery}
	if x.upload != nil {
		out.Body = x.upload
	}
	return out
}

// learnt returns what err says about a backend.
func (x *exchange) learnt(err error) attempt {
	_, unreachable := errors.AsType[connectError](err)
	switch {
	case err == nil:
		return attemptReached
	case unreachable:
		return attemptUnreachable
	case x.connections == 0, x.ctx.Err() != nil:
		return attemptUnknown
	}
	return attemptReached
}

// respond takes the head of a response, after the last 1xx.
func (x *exchange) respond(res *http.Response) (*http.Response, error) {
	x.patience.enter(receiving)
	x.result.Header = time.Since(x.began)
	x.result.Status = res.StatusCode
	x.reply.restore()
	x.body = res.Body
	if _, told := x.reply.own[loadField]; told {
		delete(res.Header, loadField)
	}
	if x.reply.mute.Load() {
		return nil, errSurplus
	}
	if res.StatusCode == http.StatusSwitchingProtocols {
		return res, nil // Its body is the connection.
	}
	if res.StatusCode < 200 || res.StatusCode > 999 {
		return nil, fmt.Errorf("the backend's response has the status %d", res.StatusCode)
	}
	x.download = &download{ReadCloser: res.Body, patience: x.patience, reply: x.reply}
	switch {
	case isEventStream(res.Header):
		x.download.patience = nil
	case res.ContentLength > 0: // ReverseProxy flushes the head of all others at once
		x.reply.late = true
	}
	res.Body = x.download
	return res, nil
}

// loadField tells balancers of the load (ORCA). One that was set before the
// Handler was called stands: the app's, beside it, would be about another
// server than the one that they choose.
const loadField = "Endpoint-Load-Metrics"

func isEventStream(h http.Header) bool {
	kind, _, _ := strings.Cut(h.Get("Content-Type"), ";")
	return strings.EqualFold(strings.TrimSpace(kind), "text/event-stream")
}
