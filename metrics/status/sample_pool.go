package status

import (
	"slices"

	"millpond/pool"
)

// poolOf compares two snapshots of a pool.
func poolOf(before, now pool.Stats, elapsed float64) *Pool {
	p := &Pool{
		Workers:        now.Workers,
		Running:        now.Running,
		Queue:          now.Queue,
		Waiting:        now.Waiting,
		OldestWaiting:  now.OldestWaiting.Seconds(),
		LongestRunning: now.LongestRunning.Seconds(),
		StateFor:       now.Load.For.Seconds(),
		Capacity:       now.Load.Capacity,
	}
	p.Held = perSecond(before.GateHeld, now.GateHeld, elapsed)
	if elapsed > 0 {
		p.Utilisation = (now.Busy - before.Busy).Seconds() / elapsed / float64(now.Workers)
	}
	for i := range now.Classes {
		var was pool.ClassStats
		if i < len(before.Classes) {
			was = before.Classes[i]
		}
		p.Classes = append(p.Classes, classOf(&was, &now.Classes[i], elapsed))
	}
	return p
}

// full reports whether a class has no room in its queue.
func (p *Pool) full() bool {
	return p != nil && p.Queue > 0 && slices.ContainsFunc(p.Classes, func(c Class) bool { return c.Waiting >= p.Queue })
}

func classOf(before, now *pool.ClassStats, elapsed float64) Class {
	refused := func(c *pool.ClassStats) uint64 { return sum(c.Rejected[:]) + sum(c.Dropped[:]) }
	return Class{
		Name:          now.Name,
		State:         now.Load.State.String(),
		Running:       now.Running,
		Waiting:       now.Waiting,
		OldestWaiting: now.OldestWaiting.Seconds(),
		Started:       perSecond(before.Started, now.Started, elapsed),
		Refused:       perSecond(refused(before), refused(now), elapsed),
	}
}
