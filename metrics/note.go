package metrics

import (
	"errors"
	"fmt"
	"net/http"
	"unicode/utf8"
)

// SetRoute names the route of the request that w answers, in place of the
// pattern that came back with the request. Use it where a middleware copies the
// request, or with a router that is no http.ServeMux; see the package comment.
// Routes must be patterns, of which there are few: never a path.
//
// It finds the ResponseWriter of the server as http.ResponseController does, and
// returns an error that wraps errors.ErrUnsupported if that is not measured, or
// hidden by a writer without Unwrap, as that of http.TimeoutHandler is. It has no
// effect after the handler's return.
func SetRoute(w http.ResponseWriter, route string) error {
	return note(w, func(n noter) { n.SetRoute(route) })
}

// SetTraceID names the trace of the request that w answers, so that its duration
// becomes an exemplar of the histogram. Call it for traces that are sampled: one
// that is not kept leads nowhere, and an exemplar costs half a microsecond.
func SetTraceID(w http.ResponseWriter, id string) error {
	if len(id) > maxTraceID || !utf8.ValidString(id) {
		return fmt.Errorf("metrics: a trace ID has at most %d bytes of UTF-8, got %q", maxTraceID, id)
	}
	return note(w, func(n noter) { n.SetTraceID(id) })
}

// maxTraceID is what fits an exemplar, whose labels have at most 128 runes.
const maxTraceID = 100

// A noter is a ResponseWriter that takes notes for the report of its request.
type noter interface {
	SetRoute(route string)
	SetTraceID(id string)
}

func note(w http.ResponseWriter, take func(noter)) error {
	for {
		switch t := w.(type) {
		case noter:
			take(t)
			return nil
		case interface{ Unwrap() http.ResponseWriter }:
			w = t.Unwrap()
		default:
			return fmt.Errorf("metrics: %T does not lead to the server's ResponseWriter: %w", w, errors.ErrUnsupported)
		}
	}
}
