//go:build !unix

package main

import (
	"context"
	"errors"
	"os"
)

// handOverSignal is none: a socket cannot be handed over here.
var handOverSignal os.Signal

func (s *sockets) handOver(context.Context, string, []string) (pid int, err error) {
	return 0, errors.ErrUnsupported
}
