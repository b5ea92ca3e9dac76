package server

import (
	"context"
	"fmt"
	"hash/fnv"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing/synctest"
	"time"
)

// simHandlers are those that run. Each stops before everything that it does.
type simHandlers struct {
	handlersMu sync.Mutex
	stopped    []*simHandler
	atWork     int
	runs       map[string]int // by request
	ending     bool
}

// A simHandler answers one request.
type simHandler struct {
	w   *world
	id  string
	rnd *rand.Rand
	go_ chan struct{}

	wrote int // bytes
}

// goOn has one of the handlers go on.
func (w *world) goOn(r *rand.Rand) (any bool) {
	w.handlersMu.Lock()
	defer w.handlersMu.Unlock()
	if len(w.stopped) == 0 {
		return false
	}
	i := r.IntN(len(w.stopped))
	h := w.stopped[i]
	w.stopped = append(w.stopped[:i:i], w.stopped[i+1:]...)
	w.say("the handler of %s goes on", h.id)
	h.go_ <- struct{}{}
	return true
}

// goOnAll has all handlers return.
func (w *world) goOnAll() (any bool) {
	w.handlersMu.Lock()
	w.ending = true
	w.handlersMu.Unlock()
	for w.goOn(w.rnd) {
		synctest.Wait()
		any = true
	}
	return any
}

func (h *simHandler) stop() {
	w := h.w
	w.handlersMu.Lock()
	w.stopped = append(w.stopped, h)
	w.handlersMu.Unlock()
	<-h.go_
}

// ServeHTTP implements http.Handler.
func (w *world) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	id := strings.TrimPrefix(strings.TrimPrefix(r.RequestURI, "/control?"), "/")
	hash := fnv.New64()
	io.WriteString(hash, id)
	h := &simHandler{w: w, id: id, rnd: rand.New(rand.NewPCG(w.seed, hash.Sum64())), go_: make(chan struct{}, 1)}
	w.handlersMu.Lock()
	w.atWork++
	if w.runs == nil {
		w.runs = map[string]int{}
	}
	w.runs[id]++
	w.handlersMu.Unlock()
	defer func() {
		w.handlersMu.Lock()
		defer w.handlersMu.Unlock()
		w.atWork--
	}()
	rw.(interface{ SetTraceID(string) }).SetTraceID(id)
	rw.Header().Set("X-Id", id)
	for range h.rnd.IntN(6) {
		h.stop()
		w.handlersMu.Lock()
		ending := w.ending
		w.handlersMu.Unlock()
		if ending || !h.act(rw, r) {
			return
		}
	}
	h.stop()
}

// act does one thing, and reports whether the response is still the handler's.
func (h *simHandler) act(rw http.ResponseWriter, r *http.Request) bool {
	ctl := http.NewResponseController(rw)
	soon := time.Now().Add(time.Duration(h.rnd.IntN(3000)) * time.Millisecond)
	switch n := h.rnd.IntN(24); n {
	case 0, 1, 2, 3, 4:
		n, _ := io.WriteString(rw, strings.Repeat(h.id+";", 1+h.rnd.IntN(200)))
		h.wrote += n
	case 5, 6:
		ctl.Flush()
	case 7, 8:
		r.Body.Read(make([]byte, 1+h.rnd.IntN(100)))
	case 9, 10:
		io.Copy(io.Discard, r.Body)
	case 11, 12:
		Wait(r.Context(), h.stop)
	case 13:
		Detach(r.Context())
	case 14:
		if nc, _, err := ctl.Hijack(); err == nil {
			fmt.Fprintf(nc, "taken %s %d", h.id, h.wrote)
			h.stop()
			nc.Close()
			return false
		}
	case 15:
		panic(simPanic{})
	case 16:
		panic(http.ErrAbortHandler)
	case 17:
		runtime.Goexit()
	case 18:
		rw.Header().Set("Connection", "close")
	case 19:
		rw.Header().Set("Content-Length", "1000")
	case 20:
		ctl.SetReadDeadline(soon)
	case 21:
		ctl.SetWriteDeadline(soon)
	case 22:
		ctl.EnableFullDuplex()
	case 23:
		select {
		case <-r.Context().Done():
		default:
		}
	}
	return true
}

// simHooks count what the server tells, and panic now and then.
type simHooks struct {
	hooksMu  sync.Mutex
	hooksRnd *rand.Rand // nil if none panics
	panics   int        // of hooks
	begun    int        // requests, as ConnState tells
	lost     int        // those whose hook has panicked
	done     int        // requests
	doneBy   map[string]int
	shown    map[net.Conn]http.ConnState
}

// A simPanic is no surprise.
type simPanic struct{}

// called is what every hook does. It is deferred: a panic comes last.
func (w *world) hooked(lost *int) {
	defer w.hooksMu.Unlock()
	if w.hooksRnd != nil && w.hooksRnd.IntN(40) == 0 {
		w.panics++
		if lost != nil {
			*lost++
		}
		panic(simPanic{})
	}
}

// hook sets all hooks.
func (w *world) hook(panics bool) {
	if panics {
		w.hooksRnd = rand.New(rand.NewPCG(w.seed, 1<<32))
	}
	w.doneBy, w.shown = map[string]int{}, map[net.Conn]http.ConnState{}
	called := func() {
		w.hooksMu.Lock()
		w.hooked(nil)
	}
	w.Trace = &Trace{
		Accepted: called, StateMoved: func(State, State) { called() }, Shed: func(ShedReason) { called() },
		Bad: func(BadReason) { called() }, Closed: func(CloseReason) { called() }, Panicked: func(any) { called() },
		Done: w.reported,
	}
	w.ConnState = w.showed
	w.ConnContext = func(ctx context.Context, _ net.Conn) context.Context { called(); return ctx }
	w.Logger = slog.New(simLog{slog.DiscardHandler, w})
}

func (w *world) reported(r Request) {
	w.hooksMu.Lock()
	defer w.hooked(nil)
	w.done++
	if r.TraceID != "" {
		w.doneBy[r.TraceID]++
	}
}

// showed is told of the states of connections, and knows their order.
func (w *world) showed(nc net.Conn, now http.ConnState) {
	w.hooksMu.Lock()
	var lost *int
	if now == http.StateActive {
		w.begun++
		lost = &w.lost
	}
	defer w.hooked(lost)
	was, known := w.shown[nc]
	w.shown[nc] = now
	early := !known && now == http.StateClosed && w.panics > 0 // a hook was in the way of StateNew
	if known == (now == http.StateNew) && !early || was == http.StateClosed || was == http.StateHijacked {
		w.broken(fmt.Sprintf("ConnState: from %v (%v) to %v", was, known, now))
	}
}

// A simLog finds the panics that are none of the hooks' and handlers'.
type simLog struct {
	slog.Handler
	w *world
}

func (l simLog) Enabled(context.Context, slog.Level) bool { return true }

func (l simLog) Handle(_ context.Context, r slog.Record) error {
	l.w.say("log: %s", r.Message)
	expected, stack := true, ""
	r.Attrs(func(a slog.Attr) bool {
		switch a.Key {
		case "panic":
			_, expected = a.Value.Any().(simPanic)
			stack = a.Value.String() + stack
		case "stack":
			stack += "\n" + a.Value.String()
		}
		return true
	})
	if !expected {
		l.w.broken(r.Message + ": " + stack)
	} else if l.w.verbose && stack != "" {
		l.w.say("%s", stack)
	}
	return nil
}
