//go:build !linux

package server

import (
	"context"
	"net"
	"runtime"
)

// An unpolled door has nothing to poll here: every connection is a stream.
type unpolled struct{}

func newDoor(*engine) (door, error) { return unpolled{}, nil }

func (unpolled) serve(net.Listener, context.Context) (bool, error) { return false, nil }
func (unpolled) gateMoved()                                        {}
func (unpolled) acceptRest()                                       {}
func (unpolled) overloaded(bool)                                   {}
func (unpolled) beforeTask()                                       { runtime.Gosched() }
func (unpolled) close()                                            {}
