package pool

import (
	"time"

	"millpond/pool/internal/policy"
)

// clock is the time of a pool, and its alarm.
type clock struct {
	zero   time.Time
	sweeps bool          // tasks are dropped when their time is up
	timer  *time.Timer   // calls wake; nil until needed
	alarm  time.Duration // when it is due, or forever
}

func newClock(sweeps bool) clock { return clock{zero: time.Now(), sweeps: sweeps, alarm: forever} }

// forever is a time on the clock of the pool that never comes.
const forever = policy.Forever

// sweepEvery is the least time between two sweeps, so that thousands of tasks
// with deadlines of their own do not set as many timers: a task is dropped at
// most so long after it was due.
const sweepEvery = time.Millisecond

// now reads the clock of the pool. Every reading that ends up in Stats is taken
// under mu, so that busy time, once reported, never shrinks.
func (p *Pool) now() time.Duration { return time.Since(p.clock.zero) }

// at is a time on the clock of the pool as others know it.
func (p *Pool) at(d time.Duration) time.Time { return p.clock.zero.Add(d) }

// watch sees to it that tasks are dropped in time even if no worker comes for
// them, at the latest after deadline, which is that of a task that has come to
// wait. The lock is held.
func (p *Pool) watch(now, deadline time.Duration) {
	if p.clock.sweeps && p.clock.alarm == forever {
		p.wakeAt(now, p.queue.Sweep(now))
	}
	p.wakeAt(now, deadline)
}

// watchEnd sees to it that an overload ends in time even if no task and no worker
// comes any more. The lock is held.
func (p *Pool) watchEnd(now time.Duration) {
	if p.clock.sweeps {
		p.wakeAt(now, p.queue.Sweep(now))
	}
}

// wakeAt sets the timer, unless it is due before that. The lock is held.
func (p *Pool) wakeAt(now, at time.Duration) {
	if at >= p.clock.alarm {
		return
	}
	p.clock.alarm = at
	if p.clock.timer == nil {
		p.clock.timer = time.AfterFunc(at-now, p.wake)
		return
	}
	p.clock.timer.Reset(at - now)
}

// wake is called by the timer.
func (p *Pool) wake() {
	p.mu.Lock()
	now := p.now()
	p.clock.alarm = forever
	again := p.queue.Sweep(now)
	p.issueTickets(now)
	p.settle(now)
	again = min(again, p.sweepWaiters(now))
	p.wakeAt(now, max(again, now+sweepEvery))
	p.unlock()
}
