package main

import (
	"bytes"
	"io"
	"sync/atomic"
	"time"
)

const (
	spillRoom     = 1024        // records that wait
	spillPatience = time.Second // at the end, with a log that is not read
)

// A spill is a writer that never waits for the one behind it: what that does not take in time is lost, and counted. A
// log that nobody reads must not keep the program from serving, or from ending.
type spill struct {
	waiting chan []byte
	stop    chan struct{}
	ended   chan struct{}
	lost    atomic.Uint64
}

// newSpill starts a spill before w. Tell is called with a number of records that were lost, when w takes some again.
func newSpill(w io.Writer, tell func(lost uint64)) *spill {
	s := &spill{waiting: make(chan []byte, spillRoom), stop: make(chan struct{}), ended: make(chan struct{})}
	go func() {
		defer close(s.ended)
		for record := range s.records {
			w.Write(record)
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
	case s.waiting <- bytes.Clone(record):
	default:
		s.lost.Add(1)
	}
	return len(record), nil
}

// records are those that wait until the end, and then what is left.
func (s *spill) records(yield func([]byte) bool) {
	for {
		select {
		case record := <-s.waiting:
			yield(record)
		case <-s.stop:
			for len(s.waiting) > 0 {
				yield(<-s.waiting)
			}
			return
		}
	}
}

// end has what waits written, but not for long. It is called once.
func (s *spill) end() {
	close(s.stop)
	alarm := time.NewTimer(spillPatience)
	defer alarm.Stop()
	select {
	case <-s.ended:
	case <-alarm.C:
	}
}
