package sim

import (
	"math/rand/v2"
	"time"

	"millpond/pool/internal/policy"
)

// A Class is a class of tasks: its discipline and, for several, its share of the
// workers.
type Class struct {
	Discipline Discipline
	Workers    int
	Borrow     bool
	Priority   int
}

func (c Class) build(seed uint64, events policy.Events) policy.Class {
	return policy.Class{
		Discipline: c.Discipline(rand.NewPCG(seed, 2), events),
		Workers:    c.Workers,
		Borrow:     c.Borrow,
		Priority:   c.Priority,
	}
}

// A Discipline makes the queue of a class.
type Discipline func(rand.Source, policy.Events) policy.Discipline

// FIFO is first in, first out, with a bound on the number that wait.
func FIFO(most int) Discipline {
	return func(_ rand.Source, events policy.Events) policy.Discipline { return policy.NewFIFO(most, 0, events) }
}

// Adaptive is the discipline with a bound in time, the given one or, if it is
// zero, its own.
func Adaptive(patience time.Duration) Discipline {
	return func(source rand.Source, events policy.Events) policy.Discipline {
		return policy.NewAdaptive(16384, patience, source, events)
	}
}
