package server

import (
	"context"
	"io"
	"net"
	"net/netip"
	"os"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"millpond/server/internal/http1"
	"millpond/server/internal/poll"
)

// polled is memory for links that are polled as sockets are: reads and writes of
// the server do not wait, and whoever changes what is there tells it so.
func polled(*testing.T) (net.Listener, func() (net.Conn, error)) {
	l := &polledListener{memoryListener: memoryListener{done: make(chan struct{})}}
	return l, l.dial
}

type polledListener struct {
	memoryListener
	engine *engine // set by serving
}

func (l *polledListener) dial() (net.Conn, error) {
	select {
	case <-l.done:
		return nil, net.ErrClosed
	default:
	}
	c := l.engine.newConn(context.Background())
	p := &polledLink{conn: c}
	p.moved.L = &p.mu
	c.Link = p
	l.engine.start(c)
	return polledClient{p}, nil
}

// polledRoom is what the kernel would keep of either direction.
const polledRoom = 16 << 10

// A direction is one of those of a polledLink.
type direction struct {
	buf      []byte
	ended    bool      // nothing more is sent
	deadline time.Time // of the server's calls that wait
}

// A polledLink is the server's end of a connection in memory. Both ends wait on
// moved for whatever changes.
type polledLink struct {
	conn    *conn
	mu      sync.Mutex
	moved   sync.Cond
	in, out direction
	dead    bool
	signals poll.Signals // that have come since somebody waited in Read or Write
}

// change calls f with the lock held, and tells the server of what that brings.
func (l *polledLink) change(f func() poll.Signals) {
	l.mu.Lock()
	signals := f()
	l.moved.Broadcast()
	l.mu.Unlock()
	if signals != 0 {
		l.conn.event(signals)
	}
}

func (l *polledLink) TryRead(p []byte) (n int, err error) {
	l.conn.parking.Clear(poll.Readable)
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.dead:
		return 0, syscall.ECONNRESET
	case len(l.in.buf) == 0 && l.in.ended:
		return 0, io.EOF
	case len(l.in.buf) == 0:
		return 0, http1.ErrWouldBlock
	}
	n = copy(p, l.in.buf)
	if l.in.buf = l.in.buf[n:]; len(l.in.buf) > 0 {
		l.conn.parking.Set(poll.Readable)
	}
	l.moved.Broadcast()
	return n, nil
}

func (l *polledLink) TryWrite(p, next []byte) (n int, err error) {
	p = slices.Concat(p, next)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.dead {
		return 0, syscall.EPIPE
	}
	n = min(len(p), polledRoom-len(l.out.buf))
	l.out.buf = append(l.out.buf, p[:n]...)
	l.moved.Broadcast()
	if n < len(p) {
		return n, http1.ErrWouldBlock
	}
	return n, nil
}

func (l *polledLink) Read(p []byte) (n int, err error) {
	err = l.wait(&l.in, func() error { n, err = l.TryRead(p); return err })
	return n, err
}

func (l *polledLink) Write(p []byte) (n int, err error) {
	err = l.wait(&l.out, func() error {
		l.conn.parking.Clear(poll.Writable)
		m, err := l.TryWrite(p[n:], nil)
		n += m
		return err
	})
	return n, err
}

// wait calls try again when something has changed, until it need not wait or the
// deadline has passed.
func (l *polledLink) wait(d *direction, try func() error) error {
	for {
		l.mu.Lock()
		late := !d.deadline.IsZero() && !time.Now().Before(d.deadline)
		l.mu.Unlock()
		if late {
			return os.ErrDeadlineExceeded
		}
		if err := try(); err != http1.ErrWouldBlock {
			return err
		}
		l.mu.Lock()
		for l.signals == 0 && !l.dead && (d.deadline.IsZero() || time.Now().Before(d.deadline)) {
			l.moved.Wait()
		}
		l.signals = 0
		l.mu.Unlock()
	}
}

func (l *polledLink) setDeadline(d *direction, at time.Time) error {
	l.change(func() poll.Signals { d.deadline = at; return 0 })
	if !at.IsZero() {
		time.AfterFunc(time.Until(at), l.moved.Broadcast)
	}
	return nil
}

func (l *polledLink) SetReadDeadline(at time.Time) error  { return l.setDeadline(&l.in, at) }
func (l *polledLink) SetWriteDeadline(at time.Time) error { return l.setDeadline(&l.out, at) }
func (l *polledLink) SetDeadline(at time.Time) error {
	l.SetReadDeadline(at)
	return l.SetWriteDeadline(at)
}

func (l *polledLink) Untaken() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.out.buf)
}

func (l *polledLink) Notify(s poll.Signals) {
	l.change(func() poll.Signals { l.signals |= s; return 0 })
}

func (l *polledLink) CloseWrite() error {
	l.change(func() poll.Signals { l.out.ended = true; return 0 })
	return nil
}

func (l *polledLink) Close() error {
	l.change(func() poll.Signals { l.dead, l.out.ended = true, true; return 0 })
	return nil
}

func (l *polledLink) Abandon() {}

func (l *polledLink) Cut() {
	go l.change(func() poll.Signals { l.dead = true; return poll.Reset | poll.Readable })
}

func (l *polledLink) Waits() bool                       { return false }
func (l *polledLink) Watch()                            {}
func (l *polledLink) Park(signals poll.Signals) bool    { return l.conn.parking.Park(signals) }
func (l *polledLink) Detach() (net.Conn, []byte, error) { return nil, nil, net.ErrClosed }
func (l *polledLink) RemoteAddr() net.Addr              { return memoryAddr{} }
func (l *polledLink) LocalAddr() net.Addr               { return memoryAddr{} }
func (l *polledLink) ClientIP() netip.Addr              { return netip.Addr{} }

// A polledClient is the client's end of a polledLink.
type polledClient struct{ *polledLink }

func (c polledClient) Read(p []byte) (n int, err error) {
	c.change(func() poll.Signals {
		for len(c.out.buf) == 0 && !c.out.ended && !c.dead {
			c.moved.Wait()
		}
		if len(c.out.buf) == 0 {
			err = io.EOF
			return 0
		}
		n = copy(p, c.out.buf)
		c.out.buf = c.out.buf[n:]
		return poll.Writable
	})
	return n, err
}

func (c polledClient) Write(p []byte) (n int, err error) {
	for n < len(p) && err == nil {
		c.change(func() poll.Signals {
			for len(c.in.buf) >= polledRoom && !c.dead {
				c.moved.Wait()
			}
			if c.dead || c.in.ended {
				err = syscall.EPIPE
				return 0
			}
			m := min(len(p)-n, polledRoom-len(c.in.buf))
			c.in.buf = append(c.in.buf, p[n:n+m]...)
			n += m
			return poll.Readable
		})
	}
	return n, err
}

func (c polledClient) CloseWrite() error {
	c.change(func() poll.Signals { c.in.ended = true; return poll.HalfClosed | poll.Readable })
	return nil
}

// Close resets the connection if something is unread, as the kernel does.
func (c polledClient) Close() error {
	c.change(func() poll.Signals {
		if was := c.in.ended; c.dead || was && len(c.out.buf) == 0 {
			return 0
		}
		c.in.ended = true
		if len(c.out.buf) == 0 {
			return poll.HalfClosed | poll.Readable
		}
		c.dead = true
		return poll.HalfClosed | poll.Readable | poll.Reset
	})
	return nil
}

func (c polledClient) SetDeadline(time.Time) error { return nil }
