package policy

import "time"

// The items of a list that have a deadline are in a heap too, by its time, so
// that what is late is found wherever it waits, whatever the discipline. Those
// without one cost nothing.

// late returns the place of the item whose deadline passed first, if any has.
func (l *list) late(now time.Duration) (place int32, ok bool) {
	if len(l.heap) == 0 {
		return 0, false
	}
	place = l.heap[0]
	return place, l.nodes[place].item.Deadline <= now
}

// deadline is the earliest one, or Forever.
func (l *list) deadline() time.Duration {
	if len(l.heap) == 0 {
		return Forever
	}
	return l.nodes[l.heap[0]].item.Deadline
}

// enterHeap puts the item in that place where its deadline belongs.
func (l *list) enterHeap(place int32) {
	l.heap = append(l.heap, place)
	l.rise(len(l.heap) - 1)
}

// leaveHeap takes the item at index i out.
func (l *list) leaveHeap(i int) {
	last := len(l.heap) - 1
	moved := l.heap[last]
	l.heap = l.heap[:last]
	if i < last {
		l.heap[i] = moved
		l.sink(i)
		l.rise(int(l.nodes[moved].inHeap))
	}
}

func (l *list) rise(i int) {
	for place := l.heap[i]; ; {
		parent := (i - 1) / 2
		if i == 0 || !l.before(place, l.heap[parent]) {
			l.set(i, place)
			return
		}
		l.set(i, l.heap[parent])
		i = parent
	}
}

func (l *list) sink(i int) {
	for place := l.heap[i]; ; {
		child := 2*i + 1
		if right := child + 1; right < len(l.heap) && l.before(l.heap[right], l.heap[child]) {
			child = right
		}
		if child >= len(l.heap) || !l.before(l.heap[child], place) {
			l.set(i, place)
			return
		}
		l.set(i, l.heap[child])
		i = child
	}
}

func (l *list) before(a, b int32) bool { return l.nodes[a].item.Deadline < l.nodes[b].item.Deadline }

func (l *list) set(i int, place int32) { l.heap[i], l.nodes[place].inHeap = place, int32(i) }
