package balance

import (
	"io"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"millpond/server"
)

func TestLine(t *testing.T) {
	for _, test := range []struct {
		reading Reading
		fresh   bool
		want    string
	}{
		{Reading{Weight: 1}, true, "up ready 100%\n"},
		{Reading{Weight: 0.754}, true, "up ready 75%\n"},
		{Reading{Weight: 0.004}, false, "up 1%\n"},
		{Reading{Weight: 0.75, State: server.Overloaded}, false, "up 75%\n"},
		{Reading{Weight: 0.75, State: server.Draining}, true, "drain\n"},
		{Reading{Weight: 0.75, State: server.Draining}, false, "drain\n"},
	} {
		if got := test.reading.line(test.fresh); got != test.want {
			t.Errorf("%+v: %q, want %q", test.reading, got, test.want)
		}
	}
}

// TestFresh checks for how long a server ends the drain of the one before it: for
// a minute, or ten answers to one who asks more rarely.
func TestFresh(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := New(&fake{})
		defer m.Close()
		for asked, want := range []bool{true, true, true, true, true, true, true, true, true, true, false, false} {
			if got := m.fresh(); got != want {
				t.Errorf("asked for the %dth time, every two minutes: %t", asked+1, got)
			}
			time.Sleep(2 * time.Minute)
		}
		m = New(&fake{})
		defer m.Close()
		for second := range 90 {
			if got, want := m.fresh(), second < 60; got != want {
				t.Errorf("asked after %d s: %t", second, got)
			}
			time.Sleep(time.Second)
		}
	})
}

// pipes is a listener whose connections wait for whoever reads them.
type pipes struct {
	net.Listener
	waiting chan net.Conn
}

func (p pipes) Accept() (net.Conn, error) {
	conn, ok := <-p.waiting
	if !ok {
		return nil, net.ErrClosed
	}
	return conn, nil
}

// call connects.
func (p pipes) call() net.Conn {
	near, far := net.Pipe()
	p.waiting <- far
	return near
}

// TestAgentIsBounded has more connections than are told at once, none of which
// reads: one too many is closed at once, and all are after a second.
func TestAgentIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := New(&fake{})
		defer m.Close()
		l := pipes{waiting: make(chan net.Conn)}
		served := make(chan error)
		go func() { served <- m.ServeAgent(l) }()
		var slow []net.Conn
		for range mostAgents {
			slow = append(slow, l.call())
		}
		synctest.Wait()
		begun := time.Now()
		if text, err := io.ReadAll(l.call()); len(text) > 0 || err != nil || time.Since(begun) > 0 {
			t.Errorf("one too many got %q, %v after %v", text, err, time.Since(begun))
		}
		time.Sleep(agentTime)
		synctest.Wait()
		for _, conn := range slow {
			if text, err := io.ReadAll(conn); len(text) > 0 || err != nil {
				t.Errorf("a slow one got %q, %v", text, err)
			}
		}
		if text, err := io.ReadAll(l.call()); string(text) != "up ready 100%\n" || err != nil {
			t.Errorf("a quick one got %q, %v", text, err)
		}
		close(l.waiting)
		if err := <-served; err != net.ErrClosed {
			t.Errorf("ServeAgent: %v", err)
		}
	})
}
