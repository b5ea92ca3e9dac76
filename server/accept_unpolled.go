package server

import (
	"context"
	"net"
	"runtime"
)

// An acceptor accepts the connections that are polled. It is told of what makes it
// accept, or not.
type acceptor interface {
	serve(l net.Listener, base context.Context, arrived func()) (ok bool, err error) // unless it cannot poll l
	serveRest(l *onceListener, base func() context.Context)                          // what the kernel has established so far
	gateMoved()
	acceptRest() (n int, all bool) // of those who wait at the listeners
	checkListeners()               // whether somebody has closed them
	overloaded(bool)               // to accept within a budget from now on, or not any more
	beforeTask()
	rest() // if there is nothing to poll
}

// unpolled is the acceptor where nothing is polled: every connection is a stream.
type unpolled struct{}

func (unpolled) serve(net.Listener, context.Context, func()) (bool, error) { return false, nil }
func (unpolled) serveRest(*onceListener, func() context.Context)           {}
func (unpolled) gateMoved()                                                {}
func (unpolled) acceptRest() (int, bool)                                   { return 0, true }
func (unpolled) overloaded(bool)                                           {}
func (unpolled) checkListeners()                                           {}
func (unpolled) beforeTask()                                               { runtime.Gosched() }
func (unpolled) rest()                                                     {}
