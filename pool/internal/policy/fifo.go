package policy

import "time"

// FIFO runs items in the order in which they came and bounds their number.
type FIFO struct {
	list
	most int
	drop func(Item, Drop)
}

var _ Discipline = (*FIFO)(nil)

// NewFIFO returns a FIFO in which so many items wait at most, beside those that
// free workers are about to take.
func NewFIFO(most int, drop func(Item, Drop)) *FIFO {
	return &FIFO{most: most, drop: drop}
}

// Admit takes what there is room for, and what is not late already.
func (f *FIFO) Admit(now time.Duration, item Item, free int) Refusal {
	switch {
	case !f.Room(free):
		return Full
	case item.Deadline <= now && !item.Patient:
		return TooLate
	}
	f.push(item)
	return Admitted
}

// Room is written so that the largest possible limits do not overflow.
func (f *FIFO) Room(free int) bool { return f.size-free < f.most }

// Next removes the oldest item, and drops those before it that are late.
func (f *FIFO) Next(now time.Duration) (item Item, ok bool) {
	for f.size > 0 {
		item = f.remove(f.oldest())
		if item.Deadline > now {
			return item, true
		}
		f.drop(item, Missed)
	}
	return Item{}, false
}

// Sweep finds nothing: items are dropped only when their turn comes.
func (f *FIFO) Sweep(time.Duration) time.Duration { return Forever }
