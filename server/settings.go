package server

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"millpond/pool"
	"millpond/server/internal/http1"
)

const (
	defaultHeadTimeout = 10 * time.Second
	defaultIdleTimeout = 75 * time.Second
	defaultMaxHead     = 32 << 10
	defaultMinRate     = 240
	defaultBodyBuffer  = 64 << 10
	defaultStreams     = 1024
	defaultWriteBuffer = 256 << 10
	mostBufferMemory   = 1 << 30

	minMaxHead = 256
	maxMaxHead = 1 << 20

	// never stands for a timeout that is switched off: far enough, and safe
	// to add to any time.
	never = 100 * 365 * 24 * time.Hour

	// lingerTimeout bounds how long a connection that was answered for the
	// last time is kept so that its client can read the answer. As much as
	// the largest body, or lingerBody where there is none, and lingerBytes is
	// read meanwhile: many clients read nothing before they have sent all.
	lingerTimeout = 5 * time.Second
	lingerBytes   = 256 << 10
	lingerBody    = 10 << 20

	// defaultReplyTimeout bounds how long a client may take for the last bytes of
	// an answer on a link that cannot be asked how fast it is.
	defaultReplyTimeout = 30 * time.Second

	// bodyCheckEvery is how long a client that sends part of a large body may be
	// silent before the handler sees what has come: it may wait for that.
	bodyCheckEvery = time.Second / 2

	// maxThreads is where ModelThread refuses: the runtime ends a program
	// with 10,000 threads, and needs some for itself.
	maxThreads = 9000
)

// settings are a Server's fields with the defaults filled in.
type settings struct {
	handler      http.Handler
	model        Model
	overflow     Overflow
	discipline   pool.Discipline
	headTimeout  time.Duration
	readTimeout  time.Duration // none if 0
	writeTimeout time.Duration // none if 0
	idleTimeout  time.Duration
	maxHead      int
	maxBody      int64 // no limit if negative
	maxDrain     int64 // what is read of a connection after its last answer
	maxConns     int
	maxThreads   int
	minRate      int // none if 0
	bodyBuffer   int
	streams      int
	writeBuffer  int
	bufferMemory int64
	control      Control
	classes      classTable
	fairness     fairness
	unreadyAfter time.Duration
	serverTiming bool
	trace        Trace
	log          *slog.Logger // to logs
	logs         *logQueue
	noOptions    bool
	noKeepAlives *atomic.Bool
	connState    func(net.Conn, http.ConnState) // may be nil
	exclusive    func(net.Listener) bool        // may be nil
	baseContext  func(net.Listener) context.Context
	connContext  func(context.Context, net.Conn) context.Context // may be nil
}

func (set *settings) check() error {
	var faults []error
	if set.model >= numModels {
		faults = append(faults, fmt.Errorf("server: Model must be below %d, got %d", numModels, uint8(set.model)))
	}
	if set.overflow >= numOverflows {
		faults = append(faults, fmt.Errorf("server: Overflow must be below %d, got %d", numOverflows, uint8(set.overflow)))
	}
	if set.overflow == OverflowBlock && set.discipline == pool.Adaptive {
		faults = append(faults, errors.New("server: Pool.Discipline must be FIFO with OverflowBlock, which refuses nobody, got adaptive"))
	}
	if set.maxHead < minMaxHead || set.maxHead > maxMaxHead {
		faults = append(faults, fmt.Errorf("server: MaxHeaderBytes must be from %d to %d, got %d", minMaxHead, maxMaxHead, set.maxHead))
	}
	faults = append(faults, set.control.check())
	return errors.Join(faults...)
}

// bodyCheck is how often it is looked whether a body still comes.
func (set *settings) bodyCheck() time.Duration {
	return min(cmp.Or(set.readTimeout, never), bodyCheckEvery)
}

// replyCheck is how often it is looked whether a client still takes its answer.
func (set *settings) replyCheck() time.Duration {
	return min(cmp.Or(set.writeTimeout, never), http1.PaceGrace)
}

// replyTimeout bounds a single write of a link that cannot but wait.
func (set *settings) replyTimeout() time.Duration {
	limit := cmp.Or(set.writeTimeout, never)
	if set.minRate > 0 {
		limit = min(limit, defaultReplyTimeout)
	}
	return limit
}

// orDefault is n, or the default for 0, or 0 for none.
func orDefault(n, byDefault int) int {
	if n == 0 {
		return byDefault
	}
	return max(n, 0)
}

func timeout(d, byDefault time.Duration) time.Duration {
	switch {
	case d == 0:
		return byDefault
	case d < 0:
		return never
	}
	return d
}
