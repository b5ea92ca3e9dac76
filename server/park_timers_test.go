package server

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// TestTimers checks the order and the time of expiry, and that what is armed
// anew or disarmed does not expire.
func TestTimers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		type event struct {
			conn *conn
			at   time.Duration
		}
		const ms = time.Millisecond
		start := time.Now()
		var mu sync.Mutex
		var fired []event
		timers := newTimers(&settings{headTimeout: 10 * ms, idleTimeout: 100 * ms, writeTimeout: 50 * ms}, startClock(),
			func(c *conn) {
				mu.Lock()
				defer mu.Unlock()
				fired = append(fired, event{c, time.Since(start)})
			})
		conns := make([]conn, 6)
		for i := range conns {
			conns[i].state.Store(parked)
		}
		timers.arm(&conns[0], timerHead)
		timers.arm(&conns[1], timerIdle)
		timers.arm(&conns[2], timerHead)
		timers.arm(&conns[3], timerHead)
		timers.arm(&conns[4], timerIdle)
		time.Sleep(5 * ms)
		timers.arm(&conns[0], timerHead) // anew
		timers.disarm(&conns[2])
		timers.disarm(&conns[2])
		conns[5].state.Store(0) // busy
		timers.arm(&conns[5], timerHead)
		time.Sleep(20 * ms)
		timers.shorten(timerIdle, 10*ms) // those of 1 and 4, at 25
		timers.shorten(timerIdle, 60*ms) // is no shorter
		time.Sleep(1000 * ms)
		synctest.Wait()
		want := []event{{&conns[3], 10 * ms}, {&conns[0], 15 * ms}, {&conns[1], 35 * ms}, {&conns[4], 35 * ms}}
		if len(fired) != len(want) {
			t.Fatalf("fired %v; want %v", fired, want)
		}
		for i := range want {
			if fired[i] != want[i] {
				t.Errorf("event %d is %v; want %v", i, fired[i], want[i])
			}
		}
		if !conns[5].has(expired) {
			t.Error("the busy connection does not bear the mark")
		}
		timers.arm(&conns[5], timerIdle)
		if conns[5].has(expired) {
			t.Error("arming did not wipe the mark out")
		}
		timers.disarm(&conns[5])
		for i := range timers.lists {
			if l := &timers.lists[i]; l.first != nil || l.last != nil {
				t.Errorf("list %d is not empty", i)
			}
		}
	})
}
