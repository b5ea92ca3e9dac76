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

	// For so long, and for so many answers, a server is fresh.
	freshFor     = time.Minute
	freshAnswers = 10
)

// ServeAgent answers HAProxy's agent-check on l until that is closed, when it
// returns net.ErrClosed. Whoever connects is told one line, whatever it sends,
// and the connection is closed:
//
//	up ready 75%    the server has just begun; the share of its configured weight
//	up 75%          it has been there for a minute, and ten answers
//	drain           it is shutting down, and should get no more
//
// To HAProxy, ready ends a drain, that of the server which was there before, but
// an operator's drain and maintenance as well. Who orders these of a server that
// has just begun must disable its agent.
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
	if _, err := io.WriteString(conn, m.Reading().line(m.fresh())); err != nil {
		return
	}
	if half, ok := conn.(interface{ CloseWrite() error }); ok && half.CloseWrite() == nil {
		io.CopyN(io.Discard, conn, mostAsked)
	}
}

// fresh reports, with each answer, whether a balancer may still take the server
// for the one before it, which drained.
func (m *Meter) fresh() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.told++
	return m.told <= freshAnswers || time.Since(m.born) < freshFor
}

// line is the answer to an agent-check.
func (r Reading) line(fresh bool) string {
	state := "up"
	switch {
	case r.State == server.Draining:
		return "drain\n"
	case fresh:
		state = "up ready"
	}
	return fmt.Sprintf("%s %d%%\n", state, max(1, int(math.Round(100*r.Weight))))
}
