package load

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"millpond/bench"
)

// Load describes one load. It is used once, by [Load.Run].
type Load struct {
	Endpoint *Endpoint
	// Arrivals is when to send, warm-up included. In a closed loop only its
	// length and seed matter. An open loop goes on beyond it, uncounted and at
	// the last rate, until every arrival that counts has ended: were the load
	// taken off, a server that drowns in it would answer in the calm what it
	// could not answer under load.
	Arrivals Arrivals
	// Concurrency, if above 0, makes the load a closed loop of so many clients.
	Concurrency int
	// Warmup is how much of the beginning is not counted.
	Warmup time.Duration
	// Timeout is when a client gives up a try, from the try's intended send
	// time. If zero, 1 s.
	Timeout time.Duration
	// Limit is what counts as goodput, from the intended send time of the first
	// try. If zero, Timeout. Only with retries may it be longer than that.
	Limit time.Duration
	// Connections is the most connections open at once. If zero, 10,000, or as
	// many as the limit on open files leaves.
	Connections int
	// NewConnections opens a connection for every request.
	NewConnections bool
	Retry          Retry
	// BinWidth is the step of the time series. If zero, 1 s, or what makes 600
	// steps of a longer load.
	BinWidth time.Duration
	// Threads is how many event loops share the load. If zero, 1.
	Threads int
	// Losses end an open loop early.
	Losses []Loss
	// Live, if not nil, is kept up to date while the load runs.
	Live *Live
	// Begin is when the schedule starts. If zero, at once.
	Begin time.Time
}

// plan is a Load with its defaults filled in, as the loops need it: in
// nanoseconds, and not changed any more.
type plan struct {
	endpoint  *Endpoint
	warmup    time.Duration
	length    time.Duration // of what counts, warm-up included
	binWidth  time.Duration
	timeout   int64
	limit     int64
	keepAlive bool
	live      *Live
	giveUp    *giveUp
	stopped   *atomic.Bool // the load ends at once
}

// defaultConnections is the most connections where nothing else is said.
const defaultConnections = 10_000

// spareFiles is how many descriptors are left for everything but connections.
const spareFiles = 100

// mostFiles stands for a limit on open files that is none.
const mostFiles = 1 << 20

// Run sends the load and returns what happened. The trial's server and phase
// are for the caller to fill in. When ctx ends early, Run returns what it has,
// with the error of ctx.
func (l Load) Run(ctx context.Context) (*bench.Trial, error) {
	l, err := l.withDefaults()
	if err != nil {
		return nil, err
	}
	p := &plan{
		endpoint: l.Endpoint, warmup: l.Warmup, length: l.Arrivals.Length(), binWidth: l.BinWidth,
		timeout: int64(l.Timeout), limit: int64(l.Limit), keepAlive: !l.NewConnections, live: l.Live, stopped: new(atomic.Bool),
	}
	if l.NewConnections {
		p.endpoint = l.Endpoint.withClose()
	}
	var drawn schedule
	if l.Concurrency == 0 {
		drawn = l.Arrivals.prolonged(l.Timeout).draw(l.Endpoint.weights)
		p.giveUp = newGiveUp(l.Losses, drawn.between(l.Warmup, p.length), p.stopped)
	}
	sources := l.sources(drawn)
	defer Quiet()()
	use := startUsage()
	rec, busiest, err := l.drive(ctx, p, sources)
	if err != nil {
		return nil, err
	}
	t := l.trial(rec, use.stop(busiest))
	t.GaveUp = p.giveUp.why(rec)
	return t, ctx.Err()
}

