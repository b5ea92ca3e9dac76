package poll

import (
	"errors"
	"io"
	"net"
	"net/netip"
	"sync"
	"time"

	"millpond/server/internal/http1"
)

// A Stream is a link on any net.Conn: TLS, a wrapper, an in-memory connection
// of a test. While it is watched, a goroutine waits in Read and reads ahead.
type Stream struct {
	net.Conn
	parking *Parking
	arrived func(Signals) // what the watcher calls
	timeout time.Duration // of one TryWrite
	remote  func() net.Addr

	mu      sync.Mutex
	buf     []byte
	ahead   []byte        // read ahead and not yet taken; in buf
	err     error         // that ended reading
	reading chan struct{} // closed when the watcher is done; nil if there is none
}

// NewStream returns a link on nc for the connection that is parked in p. Arrived
// is told, on a goroutine that may wait, what has come for an owner other than
// the one who waited for it. A single TryWrite takes as long as timeout at most.
func NewStream(nc net.Conn, p *Parking, timeout time.Duration, arrived func(Signals)) *Stream {
	return &Stream{Conn: nc, parking: p, timeout: timeout, arrived: arrived, remote: sync.OnceValue(nc.RemoteAddr)}
}

// Watch implements http1.Transport: a goroutine waits for input from now on.
func (s *Stream) Watch() {
	if reading := s.begin(); reading != nil {
		go func() { s.arrived(s.readAhead(reading)) }()
	}
}

// Park implements Link: the caller waits for input.
func (s *Stream) Park(signals Signals) bool {
	reading := s.begin() // before anybody else can own the connection, and give it away
	if !s.parking.Park(signals) {
		s.end(reading)
		return false
	}
	if reading == nil {
		return true
	}
	came := s.readAhead(reading)
	if s.parking.Signal(came) {
		return false
	}
	s.arrived(came)
	return true
}

// Await waits for input on the caller's goroutine, or for the watcher that there
// is, and leaves the signals of what came. Nobody may start a watcher meanwhile.
func (s *Stream) Await() {
	s.mu.Lock()
	reading, ready := s.reading, len(s.ahead) > 0 || s.err != nil
	if s.buf == nil {
		s.buf = make([]byte, bufferBytes)
	}
	s.mu.Unlock()
	switch {
	case reading != nil:
		<-reading
	case !ready:
		n, err := s.Conn.Read(s.buf)
		s.keep(n, err)
	}
	s.parking.Set(s.found())
}

// begin makes the caller the one who reads ahead, or returns nil if there is
// one, or nothing to read ahead for.
func (s *Stream) begin() chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.reading != nil || len(s.ahead) > 0 || s.err != nil {
		return nil
	}
	if s.buf == nil {
		s.buf = make([]byte, bufferBytes)
	}
	s.reading = make(chan struct{})
	return s.reading
}

// end is for whoever has begun, and does not read after all.
func (s *Stream) end(reading chan struct{}) {
	if reading != nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.reading = nil
		close(reading)
	}
}

func (s *Stream) readAhead(done chan struct{}) Signals {
	n, err := s.Conn.Read(s.buf)
	s.keep(n, err)
	close(done)
	return s.found()
}

// keep takes in what a read of s.buf has led to.
func (s *Stream) keep(n int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ahead, s.reading = s.buf[:n], nil
	if !isTimeout(err) { // it was interrupted
		s.err = err
	}
}

// found is what reading ahead has led to.
func (s *Stream) found() (signals Signals) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.err == io.EOF:
		signals = Readable | HalfClosed
	case s.err != nil:
		signals = Readable | Reset
	case len(s.ahead) > 0:
		signals = Readable
	}
	return signals
}

// TryRead implements http1.Transport.
func (s *Stream) TryRead(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.parking.Clear(Readable)
	n, err := s.takeAhead(p)
	if len(s.ahead) > 0 || s.err != nil {
		s.parking.Set(Readable)
	}
	if n == 0 && err == nil {
		return 0, http1.ErrWouldBlock
	}
	return n, err
}

// takeAhead takes what was read ahead, or the error after it. It is called
// with mu held.
func (s *Stream) takeAhead(p []byte) (int, error) {
	if len(s.ahead) == 0 {
		return 0, s.err
	}
	n := copy(p, s.ahead)
	s.ahead = s.ahead[n:]
	return n, nil
}

// Read implements net.Conn. If a watcher reads already, it takes what that gets.
func (s *Stream) Read(p []byte) (int, error) {
	for {
		s.mu.Lock()
		n, err := s.takeAhead(p)
		reading := s.reading
		s.mu.Unlock()
		switch {
		case n > 0 || err != nil:
			return n, err
		case reading == nil:
			return s.Conn.Read(p)
		}
		<-reading
	}
}

// NetConn is the connection that s is on.
func (s *Stream) NetConn() net.Conn { return s.Conn }

// Waits implements http1.Transport.
func (s *Stream) Waits() bool { return true }

// Untaken implements http1.Transport.
func (s *Stream) Untaken() int { return untaken(s.Conn) }

// TryWrite implements http1.Transport. It cannot but wait, though not for long.
func (s *Stream) TryWrite(p, _ []byte) (int, error) {
	s.Conn.SetWriteDeadline(time.Now().Add(s.timeout))
	defer s.Conn.SetWriteDeadline(time.Time{})
	return s.Conn.Write(p)
}

// RemoteAddr implements net.Conn. The connection is asked once, as one that is
// behind a proxy may have to wait for the answer.
func (s *Stream) RemoteAddr() net.Addr { return s.remote() }

// ClientIP implements Link.
func (s *Stream) ClientIP() netip.Addr {
	if tcp, ok := s.RemoteAddr().(*net.TCPAddr); ok {
		return tcp.AddrPort().Addr()
	}
	return netip.Addr{}
}

// CloseWrite implements Link.
func (s *Stream) CloseWrite() error {
	if half, ok := s.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return errors.ErrUnsupported
}

// Abandon implements Link, if there is a socket below.
func (s *Stream) Abandon() {
	nc := s.Conn
	if on, ok := nc.(interface{ NetConn() net.Conn }); ok { // as with TLS
		nc = on.NetConn()
	}
	if tcp, ok := nc.(interface{ SetLinger(int) error }); ok {
		tcp.SetLinger(0)
	}
}

// Notify implements Link. Who waits does so in the net.Conn.
func (s *Stream) Notify(Signals) {}

// Cut implements Link.
func (s *Stream) Cut() { s.Conn.Close() }

// Detach implements http1.Transport.
func (s *Stream) Detach() (net.Conn, []byte, error) {
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

func isTimeout(err error) bool {
	ne, ok := errors.AsType[net.Error](err)
	return ok && ne.Timeout()
}
