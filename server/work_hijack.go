package server

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/http"
	"slices"
)

// Hijack implements http.Hijacker. The connection is the handler's from here
// on: the server neither closes it nor counts it. The worker is held until the
// handler returns, so a handler that keeps the connection should hand it to a
// goroutine and return.
func (w *response) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	if w.body != nil {
		w.body.over(false) // what it has read too much goes back
	}
	rest, err := w.giveUp()
	if err != nil {
		return nil, nil, err
	}
	c := w.conn
	nc, ahead, err := c.link.detach()
	c.in.ending, c.in, c.reply = endGone, nil, w
	c.leave(CloseHijacked)
	if err != nil {
		return nil, nil, err
	}
	nc.SetDeadline(noDeadline)
	return nc, bufferedFrom(nc, append(rest, ahead...)), nil
}

// giveUp ends the response for a hijacker, sends what it has of one, and returns
// what was read behind the request.
func (w *response) giveUp() (rest []byte, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.out == nil {
		return nil, http.ErrHijacked
	}
	if w.status != 0 {
		if err := w.push(nil); err != nil {
			return nil, err
		}
	}
	w.hijacked = true
	w.end() // before detach, which ends the watching for the client's leaving
	w.out.recycle()
	w.out = nil
	return slices.Clone(w.conn.in.pending()), nil
}

// bufferedFrom wraps nc, with what was already read from it.
func bufferedFrom(nc net.Conn, rest []byte) *bufio.ReadWriter {
	var src io.Reader = nc
	if len(rest) > 0 {
		src = io.MultiReader(bytes.NewReader(rest), nc)
	}
	br := bufio.NewReaderSize(src, max(len(rest), inboundBytes))
	br.Peek(len(rest))
	return bufio.NewReadWriter(br, bufio.NewWriter(nc))
}

// EnableFullDuplex is for http.ResponseController. It has nothing to do: a
// body can always be read while the response is written.
func (w *response) EnableFullDuplex() error { return nil }

// watchClient has the request's context end when the client leaves. A polled
// link always does; another one only on demand, because it takes a goroutine.
func (w *response) watchClient() {
	if w.conn.link.waits() && w.watching.CompareAndSwap(false, true) {
		w.watchNow()
	}
}

// bodyEnded catches up on watchClient, which cannot begin before.
func (w *response) bodyEnded() {
	if w.watching.Load() {
		w.watchNow()
	}
}

func (w *response) watchNow() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.out != nil && (w.body == nil || w.body.ended.Load()) {
		w.conn.link.watch()
	}
}

// localAddr is the server's address that the client came to.
func (w *response) localAddr() net.Addr { return w.conn.link.LocalAddr() }
