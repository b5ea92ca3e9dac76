package server

import "sync/atomic"

// A streamCount counts the handlers that have left their places in the pool: they
// wait for their clients, or stream, or have taken the connection.
type streamCount struct {
	limit int64
	now   atomic.Int64
}

// take counts one more, unless there are as many as may be.
func (s *streamCount) take() bool {
	if s.now.Add(1) <= s.limit {
		return true
	}
	s.now.Add(-1)
	return false
}

func (s *streamCount) give() { s.now.Add(-1) }

// full reports whether there is room for none.
func (s *streamCount) full() bool { return s.now.Load() >= s.limit }

// plenty reports whether most of the room is free, so that one may be had by who
// can do without.
func (s *streamCount) plenty() bool { return s.now.Load() < (s.limit+1)/2 }
