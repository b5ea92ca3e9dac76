package pool_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"millpond/pool"
)

// One worker, and room for one task that waits: the third is refused at once.
func ExamplePool_TrySubmit() {
	p, err := pool.New(pool.Config{Workers: 1, Queue: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	gate := make(chan struct{})
	for i := range 3 {
		err := p.TrySubmit(pool.Task{Run: func(context.Context, time.Time) {
			<-gate
			fmt.Println("task", i, "runs")
		}})
		if errors.Is(err, pool.ErrFull) {
			fmt.Println("task", i, "is refused")
		}
	}
	close(gate)
	fmt.Println("drained:", p.Close(context.Background()))
	// Output:
	// task 2 is refused
	// task 0 runs
	// task 1 runs
	// drained: <nil>
}

// Submit waits for room, for as long as its context allows.
func ExamplePool_Submit() {
	p, err := pool.New(pool.Config{Workers: 1, Queue: -1})
	if err != nil {
		fmt.Println(err)
		return
	}
	gate := make(chan struct{})
	busy := pool.Task{Run: func(context.Context, time.Time) { <-gate }}
	fmt.Println(p.Submit(context.Background(), busy))

	ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	fmt.Println(p.Submit(ctx, busy))
	close(gate)
	_ = p.Close(context.Background())
	// Output:
	// <nil>
	// pool: no room before the context ended: context deadline exceeded
}

// Enqueue never blocks and never refuses for want of room. Blocked says when to
// stop.
func ExamplePool_Enqueue() {
	p, err := pool.New(pool.Config{Workers: 1, Queue: -1})
	if err != nil {
		fmt.Println(err)
		return
	}
	gate := make(chan struct{})
	for i := range 3 {
		_ = p.Enqueue(pool.Task{Run: func(context.Context, time.Time) {
			<-gate
			fmt.Println("task", i, "runs")
		}})
	}
	fmt.Println("outside:", p.Blocked())
	close(gate)
	_ = p.Close(context.Background())
	// Output:
	// outside: 2
	// task 0 runs
	// task 1 runs
	// task 2 runs
}

// When the time to drain is up, what still waits is dropped, and told so.
func ExamplePool_Close() {
	p, err := pool.New(pool.Config{Workers: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	gate := make(chan struct{})
	defer close(gate)
	_ = p.TrySubmit(pool.Task{Run: func(context.Context, time.Time) { <-gate }})
	_ = p.TrySubmit(pool.Task{
		Run:  func(context.Context, time.Time) { fmt.Println("never runs") },
		Drop: func(reason pool.DropReason, _ time.Time) { fmt.Println("dropped:", reason) },
	})
	ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	err = p.Close(ctx)
	fmt.Println(errors.Is(err, context.DeadlineExceeded))
	// Output:
	// dropped: shutdown
	// true
}

func ExampleMap() {
	p, err := pool.New(pool.Config{Workers: 4})
	if err != nil {
		fmt.Println(err)
		return
	}
	upper := func(_ context.Context, word string) (string, error) {
		return strings.ToUpper(word), nil
	}
	words, err := pool.Map(context.Background(), p, []string{"calm", "as", "a", "millpond"}, upper)
	fmt.Println(words, err)
	// Output: [CALM AS A MILLPOND] <nil>
}

// A task may use the pool that it runs on: its own worker does the work when no
// other is free.
func ExampleMap_insideATask() {
	p, err := pool.New(pool.Config{Workers: 1, Queue: -1})
	if err != nil {
		fmt.Println(err)
		return
	}
	square := func(_ context.Context, n int) (int, error) { return n * n, nil }
	_ = p.TrySubmit(pool.Task{Run: func(ctx context.Context, _ time.Time) {
		squares, err := pool.Map(ctx, p, []int{1, 2, 3}, square)
		fmt.Println(squares, err)
	}})
	_ = p.Close(context.Background())
	// Output: [1 4 9] <nil>
}

func ExampleMapAll() {
	p, err := pool.New(pool.Config{Workers: 2})
	if err != nil {
		fmt.Println(err)
		return
	}
	half := func(_ context.Context, n int) (int, error) {
		if n%2 != 0 {
			return 0, fmt.Errorf("%d is odd", n)
		}
		return n / 2, nil
	}
	halves, err := pool.MapAll(context.Background(), p, []int{8, 5, 6, 7}, half)
	fmt.Println(halves)
	fmt.Println(err)
	// Output:
	// [4 0 3 0]
	// item 1: 5 is odd
	// item 3: 7 is odd
}

// Under overload, Adaptive runs the newest tasks, and tells the others soon.
func ExampleAdaptive() {
	ended := make(chan pool.Episode, 1)
	p, err := pool.New(pool.Config{
		Workers:    1,
		Discipline: pool.Adaptive,
		MaxWait:    20 * time.Millisecond, // for the sake of the example
		Trace: &pool.Trace{OverloadEnded: func(e pool.Episode) {
			select {
			case ended <- e:
			default:
			}
		}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	gate := make(chan struct{})
	_ = p.TrySubmit(pool.Task{Run: func(context.Context, time.Time) { <-gate }})
	dropped := make(chan pool.DropReason)
	_ = p.TrySubmit(pool.Task{
		Run:  func(context.Context, time.Time) { fmt.Println("too late") },
		Drop: func(reason pool.DropReason, _ time.Time) { dropped <- reason },
	})
	fmt.Println("dropped:", <-dropped)
	e := <-ended
	fmt.Println("overloaded:", e.Class, "dropped", e.Dropped[pool.DropWaited])
	close(gate)
	_ = p.Close(context.Background())
	// Output:
	// dropped: waited_too_long
	// overloaded: default dropped 1
}

// Reports run on two workers of their own, so that they leave the others to
// quick tasks.
func ExampleClass() {
	p, err := pool.New(pool.Config{
		Workers: 8,
		Classes: []pool.Class{{Name: "reports", Workers: 2, Priority: -1, QueueWait: time.Minute}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	const reports = 1
	done := make(chan struct{})
	_ = p.TrySubmit(pool.Task{
		Class: reports,
		Run:   func(context.Context, time.Time) { fmt.Println("a report") },
		Done:  func() { close(done) },
	})
	<-done
	double := func(_ context.Context, n int) (int, error) { return 2 * n, nil }
	numbers, err := pool.Map(pool.InClass(context.Background(), reports), p, []int{1, 2, 3}, double)
	fmt.Println(numbers, err)
	_ = p.Close(context.Background())
	for _, c := range p.Stats().Classes {
		fmt.Println(c.Name, c.Started > 0)
	}
	// Output:
	// a report
	// [2 4 6] <nil>
	// default false
	// reports true
}

// With a Gate, as many workers run as the processors have time for.
func ExampleNewGate() {
	p, err := pool.New(pool.Config{Workers: 4096, Gate: pool.NewGate()})
	if err != nil {
		fmt.Println(err)
		return
	}
	wait := func(context.Context, int) (int, error) {
		time.Sleep(10 * time.Millisecond)
		return 0, nil
	}
	_, err = pool.Map(context.Background(), p, make([]int, 100), wait)
	fmt.Println(err, p.Stats().Workers)
	_ = p.Close(context.Background())
	// Output: <nil> 4096
}
