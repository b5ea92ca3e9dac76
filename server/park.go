package server

import (
	"errors"
	"net"
)

// The state of a connection is one atomic word. While the parked bit is set
// nobody owns the connection; whoever clears it, because a mark came, owns it
// alone, until it parks it again, hands it to the queue, or closes it. A mark
// that comes meanwhile stays, and the owner finds it when it wants to park:
// no wake-up is lost, and none happens twice.
const (
	parked   uint32 = 1 << iota
	flushing        // how it is parked: until the client takes more of an answer
	yielding        // how it is parked: until its turn comes again
	readable        // marks: input, or its end, came since the owner last looked
	writable        //   room for output came
	halfShut        //   the client has sent its last byte
	reset           //   the connection is dead, both ways
	expired         //   its timer ran out
	closed          // the owner has closed it; every later mark is void
)

// wakes are the marks that end the parking of a connection, by how it is
// parked.
func wakes(how uint32) uint32 {
	switch {
	case how&flushing != 0:
		return writable | reset | expired
	case how&yielding != 0:
		return writable | reset
	}
	return readable | reset | expired
}

// mark leaves marks on c and reports whether c was parked and is the caller's
// now, which must then call c.taken. It is safe for concurrent use.
func (c *conn) mark(marks uint32) (taken bool) {
	for {
		old := c.state.Load()
		if old&closed != 0 {
			return false
		}
		next := old | marks
		taken = old&parked != 0 && next&wakes(old) != 0
		if taken {
			next &^= parked | flushing | yielding
		}
		if c.state.CompareAndSwap(old, next) {
			return taken
		}
	}
}

// event is called when something happened to c.
func (c *conn) event(marks uint32) {
	if c.mark(marks) {
		c.taken()
		return
	}
	c.link.notify(marks)
	if marks&(halfShut|reset) != 0 {
		c.cancelRequest()
	}
}

// taken is what the new owner of a parked c calls. A direct connection goes
// back to its own goroutine.
func (c *conn) taken() {
	if d, ok := c.link.(*direct); ok {
		d.interrupt()
		return
	}
	c.wake()
}

// park gives up the ownership of c until a mark comes, and reports whether it
// did: the caller must not touch c again then. It is false, and the caller is
// still the owner, when there is a mark to heed already. How is 0, flushing or
// yielding.
func (c *conn) park(how uint32) bool {
	for {
		old := c.state.Load()
		if old&wakes(how) != 0 {
			return false
		}
		if c.state.CompareAndSwap(old, old|parked|how) {
			return true
		}
	}
}

// unpark takes c back from where the caller itself has parked it, and reports
// whether nobody else has taken it meanwhile.
func (c *conn) unpark() bool {
	for {
		old := c.state.Load()
		if old&parked == 0 {
			return false
		}
		if c.state.CompareAndSwap(old, old&^(parked|flushing|yielding)) {
			return true
		}
	}
}

// forget clears marks before the owner looks for what they stand for.
func (c *conn) forget(marks uint32) { c.state.And(^marks) }

// has reports whether c bears one of marks.
func (c *conn) has(marks uint32) bool { return c.state.Load()&marks != 0 }

// A link is the way bytes come and go on a connection. There are three: a
// sock is a descriptor in an epoll set, a stream any net.Conn with a goroutine
// while it is parked, and a direct one any net.Conn whose own goroutine waits.
type link interface {
	// The net.Conn waits, until its deadlines: it is for the worker that
	// reads a body and writes a response.
	net.Conn

	// tryRead does not wait: if there is nothing to read, it returns
	// errAgain. A direct link does wait, and returns errTaken if another
	// has taken the connection over meanwhile.
	tryRead(p []byte) (int, error)

	// tryWrite writes what it can without waiting, and errAgain if that is
	// not all. Where the link waits, it does so for WriteTimeout at most.
	tryWrite(p []byte) (int, error)

	// waits reports whether tryWrite may wait.
	waits() bool

	// closeWrite ends the output; the input can still be drained.
	closeWrite() error

	// watch makes sure that marks come for input and its end from now on.
	watch()

	// poke makes a mark that ends yielding come soon.
	poke()

	// detach gives the connection away to a handler, with the bytes that
	// were already read from it. The link is dead then.
	detach() (net.Conn, []byte, error)

	// notify tells those who wait in the net.Conn of new marks. It is safe
	// for concurrent use.
	notify(marks uint32)

	// cut makes every pending and later read and write fail. It is safe for
	// concurrent use.
	cut()
}

var (
	errAgain = errors.New("server: would wait")
	errTaken = errors.New("server: taken over")
)
