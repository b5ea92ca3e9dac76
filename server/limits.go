package server

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"time"

	"millpond/pool"
)

// Limits are what the fields of a Server come to, with the defaults filled in.
// In a limit on a time, a size or a number, a negative value means none.
type Limits struct {
	Model    Model
	Overflow Overflow // of ModelPool, as are the next five

	Discipline pool.Discipline
	Workers    int           // requests that run at once; none is set in the other models
	MinWorkers int           // of them, those that start whatever the processors do
	Queue      int           // requests that wait for a worker
	MaxWait    time.Duration // for which they wait; 0 if that is up to Discipline

	UnreadyAfter time.Duration
	MaxThreads   int // connections that ModelThread takes; none is set in the other models
	MaxConns     int

	MaxHeaderBytes int
	MaxBodyBytes   int64

	BodyBuffer   int
	WriteBuffer  int
	BufferMemory int64
	Streams      int // of ModelPool; none is set in the other models

	ReadHeaderTimeout time.Duration
	ReadTimeout       time.Duration
	WriteTimeout      time.Duration
	IdleTimeout       time.Duration
	MinRate           int
}

// Limits returns what the fields come to, or every fault of theirs. It may be
// called at any time and starts nothing. Once the Server serves, Workers
// follows Resize. It is safe for concurrent use.
func (s *Server) Limits() (Limits, error) {
	if e := s.started(); e != nil {
		return e.settings.limits(&s.Pool, e.pools.work), nil
	}
	set, faults := s.settings()
	var work *pool.Pool // one without tasks has no goroutine
	if set.model == ModelPool {
		var err error
		if work, err = pool.New(set.poolConfig(s.Pool)); err != nil {
			faults = errors.Join(faults, fmt.Errorf("server: Pool: %w", err))
		}
	}
	if faults != nil {
		return Limits{}, faults
	}
	return set.limits(&s.Pool, work), nil
}

// limits returns set as a user sees it. Work, which cfg describes, is nil in the
// models without a pool.
func (set *settings) limits(cfg *pool.Config, work *pool.Pool) Limits {
	l := Limits{
		Model:             set.model,
		Overflow:          set.overflow,
		Workers:           -1,
		UnreadyAfter:      set.unreadyAfter,
		MaxThreads:        -1,
		MaxConns:          set.maxConns,
		MaxHeaderBytes:    set.maxHead,
		MaxBodyBytes:      set.maxBody,
		BodyBuffer:        cmp.Or(set.bodyBuffer, -1),
		WriteBuffer:       cmp.Or(set.writeBuffer, -1),
		BufferMemory:      set.bufferMemory,
		Streams:           -1,
		ReadHeaderTimeout: orNone(set.headTimeout),
		ReadTimeout:       cmp.Or(set.readTimeout, -1),
		WriteTimeout:      cmp.Or(set.writeTimeout, -1),
		IdleTimeout:       orNone(set.idleTimeout),
		MinRate:           cmp.Or(set.minRate, -1),
	}
	if set.unreadyAfter <= 0 {
		l.UnreadyAfter = -1
	}
	if set.maxConns == math.MaxInt {
		l.MaxConns = -1
	}
	if set.bufferMemory == math.MaxInt64 {
		l.BufferMemory = -1
	}
	if set.model == ModelPool && set.streams != math.MaxInt32 {
		l.Streams = set.streams
	}
	if set.model == ModelThread {
		l.MaxThreads = set.maxThreads
	}
	if work != nil {
		st := work.Stats()
		l.Workers, l.Queue = st.Workers, st.Queue
		l.Discipline, l.MinWorkers, l.MaxWait = set.poolConfig(*cfg).Discipline, cfg.MinWorkers, cfg.MaxWait
	}
	return l
}

// orNone returns d, or what stands for no timeout.
func orNone(d time.Duration) time.Duration {
	if d == never {
		return -1
	}
	return d
}
