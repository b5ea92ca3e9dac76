package sim

import "time"

// event is something that happens at a time.
type event struct {
	at    time.Duration
	order uint64 // of two at the same time, that which was scheduled first comes first
	kind  kind
	index int32 // of a stream for an arrival, otherwise of a task
}

type kind uint8

const (
	arrival  kind = iota
	sliceEnd      // a task has had its time slice
	waited        // a task has waited for what it waits for
	again         // a client may ask again
	wake          // it is time for policies to look
)

// events is a heap of events, the next one on top.
type events []event

func (h events) Len() int { return len(h) }
func (h events) Less(i, j int) bool {
	if h[i].at != h[j].at {
		return h[i].at < h[j].at
	}
	return h[i].order < h[j].order
}
func (h events) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *events) Push(x any)   { *h = append(*h, x.(event)) }
func (h *events) Pop() any {
	last := len(*h) - 1
	e := (*h)[last]
	*h = (*h)[:last]
	return e
}
