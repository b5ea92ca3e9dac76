package pool_test

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/alitto/pond/v2"

	"millpond/pool"
)

// BenchmarkSubmit runs empty tasks through the pool and through its
// alternatives, each with GOMAXPROCS workers and a queue of 1,024, and waits
// for all of them. With contention=none one goroutine submits, with
// contention=all eight for each processor do. Whoever finds the queue full
// yields and tries again, or waits where the alternative can only wait. The
// alternatives neither take times nor count, so the difference is what that
// costs.
func BenchmarkSubmit(b *testing.B) {
	impls := []struct {
		name  string
		start func(b *testing.B, done func()) (submit func())
	}{
		{"millpond", startMillpond},
		{"pond", startPond},
		{"chan", startChan},
		{"goroutine", startGoroutine},
	}
	for _, impl := range impls {
		b.Run("impl="+impl.name, func(b *testing.B) {
			b.Run("contention=none", func(b *testing.B) {
				var tasks sync.WaitGroup
				submit := impl.start(b, tasks.Done)
				b.ReportAllocs()
				for b.Loop() {
					tasks.Add(1)
					submit()
				}
				tasks.Wait()
			})
			b.Run("contention=all", func(b *testing.B) {
				var tasks sync.WaitGroup
				submit := impl.start(b, tasks.Done)
				b.SetParallelism(8)
				b.ReportAllocs()
				b.RunParallel(func(pb *testing.PB) {
					for pb.Next() {
						tasks.Add(1)
						submit()
					}
				})
				tasks.Wait()
			})
		})
	}
}

const benchQueue = 1024

func startMillpond(b *testing.B, done func()) func() {
	p, err := pool.New(pool.Config{Queue: benchQueue})
	if err != nil {
		b.Fatal(err)
	}
	task := pool.Task{Run: func(context.Context, time.Time) { done() }}
	return func() {
		for errors.Is(p.TrySubmit(task), pool.ErrFull) {
			runtime.Gosched()
		}
	}
}

func startPond(_ *testing.B, done func()) func() {
	p := pond.NewPool(runtime.GOMAXPROCS(0), pond.WithQueueSize(benchQueue), pond.WithNonBlocking(true))
	return func() {
		for errors.Is(p.Go(done), pond.ErrQueueFull) {
			runtime.Gosched()
		}
	}
}

func startChan(b *testing.B, done func()) func() {
	tasks := make(chan func(), benchQueue)
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
	return func() { tasks <- done }
}

func startGoroutine(_ *testing.B, done func()) func() {
	return func() { go done() }
}
