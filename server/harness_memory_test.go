package server

import (
	"errors"
	"net"
	"sync"
	"testing"
	"time"
)

// memory has no sockets at all, so that a bubble can tell when nothing moves.
func memory(*testing.T) (net.Listener, func() (net.Conn, error)) {
	l := &memoryListener{conns: make(chan net.Conn), done: make(chan struct{})}
	return l, l.dial
}

// A memoryListener accepts connections that exist in memory only.
type memoryListener struct {
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

func (l *memoryListener) dial() (net.Conn, error) {
	client, server := newDuplex()
	select {
	case l.conns <- server:
		return client, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

func (l *memoryListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

func (l *memoryListener) Close() error {
	l.once.Do(func() { close(l.done) })
	return nil
}

func (l *memoryListener) Addr() net.Addr { return memoryAddr{} }

type memoryAddr struct{}

func (memoryAddr) Network() string { return "memory" }
func (memoryAddr) String() string  { return "memory" }

// A duplex is one end of a connection in memory that, unlike net.Pipe, can end
// one direction.
type duplex struct{ in, out net.Conn }

func newDuplex() (a, b *duplex) {
	toB, fromA := net.Pipe()
	toA, fromB := net.Pipe()
	return &duplex{in: fromB, out: toB}, &duplex{in: fromA, out: toA}
}

func (d *duplex) Read(p []byte) (int, error)  { return d.in.Read(p) }
func (d *duplex) Write(p []byte) (int, error) { return d.out.Write(p) }
func (d *duplex) CloseWrite() error           { return d.out.Close() }
func (d *duplex) Close() error                { return errors.Join(d.in.Close(), d.out.Close()) }
func (d *duplex) LocalAddr() net.Addr         { return memoryAddr{} }
func (d *duplex) RemoteAddr() net.Addr        { return memoryAddr{} }

func (d *duplex) SetDeadline(t time.Time) error {
	return errors.Join(d.in.SetDeadline(t), d.out.SetDeadline(t))
}
func (d *duplex) SetReadDeadline(t time.Time) error  { return d.in.SetReadDeadline(t) }
func (d *duplex) SetWriteDeadline(t time.Time) error { return d.out.SetWriteDeadline(t) }
