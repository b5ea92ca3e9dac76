package policy

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// The list gives back what was put in, from both ends and from the middle, in
// order, while places are used again and again. The earliest deadline is known.
func TestList(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	var l list
	var want []int32
	var places []int32
	deadlines := map[int32]time.Duration{}
	earliest := func() (least time.Duration) {
		least = Forever
		for _, d := range deadlines {
			least = min(least, d)
		}
		return least
	}
	for i := range 10_000 {
		if len(want) == 0 || rnd.IntN(100) < 51 {
			item := Item{ID: int32(i), At: time.Duration(i), Deadline: Forever}
			if rnd.IntN(3) > 0 {
				item.Deadline = time.Duration(rnd.IntN(100))
				deadlines[item.ID] = item.Deadline
			}
			places = append(places, l.push(item))
			want = append(want, int32(i))
		} else {
			at := []int{0, len(want) - 1, rnd.IntN(len(want))}[rnd.IntN(3)]
			if got := l.remove(places[at]).ID; got != want[at] {
				t.Fatalf("removed %d; want %d", got, want[at])
			}
			delete(deadlines, want[at])
			want, places = slices.Delete(want, at, at+1), slices.Delete(places, at, at+1)
		}
		least := earliest()
		if place, late := l.late(50); l.deadline() != least || late != (least <= 50) || late && l.nodes[place].item.Deadline != least {
			t.Fatalf("the earliest deadline is %v, and late: %v; want %v", l.deadline(), late, least)
		}
		for i := range l.heap {
			if l.before(l.heap[i], l.heap[max(0, (i-1)/2)]) || l.nodes[l.heap[i]].inHeap != int32(i) {
				t.Fatalf("no heap at %d: %d, and its item has %d", i, l.heap, l.nodes[l.heap[i]].inHeap)
			}
		}
		if l.Len() != len(want) {
			t.Fatalf("len is %d; want %d", l.Len(), len(want))
		}
		if len(want) > 0 && (l.oldest() != places[0] || l.newest() != places[len(places)-1] || l.Oldest() != time.Duration(want[0])) {
			t.Fatalf("oldest %d, newest %d; want %d, %d", l.oldest(), l.newest(), places[0], places[len(places)-1])
		}
	}
	var got []int32
	l.Clear(func(item Item) { got = append(got, item.ID) })
	if !slices.Equal(got, want) || l.Len() != 0 || l.Oldest() != Forever {
		t.Errorf("cleared %d items, %d are left; want %d in order, none", len(got), l.Len(), len(want))
	}
}
