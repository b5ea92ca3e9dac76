package http1

import "net"

// A Transport carries the bytes of one connection. An exchange reads and
// writes it while it is served, and never touches it afterwards, but for
// LocalAddr.
type Transport interface {
	// Read and Write wait, until the deadlines: they are for the goroutine
	// that runs the handler. One may wait in each at the same time, and a
	// deadline that is set meanwhile holds for them too.
	net.Conn

	// TryRead does not wait: if there is nothing to read, it returns
	// ErrWouldBlock.
	TryRead(p []byte) (int, error)

	// TryWrite does not wait: it writes what it can of p, and returns
	// ErrWouldBlock if that is not all. It may go on with next on the same
	// terms, if it can send the two as one, or leave it to another call.
	TryWrite(p, next []byte) (int, error)

	// Untaken is how many of the bytes that were written the client has not
	// taken yet, as far as the transport can tell.
	Untaken() int

	// Waits reports whether TryRead and TryWrite cannot help waiting, and
	// whether a client that leaves is noticed only after Watch.
	Waits() bool

	// Watch has the owner of the connection call Exchange.Cancel when the
	// client leaves, if it does not do so anyway. It must not wait.
	Watch()

	// Detach gives the connection away, with the bytes that were read ahead
	// of the exchange's Input. The transport is not used after that. The
	// exchange is locked meanwhile: Detach must not wait for anybody who calls
	// more of it than Cancel.
	Detach() (net.Conn, []byte, error)
}

// A Holder is a Transport whose handlers hold something that others wait for, if
// Config.Pooled says so.
type Holder interface {
	// Leave gives it back, and reports whether the handler may go on without.
	Leave() bool

	// Return takes it again, and may have to wait for that.
	Return()
}

// ErrWouldBlock says that there is nothing to read, or no room to write, now.
// It is a timeout and temporary, so that what reads a transport through
// another layer, as crypto/tls does, can go on after it.
var ErrWouldBlock net.Error = wouldBlock{}

type wouldBlock struct{}

func (wouldBlock) Error() string   { return "http1: the operation would block" }
func (wouldBlock) Timeout() bool   { return true }
func (wouldBlock) Temporary() bool { return true }
