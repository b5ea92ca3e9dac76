package server

import (
	"errors"
	"io"
	"net"
	"sync"
	"time"
)

// A stream is a link on any net.Conn: TLS, a wrapper, an in-memory connection
// of a test. While it is watched, a goroutine waits in Read and reads ahead.
type stream struct {
	net.Conn
	conn *conn

	mu      sync.Mutex
	buf     []byte
	ahead   []byte        // read by the watcher and not yet taken; in buf
	err     error         // that ended reading
	reading chan struct{} // closed when the watcher is done; nil if there is none
}

func (s *stream) watch() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.reading != nil || len(s.ahead) > 0 || s.err != nil {
		return
	}
	if s.buf == nil {
		s.buf = make([]byte, inboundBytes)
	}
	s.reading = make(chan struct{})
	go s.readAhead(s.reading)
}

func (s *stream) readAhead(done chan struct{}) {
	n, err := s.Conn.Read(s.buf)
	s.mu.Lock()
	s.ahead, s.err, s.reading = s.buf[:n], err, nil
	s.mu.Unlock()
	close(done)
	marks := readable
	switch {
	case err == io.EOF:
		marks |= halfShut
	case err != nil:
		marks |= reset
	}
	s.conn.arrived(marks)
}

// arrived reports what a watcher has found. A direct connection has its own
// goroutine, which looks for itself; only a request that it serves meanwhile
// has to know that the client is gone.
func (c *conn) arrived(marks uint32) {
	if !c.engine.direct() {
		c.event(marks)
	} else if marks&(halfShut|reset) != 0 {
		c.cancelRequest()
	}
}

func (s *stream) tryRead(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.conn.forget(readable)
	n, err := s.takeAhead(p)
	if len(s.ahead) > 0 || s.err != nil {
		s.conn.state.Or(readable)
	}
	if n == 0 && err == nil {
		return 0, errAgain
	}
	return n, err
}

// takeAhead takes what was read ahead, or the error behind it. It is called
// with mu held.
func (s *stream) takeAhead(p []byte) (int, error) {
	if len(s.ahead) == 0 {
		return 0, s.err
	}
	n := copy(p, s.ahead)
	s.ahead = s.ahead[n:]
	return n, nil
}

// Read implements net.Conn. It must not be called while a watcher reads.
func (s *stream) Read(p []byte) (int, error) {
	s.mu.Lock()
	n, err := s.takeAhead(p)
	s.mu.Unlock()
	if n > 0 || err != nil {
		return n, err
	}
	return s.Conn.Read(p)
}

func (s *stream) waits() bool { return true }

// tryWrite cannot but wait, though not for long.
func (s *stream) tryWrite(p []byte) (int, error) {
	s.Conn.SetWriteDeadline(time.Now().Add(s.conn.engine.set.writeTimeout))
	defer s.Conn.SetWriteDeadline(time.Time{})
	return s.Conn.Write(p)
}

func (s *stream) closeWrite() error {
	if half, ok := s.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return errors.ErrUnsupported
}

func (s *stream) poke() { go s.conn.event(writable) }

func (s *stream) notify(uint32) {}

func (s *stream) cut() { s.Conn.Close() }

func (s *stream) detach() (net.Conn, []byte, error) {
	s.mu.Lock()
	reading := s.reading
	s.mu.Unlock()
	if reading != nil {
		s.Conn.SetReadDeadline(time.Unix(1, 0)) // long past: ends the read
		<-reading
		s.Conn.SetReadDeadline(time.Time{})
	}
	return s.Conn, s.ahead, nil
}

// A direct link is a stream whose connection has a goroutine of its own, for
// the models that bound nothing: tryRead waits. It is parked meanwhile, so that
// its timer, and Close, can interrupt it; but it is that goroutine which then
// does what is to be done, so that no two ever read.
type direct struct {
	*stream
	interrupted chan struct{}
}

func newDirect(s *stream) *direct {
	return &direct{stream: s, interrupted: make(chan struct{}, 1)}
}

func (d *direct) tryRead(p []byte) (int, error) {
	c := d.conn
	d.mu.Lock()
	n, err := d.takeAhead(p)
	reading := d.reading
	d.mu.Unlock()
	if n > 0 || err != nil {
		return n, err
	}
	if !c.park(0) {
		c.wake() // its time is up, or it was cut
		return 0, errTaken
	}
	if reading != nil {
		<-reading
	} else {
		n, err = d.Conn.Read(p)
	}
	taken := !c.unpark()
	if taken {
		<-d.interrupted
		d.Conn.SetReadDeadline(noDeadline)
	}
	if reading != nil {
		d.mu.Lock()
		n, err = d.takeAhead(p)
		d.mu.Unlock()
	}
	if taken && n == 0 {
		c.wake()
		return 0, errTaken
	}
	return n, err
}

// interrupt ends the wait in tryRead for whoever has taken the connection, and
// gives it back.
func (d *direct) interrupt() {
	d.Conn.SetReadDeadline(longAgo)
	d.interrupted <- struct{}{}
}

func (d *direct) watch() {
	if d.conn.serving.Load() == nil {
		return
	}
	d.stream.watch()
	d.mu.Lock()
	ended := d.err != nil
	d.mu.Unlock()
	if ended {
		d.conn.cancelRequest() // the client left while an earlier request was served
	}
}
