package upstream

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"time"
)

// A Config says where requests go, and how. Its zero value lacks only
// Backends. In a field of a duration or a count, zero means the default and a
// negative value means none, where none is possible.
type Config struct {
	// Backends are where the app listens, each given once:
	//
	//	http://HOST[:PORT]   port 80 by default
	//	https://HOST[:PORT]  port 443 by default, HTTP/1.1 in TLS
	//	unix:PATH            HTTP on a unix socket; @NAME is an abstract one
	//
	// A path is not allowed: requests are passed on under their own.
	Backends []string

	// ConnectTimeout bounds the making of one connection, TLS included.
	// Default 3 s. It cannot be none.
	ConnectTimeout time.Duration

	// Timeout bounds how long a backend may keep a request waiting: to take
	// the next bytes of its body, to send the whole head of the response
	// once it has the request, and to send the next bytes of the response.
	// Time that the client takes does not count. Server-sent events and
	// upgraded connections may be silent for ever once they have begun.
	// Default 30 s.
	Timeout time.Duration

	// IdleTimeout is how long an unused connection is kept. It should be
	// less than the backend's own, or a request meets a connection that is
	// being closed. Default 1.5 s, which is less than that of the common
	// app servers (gunicorn 2 s, Node and uvicorn 5 s). It cannot be none.
	IdleTimeout time.Duration

	// MaxIdleConns is the number of unused connections kept to each backend;
	// that of the workers is right. Default 64; none: a new connection for
	// each request.
	MaxIdleConns int

	// MaxConns bounds the connections to each backend, those of upgraded
	// and streamed responses included. A request waits for one, within
	// Timeout. Default none: what bounds the handlers bounds them.
	MaxConns int

	// Retries bounds the other backends that a request is taken to if it
	// cannot be connected to its first. Default 2.
	Retries int

	// TrustedProxies are the addresses of peers whose word on who the
	// client is counts. Default none.
	TrustedProxies []netip.Prefix

	// TrustUnixPeers trusts peers that come over a unix socket likewise.
	TrustUnixPeers bool

	// TLS is for backends with https. Default: the system's roots.
	TLS *tls.Config

	// Trace reports events, if set.
	Trace *Trace

	// Log takes backends that go out and come back at level Warn, and each
	// failed request at Debug. Default: slog.Default().
	Log *slog.Logger
}

const (
	defaultConnectTimeout = 3 * time.Second
	defaultTimeout        = 30 * time.Second
	defaultIdleTimeout    = 1500 * time.Millisecond
	defaultMaxIdleConns   = 64
	defaultRetries        = 2
)

// withDefaults returns c with each zero resolved and each negative value as
// what the code counts with: 0 for none, never for Timeout and Retries.
func (c Config) withDefaults() Config {
	c.ConnectTimeout = or(c.ConnectTimeout, defaultConnectTimeout)
	c.IdleTimeout = or(c.IdleTimeout, defaultIdleTimeout)
	c.Timeout = max(0, or(c.Timeout, defaultTimeout))
	c.MaxIdleConns = or(c.MaxIdleConns, defaultMaxIdleConns)
	c.MaxConns = max(0, c.MaxConns)
	c.Retries = max(0, or(c.Retries, defaultRetries))
	if c.Trace == nil {
		c.Trace = &Trace{}
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	return c
}

func or[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}

// addresses returns where the backends are. The error names every fault of
// the whole Config, one a line.
func (c Config) addresses() ([]address, error) {
	var faults []error
	if len(c.Backends) == 0 {
		faults = append(faults, errors.New("upstream: Backends is empty: name one at least, such as http://127.0.0.1:3000"))
	}
	if c.ConnectTimeout < 0 {
		faults = append(faults, fmt.Errorf("upstream: ConnectTimeout is %v: it must be more than 0", c.ConnectTimeout))
	}
	if c.IdleTimeout < 0 {
		faults = append(faults, fmt.Errorf("upstream: IdleTimeout is %v: it must be more than 0; "+
			"a negative MaxIdleConns keeps no connection", c.IdleTimeout))
	}
	for _, p := range c.TrustedProxies {
		if !p.IsValid() {
			faults = append(faults, errors.New("upstream: TrustedProxies holds a prefix that is not valid"))
		}
	}
	var all []address
	seen := map[address]bool{}
	for _, s := range c.Backends {
		a, err := parseAddress(s)
		switch {
		case err != nil:
			faults = append(faults, err)
		case seen[a]:
			faults = append(faults, fmt.Errorf("upstream: backend %q is given twice", s))
		default:
			seen[a] = true
			all = append(all, a)
		}
	}
	return all, errors.Join(faults...)
}

// New returns a Handler for c. It connects to nothing: a backend may start
// later. The error names every fault of c.
func New(c Config) (*Handler, error) {
	addresses, err := c.addresses()
	if err != nil {
		return nil, err
	}
	c = c.withDefaults()
	h := &Handler{
		config:   c,
		backends: newBackends(addresses, c),
		trusted:  newTrusted(c),
		token:    newToken(),
		log:      slog.NewLogLogger(c.Log.Handler(), slog.LevelDebug),
	}
	return h, nil
}

// debug logs the failure of a request.
func (h *Handler) debug(msg string, args ...any) {
	h.config.Log.Log(context.Background(), slog.LevelDebug, msg, args...)
}
