package poll

import (
	"net/netip"

	"millpond/server/internal/http1"
)

// bufferBytes is what a stream reads ahead at most.
const bufferBytes = 4 << 10

// A Link is the way bytes come and go on a connection, and how the one who
// moves the connection on controls that. As a transport it serves the goroutine
// that runs a handler.
type Link interface {
	http1.Transport

	// Park parks the connection until one of the signals comes, unless one has,
	// and reports whether it is parked: otherwise it is the caller's still, or
	// again. A link that cannot but wait uses the goroutine of the caller, for
	// as long as that takes, to notice what comes.
	Park(Signals) bool

	// ClientIP is the address of the client, or the zero one if it has none.
	ClientIP() netip.Addr

	// CloseWrite ends the output; the input can still be read.
	CloseWrite() error

	// Abandon has Close drop what the client has not taken, and reset the
	// connection: the kernel would keep it for minutes otherwise.
	Abandon()

	// Notify tells those who wait in Read or Write that signals have come. It
	// is safe for concurrent use.
	Notify(Signals)

	// Cut makes every pending and later read and write fail. It is safe for
	// concurrent use.
	Cut()
}

// A Tag names what is polled. The generation tells a connection from those
// that had the same index before it, so that a late event cannot reach the
// wrong one; that of a listener is 0.
type Tag struct {
	Index      uint32
	Generation uint32
}
