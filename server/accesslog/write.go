package accesslog

import (
	"bytes"
	"context"
	"log/slog"
	"time"

	"millpond/server"
)

// batchBytes is how much is written at once at most, by about a line.
const batchBytes = 32 << 10

var newline = []byte("\n")

// A batch is what is written at once.
type batch struct {
	bytes  bytes.Buffer
	lines  slog.Handler // to bytes
	count  uint64       // of requests in it
	failed bool         // the writer did not take the one before
}

// write writes what waits, until the log is closed, and then the rest.
func (l *Log) write() {
	defer close(l.ended)
	var b batch
	b.lines = slog.NewJSONHandler(&b.bytes, nil)
	var told Stats
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case a := <-l.waiting:
			l.flush(b.gather(a, l.waiting))
		case <-tick.C:
			l.flush(b.leftOut(&told, l.Stats()))
		case <-l.stop:
			for len(l.waiting) > 0 {
				l.flush(b.gather(<-l.waiting, l.waiting))
			}
			l.flush(b.leftOut(&told, l.Stats()))
			return
		}
	}
}

// gather puts a into the batch, and what else waits.
func (b *batch) gather(a *server.Access, waiting <-chan *server.Access) *batch {
	for {
		b.add(recordOf(a))
		b.count++
		if b.bytes.Len() >= batchBytes {
			return b
		}
		select {
		case a = <-waiting:
		default:
			return b
		}
	}
}

// add puts a line into the batch. A buffer takes it without an error.
func (b *batch) add(r slog.Record) { b.lines.Handle(context.Background(), r) }

// leftOut puts how many lines are missing that were not told of yet into the
// batch.
func (b *batch) leftOut(told *Stats, now Stats) *batch {
	sampledOut, dropped := now.SampledOut-told.SampledOut, now.Dropped-told.Dropped
	if sampledOut+dropped > 0 {
		r := slog.NewRecord(time.Now(), slog.LevelWarn, "requests were not logged", 0)
		r.AddAttrs(slog.Uint64("sampled_out", sampledOut), slog.Uint64("dropped", dropped))
		b.add(r)
	}
	*told = now
	return b
}

// flush has the writer take the batch, and counts what becomes of it.
func (l *Log) flush(b *batch) {
	if b.bytes.Len() == 0 {
		return
	}
	n, err := l.cfg.Writer.Write(b.bytes.Bytes())
	if err != nil && !b.failed && l.cfg.Log != nil {
		l.cfg.Log.Error("the access log cannot be written", "err", err)
	}
	b.failed = err != nil
	written, dropped := b.took(n)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.stats.Waiting -= written + dropped
	l.stats.Written += written
	l.stats.Dropped += dropped
}

// took empties the batch, of which the writer has taken n bytes, and returns what
// became of the requests in it. It keeps the rest of a line that the writer has
// only a part of, so that no other one begins in the middle of that.
func (b *batch) took(n int) (written, dropped uint64) {
	taken, rest := b.bytes.Bytes()[:n], b.bytes.Bytes()[n:]
	written = min(uint64(bytes.Count(taken, newline)), b.count)
	left := b.count - written
	if !bytes.HasSuffix(taken, newline) && n > 0 {
		rest = rest[:bytes.Index(rest, newline)+1]
		b.count = min(left, 1)
	} else {
		rest, b.count = nil, 0
	}
	kept := bytes.Clone(rest)
	b.bytes.Reset()
	b.bytes.Write(kept)
	return written, left - b.count
}

// recordOf is a request as a line.
func recordOf(a *server.Access) slog.Record {
	r := slog.NewRecord(a.At, slog.LevelInfo, "request", 0)
	text := func(key, value string) {
		if value != "" {
			r.AddAttrs(slog.String(key, value))
		}
	}
	text("method", a.Method)
	text("path", a.Path)
	text("route", a.Route)
	r.AddAttrs(slog.Int("status", a.Status), slog.String("origin", a.Origin.String()))
	text("reason", a.Reason)
	text("class", a.Class)
	if a.Client.IsValid() {
		text("client", a.Client.Unmap().String())
	}
	text("trace_id", a.TraceID)
	r.AddAttrs(slog.Int64("received", a.Received), slog.Int64("sent", a.Sent),
		slog.Float64("queued_seconds", a.Queued.Seconds()), slog.Float64("run_seconds", a.Run.Seconds()),
		slog.Float64("duration_seconds", a.Duration.Seconds()))
	return r
}
