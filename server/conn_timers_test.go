package server

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"millpond/server/internal/http1"
	"millpond/server/internal/poll"
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
		timers := newTimers(&settings{headTimeout: 10 * ms, idleTimeout: 100 * ms, writeTimeout: 50 * ms}, http1.StartClock(),
			func(c *conn) {
				mu.Lock()
				defer mu.Unlock()
				fired = append(fired, event{c, time.Since(start)})
			})
		conns := make([]conn, 6)
		arm := func(i int, s state) {
			c := &conns[i]
			timers.arm(&c.timer, c, s, timers.clock.Now())
		}
		for i := range conns {
			conns[i].parking.Park(poll.Expired)
		}
		arm(0, stateReading)
		arm(1, stateIdle)
		arm(2, stateReading)
		arm(3, stateReading)
		arm(4, stateIdle)
		time.Sleep(5 * ms)
		arm(0, stateReading) // anew
		timers.disarm(&conns[2].timer)
		timers.disarm(&conns[2].timer)
		conns[5].parking.Unpark() // busy
		arm(5, stateReading)
		time.Sleep(20 * ms)
		timers.shorten(stateIdle, 10*ms) // those of 1 and 4, at 25
		timers.shorten(stateIdle, 60*ms) // is no shorter
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
		if !conns[5].parking.Has(poll.Expired) {
			t.Error("the busy connection does not have the signal")
		}
		arm(5, stateIdle)
		if conns[5].parking.Has(poll.Expired) {
			t.Error("arming did not clear the signal")
		}
		timers.disarm(&conns[5].timer)
		for i := range timers.lists {
			if l := &timers.lists[i]; l.first != nil || l.last != nil {
				t.Errorf("list %d is not empty", i)
			}
		}
	})
}