// withDefaults fills in what the caller left open, and reports every fault.
func (l Load) withDefaults() (Load, error) {
	if l.Timeout == 0 {
		l.Timeout = time.Second
	}
	if l.Limit == 0 {
		l.Limit = l.Timeout
	}
	if l.BinWidth == 0 {
		l.BinWidth = max(time.Second, (l.Arrivals.Length() / 600).Round(time.Second))
	}
	l.Threads = max(l.Threads, 1)
	room, open, fault := Room()
	if l.Connections == 0 {
		l.Connections = min(defaultConnections, room)
	}
	errs := []error{fault, l.Arrivals.validate()}
	if l.Connections > room {
		errs = append(errs, fmt.Errorf("%d connections: the limit on open files, %d, leaves room for %d: raise it with 'ulimit -n'",
			l.Connections, open, room))
	}
	if l.Connections < l.Threads {
		errs = append(errs, fmt.Errorf("%d connections: at least %d are needed, one for each thread", l.Connections, l.Threads))
	}
	if l.Concurrency < 0 || l.Concurrency > l.Connections {
		errs = append(errs, fmt.Errorf("concurrency %d: it must be from 1 to the number of connections, %d", l.Concurrency, l.Connections))
	}
	if l.Timeout < 0 || l.Limit < 0 || l.Limit > l.Timeout && l.Retry.Max == 0 {
		errs = append(errs, fmt.Errorf("timeout %v, limit %v: both must be above 0, and without retries the limit not above the timeout", l.Timeout, l.Limit))
	}
	if l.Warmup < 0 || l.Warmup >= max(l.Arrivals.Length(), 1) {
		errs = append(errs, fmt.Errorf("warm-up %v: it must be shorter than the load, %v", l.Warmup, l.Arrivals.Length()))
	}
	if err := errors.Join(errs...); err != nil {
		return l, &bench.ConfigError{Err: err}
	}
	return l, nil
}

// sources splits the load, in an open loop that drawn, among the threads.
func (l Load) sources(drawn schedule) []source {
	sources := make([]source, l.Threads)
	for i := range sources {
		if l.Concurrency == 0 {
			sources[i] = &openSource{schedule: drawn, next: i, stride: l.Threads}
		} else {
			clients := (l.Concurrency + l.Threads - 1 - i) / l.Threads
			sources[i] = newClosedSource(clients, int64(l.Arrivals.Length()), l.classes(i))
		}
		if l.Retry.Max > 0 {
			sources[i] = newRetrySource(sources[i], l.Retry, l.Arrivals.Seed+uint64(i))
		}
	}
	return sources
}

// classes returns a generator of request classes for a closed loop.
func (l Load) classes(thread int) func() uint8 {
	r := rand.New(rand.NewPCG(l.Arrivals.Seed, 4+uint64(thread)))
	return func() uint8 {
		if class := drawClasses(1, l.Endpoint.weights, r); class != nil {
			return class[0]
		}
		return 0
	}
}

// drive runs one loop for each source and merges what they recorded. It returns
// how much CPU time the busiest of them used, too.
func (l Load) drive(ctx context.Context, p *plan, sources []source) (*recorder, time.Duration, error) {
	defer context.AfterFunc(ctx, func() { p.stopped.Store(true) })()
	c := Clock{Start: l.Begin}
	if l.Begin.IsZero() {
		c.Start = time.Now()
	}
	loops := make([]*loop, 0, len(sources))
	for _, s := range sources {
		one, err := newLoop(p, s, c, l.Connections/l.Threads)
		if err != nil {
			for _, o := range loops {
				o.close()
			}
			return nil, 0, err
		}
		loops = append(loops, one)
	}
	errs := make([]error, len(loops))
	used := make([]time.Duration, len(loops))
	var wg sync.WaitGroup
	for i, one := range loops {
		wg.Go(func() {
			runtime.LockOSThread() // never unlocked: the thread ends with the goroutine
			hurry()
			before := cpuTime(unix.RUSAGE_THREAD)
			if errs[i] = one.run(); errs[i] != nil {
				p.stopped.Store(true)
			}
			used[i] = cpuTime(unix.RUSAGE_THREAD) - before
		})
	}
	wg.Wait()
	for _, one := range loops[1:] {
		loops[0].rec.merge(one.rec)
	}
	return loops[0].rec, slices.Max(used), errors.Join(errs...)
}

// Room is how many connections this process may have open, and the limit on open
// files that it comes from.
func Room() (connections int, limit uint64, err error) {
	var files unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &files); err != nil {
		return 0, 0, fmt.Errorf("read the limit on open files: %w", err)
	}
	return int(min(files.Cur, mostFiles)) - spareFiles, files.Cur, nil
}
