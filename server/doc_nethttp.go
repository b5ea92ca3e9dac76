// # What zero means
//
// A field that net/http has, too, means the same here. Where net/http has no
// bound by default, and a server that is open to everybody needs one, the zero
// value is a bound; a negative value is none, as there. Sizes are in bytes, and
// those of a request or a response are of one.
//
//	field              0 here                 0 in net/http        < 0 here   beyond it
//	ReadHeaderTimeout  10 s, or ReadTimeout   ReadTimeout, none    none       408, or closed if nothing came
//	                   if that is less
//	ReadTimeout        none                   none                 none       408 and closed
//	WriteTimeout       none                   none                 none       closed
//	IdleTimeout        75 s                   ReadTimeout, none    none       closed
//	MaxHeaderBytes     32 KiB                 1 MiB                refused    431; 414 for the request line
//	MaxBodyBytes       none                   – (MaxBytesHandler)  none       413 and closed
//	MinRate            240 bytes/s after 5 s  –                    none       408, or closed
//	BodyBuffer         64 KiB                 –                    none       it is read while the handler runs
//	WriteBuffer        256 KiB                –                    none       the handler waits
//	BufferMemory       an eighth of memory,   –                    none       503, longest waiting first
//	                   at most 1 GiB
//	Streams            1,024                  –                    none       503
//	MaxConns           90 % of open files     –                    none       the oldest idle one is closed, or
//	                                                                          who owes a head; else others wait
//	Pool.Workers       GOMAXPROCS             –                    refused    the request waits
//	Pool.MinWorkers    as many as processors  –                    refused    a worker starts if the processors
//	                                                                          have time for it
//	Pool.Queue         16,384 requests, with  –                    0          503, or others wait (Overflow)
//	                   FIFO 64 × Workers
//	Pool.MaxWait       250 to 500 ms, with    –                    refused    503
//	                   FIFO none
//	UnreadyAfter       none                   –                    none       503 for the readiness probe
//
// The zero Model is ModelPool, and the zero Overflow OverflowReject. An empty Addr
// is ":http", and an empty FairBy "ip". A nil Handler is http.DefaultServeMux, as
// there, and the log without one is slog.Default(). What else is zero is off.
//
// # Where it differs from net/http
//
// A handler that runs on an http.Server runs on a Server. The tests of net/http
// itself are run against it (internal/conformance), and differences.txt there
// lists those that end otherwise. This is all that is known to differ, and why:
//
//   - Requests are bounded. A request waits for a worker, and may be answered
//     503 instead: that is what this package is for. A handler that calls its
//     own server waits for a second worker while it holds one: with as many such
//     requests as workers, each waits for all others, until the queue's bound on
//     waiting ends it. Call the handler instead, or give what is called this way
//     a Server, and so a pool, of its own.
//   - A handler that panics is answered with a 500, if nothing of a response was
//     sent: the client should not take it for a broken network. Panic with
//     http.ErrAbortHandler, and the connection is closed as in net/http.
//   - A head that is late is answered with a 408 (RFC 9110, section 15.5.9), if
//     any of it has come.
//   - Heads, chunks and trailers are judged to the letter of RFC 9112, as readers
//     that forgive different mistakes see different requests: each of these is a
//     400 and ends the connection: a bare LF or CR; folded lines; white space
//     before a colon, or around the size of a chunk or its extensions; control
//     characters in values; an empty or malformed Host, or none (also for
//     CONNECT); Transfer-Encoding beside Content-Length, in HTTP/1.0, or without
//     chunked as its last coding; a target that is not one of the four forms
//     (section 3.2), is not in ASCII or has a fragment, a URL of another scheme
//     than http and https or with a user, a CONNECT without a port, and * with
//     another method of HTTP than OPTIONS; extensions of a chunk that are
//     malformed, or have 8 KiB.
//   - Up to two empty lines before any request are ignored (RFC 9112, section
//     2.2); by net/http only after a POST.
//   - A head has at most 100 fields, and MaxHeaderBytes bounds it exactly. A method
//     has at most 32 bytes, a request line 8 KiB and another one 16 KiB; lines may
//     be longer by what MaxHeaderBytes is over 32 KiB. Trailers have at most 100
//     fields and 8 KiB.
//   - Anything in Expect but 100-continue is a 417, beside that, too. The answer to
//     OPTIONS * does not ask for the body that a client expects to be asked for.
//   - Connection: close is heeded in every member of a list, however it is written,
//     by a client of HTTP/1.0 beside keep-alive, and by a handler.
//   - A body that turns out to be malformed or too large is answered with a 400 or
//     413, whatever the handler makes of it, unless some of its response was sent.
//   - A body of up to BodyBuffer is complete, and judged, before the handler runs,
//     so that a slow client holds no worker: what is late is a 408, and what
//     breaks off ends the connection, without the handler.
//   - A Write returns when its bytes are queued, up to WriteBuffer of them, not
//     when the kernel has them: that a client does not take them may only show
//     later. A deadline that somebody sets on the net.Conn itself does not hold
//     for what is queued, nor where MinRate or a timeout bounds the wait; those
//     of http.ResponseController do.
//   - A read deadline that has passed ends the Read that waits; it does not spoil
//     the body for the next one.
//   - A request can be read while its response is written, always: a handler that
//     copies one to the other needs no EnableFullDuplex. What a handler leaves
//     unread is read, up to 256 KiB, after the response, or while a Write waits
//     for a client that takes nothing before it has sent all; net/http does it
//     before. If more than that is left when the head is sent, and the handler has
//     read nothing, the head says Connection: close.
//   - A 2xx to CONNECT has no framing, and ends HTTP on the connection (RFC 9110,
//     section 9.3.6).
//   - There are no 1xx responses to HTTP/1.0.
//   - A response of up to 4 KiB that a handler has not flushed has a
//     Content-Length; in net/http, one of up to 2 KiB.
//   - Of what a handler sets, a Content-Length that is no number, a field with a
//     NUL, and a trailer that must not be one (RFC 9110, section 6.5.1) are
//     dropped, not sent. Trailers can be set as long as the head is not sent.
//   - The connection that ConnState and ConnContext get is not a *net.TCPConn or
//     *net.UnixConn where it is parked without a goroutine. Its Close works, and
//     it is a syscall.Conn; it cannot be read or written. After Hijack, what the
//     handler has is another value.
//   - What http.ServerContextKey yields is an http.Server that has the address,
//     the handler and the log of this one, and serves nothing.
//   - The log is written by a goroutine of its own, and bounded.
//   - At MaxConns, a response may say Connection: close although the handler and
//     the client would go on.
//   - Serve ends up to a quarter of a second after its listener was closed by
//     another. Shutdown before Serve has that serve the connections which wait,
//     before it returns http.ErrServerClosed.
//   - Shutdown accepts the connections that wait, and Exclusive says whether those
//     that come meanwhile are refused; net/http has both reset.
//   - net/rpc cannot be dialled over HTTP: rpc.DialHTTP ends its lines with a
//     bare LF.
//   - There is no HTTP/2, and no ServeTLS: Serve takes a listener of crypto/tls.
//     If its Config has NextProtos with "h2", clients will speak what is not
//     spoken here.
package server
