package policy

import "time"

// FIFO runs items in the order in which they came, and bounds their number and,
// if asked to, the time for which they wait.
type FIFO struct {
	list
	gaps
	most     int           // items that wait
	patience time.Duration // 0 if there is no limit
	events   Events
}

var _ Discipline = (*FIFO)(nil)

// NewFIFO returns a FIFO in which so many items wait at most, beside those that
// free workers are about to take, for no longer than patience, unless that is
// zero.
func NewFIFO(most int, patience time.Duration, events Events) *FIFO {
	return &FIFO{most: most, patience: patience, events: events}
}

// Admit takes what there is room for, and what will not be late.
func (f *FIFO) Admit(now time.Duration, item Item, free int) Refusal {
	f.Sweep(now)
	switch {
	case !f.Room(free):
		return Full
	case item.Deadline <= now+f.wait(free) && !item.Patient:
		return TooLate
	}
	f.push(item)
	return Admitted
}

// wait is for how long an item that comes now is going to wait.
func (f *FIFO) wait(free int) time.Duration {
	return time.Duration(max(0, f.size-max(0, free))) * f.mean
}

// Room is written so that the largest possible limits do not overflow.
func (f *FIFO) Room(free int) bool { return f.size-free < f.most }

// Next removes the oldest item.
func (f *FIFO) Next(now time.Duration) (item Item, ok bool) {
	f.Sweep(now)
	if f.size == 0 {
		return Item{}, false
	}
	item = f.remove(f.oldest())
	f.dequeued(now, f.size)
	return item, true
}

// Sweep drops what has waited for too long, or beyond its deadline.
func (f *FIFO) Sweep(now time.Duration) (again time.Duration) {
	for place, late := f.late(now); late; place, late = f.late(now) {
		f.events.Drop(f.remove(place), Missed)
	}
	again = Forever
	if f.patience > 0 {
		for f.size > 0 && now-f.Oldest() >= f.patience {
			f.events.Drop(f.remove(f.oldest()), Waited)
		}
		if f.size > 0 {
			again = f.Oldest() + f.patience
		}
	}
	if f.size == 0 {
		f.waiting = false
	}
	return min(again, f.deadline())
}

// State has the gap: FIFO knows no overload.
func (f *FIFO) State() State { return State{Gap: f.mean} }
