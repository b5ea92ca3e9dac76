package main

import (
	"bytes"
	"io"
	"sync/atomic"
	"time"
)

const (
	spillRoom     = 1024        // records that wait
	spillPatience = time.Second // at the start and the end, with a log that is not read
)

// A spill is a writer that never waits for the one behind it: what that does not take in time is lost, and counted. A
// log that nobody reads must not keep the program from serving, or from ending.
type spill struct {
	waiting chan spilled
	stop    chan struct{}
	ended   chan struct{}
	lost    atomic.Uint64
}

// spilled is a record, or what is closed when its turn comes.
type spilled struct {
	record  []byte
	reached chan struct{}
}

// newSpill starts a spill before w. Tell is called with a number of records that were lost, when w takes some again.
func newSpill(w io.Writer, tell func(lost uint64)) *spill {
	s := &spill{waiting: make(chan spilled, spillRoom), stop: make(chan struct{}), ended: make(chan struct{})}
	go func() {
		defer close(s.ended)
		for next := range s.inTurn {
			if next.reached != nil {
				close(next.reached)
				continue
			}
			w.Write(next.record)
			if lost := s.lost.Swap(0); lost > 0 {
				tell(lost)
			}
		}
	}()
	return s
}

// Write implements io.Writer.
func (s *spill) Write(record []byte) (int, error) {
	select {
	case s.waiting <- spilled{record: bytes.Clone(record)}:
	default:
		s.lost.Add(1)
	}
	return len(record), nil
}

// inTurn are those that wait until the end, and then what is left.
func (s *spill) inTurn(yield func(spilled) bool) {
	for {
		select {
		case next := <-s.waiting:
			yield(next)
		case <-s.stop:
			for len(s.waiting) > 0 {
				yield(<-s.waiting)
			}
			return
		}
	}
}

// settle has what waits written, but not for long, so that what is printed elsewhere
// comes after it.
func (s *spill) settle() {
	reached := make(chan struct{})
	select {
	case s.waiting <- spilled{reached: reached}:
		await(reached)
	default:
	}
}

// end is settle for the last time. It is called once.
func (s *spill) end() {
	close(s.stop)
	await(s.ended)
}

func await(written <-chan struct{}) {
	alarm := time.NewTimer(spillPatience)
	defer alarm.Stop()
	select {
	case <-written:
	case <-alarm.C:
	}
}
