package server

import (
	"testing"

	"millpond/server/internal/poll"
)

// A timer ends no wait for input that has come: that is read first. And one that was
// armed for what came before ends none.
func TestInputComesBeforeTheTimer(t *testing.T) {
	for _, c := range []struct {
		state        state
		timed, input bool
		want         bool
	}{
		{state: stateNew, want: true},
		{state: stateNew, input: true},
		{state: stateIdle, want: true},
		{state: stateIdle, input: true},
		{state: stateReading, timed: true, want: true},
		{state: stateReading, timed: true, input: true},
		{state: stateReading},
		{state: stateBuffering, timed: true, want: true},
		{state: stateBuffering, timed: true, input: true},
		{state: stateBuffering},
		{state: stateReplying, timed: true, input: true, want: true},
		{state: stateReplying, input: true},
		{state: stateLingering, input: true, want: true},
	} {
		conn := &conn{state: c.state, request: new(request)}
		conn.request.timed = c.timed
		if c.input {
			conn.parking.Signal(poll.Readable)
		}
		if conn.isExpired() {
			t.Errorf("%v: expired before its time", c.state)
		}
		conn.parking.Signal(poll.Expired)
		if got := conn.isExpired(); got != c.want {
			t.Errorf("%v, timed: %v, input: %v: expired: %v; want %v", c.state, c.timed, c.input, got, c.want)
		}
	}
}
