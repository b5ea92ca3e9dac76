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
	Overflow Overflow // of ModelPool

	Discipline pool.Discipline // of the queue; the default one but in ModelPool

	Workers    int // requests that run at once; none is set but in ModelPool
	Queue      int // requests that wait for a worker; 0 but in ModelPool
	MaxThreads int // connections that ModelThread takes; none is set in the other models
	MaxConns   int

	MaxHeaderBytes int
	MaxBodyBytes   int64

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
	if e := s.running(); e != nil {
		return e.settings.limits(e.pools.work), nil
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
	return set.limits(work), nil
}

// limits returns set as a user sees it. Work is nil in the models without a
// pool.
func (set *settings) limits(work *pool.Pool) Limits {
	l := Limits{
		Model:             set.model,
		Overflow:          set.overflow,
		Workers:           -1,
		MaxThreads:        -1,
		MaxConns:          set.maxConns,
		MaxHeaderBytes:    set.maxHead,
		MaxBodyBytes:      set.maxBody,
		ReadHeaderTimeout: orNone(set.headTimeout),
		ReadTimeout:       cmp.Or(set.readTimeout, -1),
		WriteTimeout:      cmp.Or(set.writeTimeout, -1),
		IdleTimeout:       orNone(set.idleTimeout),
		MinRate:           cmp.Or(set.minRate, -1),
	}
	if set.maxConns == math.MaxInt {
		l.MaxConns = -1
	}
	if set.model == ModelThread {
		l.MaxThreads = set.maxThreads
	}
	if work != nil {
		st := work.Stats()
		l.Workers, l.Queue = st.Workers, st.Queue
		l.Discipline = set.poolConfig(pool.Config{Discipline: set.discipline}).Discipline
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
