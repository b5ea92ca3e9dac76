package policy

import "time"

// list holds items in the order in which they were pushed. An item is removed
// from anywhere in constant time, or in logarithmic time if it has a deadline,
// and nothing is allocated once the list has been as long as it gets. The zero
// list is empty.
type list struct {
	nodes []node // the first is the root: what comes after it is the oldest
	spare int32  // the first of the nodes that are not in use, linked by newer; 0 if none
	freed int32  // the last of them, if there are any
	size  int
	heap  []int32 // places of the items that have a deadline, that of the earliest first
}

type node struct {
	item         Item
	older, newer int32 // indexes of the neighbours; the root's are the newest and the oldest
	inHeap       int32 // index of its place there, if the item has a deadline
}

// root is the node that closes the ring of the others.
const root int32 = 0

// push appends an item and returns its place.
func (l *list) push(item Item) (place int32) {
	place = l.vacant()
	n := &l.nodes[place]
	n.item = item
	n.older, n.newer = l.nodes[root].older, root
	l.nodes[n.older].newer = place
	l.nodes[root].older = place
	l.size++
	if item.Deadline != Forever {
		l.enterHeap(place)
	}
	return place
}

// vacant returns a place that is not in use.
func (l *list) vacant() int32 {
	if l.spare != 0 {
		place := l.spare
		l.spare = l.nodes[place].newer
		return place
	}
	if len(l.nodes) == 0 {
		l.nodes = make([]node, 1, 16)
	}
	l.nodes = append(l.nodes, node{})
	return int32(len(l.nodes) - 1)
}

// remove takes the item out of its place.
func (l *list) remove(place int32) Item {
	n := &l.nodes[place]
	if n.item.Deadline != Forever {
		l.leaveHeap(int(n.inHeap))
	}
	l.nodes[n.older].newer, l.nodes[n.newer].older = n.newer, n.older
	l.free(place)
	l.size--
	return n.item
}

// free appends a place to those that are not in use. The one freed first is used
// first, so that items which leave in the order in which they came lie in that order
// in memory, which makes a long list cheap to read.
func (l *list) free(place int32) {
	if l.spare == 0 {
		l.spare = place
	} else {
		l.nodes[l.freed].newer = place
	}
	l.nodes[place].newer, l.freed = 0, place
}

// oldest is the place of the oldest item, newest that of the newest. The list
// must not be empty. From one to the other lead node.newer and node.older.
func (l *list) oldest() int32 { return l.nodes[root].newer }
func (l *list) newest() int32 { return l.nodes[root].older }

// Len is the number of items.
func (l *list) Len() int { return l.size }

// Oldest is when the oldest item was admitted, or Forever.
func (l *list) Oldest() time.Duration {
	if l.size == 0 {
		return Forever
	}
	return l.nodes[l.oldest()].item.At
}

// Clear removes every item, oldest first.
func (l *list) Clear(removed func(Item)) {
	for l.size > 0 {
		removed(l.remove(l.oldest()))
	}
}
