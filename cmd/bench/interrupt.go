package main

import (
	"context"
	"os"
	"time"
)

// patience is how long after the first signal more of them change nothing:
// whoever presses Ctrl-C twice, or whose shell signals the whole group, still
// wants the report.
const patience = 2 * time.Second

// interrupt cancels a run at the first signal, so that it delivers what is
// finished, and kills at one that comes more than patience later. It returns
// when ctx ends, or when signals is closed.
func interrupt(ctx context.Context, signals <-chan os.Signal, cancel, kill func()) {
	var first time.Time
	for {
		select {
		case <-ctx.Done():
			return
		case _, ok := <-signals:
			switch {
			case !ok:
				return
			case first.IsZero():
				first = time.Now()
				cancel()
			case time.Since(first) > patience:
				kill()
			}
		}
	}
}
