package pool

import (
	"context"
	"testing"
	"time"

	"github.com/alitto/pond/v2"
)

// failing is a pond pool that refuses a number of tickets.
type failing struct {
	pond.Pool
	refusals int
}

func (f *failing) Go(ticket func()) error {
	if f.refusals > 0 {
		f.refusals--
		return pond.ErrQueueFull
	}
	return f.Pool.Go(ticket)
}

// Should pond ever refuse a ticket, the alarm goes up, and the task that is
// left without one gets it with the next task.
func TestMissingTicketIsMadeUpFor(t *testing.T) {
	p, err := New(Config{Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	p.tickets.spawner = &failing{Pool: p.tickets.spawner, refusals: 1}
	ran := 0 // only the one worker touches it
	for range 2 {
		if err := p.TrySubmit(Task{Run: func(context.Context, time.Time) { ran++ }}); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if failures := p.Stats().LibraryFailures; ran != 2 || failures != 1 {
		t.Errorf("%d tasks ran, %d failures; want 2, 1", ran, failures)
	}
}

// counting is a pond pool that counts its tickets.
type counting struct {
	pond.Pool
	tickets int
}

func (c *counting) Go(ticket func()) error {
	c.tickets++
	return c.Pool.Go(ticket)
}

// However many tasks wait, there is one ticket for each worker: pond never gives
// back the memory that a long queue of its own has taken.
func TestOneTicketForEachWorker(t *testing.T) {
	const workers, tasks = 3, 1000
	p, err := New(Config{Workers: workers, Queue: tasks})
	if err != nil {
		t.Fatal(err)
	}
	spawner := &counting{Pool: p.tickets.spawner}
	p.tickets.spawner = spawner
	release := make(chan struct{})
	for range tasks {
		if err := p.TrySubmit(Task{Run: func(context.Context, time.Time) { <-release }}); err != nil {
			t.Fatal(err)
		}
	}
	close(release)
	if err := p.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if s := p.Stats(); spawner.tickets != workers || s.Started != tasks {
		t.Errorf("%d tickets for %d tasks; want %d for %d", spawner.tickets, s.Started, workers, tasks)
	}
}
