package server

import (
	"slices"
	"sync"
	"testing/synctest"

	"millpond/server/internal/poll"
)

// A simKernel has descriptors and an edge-triggered poller.
type simKernel struct {
	kernelMu sync.Mutex   // guards the sockets too
	files    []*simSocket // by descriptor; nil where one is closed
	sockets  []*simSocket // all that were ever open
	batch    []simEvent   // of the poller's last pass, not handled yet
	faults   []string
}

// A simEvent is what a poller tells of a descriptor.
type simEvent struct {
	tag     poll.Tag
	signals poll.Signals
}

// broken says that a law is.
func (w *world) broken(fault string) {
	w.say("BROKEN: %s", fault)
	w.kernelMu.Lock()
	defer w.kernelMu.Unlock()
	w.faults = append(w.faults, fault)
}

// open gives s the lowest descriptor that is free.
func (k *simKernel) open(s *simSocket) {
	k.kernelMu.Lock()
	defer k.kernelMu.Unlock()
	s.fd = slices.Index(k.files, nil)
	if s.fd < 0 {
		s.fd = len(k.files)
		k.files = append(k.files, nil)
	}
	k.files[s.fd] = s
	k.sockets = append(k.sockets, s)
}

// register has s polled.
func (k *simKernel) register(s *simSocket, tag poll.Tag) {
	k.kernelMu.Lock()
	defer k.kernelMu.Unlock()
	s.tag = tag
	s.edges |= s.level()
}

// fetch is a call of epoll_wait.
func (w *world) fetch() {
	w.kernelMu.Lock()
	defer w.kernelMu.Unlock()
	for _, s := range w.files {
		if s == nil || s.edges == 0 || s.tag.Generation == 0 || s.given {
			continue
		}
		signals := s.edges
		if w.rnd.IntN(2) == 0 {
			signals |= s.level()
		}
		w.batch = append(w.batch, simEvent{s.tag, signals})
		s.edges = 0
	}
	w.rnd.Shuffle(len(w.batch), func(i, k int) { w.batch[i], w.batch[k] = w.batch[k], w.batch[i] })
}

// deliver handles the next event.
func (w *world) deliver() (any bool) {
	if len(w.batch) == 0 {
		w.fetch()
	}
	if len(w.batch) == 0 {
		return false
	}
	ev := w.batch[0]
	w.batch = w.batch[1:]
	w.ready(ev)
	return true
}

func (w *world) deliverAll() (any bool) {
	for synctest.Wait(); w.deliver(); synctest.Wait() {
		any = true
	}
	return any
}

// ready is a call of the poller.
func (w *world) ready(ev simEvent) {
	w.say("event %v: %b", ev.tag, ev.signals)
	w.engine.acceptor.(*polling).ready(ev.tag, ev.signals)
}

// spurious reports what has not happened.
func (w *world) spurious() {
	if s := pick(w.rnd, w.live()); s != nil {
		w.ready(simEvent{s.tag, someSignals(w.rnd) & (poll.Readable | poll.Writable)})
	}
}

// stale reports something of a connection that is gone, which must touch nobody.
func (w *world) stale() {
	var gone []*simSocket
	for _, s := range w.sockets {
		if (s.closed || s.given) && s.tag.Generation != 0 {
			gone = append(gone, s)
		}
	}
	s := pick(w.rnd, gone)
	if s == nil {
		return
	}
	synctest.Wait()
	before := w.snapshot()
	w.ready(simEvent{s.tag, someSignals(w.rnd)})
	synctest.Wait()
	if !slices.Equal(before, w.snapshot()) {
		w.broken("an event of " + s.name + ", which is gone, has touched another connection")
	}
}

// live are the sockets that the server has.
func (w *world) live() (all []*simSocket) {
	w.kernelMu.Lock()
	defer w.kernelMu.Unlock()
	for _, s := range w.files {
		if s != nil && !s.given {
			all = append(all, s)
		}
	}
	return all
}
