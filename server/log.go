package server

import (
	"context"
	"log"
	"log/slog"
	"strings"
	"sync"
	"time"
)

const (
	logRoom     = 256         // records that wait to be written
	logBurst    = 100         // records that may come at once
	logEvery    = time.Second // after which another logBurst may come
	logPatience = time.Second // of who ends the server, with a log that is not read
)

// A logQueue passes records on to a handler without ever waiting for it: a log
// that nobody reads, or a client that provokes a record with each request,
// must not stop the server. What is too much is dropped, and counted.
//
// It is safe for concurrent use. A goroutine writes, as long as there is
// something to be written.
type logQueue struct {
	last     slog.Handler  // for what the logQueue has to say itself
	patience time.Duration // of flush

	mu       sync.Mutex
	waiting  []logEntry
	quiet    chan struct{} // closed when nothing waits any more; nil if nobody writes
	begun    time.Time     // of the current logEvery
	taken    int           // since then
	dropped  uint64
	reported uint64 // of dropped
}

type logEntry struct {
	to     slog.Handler
	record slog.Record
}

// newLogQueue returns a logQueue for to, and the handler that passes records to it.
func newLogQueue(to slog.Handler) (*logQueue, slog.Handler) {
	l := &logQueue{last: to, patience: logPatience}
	return l, queuedHandler{to, l}
}

// queuedHandler is a slog.Handler whose records go by way of a logQueue.
type queuedHandler struct {
	slog.Handler
	queue *logQueue
}

// Handle implements slog.Handler.
func (b queuedHandler) Handle(_ context.Context, r slog.Record) error {
	b.queue.add(logEntry{b.Handler, r.Clone()})
	return nil
}

// WithAttrs implements slog.Handler.
func (b queuedHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return queuedHandler{b.Handler.WithAttrs(attrs), b.queue}
}

// WithGroup implements slog.Handler.
func (b queuedHandler) WithGroup(name string) slog.Handler {
	return queuedHandler{b.Handler.WithGroup(name), b.queue}
}

// add has a record written, unless that is too much.
func (l *logQueue) add(e logEntry) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if now := time.Now(); now.Sub(l.begun) >= logEvery {
		l.begun, l.taken = now, 0
	}
	if l.taken >= logBurst || len(l.waiting) >= logRoom {
		l.dropped++
		return
	}
	l.taken++
	l.waiting = append(l.waiting, e)
	if l.quiet == nil {
		l.quiet = make(chan struct{})
		go l.write(l.quiet)
	}
}

// write passes on what waits, and says in the end what was dropped.
func (l *logQueue) write(quiet chan struct{}) {
	defer close(quiet)
	for e, ok := l.take(); ok; e, ok = l.take() {
		e.write()
	}
}

// write survives a panic of the handler, as there is nobody left to tell.
func (e logEntry) write() {
	defer func() { recover() }()
	e.to.Handle(context.Background(), e.record)
}

// take returns the next record, if there is one; if not, nobody writes any more.
func (l *logQueue) take() (e logEntry, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case len(l.waiting) > 0:
		e, l.waiting = l.waiting[0], l.waiting[1:]
	case l.dropped > l.reported:
		e = logEntry{l.last, slog.NewRecord(time.Now(), slog.LevelWarn, "log records were dropped", 0)}
		e.record.Add("records", l.dropped-l.reported)
		l.reported = l.dropped
	default:
		l.waiting, l.quiet = nil, nil
		return e, false
	}
	return e, true
}

// flush waits until all is written, but not for long.
func (l *logQueue) flush() {
	l.mu.Lock()
	quiet := l.quiet
	l.mu.Unlock()
	if quiet == nil {
		return
	}
	alarm := time.NewTimer(l.patience)
	defer alarm.Stop()
	select {
	case <-quiet:
	case <-alarm.C:
	}
}

// lost is how many records were dropped.
func (l *logQueue) lost() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.dropped
}

// lines is a slog.Handler that writes a record as net/http would: the message,
// then the attributes, and then the stack, if there is one.
type lines struct{ to *log.Logger }

// Enabled implements slog.Handler.
func (lines) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelInfo }

// Handle implements slog.Handler.
func (l lines) Handle(_ context.Context, r slog.Record) error {
	var line strings.Builder
	line.WriteString(r.Message)
	stack := ""
	add := func(a slog.Attr) bool {
		if a.Key == "stack" {
			stack = "\n" + a.Value.String()
		} else {
			line.WriteString(" " + a.String())
		}
		return true
	}
	r.Attrs(add)
	l.to.Print(line.String() + stack)
	return nil
}

// WithAttrs implements slog.Handler. The server uses none.
func (l lines) WithAttrs([]slog.Attr) slog.Handler { return l }

// WithGroup implements slog.Handler. The server uses none.
func (l lines) WithGroup(string) slog.Handler { return l }
