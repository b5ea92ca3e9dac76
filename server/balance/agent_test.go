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
		want    string
	}{
		{Reading{Weight: 1}, "up ready 100%\n"},
		{Reading{Weight: 0.754}, "up ready 75%\n"},
		{Reading{Weight: 0.004}, "up ready 1%\n"},
		{Reading{Weight: 0.75, State: server.Overloaded}, "up ready 75%\n"},
		{Reading{Weight: 0.75, State: server.Draining}, "drain\n"},
	} {
		if got := test.reading.line(); got != test.want {
			t.Errorf("%+v: %q, want %q", test.reading, got, test.want)
		}
	}
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
