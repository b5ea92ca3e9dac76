package server

import (
	"net/netip"
	"time"
)

// A Request describes a request that has been answered, or cannot be any more.
type Request struct {
	Origin   Origin        // OriginHandler also if nobody came to answer it
	Method   string        // "" if the request was refused before it was known
	Route    string        // by SetRoute(string) of the ResponseWriter, or http.Request.Pattern; "" if no handler set it
	TraceID  string        // by SetTraceID(string) of the ResponseWriter
	Status   int           // 0 if nothing of a response was sent
	Received int64         // bytes of head and body read from the connection
	Sent     int64         // bytes of head and body given to the connection
	Duration time.Duration // first byte read to last byte written, queue included
}

// An Access is a request as a log of them has it.
type Access struct {
	Request
	At     time.Time     // when its head was whole, or it was refused
	Path   string        // as the client sent it, without the query; "" if the request line never came
	Client netip.Addr    // by the word of Server.TrustedProxies, if it came from one; invalid if it has none
	Class  string        // of Server.Classes, or "default"; "" if it was not to be queued
	Reason string        // why it was shed or refused, by the name of that; "" if it was not
	Queued time.Duration // it waited for a worker
	Run    time.Duration // in the handler
}
