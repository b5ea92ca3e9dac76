// Package http1 serves HTTP/1.x exchanges, one after the other, on a transport
// that is given to it. It knows nothing of how connections are accepted,
// parked, counted or queued.
//
// The way of the bytes of one exchange, by files:
//
//	transport    reads into an
//	input        which holds what is not yet consumed, and whose
//	head…        is judged strictly, line by line: a fault refuses it
//	exchange     is made of it: the
//	request…     built from the head, with a
//	body         that the handler reads from the transport, and the
//	response…    that the handler writes, framed into an
//	output       the queue of what the transport has still to take; or the
//	hijack       that gives the transport away. The
//	outcome      says how it has ended, and what becomes of the connection.
//
// The states of a response:
//
//	undecided ──▶ headDecided ──▶ headSent
//	    └──────────────┴─────────────┴──┬──▶ hijacked       the handler has taken the connection
//	                                    ├──▶ failed ──┐     the client did not take the response
//	                                    └─────────────┴──▶ done   the handler has returned
//
// One lock guards them, and is not held while anybody waits for the client.
package http1
