package server

import (
	"context"
	"net"
	"runtime"
	"time"

	"millpond/server/internal/poll"
)

// The models without a bound give each connection a goroutine of its own,
// which waits where the others are parked. It goes through the same stages.

// An ownLink is that of a connection with its own goroutine. The connection is
// parked while that goroutine waits in Await, so that its timer, and Close, can
// end the wait; but it is that goroutine which then does what is to be done, so
// that no two ever read.
type ownLink struct {
	*poll.Stream
	conn        *conn
	interrupted chan struct{}
}

// startOwn starts a connection that runs its own requests.
func (e *engine) startOwn(nc net.Conn, base context.Context) {
	c := e.newConn(base)
	c.Link = &ownLink{poll.NewStream(nc, &c.parking, e.replyTimeout(), c.noticed), c, make(chan struct{}, 1)}
	defer c.survive()
	c.list()
	e.enroll(c)
	refused := e.model == ModelThread && e.conns.size() > e.maxThreads
	go func() {
		switch {
		case refused:
			c.refuseThread()
		case e.model == ModelThread:
			runtime.LockOSThread() // never unlocked: the thread dies with the goroutine
		}
		c.driveOwn()
	}()
}

// noticed is told of what came while a request was served: only whether the
// client has left matters. The goroutine of the connection sees the rest.
func (c *conn) noticed(signals poll.Signals) {
	if left := signals & (poll.HalfClosed | poll.Reset); left != 0 {
		c.parking.Set(left)
		c.cancelRequest()
	}
}

// refuseThread answers a connection that would need one thread too many. Its
// request need not be read for that.
func (c *conn) refuseThread() {
	c.need()
	c.received(0)
	c.enter(stateAdmitting)
	c.shed(ShedThreads)
}

// driveOwn moves c on until it is closed, as drive does, and waits where that
// parks.
func (c *conn) driveOwn() {
	ended := false
	defer func() {
		if !ended && c.state != stateClosed && c.state != stateHijacked {
			go c.driveOwn() // the handler has ended the goroutine
		}
	}()
	defer c.survive()
	for {
		switch c.move() {
		case wait:
			c.await()
		case gone:
			ended = true
			return
		}
	}
}

// await waits for what the state of c waits for.
func (c *conn) await() {
	own := c.Link.(*ownLink)
	if !c.parking.Park(c.state.waitsFor()) {
		return
	}
	own.Await()
	if !c.parking.Unpark() {
		<-own.interrupted
		own.SetReadDeadline(time.Time{})
	}
}

// interrupt ends the wait of c for whoever has taken it, and gives it back.
func (c *conn) interrupt() {
	own := c.Link.(*ownLink)
	own.SetReadDeadline(time.Unix(1, 0)) // long past
	own.interrupted <- struct{}{}
}

// serveHere has the handler answer the request on the connection's own
// goroutine.
func (c *conn) serveHere() step {
	c.enter(stateServing)
	c.request.serve(context.Background(), time.Now())
	return onward
}
