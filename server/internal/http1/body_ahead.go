package http1

import "time"

// Many clients read nothing before they have sent all. Therefore a handler that is
// to wait for its client to take the response has what there is of the body read
// meanwhile, within bounds, as no handler would read it.

// Came says that the client has sent something. Who notices that calls it while
// the exchange is served: it matters if the handler waits in a Write. It is safe
// for concurrent use, and does not wait.
func (x *Exchange) Came() {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.busy[writing] && x.state < failed {
		x.readAhead()
	}
}

// readAhead takes in what there is of the body, for a handler that is to wait for
// its client to take the response. It is called with mu held.
func (x *Exchange) readAhead() {
	if x.t.Waits() {
		return
	}
	for x.wantsAhead() {
		n, err := x.t.TryRead(x.in.Space())
		if !x.gotAhead(n) || err != nil {
			return // who reads the body will see why
		}
	}
}

// wantsAhead reports whether more of the body is to be read ahead.
func (x *Exchange) wantsAhead() bool {
	return x.body != nil && !x.body.ended && !x.busy[reading] && len(x.in.Pending()) < discardBytes
}

// gotAhead says that n bytes were read ahead, and reports whether there is memory
// for more.
func (x *Exchange) gotAhead(n int) bool {
	x.in.more(n)
	x.body.reader.received += int64(n)
	return x.in.Keep(x.cfg.Memory)
}

// An aheadReader does what readAhead does where reading cannot but wait: beside the
// Write, on a goroutine of its own.
type aheadReader struct {
	x     *Exchange
	timer *time.Timer   // starts it
	ended chan struct{} // closed when it has

	reads, over bool // it waits for the client, the Write is over; guarded by mu
}

// readBeside has the body read ahead if the Write that is to come takes longer than
// waitGrace. It is called with mu held.
func (x *Exchange) readBeside() *aheadReader {
	if !x.t.Waits() || !x.wantsAhead() || x.expectsContinue() {
		return nil
	}
	r := &aheadReader{x: x, ended: make(chan struct{})}
	r.timer = time.AfterFunc(waitGrace, r.read)
	return r
}

// read reads until the Write is over, or the handler wants to read.
func (r *aheadReader) read() {
	x := r.x
	x.mu.Lock()
	defer x.mu.Unlock()
	defer close(r.ended)
	for more := !r.over; more && x.wantsAhead(); {
		space := x.in.Space()
		r.reads = true
		x.leave(reading)
		n, err := x.t.Read(space)
		x.mu.Lock()
		r.reads = false
		if x.recalled {
			x.recalled = false
			x.t.SetReadDeadline(x.readDeadline())
		}
		more = x.gotAhead(n) && err == nil && !r.over && !x.wanted[reading]
		x.pass(reading)
	}
}

// end waits until r reads no more, now that the Write is over. It is called without
// mu.
func (r *aheadReader) end() {
	if r == nil || r.timer.Stop() {
		return
	}
	r.x.mu.Lock()
	r.over = true
	if r.reads {
		r.x.recalled = true
		r.x.t.SetReadDeadline(longAgo)
	}
	r.x.mu.Unlock()
	<-r.ended
}
