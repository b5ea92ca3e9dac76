package pool_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"millpond/pool"
)

func TestClassFaults(t *testing.T) {
	_, err := pool.New(pool.Config{
		Workers: 4, Discipline: 9, MaxWait: -1, MinWorkers: 5,
		Classes: []pool.Class{
			{Name: "a", Workers: 3},
			{Name: "a", Borrow: true},
			{Workers: -1},
			{Name: "default", Workers: 1, QueueWait: -time.Second},
			{Name: "\xff"},
		},
	})
	if err == nil {
		t.Fatal("got no error")
	}
	for _, part := range []string{
		"Discipline is unknown_9", "MaxWait is -1ns", "MinWorkers is 5", `Classes[1].Name is "a", as that of Classes[0]`,
		"Classes[1].Borrow", `Classes[2].Name is ""`, "Classes[2].Workers is -1", `Classes[3].Name is "default"`,
		"Classes[3].QueueWait is -1s", "keep 4 workers of 4", `Classes[4].Name is "\xff"; it must be UTF-8`,
	} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("the error does not say %q:\n%v", part, err)
		}
	}
}

func TestUnknownClass(t *testing.T) {
	p := newPool(t, pool.Config{Workers: 3, Classes: []pool.Class{{Name: "a", Workers: 1}}})
	for _, class := range []int{-1, 2} {
		task := do(func() {})
		task.Class = class
		for name, err := range map[string]error{
			"TrySubmit": p.TrySubmit(task),
			"Submit":    p.Submit(t.Context(), task),
			"Enqueue":   p.Enqueue(task),
		} {
			if err == nil || !strings.Contains(err.Error(), "at most 1") {
				t.Errorf("%s to class %d: %v; want an error that says what is allowed", name, class, err)
			}
		}
		if _, err := pool.Map(pool.InClass(t.Context(), class), p, numbers(3), double); err == nil {
			t.Errorf("Map in class %d: no error", class)
		}
	}
	if err := p.Resize(1); err == nil || !strings.Contains(err.Error(), "at least 2") {
		t.Errorf("Resize to what the class keeps: %v; want an error that says what is allowed", err)
	}
}

// in is a task of a class.
func in(class int, task pool.Task) pool.Task {
	task.Class = class
	return task
}

// classes returns how many tasks of each class run and wait.
func classes(t *testing.T, p *pool.Pool) (running, waiting []int) {
	t.Helper()
	s := p.Stats()
	checkLaws(t, s)
	for _, c := range s.Classes {
		running, waiting = append(running, c.Running), append(waiting, c.Waiting)
	}
	return running, waiting
}

// No class runs on more workers than are its own, and none on those of others.
func TestClassesKeepTheirWorkers(t *testing.T) {
	for _, test := range []struct {
		name    string
		borrow  bool
		submit  []int // the class of each task
		running []int
	}{
		{"the class alone", false, []int{1, 1, 1, 1, 1}, []int{0, 2}},
		{"the others alone", false, []int{0, 0, 0, 0, 0}, []int{2, 0}},
		{"both", false, []int{0, 0, 0, 1, 1, 1}, []int{2, 2}},
		{"others borrow", true, []int{0, 0, 0, 0, 0, 1, 1}, []int{4, 0}},
		{"what is in use is not lent", true, []int{1, 1, 1, 0, 0, 0}, []int{2, 2}},
	} {
		t.Run(test.name, bubble(func(t *testing.T) {
			p := newPool(t, pool.Config{Workers: 4, Classes: []pool.Class{{Name: "a", Workers: 2, Borrow: test.borrow}}})
			gate := make(chan struct{})
			for _, class := range test.submit {
				try(t, p, in(class, do(func() { <-gate })))
				synctest.Wait()
			}
			if running, waiting := classes(t, p); !slices.Equal(running, test.running) {
				t.Errorf("%v running, %v waiting; want %v", running, waiting, test.running)
			}
			close(gate)
			synctest.Wait()
			if s := p.Stats(); int(s.Completed[pool.ResultOK]) != len(test.submit) {
				t.Errorf("%d completed; want %d", s.Completed[pool.ResultOK], len(test.submit))
			}
		}))
	}
}

// The highest priority runs first, and the lowest gets one turn in 32.
func TestPriorities(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPool(t, pool.Config{Workers: 1, Queue: 1000, Classes: []pool.Class{
			{Name: "low", Priority: -1}, {Name: "high", Priority: 1},
		}})
		release := hold(t, p, 1)
		synctest.Wait()
		var order []int
		for range 100 {
			for class := range 3 {
				try(t, p, in(class, do(func() { order = append(order, class) })))
			}
		}
		close(release)
		synctest.Wait()
		counts := [3]int{}
		for _, class := range order[:96] {
			counts[class]++
		}
		if want := [3]int{0, 3, 93}; counts != want {
			t.Errorf("of the first 96, %v ran; want %v", counts, want)
		}
	})
}

// A class without room keeps only its own tasks outside.
func TestBlockedByClass(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPool(t, pool.Config{Workers: 2, Queue: 1, Classes: []pool.Class{{Name: "a", Workers: 1}}})
		gate := make(chan struct{})
		for range 4 {
			enqueue(t, p, in(1, do(func() { <-gate })))
		}
		if p.Blocked() != 2 {
			t.Errorf("%d blocked; want 2", p.Blocked())
		}
		ran := false
		try(t, p, do(func() { ran = true }))
		synctest.Wait()
		if !ran {
			t.Error("a task of another class did not run")
		}
		close(gate)
		synctest.Wait()
		if s := p.Stats(); s.Completed[pool.ResultOK] != 5 || p.Blocked() != 0 {
			t.Errorf("%d completed, %d blocked; want 5, none", s.Completed[pool.ResultOK], p.Blocked())
		}
	})
}

// When a task of a class ends and its callback takes long, another worker comes
// for the next.
func TestClassGoesOnDuringACallback(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPool(t, pool.Config{Workers: 3, Classes: []pool.Class{{Name: "a", Workers: 1}}})
		task := in(1, do(func() { time.Sleep(time.Second) }))
		task.Done = func() { time.Sleep(time.Hour) }
		try(t, p, task)
		synctest.Wait()
		try(t, p, task)
		time.Sleep(time.Minute)
		if s := p.Stats(); s.Completed[pool.ResultOK] != 2 {
			t.Errorf("%d completed after a minute; want 2", s.Completed[pool.ResultOK])
		}
	})
}

// Map runs in the class of its context, or of the task that calls it.
func TestMapInAClass(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPool(t, pool.Config{Workers: 8, Classes: []pool.Class{{Name: "a", Workers: 2}, {Name: "b"}}})
		var most gauge
		count := func(context.Context, int) (int, error) {
			most.enter()
			defer most.leave()
			time.Sleep(time.Second)
			return 0, nil
		}
		if _, err := pool.Map(pool.InClass(t.Context(), 1), p, numbers(20), count); err != nil {
			t.Fatal(err)
		}
		s := p.Stats()
		if most.peak.Load() != 2 || s.Classes[1].Started == 0 || s.Started != s.Classes[1].Started {
			t.Errorf("%d at once, %+v; want 2, all in class a", most.peak.Load(), s)
		}
		try(t, p, in(2, pool.Task{Run: func(ctx context.Context, _ time.Time) {
			_, _ = pool.Map(ctx, p, numbers(20), count)
		}}))
		synctest.Wait()
		if running, _ := classes(t, p); !slices.Equal(running, []int{0, 0, 6}) {
			t.Errorf("%v running; want 6 in class b", running)
		}
		time.Sleep(time.Minute)
	})
}
