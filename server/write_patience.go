package server

import (
	"os"
	"time"
)

// A patience is how long a worker still waits for a client in one direction
// of one exchange. Only waiting uses it up, not the handler's own time.
type patience struct {
	left time.Duration
}

// read is l.Read within what is left, unless d was taken over.
func (p *patience) read(l link, d *deadlines, b []byte) (int, error) {
	if d.isTaken(reading) {
		return l.Read(b)
	}
	if p.left <= 0 {
		return 0, os.ErrDeadlineExceeded
	}
	start := time.Now()
	d.offer(l, reading, start.Add(p.left))
	n, err := l.Read(b)
	p.left -= time.Since(start)
	d.offer(l, reading, noDeadline)
	return n, err
}

// write is l.Write within what is left, unless d was taken over.
func (p *patience) write(l link, d *deadlines, b []byte) (n int, err error) {
	if d.isTaken(writing) {
		return l.Write(b)
	}
	if !l.waits() {
		if n, err = l.tryWrite(b); err != errAgain {
			return n, err
		}
	}
	if p.left <= 0 {
		return n, os.ErrDeadlineExceeded
	}
	start := time.Now()
	d.offer(l, writing, start.Add(p.left))
	more, err := l.Write(b[n:])
	p.left -= time.Since(start)
	d.offer(l, writing, noDeadline)
	return n + more, err
}
