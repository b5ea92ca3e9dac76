package accesslog

import (
	"io"
	"log/slog"
	"sync"
	"time"

	"millpond/server"
)

const (
	defaultRate = 1000
	defaultRoom = 1024

	// patience is how long Close waits for a writer that does not take the rest.
	patience = time.Second
)

// A Config says where lines go, and how many.
type Config struct {
	// Writer takes whole lines, some at a time. It may block. Required.
	Writer io.Writer

	// Rate is how many lines are taken in a second, of requests that succeed, and
	// of others. Default 1,000; negative: there is no bound.
	Rate int

	// Room is how many lines wait for Writer. Default 1,024.
	Room int

	// Log is told when Writer begins to fail, if set.
	Log *slog.Logger
}

// A Log is an access log. It is safe for concurrent use.
type Log struct {
	cfg     Config
	waiting chan *server.Access
	stop    chan struct{} // closed by Close
	ended   chan struct{} // closed when nothing is written any more

	mu     sync.Mutex // guards the rest
	stats  Stats
	second time.Time // that of budgets
	taken  [2]int    // of the budgets of others, and of successes
	closed bool
}

// Stats count requests: Requests is the sum of the others.
type Stats struct {
	Requests   uint64
	Written    uint64 // lines that the writer took
	SampledOut uint64 // beyond Config.Rate
	Dropped    uint64 // the writer was too slow, or failed, or the log was closed
	Waiting    uint64 // lines for the writer
}

// New starts a log. Close ends it.
func New(cfg Config) *Log {
	if cfg.Rate == 0 {
		cfg.Rate = defaultRate
	}
	if cfg.Room <= 0 {
		cfg.Room = defaultRoom
	}
	l := &Log{cfg: cfg, waiting: make(chan *server.Access, cfg.Room), stop: make(chan struct{}), ended: make(chan struct{})}
	go l.write()
	return l
}

// Follow has the requests of srv logged. It adds a hook to srv.Trace, and must be
// called before srv serves.
func (l *Log) Follow(srv *server.Server) {
	var t server.Trace
	if srv.Trace != nil {
		t = *srv.Trace
	}
	before := t.Accessed
	t.Accessed = func(a *server.Access) {
		l.Add(a)
		if before != nil {
			before(a)
		}
	}
	srv.Trace = &t
}

// Add logs a request, which must not change any more. It never waits.
func (l *Log) Add(a *server.Access) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.stats.Requests++
	switch {
	case l.closed:
		l.stats.Dropped++
		return
	case !l.afford(a):
		l.stats.SampledOut++
		return
	}
	select {
	case l.waiting <- a:
		l.stats.Waiting++
	default:
		l.stats.Dropped++
	}
}

// afford reports whether a may still be logged in this second. The lock is held.
func (l *Log) afford(a *server.Access) bool {
	if l.cfg.Rate < 0 {
		return true
	}
	if now := time.Now(); now.Sub(l.second) >= time.Second {
		l.second, l.taken = now, [2]int{}
	}
	kind := 0
	if a.Status > 0 && a.Status < 400 && a.Reason == "" {
		kind = 1
	}
	l.taken[kind]++
	return l.taken[kind] <= l.cfg.Rate
}

// Stats is a snapshot, in which the sum is right.
func (l *Log) Stats() Stats {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.stats
}

// Close has what waits written, and returns when that is done or, if the writer
// does not take it, after a second. Requests that come later are dropped.
func (l *Log) Close() {
	l.mu.Lock()
	first := !l.closed
	l.closed = true
	l.mu.Unlock()
	if first {
		close(l.stop)
	}
	alarm := time.NewTimer(patience)
	defer alarm.Stop()
	select {
	case <-l.ended:
	case <-alarm.C:
	}
}
