package poll

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// The scheduler is told of the first pass after a pause, and of no other until
// the timer has called it back.
func TestPollerTellsSchedulerRarely(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var recalls atomic.Int64
		p := &Poller{start: time.Now(), told: -tellEvery, recall: time.AfterFunc(time.Hour, func() { recalls.Add(1) })}
		for pause := range 3 {
			if !p.tells() {
				t.Errorf("pause %d: the scheduler is not told of the first pass after it", pause)
			}
			time.Sleep(tellEvery - time.Nanosecond)
			if p.tells() {
				t.Errorf("pause %d: the scheduler is told again before it was called back", pause)
			}
			if n := recalls.Load(); n != int64(pause) {
				t.Errorf("pause %d: called back %d times; want %d before the time is over", pause, n, pause)
			}
			time.Sleep(time.Nanosecond)
			synctest.Wait()
			if n := recalls.Load(); n != int64(pause)+1 {
				t.Errorf("pause %d: called back %d times; want %d", pause, n, pause+1)
			}
			time.Sleep(time.Duration(pause) * time.Second)
		}
	})
}
