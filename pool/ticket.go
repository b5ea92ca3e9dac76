package pool

import (
	"time"

	"github.com/alitto/pond/v2"

	"millpond/pool/internal/policy"
)

// tickets are the workers that pond has goroutines for. They are written under
// the lock.
type tickets struct {
	spawner pond.Pool
	run     func() // runTicket, bound once
	gate    policy.Gate

	live     int // have not ended: one for each worker that works or is to find work
	starting int // of these, those that have not looked for a task yet
	most     int // the limit of pond, which grows with the tasks that are away

	raised, lowered uint64 // calls of Resize
	exits           uint64 // tickets that runtime.Goexit has ended
	failed          uint64 // most other failures of tickets seen in pond
	refused         uint64 // tickets that pond has refused
}

func (p *Pool) newTickets() tickets {
	return tickets{
		spawner: newSpawner(p.config.workers()),
		run:     p.runTicket,
		gate:    policy.Gate{Signal: p.signal(), Least: p.config.MinWorkers},
		most:    p.config.workers(),
	}
}

// issueTickets sees to it that there are as many tickets as workers have work,
// as far as the gate lets them start. A worker in a callback after its task
// still has its ticket, and comes for no other task until the callback returns.
// The lock is held, so that a worker cannot come for a task before it is queued.
func (p *Pool) issueTickets(now time.Duration) {
	if p.away.returners.Len() > 0 {
		p.readmit(now)
	}
	workers := p.queue.Workers()
	if p.tickets.live >= workers {
		return
	}
	busy := p.queue.Running() + int(p.drain.leaving.Load())
	for want := min(workers, busy+p.queue.Ready()); p.tickets.live < want; {
		open, again := p.tickets.open(now, p.urgent())
		if !open {
			p.wakeAt(now, again)
			return
		}
		if !p.tickets.issue() {
			return
		}
	}
}

// urgent reports whether the next task may start a worker whatever the gate
// says, because none of its class runs. The lock is held.
func (p *Pool) urgent() bool { return len(p.classes) > 1 && p.queue.Urgent() }

// open asks the gate whether a worker may start.
func (t *tickets) open(now time.Duration, urgent bool) (open bool, again time.Duration) {
	return t.gate.Open(now, t.live, t.starting, urgent)
}

// crowded asks the gate whether a worker is one too many.
func (t *tickets) crowded(now time.Duration) bool { return t.gate.Crowded(now, t.live) }

// issue starts a worker. It never fails with an unbounded pool of pond that is
// not stopped; if it does, the next call makes up for the missing ticket.
func (t *tickets) issue() bool {
	if err := t.spawner.Go(t.run); err != nil {
		t.refused++
		return false
	}
	t.live++
	t.starting++
	return true
}

// looked counts a worker as one that starts no more.
func (t *tickets) looked() { t.starting-- }

// end counts a worker that looks for no task any more.
func (t *tickets) end() { t.live-- }

// exit counts a worker whose goroutine ends with its ticket unfinished.
func (t *tickets) exit() { t.exits++ }

// lend takes a worker out of those that look for tasks, as its task is away: so
// many are, beside as many workers as may be. Pond may start one in its place.
func (t *tickets) lend(workers, away int) {
	t.live--
	if most := workers + away; most > t.most {
		t.most = most
		t.spawner.Resize(most)
	}
}

// takeBack is the other half of lend.
func (t *tickets) takeBack() { t.live++ }

// resize changes the number of workers, beside so many whose tasks are away.
func (t *tickets) resize(before, workers, away int) {
	switch {
	case workers > before:
		t.raised++
	case workers < before:
		t.lowered++
	}
	t.most = workers + away
	t.spawner.Resize(t.most)
}

// failures is the number of tickets that were refused or that pond saw fail.
// Pond also counts one that runtime.Goexit has ended, a little after it is
// counted here; the highest difference seen is kept, so that the counter never
// falls.
func (t *tickets) failures() uint64 {
	if failed := t.spawner.FailedTasks(); failed > t.exits {
		t.failed = max(t.failed, failed-t.exits)
	}
	return t.refused + t.failed
}
