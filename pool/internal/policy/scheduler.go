package policy

import "time"

// A Scheduler shares workers out among classes, each with a discipline of its
// own.
type Scheduler struct {
	workers int // limit on items that run
	running int // items that run: at most workers, or falling towards it after Resize
	classes []class
}

type class struct {
	Discipline
	running int
}

// NewScheduler returns a Scheduler for so many workers, with a class for each
// discipline.
func NewScheduler(workers int, disciplines ...Discipline) *Scheduler {
	s := &Scheduler{workers: workers}
	for _, d := range disciplines {
		s.classes = append(s.classes, class{Discipline: d})
	}
	return s
}

// Resize changes the number of workers.
func (s *Scheduler) Resize(workers int) { s.workers = workers }

// Workers is the number of workers.
func (s *Scheduler) Workers() int { return s.workers }

// Running is the number of items that were taken from Next and did not Finish.
func (s *Scheduler) Running() int { return s.running }

// free is the number of workers that could take items of a class right now.
func (s *Scheduler) free(class int32) int { return s.workers - s.running }

// Admit queues the item in its class, or says why not.
func (s *Scheduler) Admit(now time.Duration, item Item) Refusal {
	return s.classes[item.Class].Admit(now, item, s.free(item.Class))
}

// Room reports whether the class would take a patient item.
func (s *Scheduler) Room(class int32) bool { return s.classes[class].Room(s.free(class)) }

// Idle reports whether an item of the class would run at once.
func (s *Scheduler) Idle(class int32) bool { return s.free(class) > s.classes[class].Len() }

// Ready is the number of items that could run at once if every worker looked
// for one.
func (s *Scheduler) Ready() (ready int) {
	for i := range s.classes {
		ready += max(0, min(s.classes[i].Len(), s.free(int32(i))))
	}
	return max(0, min(ready, s.workers-s.running))
}

// Next removes the item that a worker is to run now. Finish must follow.
func (s *Scheduler) Next(now time.Duration) (item Item, ok bool) {
	for i := range s.classes {
		c := &s.classes[i]
		if s.free(int32(i)) <= 0 {
			continue
		}
		if item, ok = c.Next(now); ok {
			c.running++
			s.running++
			return item, true
		}
	}
	return Item{}, false
}

// Finish says that an item of the class has ended.
func (s *Scheduler) Finish(class int32) {
	s.classes[class].running--
	s.running--
}

// Sweep drops what must not wait any longer, in all classes, and returns when
// to call it again.
func (s *Scheduler) Sweep(now time.Duration) (again time.Duration) {
	again = Forever
	for i := range s.classes {
		again = min(again, s.classes[i].Sweep(now))
	}
	return again
}

// Waiting is the number of items that wait.
func (s *Scheduler) Waiting() (n int) {
	for i := range s.classes {
		n += s.classes[i].Len()
	}
	return n
}

// Oldest is when the item that waits longest was admitted, or Forever.
func (s *Scheduler) Oldest() time.Duration {
	oldest := Forever
	for i := range s.classes {
		oldest = min(oldest, s.classes[i].Oldest())
	}
	return oldest
}

// Clear removes every item.
func (s *Scheduler) Clear(removed func(Item)) {
	for i := range s.classes {
		s.classes[i].Clear(removed)
	}
}
