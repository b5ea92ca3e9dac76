package http1

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"
)

// A place is what a handler holds that others wait for: one of those of a pool,
// as the transport knows. It is given back while the handler waits for its
// client, or for good when it asks for that, and taken again before it goes on.
//
// Its lock is taken last but for those of the transport, and never together with
// that of the exchange, because who takes a place again may have to wait for it.
type place struct {
	mu    sync.Mutex
	out   bool // it was given back
	stays bool // and is not taken again
	over  bool // the handler has returned

	refused atomic.Bool // a wait could not go on without it
}

// waitGrace is for how long a transport that cannot tell whether it is going to
// wait may do so before that counts.
const waitGrace = time.Millisecond

// errNoStream is why a handler cannot wait for its client.
var errNoStream = errors.New("server: too many handlers wait for their clients; Server.Streams bounds them")

// leavePlace gives the place back, if it was not.
func (x *Exchange) leavePlace() error {
	x.place.mu.Lock()
	defer x.place.mu.Unlock()
	return x.giveBack()
}

// giveBack is leavePlace with the lock of the place held.
func (x *Exchange) giveBack() error {
	if p := &x.place; x.cfg.Pooled && !p.over && !p.out {
		if !x.t.(Holder).Leave() {
			return errNoStream
		}
		p.out = true
	}
	return nil
}

// takePlace takes a place again, if that was given back.
func (x *Exchange) takePlace() {
	x.place.mu.Lock()
	defer x.place.mu.Unlock()
	if x.place.out && !x.place.stays && !x.place.over {
		x.t.(Holder).Return()
		x.place.out = false
	}
}

// outside calls wait, which waits in that direction, without a place. Where it
// may be that there is nothing to wait for, the place is only given back after
// waitGrace.
func (x *Exchange) outside(dir direction, perhaps bool, wait func() (int, error)) (n int, err error) {
	switch {
	case !x.cfg.Pooled:
		return wait()
	case !perhaps:
		if err := x.leavePlace(); err != nil {
			return 0, err
		}
		defer x.takePlace()
		return wait()
	}
	over := false // guarded by the lock of the place
	timer := time.AfterFunc(waitGrace, func() {
		x.place.mu.Lock()
		defer x.place.mu.Unlock()
		if !over && x.giveBack() != nil {
			x.place.refused.Store(true)
			dir.setDeadline(x.t, longAgo)
		}
	})
	n, err = wait()
	timer.Stop()
	x.place.mu.Lock()
	over = true
	x.place.mu.Unlock()
	x.takePlace()
	if err != nil && x.place.refused.Load() {
		err = errNoStream
	}
	return n, err
}

// endPlace keeps whoever the handler has left behind from giving a place back
// that is not its any more.
func (x *Exchange) endPlace() {
	x.place.mu.Lock()
	defer x.place.mu.Unlock()
	x.place.over = true
}

type exchangeKey struct{}

// FromContext returns the exchange that a context of its request belongs to, or
// nil.
func FromContext(ctx context.Context) *Exchange {
	x, _ := ctx.Value(exchangeKey{}).(*Exchange)
	return x
}

// WithoutPlace calls f, which waits for something, while the handler has no
// place.
func (x *Exchange) WithoutPlace(f func()) error {
	if err := x.leavePlace(); err != nil {
		return err
	}
	defer x.takePlace()
	f()
	return nil
}

// GiveUpPlace has the handler go on without a place.
func (x *Exchange) GiveUpPlace() error {
	x.place.mu.Lock()
	defer x.place.mu.Unlock()
	if err := x.giveBack(); err != nil {
		return err
	}
	x.place.stays = true
	return nil
}
