package demo

import (
	"context"
	"net/http"
	"runtime"
	"strconv"
	"time"
)

// task serves /task.
type task struct {
	burnPerMs int
}

// serve does what the query asks: it takes memory and touches it, burns CPU,
// waits, answers, and only then lets the memory go. The burn cannot be
// cancelled, as CPU work in a handler rarely can.
func (t task) serve(w http.ResponseWriter, r *http.Request) {
	p, faults := parseParams(r.URL.RawQuery)
	if faults != "" {
		http.Error(w, faults, http.StatusBadRequest)
		return
	}
	held := touch(p.alloc)
	burn(t.iterations(p.cpu))
	wait(r.Context(), p.wait)
	fill(w, p.size)
	runtime.KeepAlive(held)
}

// iterations converts CPU time into a number of steps.
func (t task) iterations(cpu time.Duration) int64 {
	ms := float64(cpu) / float64(time.Millisecond)
	return int64(ms * float64(max(t.burnPerMs, 0)))
}

// touch allocates size bytes and writes to every page, so that the kernel has
// to back them.
func touch(size int64) []byte {
	const page = 4 << 10
	held := make([]byte, size)
	for i := 0; i < len(held); i += page {
		held[i] = 1
	}
	return held
}

// wait blocks for d, or until ctx is done.
func wait(ctx context.Context, d time.Duration) {
	if d == 0 {
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// fill answers with size bytes.
func fill(w http.ResponseWriter, size int64) {
	setPlainText(w.Header())
	w.Header().Set("Content-Length", strconv.FormatInt(size, 10))
	piece := make([]byte, min(size, 32<<10))
	for i := range piece {
		piece[i] = '.'
	}
	for size > 0 {
		n, err := w.Write(piece[:min(size, int64(len(piece)))])
		if err != nil {
			return // The client has gone.
		}
		size -= int64(n)
	}
}
