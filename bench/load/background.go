package load

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"
)

// Kinds of Background.
const (
	// KindIdle has been answered once and keeps its connection.
	KindIdle = "idle"
	// KindHalfHead has sent the first half of a request's head.
	KindHalfHead = "half-head"
	// KindSlowReader has asked for a large answer and takes a kilobyte a second.
	KindSlowReader = "slow-reader"
)

// slowTarget is what a slow reader asks for: more than the sockets can hold.
const slowTarget = "/task?size=10MiB"

// joinTimeout is how long a server may take to accept a connection of a
// background and to answer its first request.
const joinTimeout = 10 * time.Second

// dialers is how many connections of a background are opened at the same time.
const dialers = 32

// BackgroundError tells that a server did not take the connections of a
// background. It is a finding about the server, not a failure of the run.
type BackgroundError struct{ error }

// Unwrap is what went wrong.
func (e *BackgroundError) Unwrap() error { return e.error }

// Background is a number of connections that are held.
type Background struct {
	conns []net.Conn
	stop  context.CancelFunc
	done  sync.WaitGroup
}

// OpenBackground opens the connections of a background. The caller must close it.
func OpenBackground(ctx context.Context, endpoint *Endpoint, kind string, n int) (*Background, error) {
	ctx, cancel := context.WithCancel(ctx)
	c := &Background{conns: make([]net.Conn, n), stop: cancel}
	next := make(chan int)
	errs := make(chan error, dialers)
	var wg sync.WaitGroup
	for range dialers {
		wg.Go(func() {
			for i := range next {
				conn, err := join(ctx, endpoint, kind)
				if err != nil {
					errs <- fmt.Errorf("%s connection %d of %d: %w", kind, i+1, n, err)
					cancel()
					return
				}
				c.conns[i] = conn
			}
		})
	}
	for i := range n {
		select {
		case next <- i:
			continue
		case <-ctx.Done():
		}
		break
	}
	close(next)
	wg.Wait()
	if len(errs) > 0 || ctx.Err() != nil {
		c.Close()
		select {
		case err := <-errs:
			return nil, &BackgroundError{err}
		default:
			return nil, ctx.Err()
		}
	}
	if kind == KindSlowReader {
		c.done.Go(func() { c.sip(ctx) })
	}
	return c, nil
}

// join opens one connection and brings it into the state of its kind.
func join(ctx context.Context, endpoint *Endpoint, kind string) (net.Conn, error) {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", endpoint.addr.String())
	if err != nil {
		return nil, err
	}
	if err = conn.SetDeadline(time.Now().Add(joinTimeout)); err == nil {
		err = errors.Join(behave(conn.(*net.TCPConn), kind), conn.SetDeadline(time.Time{}))
	}
	if err != nil {
		conn.Close()
		return nil, err
	}
	return conn, nil
}

// behave sends what a kind sends.
func behave(conn *net.TCPConn, kind string) error {
	const get = "GET %s HTTP/1.1\r\nHost: background\r\n"
	switch kind {
	case KindHalfHead:
		_, err := fmt.Fprintf(conn, get+"User-Agent: half", "/")
		return err
	case KindSlowReader:
		if err := conn.SetReadBuffer(4 << 10); err != nil {
			return err
		}
		_, err := fmt.Fprintf(conn, get+"\r\n", slowTarget)
		return err
	}
	if _, err := fmt.Fprintf(conn, get+"\r\n", "/"); err != nil {
		return err
	}
	return readAnswer(conn, false)
}

// sip reads a kilobyte per second from every connection.
func (c *Background) sip(ctx context.Context) {
	ticks := time.NewTicker(time.Second)
	defer ticks.Stop()
	buf := make([]byte, 1<<10)
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticks.C:
		}
		for _, conn := range c.conns {
			// A server that gives nothing, or has gone, is as slow as its reader.
			_ = conn.SetReadDeadline(time.Now().Add(time.Millisecond))
			_, _ = conn.Read(buf)
		}
	}
}

// Close closes the connections.
func (c *Background) Close() {
	c.stop()
	c.done.Wait()
	for _, conn := range c.conns {
		if conn != nil {
			conn.Close()
		}
	}
}
