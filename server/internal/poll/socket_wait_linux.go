package poll

import (
	"os"
	"sync/atomic"
	"time"

	"millpond/server/internal/http1"
)

// A waiter lets one goroutine at a time wait for a signal, until a deadline.
type waiter struct {
	deadline atomic.Int64                  // nanoseconds since the poller's start; 0 is none
	bell     atomic.Pointer[chan struct{}] // made for the first wait
}

// Read implements net.Conn: it waits for input.
func (s *Socket) Read(p []byte) (int, error) {
	if left, limited := s.in.left(s.poller.now()); limited && left <= 0 {
		return 0, os.ErrDeadlineExceeded // even if there is input
	}
	for {
		n, err := s.TryRead(p)
		if err != http1.ErrWouldBlock {
			return n, err
		}
		if err := s.wait(&s.in, Readable); err != nil {
			return 0, err
		}
	}
}

// Write implements net.Conn: it waits for room.
func (s *Socket) Write(p []byte) (int, error) {
	if left, limited := s.out.left(s.poller.now()); limited && left <= 0 {
		return 0, os.ErrDeadlineExceeded // even if there is room
	}
	done := 0
	for {
		s.parking.Clear(Writable)
		n, err := s.TryWrite(p[done:], nil)
		done += n
		if err != http1.ErrWouldBlock {
			return done, err
		}
		if err := s.wait(&s.out, Writable); err != nil {
			return done, err
		}
	}
}

// wait waits for the signal, the end of the connection, or the deadline of w.
func (s *Socket) wait(w *waiter, signal Signals) error {
	bell := w.bell.Load()
	if bell == nil {
		made := make(chan struct{}, 1)
		bell = &made
		w.bell.Store(bell)
	}
	for !s.parking.Has(signal | Reset) {
		left, limited := w.left(s.poller.now())
		if !limited {
			<-*bell
			continue
		}
		if left <= 0 {
			return os.ErrDeadlineExceeded
		}
		alarm := time.NewTimer(left)
		select {
		case <-*bell:
		case <-alarm.C:
		}
		alarm.Stop()
	}
	return nil
}

// left is the time until the deadline, if there is one.
func (w *waiter) left(now time.Duration) (d time.Duration, limited bool) {
	deadline := w.deadline.Load()
	return time.Duration(deadline) - now, deadline != 0
}

func (w *waiter) setDeadline(t, start time.Time) {
	var at int64
	if !t.IsZero() {
		at = max(1, int64(t.Sub(start)))
	}
	w.deadline.Store(at)
	w.ring()
}

// ring wakes the waiter, if there is one, to look again.
func (w *waiter) ring() {
	if bell := w.bell.Load(); bell != nil {
		select {
		case *bell <- struct{}{}:
		default:
		}
	}
}
