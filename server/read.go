package server

import (
	"net/http"
	"time"

	"millpond/pool"
)

const (
	inboundBytes = 4 << 10 // what one read takes, unless a head is larger

	// visitAnswers bounds the answers that a connection gets in one visit
	// without a worker, and visitBytes what is discarded of it, so that a
	// client that pipelines thousands of requests, or uploads what nobody
	// wants, does not keep the others waiting.
	visitAnswers = 16
	visitBytes   = 256 << 10
)

// An inbound holds what was read from a connection and not yet consumed, and
// the request that is being made of it. A connection has one only while there
// are such bytes or a request is under way; then it goes back to be reused.
type inbound struct {
	conn  *conn
	buf   []byte
	r, w  int // buf[r:w] is not yet consumed
	scan  headScanner
	began time.Duration // when the first byte of the request came, on the engine's clock

	task    pool.Task    // run, done and drop, made once
	handler http.Handler // of the request
	control bool         // it goes to the control lane
	ending  ending
}

func newInbound() any {
	in := &inbound{buf: make([]byte, inboundBytes)}
	in.task = pool.Task{Run: in.run, Done: in.done, Drop: in.drop}
	return in
}

// takeInput makes an inbound for c.
func (c *conn) takeInput() *inbound {
	in := c.engine.inbounds.Get().(*inbound)
	set := &c.engine.set
	in.conn = c
	in.scan = headScanner{maxHead: set.maxHead, maxBody: set.maxBody}
	return in
}

// releaseInput gives up what c has read.
func (c *conn) releaseInput() {
	if in := c.in; in != nil {
		c.in = nil
		in.recycle()
	}
}

// recycle makes in ready for another connection. One that has grown is left to
// the collector.
func (in *inbound) recycle() {
	e := in.conn.engine
	if len(in.buf) != inboundBytes {
		return
	}
	in.conn, in.handler, in.control, in.ending = nil, nil, false, endReply
	in.r, in.w = 0, 0
	e.inbounds.Put(in)
}

// pending is what was read and not yet consumed.
func (in *inbound) pending() []byte { return in.buf[in.r:in.w] }

// hasRequest reports whether the head of a request is complete.
func (c *conn) hasRequest() bool { return c.in != nil && c.in.scan.head.size > 0 }

// room is where the next read goes. It moves or grows what is pending where it
// has to; the scanner bounds how large a head can become.
func (in *inbound) room() []byte {
	if in.w == len(in.buf) {
		to := in.buf
		if in.r == 0 {
			to = make([]byte, 2*len(in.buf))
		}
		in.r, in.w, in.buf = 0, copy(to, in.pending()), to
	}
	return in.buf[in.w:]
}

// wake is what the new owner of c does first.
func (c *conn) wake() {
	switch {
	case c.has(reset) && c.phase == StateClosing:
		c.close(c.last)
	case c.has(reset):
		c.close(CloseClient)
	case c.has(expired) && (!c.has(readable) || c.unsent != nil || c.phase == StateClosing):
		c.expire()
	case c.unsent != nil:
		if c.flush() {
			c.proceed()
		}
	case c.phase == StateClosing:
		c.drain()
	default:
		c.proceed()
	}
}

// proceed takes c as far as it goes without waiting: it reads, scans, answers
// what needs no worker, and ends when it has parked c, handed it on, or closed
// it.
func (c *conn) proceed() {
	for answers := 0; ; {
		if c.in == nil || c.in.w == c.in.r {
			if !c.fill() {
				return
			}
		}
		switch done, f := c.in.scan.scan(c.in.pending()); {
		case f != nil:
			c.refuse(f)
			return
		case done && !c.dispatch():
			return
		case done:
			if answers++; answers%visitAnswers == 0 && c.yield() {
				return
			}
		default:
			if c.phase != StateReading {
				c.enter(StateReading)
				c.engine.timers.arm(c, timerHead)
			}
			if !c.fill() {
				return
			}
		}
	}
}

// fill reads more of a request, and is false if the caller has lost c: parked,
// closed, or taken by another.
func (c *conn) fill() bool {
	for c.engine.direct() || c.has(readable|halfShut) {
		if ready := c.engine.ready; ready != nil && ready.hold(c) {
			return false
		}
		in := c.in
		if in == nil {
			in = c.takeInput()
		}
		n, err := c.link.tryRead(in.room())
		if err == errTaken {
			return false
		}
		c.in = in
		if n > 0 {
			c.received(n)
			return true
		}
		if err != errAgain {
			c.close(CloseClient)
			return false
		}
	}
	if c.in != nil && c.in.w == c.in.r {
		c.releaseInput()
	}
	return c.rest() && c.fill()
}

// rest parks c until input comes. It is true if c is still the caller's, to
// read from.
func (c *conn) rest() bool {
	c.turn = false
	c.link.watch()
	if c.park(0) {
		return false
	}
	if c.has(readable) && !c.has(reset) {
		return true
	}
	c.wake() // its time is up, or it ended
	return false
}

// received books n bytes just read.
func (c *conn) received(n int) {
	in := c.in
	if in.w == in.r {
		in.began = c.engine.now()
	}
	in.w += n
	c.engine.counters.received.Add(uint64(n))
}

// expire ends a wait that has taken too long.
func (c *conn) expire() {
	switch {
	case c.unsent != nil:
		c.close(CloseWrite) // the client does not take it
	case c.phase == StateReading:
		c.refuse(faultHeadSlow)
	case c.phase == StateNew:
		c.closeUnlessAsked(CloseHead)
	case c.phase == StateIdle:
		c.closeUnlessAsked(CloseIdle)
	case c.phase == StateClosing:
		c.close(c.last)
	default:
		c.proceed() // it waited for nothing but its turn
	}
}

// closeUnlessAsked closes c unless a request has just arrived.
func (c *conn) closeUnlessAsked(why CloseReason) {
	if !c.engine.direct() {
		c.in = c.takeInput()
		if n, _ := c.link.tryRead(c.in.room()); n > 0 {
			c.received(n)
			c.forget(expired)
			c.proceed()
			return
		}
	}
	if c.engine.draining.Load() {
		why = CloseDrain
	}
	c.close(why)
}

// yield parks c until its turn comes again, and reports whether it did.
func (c *conn) yield() bool {
	if c.engine.direct() {
		return false
	}
	c.turn = false
	c.link.poke()
	return c.park(yielding)
}
