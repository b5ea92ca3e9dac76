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
			r := serving(t, &Server{Model: way.model, MaxConns: 2, Handler: http.HandlerFunc(hello)}, way.wire)
			start := func() *caller {
				c := r.call()
				if first != "" {
					c.send(first)
				}
				time.Sleep(crowdedHeadTime / 2)
				return c
			}
			old, young := start(), start()
			r.engine.makeRoom()
			if st := r.Stats(); st.Open() != 2 {
				t.Fatalf("connections %v; want both", st.Conns)
			}
			time.Sleep(time.Nanosecond)
			r.engine.keepMakingRoom()
			if first != "" {
				old.expect(http.StatusRequestTimeout)
			}
			old.expectEnd()
			young.send(getRoot[len(first):])
			r.engine.keepMakingRoom() // nobody waits: there is room
			young.expect(http.StatusOK)
		})
	}
}

// TestCrowdedWhileFull checks that it is known that somebody wants to come in for as
// long as there is no room, and no longer: who would be forgotten would wait until
// somebody leaves, and for who is in already, nobody has to leave after an answer.
func TestCrowdedWhileFull(t *testing.T) {
	begun, release := make(chan struct{}), make(chan struct{})
	r := serving(t, &Server{MaxConns: 1, Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		close(begun)
		<-release
	})}, sockets)
	busy := r.call()
	busy.send(getRoot)
	<-begun
	r.engine.makeRoom()
	r.engine.departed() // one that left before the busy one came is slow to say so
	if !r.engine.crowded.Load() {
		t.Error("who wants to come in is forgotten")
	}
	close(release)
	busy.expect(http.StatusOK)
	busy.expectEnd()
	until(t, "there is room", func() bool { return !r.engine.gate.isShut(shutByCap) })
	r.engine.makeRoom() // one that knocked before that is seen only now
	if r.engine.crowded.Load() {
		t.Error("somebody who is in still wants to come in")
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
