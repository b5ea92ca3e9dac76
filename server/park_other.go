//go:build !linux

package server

import (
	"context"
	"net"
	"runtime"
)

// A poller has nothing to poll here: every connection is a stream.
type poller struct{}

func newPoller(*engine) (*poller, error) { return &poller{}, nil }

func (*poller) close()      {}
func (*poller) beforeTask() { runtime.Gosched() }
func (*poller) gateMoved()  {}
func (*poller) acceptRest() {}

func (*engine) servePolled(net.Listener, context.Context) (bool, error) { return false, nil }

func backlogOf(net.Listener) (Backlog, bool) { return Backlog{}, false }
