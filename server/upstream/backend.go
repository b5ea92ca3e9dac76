package upstream

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

// A backend is a server of the app, and its connections.
type backend struct {
	address     address
	name        string // the address as one writes it
	transport   *http.Transport
	connections atomic.Uint64 // made

	// Guarded by the lock of backends.
	health      health
	inFlight    int
	requests    uint64
	unreachable uint64
}

const (
	// maxHead bounds the head of a response, in bytes, and with it the
	// memory that a backend can make us take.
	maxHead = 256 << 10

	// patienceToContinue is for backends that do not know Expect:
	// 100-continue: they get the body after that time.
	patienceToContinue = time.Second
)

func newBackends(addresses []address, c Config) *backends {
	g := &backends{trace: c.Trace, log: c.Log}
	for _, a := range addresses {
		g.all = append(g.all, newBackend(a, c))
	}
	return g
}

// newBackend sets each field of the transport whose default is not what a
// proxy needs: it must neither use another proxy nor ask for compression that
// the client did not ask for.
func newBackend(a address, c Config) *backend {
	b := &backend{address: a, name: a.String()}
	b.transport = &http.Transport{
		Proxy:                  nil,
		DisableCompression:     true,
		DisableKeepAlives:      c.MaxIdleConns < 0,
		MaxIdleConns:           0, // no bound over all hosts: there is one
		MaxIdleConnsPerHost:    max(0, c.MaxIdleConns),
		MaxConnsPerHost:        c.MaxConns,
		IdleConnTimeout:        c.IdleTimeout,
		ExpectContinueTimeout:  patienceToContinue,
		MaxResponseHeaderBytes: maxHead,
		ForceAttemptHTTP2:      false,
	}
	dialer := &net.Dialer{Timeout: c.ConnectTimeout}
	b.transport.DialContext = b.dial(dialer.DialContext)
	b.transport.DialTLSContext = b.dial((&tls.Dialer{NetDialer: dialer, Config: c.TLS}).DialContext)
	return b
}

// A connectError says that no connection could be made, so that nothing was
// sent on it.
type connectError struct{ error }

func (e connectError) Unwrap() error { return e.error }

type dialFunc func(ctx context.Context, network, addr string) (net.Conn, error)

// dial returns what connects to b by way of dial, whatever the address.
func (b *backend) dial(dial dialFunc) dialFunc {
	return func(ctx context.Context, _, _ string) (net.Conn, error) {
		c, err := dial(ctx, b.address.network, b.address.dial)
		if err != nil {
			return nil, connectError{err}
		}
		b.connections.Add(1)
		return newConn(c), nil
	}
}
