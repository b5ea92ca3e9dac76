package policy

import (
	"cmp"
	"slices"
	"time"
)

// guardTurn is how often the class of the lowest priority comes first: about 3 %
// of the turns are enough for progress, and too few to matter to the others.
const guardTurn = 32

// meanWeight is the share that a new run has in the mean of its class.
const meanWeight = 32

// A Class is a share of the workers.
type Class struct {
	Discipline Discipline

	// Workers is the most items of the class that run at once, and as many
	// workers are kept for it. If zero, it runs on those that are left.
	Workers int

	// Borrow says that others may use the workers of the class that it does not
	// need.
	Borrow bool

	// Priority says whose items run first, those of the highest.
	Priority int
}

// A Scheduler shares workers out among classes, each with a discipline of its
// own: a bulkhead between them, and priority with a guard against starvation
// above them.
type Scheduler struct {
	workers int // limit on items that run
	running int // items that run: at most workers, or falling towards it after Resize
	classes []class
	order   []int32 // the classes, highest priority first
	turn    uint    // calls of Next
}

type class struct {
	Class
	running int
	run     time.Duration // mean time for which an item runs, exponentially weighted; 0 if unknown
}

// NewScheduler returns a Scheduler for so many workers.
func NewScheduler(workers int, classes ...Class) *Scheduler {
	s := &Scheduler{workers: workers}
	for i, c := range classes {
		s.classes = append(s.classes, class{Class: c})
		s.order = append(s.order, int32(i))
	}
	slices.SortStableFunc(s.order, func(a, b int32) int {
		return cmp.Compare(classes[b].Priority, classes[a].Priority)
	})
	return s
}

// Resize changes the number of workers.
func (s *Scheduler) Resize(workers int) { s.workers = workers }

// Workers is the number of workers.
func (s *Scheduler) Workers() int { return s.workers }

// Running is the number of items that were taken from Next and did not Finish.
func (s *Scheduler) Running() int { return s.running }

// free is the number of workers that could take items of a class right now. It
// is negative after the number of workers has fallen.
func (s *Scheduler) free(class int32) int {
	free := s.workers - s.running
	if len(s.classes) == 1 {
		return free
	}
	for i := range s.classes {
		c := &s.classes[i]
		if i == int(class) {
			if c.Workers > 0 {
				free = min(free, c.Workers-c.running)
			}
		} else if !c.Borrow {
			free -= max(0, c.Workers-c.running) // kept for it
		}
	}
	return free
}

// Admit queues the item in its class, or says why not. A deadline is brought
// forward by as long as items of the class run on average: a queue that is full
// of what can just be started in time, but not ended, serves nobody. That takes
// half of what is left at most, so that a quick item among slow ones has a
// chance.
func (s *Scheduler) Admit(now time.Duration, item Item) Refusal {
	c := &s.classes[item.Class]
	if item.Deadline != Forever {
		item.Deadline -= max(0, min(c.run, (item.Deadline-now)/2))
	}
	return c.Discipline.Admit(now, item, s.free(item.Class))
}

// Room reports whether the class would take a patient item.
func (s *Scheduler) Room(class int32) bool { return s.classes[class].Discipline.Room(s.free(class)) }

// Idle reports whether an item of the class would run at once.
func (s *Scheduler) Idle(class int32) bool { return s.free(class) > s.classes[class].Discipline.Len() }

// Ready is the number of items that could run at once if every worker looked
// for one.
func (s *Scheduler) Ready() (ready int) {
	for i := range s.classes {
		ready += max(0, min(s.classes[i].Discipline.Len(), s.free(int32(i))))
	}
	return max(0, min(ready, s.workers-s.running))
}

// Next removes the item that a worker is to run now. Finish or Cancel must
// follow.
func (s *Scheduler) Next(now time.Duration) (item Item, ok bool) {
	s.turn++
	for i := range s.order {
		if s.turn%guardTurn == 0 {
			i = len(s.order) - 1 - i
		}
		class := s.order[i]
		if s.free(class) <= 0 {
			continue
		}
		c := &s.classes[class]
		if item, ok = c.Discipline.Next(now); ok {
			c.running++
			s.running++
			return item, true
		}
	}
	return Item{}, false
}

// Urgent reports whether the next item is of a class of which none runs.
func (s *Scheduler) Urgent() bool {
	for _, class := range s.order {
		if c := &s.classes[class]; c.Discipline.Len() > 0 && s.free(class) > 0 {
			return c.running == 0
		}
	}
	return false
}

// Finish says that an item of the class has ended after it ran for so long.
func (s *Scheduler) Finish(class int32, ran time.Duration) {
	c := &s.classes[class]
	if c.run == 0 {
		c.run = ran
	}
	c.run += (ran - c.run) / meanWeight
	s.Cancel(class)
}

// Cancel says that an item of the class, taken from Next, does not run.
func (s *Scheduler) Cancel(class int32) {
	s.classes[class].running--
	s.running--
}

// Enter takes a worker for an item of the class that has run before and was given
// up with Cancel, and reports whether there is one. Finish or Cancel must follow.
func (s *Scheduler) Enter(class int32) bool {
	if s.free(class) <= 0 {
		return false
	}
	s.classes[class].running++
	s.running++
	return true
}

// Load returns how many items of a class run, for how long they do on average,
// and the discipline with those that wait.
func (s *Scheduler) Load(class int32) (running int, run time.Duration, waiting Discipline) {
	c := &s.classes[class]
	return c.running, c.run, c.Discipline
}

// Sweep drops what must not wait any longer, in all classes, and returns when
// to call it again.
func (s *Scheduler) Sweep(now time.Duration) (again time.Duration) {
	again = Forever
	for i := range s.classes {
		again = min(again, s.classes[i].Discipline.Sweep(now))
	}
	return again
}

// Waiting is the number of items that wait.
func (s *Scheduler) Waiting() (n int) {
	for i := range s.classes {
		n += s.classes[i].Discipline.Len()
	}
	return n
}

// Clear removes every item.
func (s *Scheduler) Clear(removed func(Item)) {
	for i := range s.classes {
		s.classes[i].Discipline.Clear(removed)
	}
}
