package pool_test

import (
	"errors"
	"sync"
	"testing"
	"testing/synctest"

	"millpond/pool"
)

func TestRoomIsCalledOncePerEdge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		calls := 0
		p := newPool(t, pool.Config{Workers: 1, Queue: -1, Room: func() { calls++ }})
		expect := func(want int, when string) {
			t.Helper()
			synctest.Wait()
			if calls != want {
				t.Errorf("%d calls of Room %s; want %d", calls, when, want)
			}
		}
		release := hold(t, p, 1)
		release <- struct{}{}
		expect(0, "when nobody was refused")

		release = hold(t, p, 1)
		for range 3 {
			if err := p.TrySubmit(do(func() {})); !errors.Is(err, pool.ErrFull) {
				t.Fatal(err)
			}
		}
		expect(0, "while there is none")
		release <- struct{}{}
		expect(1, "after three refusals")

		release = hold(t, p, 1)
		if err := p.TrySubmit(do(func() {})); !errors.Is(err, pool.ErrFull) {
			t.Fatal(err)
		}
		if err := p.Resize(2); err != nil {
			t.Fatal(err)
		}
		expect(2, "after Resize has made some")
		release <- struct{}{}
		expect(2, "after it has been told")
	})
}

// An offer without room is told of room as a refusal is, and counts only once
// it is taken.
func TestOfferCountsWhenItIsTaken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		calls := 0
		p := newPool(t, pool.Config{Workers: 1, Queue: -1, Room: func() { calls++ }})
		release := hold(t, p, 1)
		for range 3 {
			if err := p.Offer(do(func() {})); !errors.Is(err, pool.ErrFull) {
				t.Fatal(err)
			}
		}
		release <- struct{}{}
		synctest.Wait()
		if err := p.Offer(do(func() {})); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		s := p.Stats()
		if calls != 1 || s.Submitted != 2 || s.Rejected != [pool.NumRejectReasons]uint64{} {
			t.Errorf("%d calls of Room, %d submitted, rejected %v; want 1, 2 and none", calls, s.Submitted, s.Rejected)
		}
	})
}

// Room goes to those who wait in Submit first.
func TestRoomComesAfterWaitingSubmitters(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		calls := 0
		p := newPool(t, pool.Config{Workers: 1, Queue: -1, Room: func() { calls++ }})
		release := hold(t, p, 1)
		if err := p.TrySubmit(do(func() {})); !errors.Is(err, pool.ErrFull) {
			t.Fatal(err)
		}
		gate := make(chan struct{})
		go func() {
			if err := p.Submit(t.Context(), do(func() { <-gate })); err != nil {
				t.Error(err)
			}
		}()
		synctest.Wait()
		close(release)
		synctest.Wait()
		if calls != 0 {
			t.Error("Room was called for a place that a submitter was waiting for")
		}
		close(gate)
		synctest.Wait()
		if calls != 1 {
			t.Errorf("%d calls of Room; want 1", calls)
		}
	})
}

// Submitters that sleep until Room is called all get through: were one call
// lost, the bubble would deadlock.
func TestRoomIsNeverLost(t *testing.T) {
	for _, test := range []struct {
		name           string
		workers, queue int
	}{
		{"one worker", 1, -1},
		{"two workers and a queue", 2, 3},
	} {
		t.Run(test.name, bubble(func(t *testing.T) {
			var mu sync.Mutex
			room := sync.NewCond(&mu)
			generation := 0
			p := newPool(t, pool.Config{Workers: test.workers, Queue: test.queue, Room: func() {
				mu.Lock()
				generation++
				mu.Unlock()
				room.Broadcast()
			}})
			var submitters sync.WaitGroup
			for range 4 {
				submitters.Go(func() {
					for range 2000 {
						mu.Lock()
						seen := generation
						mu.Unlock()
						for errors.Is(p.TrySubmit(do(func() {})), pool.ErrFull) {
							mu.Lock()
							for generation == seen {
								room.Wait()
							}
							seen = generation
							mu.Unlock()
						}
					}
				})
			}
			submitters.Wait()
			synctest.Wait()
			if got := p.Stats().Completed[pool.ResultOK]; got != 8000 {
				t.Errorf("%d tasks completed; want 8000", got)
			}
		}))
	}
}
