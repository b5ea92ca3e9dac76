package balance

import (
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"time"

	"millpond/server"
)

const (
	mostAgents   = 16          // connections at once
	agentTime    = time.Second // for one of them
	mostAsked    = 1 << 10     // bytes that a balancer may send
	acceptFailed = 100 * time.Millisecond
)

// ServeAgent answers HAProxy's agent-check on l until that is closed, when it
// returns net.ErrClosed. Whoever connects is told one line, whatever it sends,
// and the connection is closed:
//
//	up ready 75%    the server is there; the share of its configured weight
//	drain           it is shutting down, and should get no more
//
// At most 16 are told at once, each within a second; who comes in beyond that is
// not told. A server line of HAProxy:
//
//	server a 192.0.2.1:8080 weight 100 check agent-check agent-port 8081 agent-inter 1s
func (m *Meter) ServeAgent(l net.Listener) error {
	for {
		conn, err := l.Accept()
		switch {
		case errors.Is(err, net.ErrClosed):
			return err
		case err != nil: // out of files, for instance
			select {
			case <-time.After(acceptFailed):
			case <-m.stop:
				return err
			}
			continue
		}
		select {
		case m.agents <- struct{}{}:
			go m.tell(conn)
		default:
			conn.Close()
		}
	}
}

// tell tells the other end of conn how the server fares. What that has sent is
// read, so that closing does not destroy the line on its way.
func (m *Meter) tell(conn net.Conn) {
	defer func() { <-m.agents }()
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(agentTime))
	if _, err := io.WriteString(conn, m.Reading().line()); err != nil {
		return
	}
	if half, ok := conn.(interface{ CloseWrite() error }); ok && half.CloseWrite() == nil {
		io.CopyN(io.Discard, conn, mostAsked)
	}
}

// line is the answer to an agent-check.
func (r Reading) line() string {
	if r.State == server.Draining {
		return "drain\n"
	}
	return fmt.Sprintf("up ready %d%%\n", max(1, int(math.Round(100*r.Weight))))
}
