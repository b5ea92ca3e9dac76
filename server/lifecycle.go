package server

import (
	"net"
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
	stopped  atomic.Bool   // what works in the background has ended, or soon will have
	room     chan struct{} // holds something if a connection has left since

	mu        sync.Mutex
	listeners map[*onceListener]struct{} // nil once stopping
}

func newLifecycle() lifecycle {
	return lifecycle{
		stopping:  make(chan struct{}),
		room:      make(chan struct{}, 1),
		listeners: map[*onceListener]struct{}{},
	}
}

// roomCame tells who waits for room to accept the rest.
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
	once sync.Once
	err  error
}

// Close implements net.Listener.
func (l *onceListener) Close() error {
	l.once.Do(func() { l.err = l.Listener.Close() })
	return l.err
}

// add makes ln one of the listeners, and is false if the engine is stopping.
func (l *lifecycle) add(ln *onceListener) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.listeners == nil {
		return false
	}
	l.listeners[ln] = struct{}{}
	return true
}

// forget takes ln out of the listeners.
func (l *lifecycle) forget(ln *onceListener) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.listeners, ln)
}

// takeListeners returns the listeners, once: no more are added.
func (l *lifecycle) takeListeners() map[*onceListener]struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	all := l.listeners
	l.listeners = nil
	return all
}
