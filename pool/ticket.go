package pool

import "time"

// sweepEvery is the least time between two sweeps, so that thousands of tasks
// with deadlines of their own do not set as many timers: a task is dropped at
// most so long after it was due.
const sweepEvery = time.Millisecond

// issueTickets sees to it that there are as many tickets as workers have work,
// as far as the gate lets them start. A worker in a callback after its task
// still has its ticket, and comes for no other task until the callback returns.
// The lock is held, so that a worker cannot come for a task before it is queued.
func (p *Pool) issueTickets(now time.Duration) {
	if p.returners.Len() > 0 {
		p.readmit(now)
	}
	workers := p.policy.Workers()
	if p.tickets >= workers {
		return
	}
	busy := p.policy.Running() + int(p.leaving.Load())
	for want := min(workers, busy+p.policy.Ready()); p.tickets < want; {
		open, again := p.gate.Open(now, p.tickets, p.starting, p.urgent())
		if !open {
			p.wakeAt(now, again)
			return
		}
		if err := p.spawner.Go(p.ticket); err != nil {
			// Not possible with an unbounded pool that is never stopped. The
			// next call makes up for the missing ticket.
			p.noTicket++
			return
		}
		p.tickets++
		p.starting++
	}
}

// urgent reports whether the next task may start a worker whatever the gate
// says, because none of its class runs. The lock is held.
func (p *Pool) urgent() bool { return len(p.counters) > 1 && p.policy.Urgent() }

// watch sees to it that tasks are dropped in time even if no worker comes for
// them, at the latest after deadline, which is that of a task that has come to
// wait. The lock is held.
func (p *Pool) watch(now, deadline time.Duration) {
	if p.sweeps && p.alarm == forever {
		p.wakeAt(now, p.policy.Sweep(now))
	}
	p.wakeAt(now, deadline)
}

// wakeAt sets the timer, unless it is due before that. The lock is held.
func (p *Pool) wakeAt(now, at time.Duration) {
	if at >= p.alarm {
		return
	}
	p.alarm = at
	if p.timer == nil {
		p.timer = time.AfterFunc(at-now, p.wake)
		return
	}
	p.timer.Reset(at - now)
}

// wake is called by the timer.
func (p *Pool) wake() {
	p.mu.Lock()
	now := p.now()
	p.alarm = forever
	again := p.policy.Sweep(now)
	p.issueTickets(now)
	p.settle(now)
	again = min(again, p.sweepWaiters(now))
	p.wakeAt(now, max(again, now+sweepEvery))
	p.unlock()
}
