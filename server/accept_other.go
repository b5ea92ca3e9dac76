//go:build !linux

package server

import (
	"context"
	"net"
	"runtime"
)

// An unpolled door has nothing to poll here: every connection is a stream.
type unpolled struct{}

func newDoor(*engine) door { return unpolled{} }

func (unpolled) serve(net.Listener, context.Context, func()) (bool, error) { return false, nil }
func (unpolled) serveRest(net.Listener)                                    {}
func (unpolled) gateMoved()                                                {}
func (unpolled) acceptRest() bool                                          { return true }
func (unpolled) overloaded(bool)                                           {}
func (unpolled) checkListeners()                                           {}
func (unpolled) beforeTask()                                               { runtime.Gosched() }
func (unpolled) rest()                                                     {}
