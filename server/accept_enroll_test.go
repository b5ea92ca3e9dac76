package server

import (
	"net/http"
	"testing"
	"time"
)

// TestAnsweredMakeRoom checks that at MaxConns a connection that had its last
// answer leaves for one that wants to come in, and no other.
func TestAnsweredMakeRoom(t *testing.T) {
	const most = 3
	r := serving(t, &Server{MaxConns: most, Handler: http.HandlerFunc(hello)}, sockets)
	for range most {
		c := r.call()
		c.send("\x16\x03\x01")
		c.expect(http.StatusBadRequest)
	}
	until(t, "they linger", func() bool { return r.Stats().Conns[StateClosing] == most })
	c := r.call()
	c.send(getRoot)
	c.expect(http.StatusOK)
	if st := r.Stats(); st.Conns[StateClosing] != most-1 || st.Closed[CloseBad] != 1 {
		t.Errorf("connections %v, closed %v; want one of %d closed", st.Conns, st.Closed, most)
	}
}

// TestHalfHeadsMakeRoom checks who has to leave at MaxConns if none is idle: who
// owes a head for longest, but not before others would have sent theirs.
func TestHalfHeadsMakeRoom(t *testing.T) {
	for name, first := range map[string]string{"half a head": getRoot[:10], "nothing": ""} {
		inBubbles(t, name, func(t *testing.T, way way) {
			r := serving(t, &Server{Model: way.model, Handler: http.HandlerFunc(hello)}, way.wire)
			start := func() *caller {
				c := r.call()
				if first != "" {
					c.send(first)
				}
				time.Sleep(crowdedHeadTime / 2)
				return c
			}
			old := start()
			r.engine.makeRoom()
			young := start()
			r.engine.keepMakingRoom() // nobody waits: there is room
			time.Sleep(time.Nanosecond)
			if st := r.Stats(); st.Open() != 2 {
				t.Fatalf("connections %v; want both", st.Conns)
			}
			r.engine.makeRoom()
			if first != "" {
				old.expect(http.StatusRequestTimeout)
			}
			old.expectEnd()
			young.send(getRoot[len(first):])
			young.expect(http.StatusOK)
		})
	}
}

// TestHalfHeadsKeepNobodyOut checks that who wants to come in does so although
// nobody could be done without when it came.
func TestHalfHeadsKeepNobodyOut(t *testing.T) {
	const most = 3
	r := serving(t, &Server{MaxConns: most, ReadHeaderTimeout: time.Hour, Handler: http.HandlerFunc(hello)}, sockets)
	for range most {
		r.call().send(getRoot[:10])
	}
	for range 2 {
		c := r.call()
		c.send(getRoot)
		c.expect(http.StatusOK)
	}
	if st := r.Stats(); st.Closed[CloseHead]+st.Closed[CloseBad] == most {
		t.Errorf("closed %v; want some of the %d left", st.Closed, most)
	}
}
