package load

import (
	"errors"

	"golang.org/x/sys/unix"

	"millpond/bench"
)

// Why arrivals were not sent.
var (
	errNoConnection = errors.New("every connection was busy until the deadline: allow more with --connections")
	errBehind       = errors.New("the generator could not keep up")
)

type connState uint8

const (
	connClosed connState = iota
	connDialling
	connIdle
	connBusy
)

// conn is a connection slot. Its generation grows with every connection that
// used it, so that a stale event is told from a fresh one.
type conn struct {
	slot       int32
	generation int32
	fd         int
	state      connState

	// While dialling or busy:
	attempt      attempt
	started      int64 // when the attempt was given to this connection
	sent         int64 // when its request was first written
	unwritten    []byte
	response     response
	older, newer int32
}

// connection returns an idle connection, or begins a new one. It returns
// errNoConnection at the limit, and the error of the dial if that fails at once.
func (l *loop) connection(now int64) (*conn, error) {
	if n := len(l.idle); n > 0 {
		c := &l.conns[l.idle[n-1]]
		l.idle = l.idle[:n-1]
		return c, nil
	}
	n := len(l.free)
	if n == 0 {
		return nil, errNoConnection
	}
	fd, err := dial(l.plan.endpoint.addr)
	if err != nil {
		return nil, err
	}
	slot := l.free[n-1]
	c := &l.conns[slot]
	ev := unix.EpollEvent{
		Events: unix.EPOLLIN | unix.EPOLLOUT | unix.EPOLLRDHUP | unix.EPOLLET,
		Fd:     slot, Pad: c.generation,
	}
	if err := unix.EpollCtl(l.epoll, unix.EPOLL_CTL_ADD, fd, &ev); err != nil {
		unix.Close(fd)
		return nil, err
	}
	l.free = l.free[:n-1]
	l.rec.opened()
	c.slot, c.fd, c.state = slot, fd, connDialling
	return c, nil
}

// start gives an attempt to a connection, and sends it if that is open.
func (l *loop) start(c *conn, a attempt, now int64) {
	request := &l.plan.endpoint.requests[a.class]
	c.attempt, c.started, c.sent = a, now, now
	c.unwritten = request.bytes
	c.response.reset(request.head)
	l.link(c, now)
	l.rec.started(a, now-max(a.due, l.freed)) // while every connection was busy, waiting was not the generator's fault
	if c.state == connIdle {
		c.state = connBusy
		l.write(c)
	}
}

// handle acts on the events of a connection.
func (l *loop) handle(c *conn, events uint32) {
	if c.state == connDialling {
		if err := pendingError(c.fd); err != nil {
			l.finish(c, bench.Refused, l.clock.Now())
			l.drop(c)
			return
		}
		if events&unix.EPOLLOUT == 0 {
			return
		}
		c.state = connBusy
		c.sent = l.clock.Now()
		l.rec.connected(c.sent - c.started)
	}
	if events&unix.EPOLLOUT != 0 && len(c.unwritten) > 0 && !l.write(c) {
		return
	}
	if events&^unix.EPOLLOUT != 0 {
		l.read(c, events&(unix.EPOLLRDHUP|unix.EPOLLHUP|unix.EPOLLERR) != 0)
	}
}

// write sends as much of the request as the socket takes. It returns false when
// the connection is gone.
func (l *loop) write(c *conn) bool {
	n, err := unix.Write(c.fd, c.unwritten)
	switch {
	case err == nil:
		c.unwritten = c.unwritten[n:]
	case errors.Is(err, unix.EAGAIN), errors.Is(err, unix.EINTR):
	default:
		l.finish(c, bench.Reset, l.clock.Now())
		l.drop(c)
		return false
	}
	return true
}

// read takes in what has arrived. If the connection is ending, it reads up to
// its end, since edge-triggered epoll will not say so twice.
func (l *loop) read(c *conn, ending bool) {
	for {
		n, err := unix.Read(c.fd, l.buf)
		now := l.clock.Now()
		switch {
		case errors.Is(err, unix.EINTR):
			continue
		case errors.Is(err, unix.EAGAIN):
			return
		case err != nil, n == 0:
			l.hangUp(c, now, err == nil)
			return
		}
		if !l.take(c, l.buf[:n], now) {
			return
		}
		if n < len(l.buf) && !ending {
			return
		}
	}
}

// take feeds bytes to the answer under way. It returns false when the
// connection is gone.
func (l *loop) take(c *conn, b []byte, now int64) bool {
	if c.state != connBusy { // nobody asked
		l.drop(c)
		return false
	}
	used, err := c.response.feed(b)
	if err != nil {
		l.rec.misread(err, b)
		l.finish(c, bench.Error, now)
		l.drop(c)
		return false
	}
	if !c.response.done() {
		return true
	}
	// An answer before the whole request, or more than one, leaves a connection
	// whose state nobody knows.
	reusable := used == len(b) && len(c.unwritten) == 0 && !c.response.close && l.plan.keepAlive
	l.finish(c, l.judge(c, now), now)
	if !reusable {
		l.drop(c)
	}
	return reusable
}

// hangUp ends a connection that the server has closed, cleanly or not.
func (l *loop) hangUp(c *conn, now int64, clean bool) {
	if c.state == connBusy {
		o := bench.Reset
		if clean && c.response.eof() {
			o = l.judge(c, now)
		}
		l.finish(c, o, now)
	}
	l.drop(c)
}

// judge classifies a whole answer.
func (l *loop) judge(c *conn, now int64) bench.Outcome {
	l.rec.status(c.attempt, c.response.status)
	switch status := c.response.status; {
	case status == 503 || status == 429:
		return bench.Shed
	case status < 200 || status > 299:
		return bench.Error
	case now-c.attempt.intended > l.plan.limit:
		return bench.Late
	}
	return bench.OK
}

// finish ends the attempt of c, which becomes idle.
func (l *loop) finish(c *conn, o bench.Outcome, now int64) {
	l.unlink(c, now)
	if o.Answered() {
		l.rec.answer()
	}
	if !l.source.ended(c.attempt, o, now) {
		l.rec.ended(c.attempt, o, c.sent, now)
	}
	c.state = connIdle
	if l.blocked {
		l.blocked, l.freed = false, now
	}
	l.idle = append(l.idle, c.slot)
}

// drop closes a connection that has no attempt.
func (l *loop) drop(c *conn) {
	if c.state == connIdle {
		for i := len(l.idle) - 1; i >= 0; i-- { // nearly always the last
			if l.idle[i] == c.slot {
				l.idle = append(l.idle[:i], l.idle[i+1:]...)
				break
			}
		}
	}
	unix.Close(c.fd)
	c.state = connClosed
	c.generation++
	l.free = append(l.free, c.slot)
	l.rec.closed()
}
