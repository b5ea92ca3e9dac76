package server

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"millpond/pool"
	"millpond/server/internal/http1"
)

// An engine is a Server at work: its settings and the parts that the stages
// share. Each part guards itself.
type engine struct {
	settings
	http     http1.Config
	probes   *probes
	refusals *refusals
	overload overload
	counters counters
	entrance
	timers   *timers[*conn]
	pools    pools
	streams  streamCount
	turns    turns
	life     lifecycle
	requests sync.Pool
	clients  clients
	driver
}

// A driver is what tells the models apart.
type driver struct {
	dispatch func(*conn) step // the request that it has read
	resume   func(*conn)      // moves on one that was parked, and whose signal has come
}

// An entrance is where connections come in, and who is in.
type entrance struct {
	conns    table[*conn]
	gate     *gate
	acceptor acceptor
	crowded  atomic.Bool // at MaxConns, and others want to come in
}

// pools are those of ModelPool. In the other models there are none.
type pools struct {
	work    *pool.Pool
	control *pool.Pool // of the control lane
}

// newConn makes a connection of e.
func (e *engine) newConn(base context.Context) *conn {
	c := new(conn)
	c.begin(e, base)
	return c
}

// isClosing reports whether no connection is kept for a next request.
func (e *engine) isClosing() bool {
	return e.life.isDraining() || e.noKeepAlives.Load() || e.crowded.Load()
}

// now is the time on the clock of the engine.
func (e *engine) now() time.Duration { return e.http.Clock.Now() }

// moveOn has c moved on by somebody who has others to see to. Where its link may
// wait, it must not keep them waiting.
func (e *engine) moveOn(c *conn) {
	if c.Waits() {
		go c.resume()
		return
	}
	c.resume()
}
