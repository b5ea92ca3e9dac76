package pool

import (
	"time"

	"millpond/pool/internal/policy"
)

// news is what came up while the lock was held, and is told without it.
type news struct {
	blocked bool      // Blocked has become zero, or positive
	queued  []int     // depths at which tasks of Enqueue were admitted
	dropped []dropped // tasks that were given up, to be answered
	told    int       // how many of these two lists have been told
}

// dropped is a task that was given up.
type dropped struct {
	task   Task
	reason DropReason
	at     time.Duration // when it was admitted
	waited time.Duration
}

func (n *news) none() bool { return !n.blocked && len(n.queued)+len(n.dropped) == 0 }

// reset forgets the news and keeps the memory.
func (n *news) reset() {
	clear(n.dropped)
	*n = news{queued: n.queued[:0], dropped: n.dropped[:0]}
}

// dropReasons are the reasons that policies have.
var dropReasons = [...]DropReason{
	policy.PushedOut: DropPushedOut,
	policy.Waited:    DropWaited,
	policy.Missed:    DropDeadline,
}

// policyDrop is told by policies what they drop. The lock is held.
func (p *Pool) policyDrop(it policy.Item, why policy.Drop) { p.dropItem(it, dropReasons[why]) }

// dropItem gives up a task that was admitted. The lock is held.
func (p *Pool) dropItem(it policy.Item, reason DropReason) {
	var task Task
	p.tasks.take(it.ID, &task)
	p.drop(task, it.At, reason)
}

// drop counts and answers a task that is given up. The lock is held.
func (p *Pool) drop(task Task, at time.Duration, reason DropReason) {
	p.stats.Dropped[reason]++
	p.news.dropped = append(p.news.dropped, dropped{task, reason, at, p.now() - at})
}

// unlock releases the lock and tells the news. One goroutine does so at a time:
// whoever is told may come back with more tasks, which may cause more news, and
// that must not pile up on the stack.
func (p *Pool) unlock() {
	tell := !p.telling && !p.news.none()
	if tell {
		p.telling = true
	}
	p.mu.Unlock()
	if tell {
		p.tell()
	}
}

// tell tells the news until there is none. Should a callback end the goroutine,
// another goes on.
func (p *Pool) tell() {
	ended := true
	defer func() {
		if ended {
			go p.tell()
		}
	}()
	p.tellAll(&p.being)
	for p.takeNews() {
		p.tellAll(&p.being)
	}
	ended = false
}

// takeNews moves the news to those being told, and reports whether there are
// any.
func (p *Pool) takeNews() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.being.reset()
	if p.news.none() {
		p.telling = false
		p.checkDrained()
		return false
	}
	p.news, p.being = p.being, p.news
	return true
}

func (p *Pool) tellAll(n *news) {
	for n.told < len(n.queued) {
		n.told++
		p.traceQueued(n.queued[n.told-1])
	}
	for n.told < len(n.queued)+len(n.dropped) {
		n.told++
		p.answer(&n.dropped[n.told-len(n.queued)-1])
	}
	if n.blocked {
		n.blocked = false
		p.shield(p.config.BlockedChanged)
	}
}

// answer tells a task that it was given up.
func (p *Pool) answer(d *dropped) {
	p.traceDropped(d.waited, d.reason)
	if d.task.Drop != nil {
		p.shield(func() { d.task.Drop(d.reason, p.epoch.Add(d.at)) })
	}
}
