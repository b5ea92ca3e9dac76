package server

import (
	"context"
	"math/rand/v2"
	"net/http"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"millpond/pool"
	"millpond/server/internal/poll"
)

// A world is a server, and all that it deals with.
type world struct {
	*Server
	t       *testing.T
	seed    uint64
	rnd     *rand.Rand // of what the world does; others have their own, so that their order does not matter
	verbose bool
	engine  *engine

	simKernel
	simHandlers
	simHooks
	clients  []*simClient
	backlog  []*simClient // not accepted yet
	failures backoff      // to accept
}

func newWorld(t *testing.T, seed uint64, verbose bool) *world {
	w := &world{t: t, seed: seed, rnd: rand.New(rand.NewPCG(seed, 0)), verbose: verbose}
	r := w.rnd
	w.Server = &Server{
		Handler: w, MaxConns: 2 + r.IntN(6), MaxHeaderBytes: 512, MaxBodyBytes: 2000, BodyBuffer: 64 * r.IntN(3),
		WriteBuffer: 100 << r.IntN(8), BufferMemory: 4096 << r.IntN(4), Streams: 1 + r.IntN(3), Overflow: Overflow(r.IntN(2)),
		Control: Control{Live: "/live", Handlers: map[string]http.Handler{"/control": w}},
	}
	if r.IntN(4) == 0 {
		w.ReadTimeout, w.WriteTimeout = 7*time.Second, 13*time.Second
	}
	w.Pool = pool.Config{Workers: 1 + r.IntN(3), Queue: r.IntN(4) - 1, Gate: func() (int, int) { return 0, 2 }}
	if r.IntN(2) == 0 {
		w.Pool.Discipline = pool.FIFO
	}
	w.hook(r.IntN(4) == 0)
	e, err := w.start()
	if err != nil {
		t.Fatal(err)
	}
	w.engine = e
	return w
}

// say logs an event.
func (w *world) say(format string, args ...any) {
	if w.verbose {
		w.t.Logf(format, args...)
	}
}

// step lets one thing happen, and all that follows from it.
func (w *world) step() {
	w.sleep(time.Duration(1 + w.rnd.IntN(1000))) // no two timers run out together
	switch n := w.rnd.IntN(100); {
	case n < 10:
		w.connect()
	case n < 15:
		w.accept()
	case n < 50:
		if c := pick(w.rnd, w.clients); c != nil {
			c.act()
		}
	case n < 75:
		w.deliver()
	case n < 78:
		w.spurious()
	case n < 82:
		w.stale()
	case n < 96:
		w.goOn(w.rnd)
	case n < 99:
		w.sleep([]time.Duration{time.Millisecond, time.Second, 6 * time.Second, 11 * time.Second, 80 * time.Second}[w.rnd.IntN(5)])
	default:
		w.command()
	}
	synctest.Wait()
}

func (w *world) sleep(d time.Duration) {
	if d > time.Microsecond {
		w.say("%v pass", d)
	}
	time.Sleep(d)
	synctest.Wait()
}

// command is what somebody has the server do.
func (w *world) command() {
	switch w.rnd.IntN(6) {
	case 0:
		patience := time.Duration(w.rnd.IntN(20)) * time.Second
		w.say("Shutdown, for %v at most", patience)
		go func() {
			ctx, cancel := context.WithTimeout(context.Background(), patience)
			defer cancel()
			w.Shutdown(ctx)
		}()
	case 1:
		w.say("Close")
		go w.Close()
	default:
		on := w.rnd.IntN(2) == 0
		w.say("SetKeepAlivesEnabled(%v)", on)
		w.SetKeepAlivesEnabled(on)
	}
}

// connect has a new client come to the listener.
func (w *world) connect() {
	if len(w.clients) == 12 {
		return
	}
	c := w.newClient(len(w.clients))
	w.say("%v connects", c)
	w.clients = append(w.clients, c)
	w.backlog = append(w.backlog, c)
	w.accept()
}

// accept takes in who has come, as polling.knock does.
func (w *world) accept() {
	e := w.engine
	if e.gate.reasons.Load() == shutByCap {
		w.say("no room: the idle one has to leave")
		e.makeRoom()
		return
	}
	for len(w.backlog) > 0 && !e.gate.isShut(^uint32(0)) {
		if w.rnd.IntN(10) == 0 {
			err := []error{syscall.EMFILE, syscall.ECONNABORTED, syscall.ENOMEM}[w.rnd.IntN(3)]
			w.say("accept fails: %v", err)
			e.acceptFailed(err, &w.failures)
			continue
		}
		w.failures.reset()
		c := w.backlog[0]
		w.backlog = w.backlog[1:]
		w.welcome(c.simSocket)
		w.say("%v is accepted as %d, %v", c, c.fd, c.tag)
	}
}

// welcome is that of polling, for a simulated socket.
func (w *world) welcome(s *simSocket) {
	c := w.engine.newConn(context.Background())
	defer c.survive()
	c.Link, s.conn = s, c
	w.open(s)
	c.list()
	w.engine.enroll(c)
	w.register(s, c.slot)
	c.drive()
}

// end has all come to their end, and checks that nothing is left.
func (w *world) end() {
	w.say("the end")
	for moved := true; moved; { // without any time
		moved = false
		for _, c := range w.clients {
			moved = c.finish() || moved
		}
		moved = w.deliverAll() || moved
		moved = w.goOnAll() || moved
	}
	failed := !w.lawful()
	if !failed {
		w.checkSettled()
	}
	drained := make(chan error, 1)
	go func() { drained <- w.Shutdown(context.Background()) }()
	for range 30 {
		w.sleep(time.Second)
		w.deliverAll()
		w.goOnAll()
	}
	if len(drained) == 0 && !failed {
		w.broken("Shutdown does not end, though no client wants anything")
	}
	w.Close()
	for _, c := range w.clients {
		c.reset()
	}
	for range 10 {
		w.sleep(time.Second)
		w.deliverAll()
		w.goOnAll()
	}
	w.engine.pools.work.Close(context.Background())
	w.engine.pools.control.Close(context.Background())
	synctest.Wait()
	if failed = !w.lawful() || failed; !failed {
		w.checkEnded()
	}
	for _, fault := range w.faults {
		w.t.Errorf("seed %d: %s", w.seed, fault)
	}
}

// pick is one of all, or the zero value.
func pick[T any](r *rand.Rand, all []T) (one T) {
	if len(all) > 0 {
		one = all[r.IntN(len(all))]
	}
	return one
}

// someSignals are some of all signals that a kernel reports.
func someSignals(r *rand.Rand) poll.Signals {
	return poll.Signals(1+r.IntN(15)) & (poll.Readable | poll.Writable | poll.HalfClosed | poll.Reset)
}
