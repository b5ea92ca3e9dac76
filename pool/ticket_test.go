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
	p.library = &failing{Pool: p.library, refusals: 1}
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
