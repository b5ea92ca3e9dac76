//go:build !linux

package server

import "net"

func backlogOf(net.Listener) (Backlog, bool) { return Backlog{}, false }
