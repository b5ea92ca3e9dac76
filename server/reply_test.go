package server

import (
	"net"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"millpond/server/internal/http1"
	"millpond/server/internal/poll"
)

const garbage = "\x16\x03\x01"

// TestFlushWaitsForRoom checks that an answer which the client does not take
// parks the connection, although room was reported before, and goes on where
// it stopped.
func TestFlushWaitsForRoom(t *testing.T) {
	c, l := fakeConn(t, &Server{})
	var got strings.Builder
	l.write = func(p []byte) (int, error) {
		if l.writes > 10 {
			t.Error("tries again and again instead of waiting for room")
			return 0, net.ErrClosed
		}
		got.Write(p[:min(10, len(p))])
		if len(p) <= 10 {
			return len(p), nil
		}
		return 10, http1.ErrWouldBlock
	}
	c.parking.Set(poll.Writable) // any event reports room while there is some
	l.feed(garbage)
	c.parking.Set(poll.Readable)
	c.drive()
	for range 3 {
		if s := c.parking.Parked(); c.state != stateReplying || s != stateReplying.waitsFor() {
			t.Fatalf("%v, parked for %b; want parked until there is room", c.state, s)
		}
		l.writes = 0
		c.event(poll.Writable)
	}
	l.write = nil
	c.event(poll.Writable)
	if !strings.HasPrefix(got.String(), "HTTP/1.1 400 Bad Request\r\n") {
		t.Errorf("sent %q; want the answer, piece by piece", got.String())
	}
	if c.state != stateLingering {
		t.Errorf("state %v; want lingering", c.state)
	}
}

// TestUntakenAnswerExpires checks that a refusal which the client does not take
// is given up, whatever state the connection was refused in.
func TestUntakenAnswerExpires(t *testing.T) {
	for _, test := range []struct{ name, input string }{
		{"garbage at once", garbage},
		{"a partial head", "GET / HTTP/1.1\r\nHost h\r\n"},
	} {
		t.Run(test.name, bubble(func(t *testing.T) {
			s := &Server{}
			c, l := fakeConn(t, s)
			l.write = func([]byte) (int, error) { return 0, http1.ErrWouldBlock }
			l.feed(test.input[:1])
			c.parking.Set(poll.Readable)
			c.drive()
			l.feed(test.input[1:])
			c.event(poll.Readable)
			<-c.engine.conns.whenEmpty() // by the linger timer
			synctest.Wait()
			if st := s.Stats(); l.closed != 1 || st.Closed[CloseWrite] != 1 {
				t.Errorf("closed %d times, %v; want once, for the write", l.closed, st.Closed)
			}
		}))
	}
}

// TestYield checks that a client who pipelines without end gets a bounded
// number of answers at a time, while others wait, and needs no event to go on.
func TestYield(t *testing.T) {
	takeTurns(t, "GET /live HTTP/1.1\r\nHost: h\r\n\r\n", 20*visitSteps, visitSteps)
}

// takeTurns has two connections send one text over and over, so many times, and
// checks that neither makes more than so many calls of its link in a row while
// the other has something to do.
func takeTurns(t *testing.T, text string, times, most int) {
	synctest.Test(t, func(t *testing.T) {
		s := &Server{Control: Control{Live: "/live"}}
		var calls []*fakeLink
		var conns []*conn
		for range 2 {
			c, l := fakeConn(t, s)
			endless := strings.Repeat(text, times)
			l.read = func(p []byte) (int, error) {
				if endless == "" {
					return 0, http1.ErrWouldBlock
				}
				calls = append(calls, l)
				n := copy(p, endless)
				endless = endless[n:]
				c.parking.Set(poll.Readable)
				return n, nil
			}
			l.write = func(p []byte) (int, error) {
				calls = append(calls, l)
				return len(p), nil
			}
			c.parking.Set(poll.Readable)
			conns = append(conns, c)
		}
		turns := &s.engine.turns
		turns.yield(func() { // both wait before either has its first turn
			for _, c := range conns {
				turns.yield(func() { s.engine.moveOn(c) })
			}
		})
		synctest.Wait()
		row := 0
		for i, l := range calls {
			if i > 0 && l != calls[i-1] {
				row = 0
			}
			if row++; row > most && slices.ContainsFunc(calls[i:], func(later *fakeLink) bool { return later != l }) {
				t.Fatalf("call %d of %d is number %d in a row of one connection, while the other waits; want at most %d", i, len(calls), row, most)
			}
		}
		if len(calls) < 4*most {
			t.Errorf("%d calls; want several visits of each connection", len(calls))
		}
	})
}
