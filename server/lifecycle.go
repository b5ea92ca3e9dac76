package server

import (
	"context"
	"maps"
	"net"
	"slices"
	"sync"
	"sync/atomic"
)

// A phase is how far a server is on its way to its end. It only grows.
type phase uint32

const (
	phaseServing  phase = iota
	phaseDraining       // nothing new is accepted; what has begun is ended
	phaseCutting        // what is left is cut
)

// A lifecycle is the phase of an engine, and the listeners that it ends.
type lifecycle struct {
	phase    atomic.Uint32
	stopping chan struct{} // closed when no more connections are accepted
	room     chan struct{} // holds something if the gate has moved since, while draining

	serving  sync.WaitGroup // calls of Serve
	arriving sync.WaitGroup // listeners at which those who wait are not found yet

	mu        sync.Mutex
	listeners map[*onceListener]struct{} // nil once stopping
	closed    bool                       // no more are added
	stopped   bool                       // what works in the background has ended, or will with the last Serve
}

func newLifecycle() lifecycle {
	return lifecycle{
		stopping:  make(chan struct{}),
		room:      make(chan struct{}, 1),
		listeners: map[*onceListener]struct{}{},
	}
}

// roomCame tells who waits for room to let the rest in.
func (l *lifecycle) roomCame() {
	select {
	case l.room <- struct{}{}:
	default:
	}
}

func (l *lifecycle) isDraining() bool { return phase(l.phase.Load()) >= phaseDraining }
func (l *lifecycle) isCutting() bool  { return phase(l.phase.Load()) >= phaseCutting }

// enter goes on to a later phase.
func (l *lifecycle) enter(p phase) {
	for {
		old := l.phase.Load()
		if old >= uint32(p) || l.phase.CompareAndSwap(old, uint32(p)) {
			return
		}
	}
}

// A onceListener is closed once, whoever comes first: Shutdown, or Serve. Unlike
// a net.Listener of any kind, it can be a key.
type onceListener struct {
	net.Listener
	ours bool // no other process can have its socket
	once sync.Once
	err  error
}

// Close implements net.Listener.
func (l *onceListener) Close() error {
	l.once.Do(func() { l.err = l.Listener.Close() })
	return l.err
}

// begin counts one more in serving, unless it is too late for any.
func (l *lifecycle) begin() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.stopped {
		return false
	}
	l.serving.Add(1)
	return true
}

// stop reports whether it is the first to say that there is nothing more to come.
func (l *lifecycle) stop() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	was := l.stopped
	l.stopped = true
	return !was
}

// add makes ln one of the listeners, which is arriving, and is false if no more
// are added.
func (l *lifecycle) add(ln *onceListener) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return false
	}
	l.listeners[ln] = struct{}{}
	l.arriving.Add(1)
	return true
}

// awaitArrivals waits until every listener is accepted from.
func (l *lifecycle) awaitArrivals(ctx context.Context) {
	arrived := make(chan struct{})
	go func() {
		l.arriving.Wait()
		close(arrived)
	}()
	select {
	case <-arrived:
	case <-ctx.Done():
	}
}

// closeList has no more listeners added, and returns those that there are, or
// false if somebody has called it before.
func (l *lifecycle) closeList() (all []*onceListener, first bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	first = !l.closed
	l.closed = true
	return slices.Collect(maps.Keys(l.listeners)), first
}

// forget takes ln out of the listeners.
func (l *lifecycle) forget(ln *onceListener) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.listeners, ln)
}

// isClosed reports whether no more listeners are added.
func (l *lifecycle) isClosed() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.closed
}

// takeListeners returns the listeners, once: no more are added.
func (l *lifecycle) takeListeners() map[*onceListener]struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	all := l.listeners
	l.listeners, l.closed = nil, true
	return all
}
