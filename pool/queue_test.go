package pool

import (
	"math/rand/v2"
	"testing"
	"time"
)

// The ring gives back what was put in, in order, however pushes and pops
// follow each other while it wraps around and grows.
func TestFifo(t *testing.T) {
	var q fifo
	var want []time.Duration
	for i := range time.Duration(10_000) {
		if len(want) > 0 && rand.IntN(100) < 48 {
			if oldest := q.oldest().at; oldest != want[0] {
				t.Fatalf("oldest is %d; want %d", oldest, want[0])
			}
			if got := q.pop().at; got != want[0] {
				t.Fatalf("popped %d; want %d", got, want[0])
			}
			want = want[1:]
		} else {
			q.push(queuedTask{at: i})
			want = append(want, i)
		}
		if q.len() != len(want) {
			t.Fatalf("len is %d; want %d", q.len(), len(want))
		}
	}
	if len(q.ring) < 2*minRing {
		t.Errorf("ring of %d; the test did not make it grow", len(q.ring))
	}
}

// A popped task is not kept from the collector.
func TestFifoLetsGo(t *testing.T) {
	var q fifo
	q.push(queuedTask{Task: Task{Done: func() {}}})
	q.pop()
	for i := range q.ring {
		if q.ring[i].Done != nil {
			t.Errorf("slot %d still holds the task", i)
		}
	}
}
