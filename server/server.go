package server

import (
	"context"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"time"

	"millpond/pool"
)

// A Server serves HTTP/1.0 and HTTP/1.1 with bounded concurrency. It looks
// and behaves like [http.Server] where it has the same name; its zero value
// with a Handler is ready to serve. Fields must not change after the first
// call of a Serve method. Methods are safe for concurrent use.
//
// What zero and negative values of the limits mean is in a table of the
// package documentation.
type Server struct {
	// Addr is the TCP address for ListenAndServe, ":http" if empty.
	Addr string

	// Handler serves the requests, http.DefaultServeMux if nil.
	Handler http.Handler

	// Pool bounds the requests that run and that wait. Its hooks are called
	// after the server's own. Its Discipline is Adaptive by default, or FIFO with
	// OverflowBlock, and its Gate by default that of the Go scheduler. Classes
	// are the server's own. Only ModelPool uses it.
	Pool pool.Config

	// Classes keep requests of different kinds out of each other's way. Only
	// ModelPool uses them.
	Classes []Class

	// FairBy says what makes two requests those of one client, for equal shares
	// among clients under overload: "ip", the address that it comes from;
	// "header:" and the name of a field, its value; or "none". Default "ip".
	FairBy string

	// TrustedProxies are the addresses of balancers. A request that comes from
	// one is that of the last address in X-Forwarded-For that is not one.
	TrustedProxies []netip.Prefix

	// UnreadyAfter is how long an overload must last for the readiness probe to
	// get a 503, so that a balancer looks elsewhere. Zero: it never does.
	UnreadyAfter time.Duration

	// ServerTiming has responses say in a Server-Timing field how long their
	// request waited for a worker, and how long the handler took to its first
	// byte (https://www.w3.org/TR/server-timing/).
	ServerTiming bool

	// Model says who runs a request.
	Model Model

	// Overflow says what happens to a request that finds the queue full.
	Overflow Overflow

	// Refusals say what the clients get whose requests the server itself
	// refuses. The zero value tells them why, in plain text or, to those that
	// prefer JSON, as problem details (RFC 9457).
	Refusals Refusals

	// ReadHeaderTimeout bounds the wait for the first byte of a connection
	// and, from the first byte of a request on, the reading of its whole
	// head. Default: 10 s, or ReadTimeout if that is less.
	ReadHeaderTimeout time.Duration

	// ReadTimeout bounds the reading of a request from its first byte to the
	// last of its body. It cuts large uploads however fast they are: MinRate
	// is the better defence. Default: none.
	ReadTimeout time.Duration

	// WriteTimeout bounds the time from the end of a request's head to that
	// of the response, the wait for a worker and the handler's time included.
	// It cuts large downloads likewise. Default: none.
	WriteTimeout time.Duration

	// MinRate is how many bytes per second a client must send of a body, or take
	// of a response, once it has been waited for 5 s in all: only time in which
	// somebody waits for it counts. One that was faster may pause for as long as
	// it takes to move 128 KiB at that rate, because its own buffers, which may
	// be as large, hide what it does. Default 240.
	MinRate int

	// IdleTimeout bounds the wait for the next request. Default 75 s.
	IdleTimeout time.Duration

	// MaxHeaderBytes bounds the head, request line included; it is from 256
	// bytes to 1 MiB. Within it, a request line has at most 8 KiB and a field
	// 16 KiB, or more by as much as MaxHeaderBytes exceeds its default, and a
	// head 100 fields. Default 32 KiB.
	MaxHeaderBytes int

	// MaxBodyBytes bounds a request's body. Default: none.
	MaxBodyBytes int64

	// BodyBuffer is how much of a request's body is read before the request is
	// queued. A body that fits holds no worker while it comes, and is refused if
	// its framing is wrong; of a larger one, as much comes first. A client that
	// expects 100 Continue is asked for its body when the handler reads it.
	// Default 64 KiB.
	BodyBuffer int

	// Streams bounds the handlers that run without a place in the pool: those
	// that wait for their clients, in a Read of a body larger than BodyBuffer
	// or in a Write of a response larger than WriteBuffer, those that [Wait] or
	// [Detach], and those that have taken the connection. Beyond it, what would
	// be one more fails, or is answered 503. They are not shared out among
	// clients: one can have them all, and what bounds the connections of an
	// address, such as a proxy in front, bounds that. Default 1,024.
	Streams int

	// WriteBuffer is how many bytes of one response are kept for a client that
	// does not take them at once, so that the handler can go on. Default 256 KiB.
	WriteBuffer int

	// BufferMemory bounds the memory of everything that is kept for slow
	// clients, of all connections together. Default: an eighth of the memory
	// that the process may use (GOMEMLIMIT, its control group, or the machine),
	// at most 1 GiB.
	BufferMemory int64

	// MaxConns is the number of open connections at which the server stops
	// to accept. Who wants to come in then takes the place of the connection
	// that has been idle, or had its last answer, for longest; else of the one
	// that has owed a head longest, from two seconds on; and if all are busy, of
	// the first that has had its answer. Default: 90 % of the limit on open
	// files.
	MaxConns int

	// Control reserves paths for the control lane.
	Control Control

	// DisableGeneralOptionsHandler has OPTIONS * reach Handler, which else is
	// answered with a 200 and no body.
	DisableGeneralOptionsHandler bool

	// Trace reports events, if set.
	Trace *Trace

	// Logger takes what goes wrong, and ErrorLog does as lines of text if
	// Logger is nil. What net/http and the packages around it log by way of the
	// request's context goes the same way. Neither is ever waited for: what is
	// not taken in time, or is too much, is dropped, and counted in Stats.
	// Default: slog.Default().
	Logger   *slog.Logger
	ErrorLog *log.Logger

	// ConnState, if set, is called when a connection changes its state, in the
	// order and with the meaning that net/http gives to the states. The
	// net.Conn is the same value each time; its Close ends the connection.
	// Like the hooks of Trace it must be quick, and a panic costs the
	// connection.
	ConnState func(net.Conn, http.ConnState)

	// Exclusive, if set, reports whether this process alone has the socket of a
	// listener: it has neither inherited it, as by systemd, nor handed it to another.
	// On Linux, Shutdown then has the kernel refuse who wants to connect before it
	// accepts those who have, so that closing the listener resets nobody; it takes
	// a tenth of a second longer. That cannot be undone, for nobody who has the socket.
	// Default: the listeners of ListenAndServe are.
	Exclusive func(net.Listener) bool

	// BaseContext, if set, makes the context that the contexts of all
	// requests accepted by a listener descend from.
	BaseContext func(net.Listener) context.Context

	// ConnContext, if set, makes the context of one connection of that. Like
	// ConnState it must be quick.
	ConnContext func(ctx context.Context, c net.Conn) context.Context

	starter
}
