package http1

import "os"

// What a client does not take at once stays queued, so that the handler can go
// on, and is sent by whoever notices that there is room. Only what is more than
// the buffers hold is waited for.

// send gives the transport what is queued. It is called with mu held, which it
// releases when it has to wait for the client.
func (x *Exchange) send() error {
	err := x.drain()
	if err != nil {
		x.fail(err)
	}
	return err
}

// fail gives the response up: the client does not take it.
func (x *Exchange) fail(err error) {
	x.state, x.noted().err = failed, err
	x.out.clear()
	x.ctx.end(true)
}

func (x *Exchange) drain() error {
	switch {
	case x.t.Waits(), x.taken[writing]:
		return x.sendUntil(0)
	case x.isOverdue(writing):
		return os.ErrDeadlineExceeded
	}
	for spare := x.cfg.WriteBuffer; ; {
		switch err := x.out.Flush(x.t); {
		case err != ErrWouldBlock:
			return err
		case x.out.Len() > spare:
		case x.out.Keep(x.cfg.Memory):
			return nil
		default:
			spare = 0 // others use up the memory
		}
		// Half of the buffer is emptied at once, so that the next Write need
		// not wait again.
		if err := x.sendUntil(spare / 2); err != nil {
			return err
		}
	}
}

// sendUntil waits until no more than so many bytes are queued.
func (x *Exchange) sendUntil(left int) error {
	x.readAhead()
	ahead := x.readBeside()
	x.leave(writing)
	defer x.enter(writing)
	defer ahead.end()
	for n := x.out.Len() - left; n > 0; n = x.out.Len() - left {
		b, _ := x.out.front()
		n, err := x.transfer(writing, b[:min(n, len(b))])
		x.out.gave(n)
		if err != nil {
			return err
		}
	}
	return nil
}

// Room says that the client may take more now. Who notices that calls it while
// the exchange is served: nobody waits for it. It is safe for concurrent use, and
// does not wait for the client itself.
func (x *Exchange) Room() {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.busy[writing] || x.state != headSent || x.out.Len() == 0 {
		return
	}
	switch err := x.out.Flush(x.t); err {
	case nil:
		x.out.shrink()
	case ErrWouldBlock:
	default:
		x.fail(err)
	}
}
