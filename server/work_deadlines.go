package server

import (
	"sync"
	"time"
)

// A direction is one of the two that a deadline can be for.
type direction uint8

const (
	reading direction = iota
	writing
)

func (dir direction) set(l link, t time.Time) error {
	if dir == reading {
		return l.SetReadDeadline(t)
	}
	return l.SetWriteDeadline(t)
}

// deadlines are those of one request. The server sets them for each of its own
// waits, until the handler takes one over: then it is the handler's, to the end
// of the response. They are safe for concurrent use, also while a Read or a
// Write waits.
type deadlines struct {
	mu    sync.Mutex // held while the link is told
	taken [2]bool
	over  bool
}

// offer sets a deadline on l unless it was taken over.
func (d *deadlines) offer(l link, dir direction, t time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.taken[dir] {
		dir.set(l, t)
	}
}

// take sets a deadline on l for good. It fails with errOver after the response.
func (d *deadlines) take(l link, dir direction, t time.Time) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.over {
		return errOver
	}
	d.taken[dir] = true
	return dir.set(l, t)
}

func (d *deadlines) isTaken(dir direction) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.taken[dir]
}

// end sees to it that nothing of them outlives the response.
func (d *deadlines) end(l link) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.over = true
	if d.taken[reading] || d.taken[writing] {
		l.SetDeadline(noDeadline)
	}
}

// SetReadDeadline is for http.ResponseController. It replaces ReadTimeout for
// this request.
func (w *response) SetReadDeadline(t time.Time) error { return w.setDeadline(reading, t) }

// SetWriteDeadline is for http.ResponseController. It replaces WriteTimeout
// for this response, also for a Write that waits now.
func (w *response) SetWriteDeadline(t time.Time) error { return w.setDeadline(writing, t) }

func (w *response) setDeadline(dir direction, t time.Time) error {
	err := w.deadlines.take(w.conn.link, dir, t)
	if err == errOver {
		w.mu.Lock()
		defer w.mu.Unlock()
		return w.afterwards()
	}
	return err
}
