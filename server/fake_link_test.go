package server

import (
	"context"
	"net"
	"testing"
)

// A fakeLink is a polled link that does what a test says.
type fakeLink struct {
	net.Conn
	conn   *conn
	read   func(p []byte) (int, error)
	write  func(p []byte) (int, error)
	writes int
	pokes  int
	closed int
}

func (l *fakeLink) tryRead(p []byte) (int, error) {
	l.conn.forget(readable)
	if l.read == nil {
		return 0, errAgain
	}
	return l.read(p)
}

func (l *fakeLink) tryWrite(p []byte) (int, error) {
	l.writes++
	if l.write == nil {
		return len(p), nil
	}
	return l.write(p)
}

func (l *fakeLink) waits() bool                       { return false }
func (l *fakeLink) closeWrite() error                 { return nil }
func (l *fakeLink) watch()                            {}
func (l *fakeLink) detach() (net.Conn, []byte, error) { return nil, nil, net.ErrClosed }
func (l *fakeLink) notify(uint32)                     {}
func (l *fakeLink) cut()                              {}
func (l *fakeLink) Close() error                      { l.closed++; return nil }

func (l *fakeLink) poke() {
	l.pokes++
	l.conn.forget(writable)
}

// fakeConn is a connection of an engine that serves nothing else.
func fakeConn(t *testing.T, s *Server) (*conn, *fakeLink) {
	t.Helper()
	e, err := s.start()
	if err != nil {
		t.Fatal(err)
	}
	c := e.newConn(context.Background())
	l := &fakeLink{conn: c}
	c.link = l
	e.admit(c)
	t.Cleanup(func() {
		s.Close()
		<-e.conns.whenEmpty()
		checkBooks(t, s.Stats())
	})
	return c, l
}

// feed has the link give s, once.
func (l *fakeLink) feed(s string) {
	l.read = func(p []byte) (int, error) {
		n := copy(p, s)
		if s = s[n:]; n == 0 {
			return 0, errAgain
		}
		return n, nil
	}
}
