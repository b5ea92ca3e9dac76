package pool

import (
	"time"

	"millpond/pool/internal/policy"
)

// outbox has the news, and those that are being told.
type outbox struct {
	news
	telling bool // a goroutine tells news, and owns being
	being   news
}

// news is what came up while the lock was held, and is told without it.
type news struct {
	any      bool      // there is some
	blocked  bool      // Blocked has become zero, or positive
	episodes []episode // of overload, begun or ended
	queued   []int     // depths at which tasks of Enqueue were admitted
	dropped  []dropped // tasks that were given up, to be answered
	told     int       // how many of all these have been told
}

// dropped is a task that was given up.
type dropped struct {
	tell   func(DropReason, time.Time) // its Drop
	reason DropReason
	at     time.Duration // when it was admitted
	waited time.Duration
}

func (n *news) addBlocked()          { n.any, n.blocked = true, true }
func (n *news) addEpisode(e episode) { n.any, n.episodes = true, append(n.episodes, e) }
func (n *news) addQueued(depth int)  { n.any, n.queued = true, append(n.queued, depth) }
func (n *news) addDropped(d dropped) { n.any, n.dropped = true, append(n.dropped, d) }

// takeDropped leaves it to the caller to answer those that were given up.
func (n *news) takeDropped() (left []dropped) {
	left, n.dropped = n.dropped, nil
	n.any = n.blocked || len(n.episodes)+len(n.queued) > 0
	return left
}

// reset forgets the news and keeps the memory.
func (n *news) reset() {
	clear(n.dropped)
	*n = news{episodes: n.episodes[:0], queued: n.queued[:0], dropped: n.dropped[:0]}
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
	p.drop(it.Class, p.queue.tasks.take(it.ID).drop, it.At, reason)
}

// drop counts a task of a class that is given up, and has it told so. The lock is
// held.
func (p *Pool) drop(class int32, tell func(DropReason, time.Time), at time.Duration, reason DropReason) {
	_, run, _ := p.queue.Load(class)
	p.classes[class].drop(reason, run)
	p.outbox.addDropped(dropped{tell, reason, at, p.now() - at})
}

// unlock releases the lock and tells the news. One goroutine does so at a time:
// whoever is told may come back with more tasks, which may cause more news, and
// that must not pile up on the stack.
func (p *Pool) unlock() {
	tell := p.outbox.any && !p.outbox.telling
	if tell {
		p.outbox.telling = true
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
	p.tellAll(&p.outbox.being)
	for p.takeNews() {
		p.tellAll(&p.outbox.being)
	}
	ended = false
}

// takeNews moves the news to those being told, and reports whether there are
// any.
func (p *Pool) takeNews() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.outbox.being.reset()
	if !p.outbox.any {
		p.outbox.telling = false
		p.checkDrained()
		return false
	}
	p.outbox.news, p.outbox.being = p.outbox.being, p.outbox.news
	return true
}

// tellAll tells what is left to tell. What was told is marked first, in case a
// callback ends the goroutine.
func (p *Pool) tellAll(n *news) {
	for n.told < len(n.episodes)+len(n.queued)+len(n.dropped) {
		i := n.told
		n.told++
		if i < len(n.episodes) {
			p.traceEpisode(n.episodes[i])
		} else if i -= len(n.episodes); i < len(n.queued) {
			p.traceQueued(n.queued[i])
		} else {
			p.answer(&n.dropped[i-len(n.queued)])
		}
	}
	if n.blocked {
		n.blocked = false
		p.shield(p.config.BlockedChanged)
	}
}

// answer tells a task that it was given up.
func (p *Pool) answer(d *dropped) {
	p.traceDropped(d.waited, d.reason)
	if d.tell != nil {
		p.shield(func() { d.tell(d.reason, p.at(d.at)) })
	}
}
