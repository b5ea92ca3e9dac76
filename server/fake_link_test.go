package server

import (
	"context"
	"net"
	"net/netip"
	"slices"
	"testing"

	"millpond/server/internal/http1"
	"millpond/server/internal/poll"
)

// A fakeLink is a polled link that does what a test says.
type fakeLink struct {
	net.Conn
	conn   *conn
	read   func(p []byte) (int, error)
	write  func(p []byte) (int, error)
	writes int
	closed int
}

func (l *fakeLink) TryRead(p []byte) (int, error) {
	l.conn.parking.Clear(poll.Readable)
	if l.read == nil {
		return 0, http1.ErrWouldBlock
	}
	return l.read(p)
}

func (l *fakeLink) TryWrite(p, next []byte) (int, error) {
	l.writes++
	if l.write == nil {
		return len(p) + len(next), nil
	}
	return l.write(slices.Concat(p, next))
}

func (l *fakeLink) Untaken() int                      { return 0 }
func (l *fakeLink) Waits() bool                       { return false }
func (l *fakeLink) CloseWrite() error                 { return nil }
func (l *fakeLink) Watch()                            {}
func (l *fakeLink) Park(signals poll.Signals) bool    { return l.conn.parking.Park(signals) }
func (l *fakeLink) Detach() (net.Conn, []byte, error) { return nil, nil, net.ErrClosed }
func (l *fakeLink) RemoteAddr() net.Addr              { return memoryAddr{} }
func (l *fakeLink) LocalAddr() net.Addr               { return memoryAddr{} }
func (l *fakeLink) ClientIP() netip.Addr              { return netip.Addr{} }
func (l *fakeLink) Notify(poll.Signals)               {}
func (l *fakeLink) Abandon()                          {}
func (l *fakeLink) Cut()                              {}
func (l *fakeLink) Close() error                      { l.closed++; return nil }

// fakeConn is a connection of an engine that serves nothing else.
func fakeConn(t *testing.T, s *Server) (*conn, *fakeLink) {
	t.Helper()
	e, err := s.start()
	if err != nil {
		t.Fatal(err)
	}
	c := e.newConn(context.Background())
	l := &fakeLink{conn: c}
	c.Link = l
	c.list()
	e.enroll(c)
	t.Cleanup(func() {
		s.Close()
		<-e.conns.whenEmpty()
		checkAccounts(t, s.Stats())
	})
	return c, l
}

// feed has the link give s, once.
func (l *fakeLink) feed(s string) {
	l.read = func(p []byte) (int, error) {
		n := copy(p, s)
		if s = s[n:]; n == 0 {
			return 0, http1.ErrWouldBlock
		}
		return n, nil
	}
}
