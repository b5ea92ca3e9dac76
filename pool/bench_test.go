package pool_test

import (
	"context"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/alitto/pond/v2"

	"millpond/pool"
)

// BenchmarkSubmit runs empty tasks through the pool and through its
// alternatives, each with GOMAXPROCS workers and room for all that is
// submitted. A submitter waits for its tasks after each burst of them, so the
// queue is neither always empty nor ever full. With contention=none there is
// one submitter, with contention=all eight for each processor. The alternatives
// read no clock and keep no account, so the difference is what that costs.
func BenchmarkSubmit(b *testing.B) {
	impls := []struct {
		name  string
		start func(*testing.B) submitter
	}{
		{"millpond", startMillpond},
		{"pond", startPond},
		{"chan", startChan},
		{"goroutine", startGoroutine},
	}
	for _, impl := range impls {
		b.Run("impl="+impl.name, func(b *testing.B) {
			b.Run("contention=none", func(b *testing.B) {
				submit := impl.start(b)
				b.ReportAllocs()
				runBursts(b, submit, b.Loop)
			})
			b.Run("contention=all", func(b *testing.B) {
				submit := impl.start(b)
				b.SetParallelism(benchSubmitters)
				b.ReportAllocs()
				b.RunParallel(func(pb *testing.PB) { runBursts(b, submit, pb.Next) })
			})
		})
	}
}

// BenchmarkDiscipline shows what the disciplines and the gate cost where there is
// no overload: with load=one each task is submitted when the one before has
// ended, with load=bursts up to 64 wait.
func BenchmarkDiscipline(b *testing.B) {
	for _, impl := range []struct {
		name   string
		config pool.Config
	}{
		{"fifo", pool.Config{}},
		{"adaptive", pool.Config{Discipline: pool.Adaptive}},
		{"gate", pool.Config{Discipline: pool.Adaptive, Gate: pool.NewGate(), Workers: 4096}},
		{"class", pool.Config{Discipline: pool.Adaptive, Workers: 4, Classes: []pool.Class{{Name: "other", Workers: 1}}}},
	} {
		b.Run("impl="+impl.name, func(b *testing.B) {
			p, err := pool.New(impl.config)
			if err != nil {
				b.Fatal(err)
			}
			b.Run("load=one", func(b *testing.B) {
				done := make(chan struct{}, 1)
				task := pool.Task{
					Run:  func(context.Context, time.Time) {},
					Drop: func(pool.DropReason, time.Time) { done <- struct{}{} }, // when the machine stalls
					Done: func() { done <- struct{}{} },
				}
				b.ReportAllocs()
				for b.Loop() {
					if err := p.TrySubmit(task); err != nil {
						b.Fatal(err)
					}
					<-done
				}
			})
			b.Run("load=bursts", func(b *testing.B) {
				b.ReportAllocs()
				runBursts(b, func(task func()) func() error {
					t := pool.Task{
						Run:  func(context.Context, time.Time) { task() },
						Drop: func(pool.DropReason, time.Time) { task() },
					}
					return func() error { return p.TrySubmit(t) }
				}, b.Loop)
			})
		})
	}
}

const (
	benchBurst      = 64
	benchSubmitters = 8 // for each processor
)

// benchQueue is room for the bursts of all submitters.
func benchQueue() int { return benchBurst * benchSubmitters * runtime.GOMAXPROCS(0) }

// submitter binds what a task does, and returns a function that submits it.
type submitter func(task func()) (submit func() error)

// runBursts submits as long as next says so.
func runBursts(b *testing.B, bind submitter, next func() bool) {
	var burst sync.WaitGroup
	submit := bind(burst.Done)
	for n := 1; next(); n++ {
		burst.Add(1)
		if err := submit(); err != nil {
			b.Error(err)
			burst.Done()
		}
		if n%benchBurst == 0 {
			burst.Wait()
		}
	}
	burst.Wait()
}

func startMillpond(b *testing.B) submitter {
	p, err := pool.New(pool.Config{Queue: benchQueue()})
	if err != nil {
		b.Fatal(err)
	}
	return func(task func()) func() error {
		t := pool.Task{Run: func(context.Context, time.Time) { task() }}
		return func() error { return p.TrySubmit(t) }
	}
}

func startPond(*testing.B) submitter {
	p := pond.NewPool(runtime.GOMAXPROCS(0), pond.WithQueueSize(benchQueue()), pond.WithNonBlocking(true))
	return func(task func()) func() error {
		return func() error { return p.Go(task) }
	}
}

func startChan(b *testing.B) submitter {
	tasks := make(chan func(), benchQueue())
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for task := range tasks {
				task()
			}
		})
	}
	b.Cleanup(func() {
		close(tasks)
		workers.Wait()
	})
	return func(task func()) func() error {
		return func() error {
			tasks <- task
			return nil
		}
	}
}

func startGoroutine(*testing.B) submitter {
	return func(task func()) func() error {
		return func() error {
			go task()
			return nil
		}
	}
}

// BenchmarkMap shows what Map adds to an empty function, for each of 100 items.
func BenchmarkMap(b *testing.B) {
	const size = 100
	items := numbers(size)
	run := func(b *testing.B, ctx context.Context, p *pool.Pool) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := pool.Map(ctx, p, items, double); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*size), "ns/item")
	}
	start := func(b *testing.B) *pool.Pool {
		p, err := pool.New(pool.Config{})
		if err != nil {
			b.Fatal(err)
		}
		return p
	}
	b.Run("place=outside", func(b *testing.B) { run(b, b.Context(), start(b)) })
	b.Run("place=inside", func(b *testing.B) {
		p, done := start(b), make(chan struct{})
		if err := p.TrySubmit(pool.Task{
			Run:  func(ctx context.Context, _ time.Time) { run(b, ctx, p) },
			Done: func() { close(done) },
		}); err != nil {
			b.Fatal(err)
		}
		<-done
	})
}
