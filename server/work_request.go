package server

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"sync"
	"time"
)

// A requestReader feeds http.ReadRequest, which parses what the scanner has
// let pass, and then the body.
type requestReader struct {
	br   *bufio.Reader
	conn *conn
	left int // bytes that may still come from the inbound; negative: no limit, and then from the link
	wait patience
	body *requestBody // that it feeds, if there is one
}

var requestReaders = sync.Pool{New: func() any {
	r := new(requestReader)
	r.br = bufio.NewReaderSize(r, inboundBytes)
	return r
}}

// Read implements io.Reader.
func (r *requestReader) Read(p []byte) (int, error) {
	in := r.conn.in
	if have := in.pending(); len(have) > 0 && r.left != 0 {
		if r.left > 0 {
			have = have[:min(r.left, len(have))]
		}
		n := copy(p, have)
		in.r += n
		r.left -= n
		return n, nil
	}
	if r.left >= 0 {
		return 0, io.EOF
	}
	n, err := r.wait.read(r.conn.link, &r.body.deadline, p)
	r.conn.engine.counters.received.Add(uint64(n))
	return n, err
}

// newResponse builds the request and what answers it.
func (c *conn) newResponse(worker context.Context) (*response, error) {
	in := c.in
	h := &in.scan.head
	in.r += h.start
	r := requestReaders.Get().(*requestReader)
	r.conn, r.left = c, h.size-h.start
	r.wait = patience{left: c.engine.set.readTimeout}
	if h.hasBody() {
		r.left = -1
	}
	r.br.Reset(r)
	req, err := http.ReadRequest(r.br)
	if err != nil {
		return nil, err
	}
	if c.remote == "" {
		c.remote = c.link.RemoteAddr().String()
	}
	req.RemoteAddr = c.remote

	w := &response{conn: c, out: takeOutbound(), header: make(http.Header), length: -1}
	w.wait.left = c.engine.set.writeTimeout
	w.ctx.w, w.ctx.worker = w, worker
	w.req = req.WithContext(&w.ctx)
	if h.hasBody() {
		w.body = &requestBody{w: w, reader: r, parsed: req, left: c.engine.set.maxBody}
		w.req.Body, r.body = w.body, w.body
	} else {
		r.release()
	}
	return w, nil
}

// release gives r back, and what it has read too much.
func (r *requestReader) release() {
	if rest, _ := r.br.Peek(r.br.Buffered()); len(rest) > 0 {
		in := r.conn.in
		in.buf = append(append(make([]byte, 0, max(inboundBytes, len(rest)+in.w-in.r)), rest...), in.pending()...)
		in.r, in.w = 0, len(in.buf)
		in.buf = in.buf[:cap(in.buf)]
	}
	r.conn, r.body = nil, nil
	requestReaders.Put(r)
}

// A requestContext is the context of a request. It ends when the client
// leaves, when the handler returns, and with the server's base context. The
// worker's context is in it too, so that a handler can use pool.Map. Most
// handlers never ask it anything, so what a context costs is made on demand.
type requestContext struct {
	w      *response
	worker context.Context

	mu     sync.Mutex
	inner  context.Context // made by the first call of use
	cancel context.CancelFunc
	ended  bool
}

// use returns the context that does the work.
func (ctx *requestContext) use() context.Context {
	ctx.mu.Lock()
	defer ctx.mu.Unlock()
	if ctx.inner == nil {
		ctx.inner, ctx.cancel = context.WithCancel(ctx.w.conn.base)
		if ctx.ended {
			ctx.cancel()
		}
	}
	return ctx.inner
}

// end cancels the context.
func (ctx *requestContext) end() {
	ctx.mu.Lock()
	cancel := ctx.cancel
	ctx.ended = true
	ctx.mu.Unlock()
	if cancel != nil {
		cancel()
	}
}

// Deadline implements context.Context.
func (ctx *requestContext) Deadline() (time.Time, bool) { return ctx.w.conn.base.Deadline() }

// Done implements context.Context. On a link that is not watched anyway,
// watching for the client's leaving begins with the first call.
func (ctx *requestContext) Done() <-chan struct{} {
	ctx.w.watchClient()
	return ctx.use().Done()
}

// Err implements context.Context.
func (ctx *requestContext) Err() error {
	ctx.w.watchClient()
	return ctx.use().Err()
}

// Value implements context.Context.
func (ctx *requestContext) Value(key any) any {
	if key == http.LocalAddrContextKey {
		return ctx.w.localAddr()
	}
	if v := ctx.use().Value(key); v != nil {
		return v
	}
	return ctx.worker.Value(key)
}
