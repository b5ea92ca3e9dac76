package main

import (
	"context"
	"os"
	"testing"
	"testing/synctest"
	"time"
)

func TestASecondSignalSoonAfterTheFirstChangesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, end := context.WithCancel(t.Context())
		signals := make(chan os.Signal)
		cancelled, killed := 0, 0
		go interrupt(ctx, signals, func() { cancelled++ }, func() { killed++ })
		for _, c := range []struct {
			after time.Duration
			kills int
		}{{0, 0}, {time.Millisecond, 0}, {1900 * time.Millisecond, 0}, {time.Second, 1}} {
			time.Sleep(c.after)
			signals <- os.Interrupt
			synctest.Wait()
			if cancelled != 1 || killed != c.kills {
				t.Errorf("%v after the signal before: cancelled %d times, killed %d times, want 1 and %d", c.after, cancelled, killed, c.kills)
			}
		}
		end()
	})
}
