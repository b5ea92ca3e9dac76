package server

import (
	"io"
	"math/rand/v2"
	"net"
	"os"
	"slices"
	"syscall"
	"time"

	"millpond/server/internal/http1"
	"millpond/server/internal/poll"
)

// A simSocket is the server's end of a connection, as poll.Socket is.
type simSocket struct {
	fakeLink
	w    *world
	rnd  *rand.Rand // of the calls of the server
	name string

	fd    int // the lowest that was free
	tag   poll.Tag
	edges poll.Signals // not reported yet
	in    []byte       // sent and not read yet
	eof   bool         // no more will be sent
	left  bool         // nobody takes any more: what is written resets the connection
	dead  bool         // it is reset

	out      []byte // all that was written
	taken    int    // of that
	capacity int    // of the send buffer
	full     bool   // there was no room
	shut     bool   // no more will be written
	closed   bool
	given    bool // to a handler
	calls    int
	event    func() // what may happen during a call

	reader, writer simWaiter
}

// A simWaiter is one that waits in Read or Write.
type simWaiter struct {
	bell chan struct{}
	due  time.Time
}

// level is what is so now, whatever was reported.
func (s *simSocket) level() (signals poll.Signals) {
	if len(s.in) > 0 || s.eof {
		signals |= poll.Readable
	}
	if s.eof {
		signals |= poll.HalfClosed
	}
	if s.room() >= s.capacity/3 { // as Linux has it
		signals |= poll.Writable
	}
	if s.dead {
		signals |= poll.Readable | poll.Writable | poll.Reset
	}
	return signals
}

func (s *simSocket) room() int { return s.capacity - (len(s.out) - s.taken) }

// owed is what will be reported of s.
func (s *simSocket) owed() poll.Signals {
	signals := s.edges
	for _, ev := range s.w.batch {
		if ev.tag == s.tag {
			signals |= ev.signals
		}
	}
	return signals
}

// called begins a call of the server's.
func (s *simSocket) called(what string) {
	s.calls++
	if s.closed || s.given {
		s.w.faults = append(s.w.faults, what+" on "+s.name+", which the server does not have any more")
	}
}

// meanwhile lets the client do something during a call, and reports it at once,
// as a poller on another thread would: the one who calls is the owner.
func (s *simSocket) meanwhile() {
	if s.event == nil || s.rnd.IntN(8) != 0 {
		return
	}
	s.event()
	if s.conn.parking.Parked() != 0 || s.tag.Generation == 0 {
		return
	}
	signals := s.edges &^ poll.Writable
	s.edges &= poll.Writable
	s.conn.parking.Signal(signals)
	if signals&(poll.HalfClosed|poll.Reset) != 0 {
		s.conn.cancelRequest()
	}
}

func (s *simSocket) TryRead(p []byte) (int, error) {
	s.w.kernelMu.Lock()
	defer s.w.kernelMu.Unlock()
	s.called("a read")
	s.conn.parking.Clear(poll.Readable)
	defer s.meanwhile()
	switch {
	case s.dead:
		return 0, syscall.ECONNRESET
	case len(s.in) > 0:
		n := copy(p[:min(len(p), 1+s.rnd.IntN(300))], s.in)
		if s.in = s.in[n:]; len(s.in) > 0 {
			s.conn.parking.Set(poll.Readable)
		}
		return n, nil
	case s.eof:
		return 0, io.EOF
	}
	return 0, http1.ErrWouldBlock
}

func (s *simSocket) TryWrite(p, next []byte) (int, error) {
	p = slices.Concat(p, next)
	s.w.kernelMu.Lock()
	defer s.w.kernelMu.Unlock()
	s.called("a write")
	defer s.meanwhile()
	switch {
	case s.dead || s.shut:
		return 0, syscall.EPIPE
	case s.left:
		s.die()
		return len(p), nil
	}
	n := min(len(p), s.room())
	s.out = append(s.out, p[:n]...)
	if n < len(p) {
		s.full = true
		return n, http1.ErrWouldBlock
	}
	return n, nil
}

// die resets s.
func (s *simSocket) die() {
	if !s.dead {
		s.dead, s.in = true, nil
		s.edges |= s.level()
	}
}

func (s *simSocket) Untaken() int {
	s.w.kernelMu.Lock()
	defer s.w.kernelMu.Unlock()
	s.called("a question")
	return len(s.out) - s.taken
}

func (s *simSocket) CloseWrite() error {
	s.w.kernelMu.Lock()
	defer s.w.kernelMu.Unlock()
	s.called("an end of output")
	if s.shut = true; s.dead {
		return syscall.ENOTCONN
	}
	return nil
}

func (s *simSocket) Cut() {
	s.w.kernelMu.Lock()
	defer s.w.kernelMu.Unlock()
	if !s.closed && !s.given {
		s.die()
	}
}

func (s *simSocket) Close() error {
	s.w.kernelMu.Lock()
	defer s.w.kernelMu.Unlock()
	s.called("a close")
	s.free()
	return nil
}

// free gives the descriptor back.
func (s *simSocket) free() {
	if !s.closed {
		s.closed, s.w.files[s.fd] = true, nil
	}
}

// Detach implements http1.Transport. It may fail for want of a descriptor.
func (s *simSocket) Detach() (net.Conn, []byte, error) {
	s.w.kernelMu.Lock()
	defer s.w.kernelMu.Unlock()
	s.called("a detach")
	if s.rnd.IntN(10) == 0 {
		s.free()
		return nil, nil, syscall.EMFILE
	}
	s.given = true
	return simTaken{s}, nil, nil
}

func (s *simSocket) Notify(signals poll.Signals) {
	if signals&(poll.Readable|poll.Reset) != 0 {
		s.reader.ring()
	}
	if signals&(poll.Writable|poll.Reset) != 0 {
		s.writer.ring()
	}
}

func (w *simWaiter) ring() {
	select {
	case w.bell <- struct{}{}:
	default:
	}
}

func (s *simSocket) Read(p []byte) (int, error) {
	for {
		if n, err := s.TryRead(p); err != http1.ErrWouldBlock {
			return n, err
		}
		if err := s.wait(&s.reader, poll.Readable); err != nil {
			return 0, err
		}
	}
}

func (s *simSocket) Write(p []byte) (done int, err error) {
	for {
		s.conn.parking.Clear(poll.Writable)
		n, err := s.TryWrite(p[done:], nil)
		if done += n; err != http1.ErrWouldBlock {
			return done, err
		}
		if err := s.wait(&s.writer, poll.Writable); err != nil {
			return done, err
		}
	}
}

func (s *simSocket) wait(w *simWaiter, signal poll.Signals) error {
	for !s.conn.parking.Has(signal | poll.Reset) {
		s.w.kernelMu.Lock()
		due := w.due
		s.w.kernelMu.Unlock()
		if due.IsZero() {
			<-w.bell
			continue
		}
		left := time.Until(due)
		if left <= 0 {
			return os.ErrDeadlineExceeded
		}
		select {
		case <-w.bell:
		case <-time.After(left):
		}
	}
	return nil
}

func (s *simSocket) SetReadDeadline(t time.Time) error  { return s.setDue(&s.reader, t) }
func (s *simSocket) SetWriteDeadline(t time.Time) error { return s.setDue(&s.writer, t) }

func (s *simSocket) setDue(w *simWaiter, t time.Time) error {
	s.w.kernelMu.Lock()
	w.due = t
	s.w.kernelMu.Unlock()
	w.ring()
	return nil
}
