package server

import (
	"net"
	"sync/atomic"
	"testing"
)

// A listing listener cannot be compared, nor be the key of a map.
type listingListener struct {
	net.Listener
	closed *atomic.Int32
	_      []int
}

func (l listingListener) Close() error {
	l.closed.Add(1)
	return l.Listener.Close()
}

// A listener of any type will do, and it is closed once.
func TestListenerIsClosedOnce(t *testing.T) {
	for _, model := range []Model{ModelPool, ModelGoroutine} {
		t.Run(model.String(), func(t *testing.T) {
			var closed atomic.Int32
			t.Run("serve", func(t *testing.T) {
				w := way{"listing", model, func(t *testing.T) (net.Listener, func() (net.Conn, error)) {
					l, dial := sockets(t)
					return listingListener{Listener: l, closed: &closed}, dial
				}}
				c := w.serveFunc(t, say("hi")).call()
				c.send(get + end)
				c.want(200, "hi")
			})
			if n := closed.Load(); n != 1 {
				t.Errorf("the listener was closed %d times, want once", n)
			}
		})
	}
}
