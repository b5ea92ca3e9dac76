package http1

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"slices"
)

// Hijack implements http.Hijacker. The connection is the handler's from here
// on: the server neither closes it nor counts it. The handler holds no
// worker any more.
func (x *Exchange) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	if err := x.flushAll(); err != nil {
		return nil, nil, err
	}
	if err := x.leavePlace(); err != nil {
		return nil, nil, err
	}
	nc, rw, err := x.hijack()
	if err != nil {
		x.takePlace()
		return nil, nil, err
	}
	return nc, rw, x.GiveUpPlace()
}

// flushAll waits until the client has taken what there is of a response.
func (x *Exchange) flushAll() error {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.turn(writing)
	switch {
	case x.state >= failed:
		return x.late()
	case x.state == undecided:
		return nil
	}
	if err := x.push(nil); err != nil {
		return err
	}
	if err := x.sendUntil(0); err != nil {
		x.fail(err)
		return err
	}
	x.out.shrink()
	return nil
}

func (x *Exchange) hijack() (net.Conn, *bufio.ReadWriter, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.turn(writing)
	if x.state >= failed {
		return nil, nil, x.late()
	}
	x.state = hijacked
	x.busy[writing] = true // so that the end of the exchange waits for this
	defer x.pass(writing)
	x.revoke()
	rest := slices.Clone(x.in.Pending())
	x.ctx.keep()
	nc, ahead, err := x.t.Detach()
	if err != nil {
		return nil, nil, err
	}
	nc.SetDeadline(noDeadline)
	return nc, bufferedFrom(nc, append(rest, ahead...)), nil
}

// bufferedFrom wraps nc, with what was already read from it.
func bufferedFrom(nc net.Conn, rest []byte) *bufio.ReadWriter {
	var src io.Reader = nc
	if len(rest) > 0 {
		src = io.MultiReader(bytes.NewReader(rest), nc)
	}
	br := bufio.NewReaderSize(src, max(len(rest), inputBytes))
	br.Peek(len(rest))
	return bufio.NewReadWriter(br, bufio.NewWriter(nc))
}
