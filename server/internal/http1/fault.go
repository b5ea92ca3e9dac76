package http1

import (
	"net/http"
	"slices"
)

// A Fault is why a request cannot be served. Faults are fixed values, each
// with its answer, so that refusing a client allocates nothing.
type Fault struct {
	Status int
	Kind   FaultKind
	Text   string // tells the client what is allowed

	answer *Prebuilt
}

// Error implements error, for handlers that read a body.
func (f *Fault) Error() string { return "server: " + f.Text }

// Answer is the response to a request with that fault, unless the server has
// another one.
func (f *Fault) Answer() *Prebuilt { return f.answer }

// A FaultKind is what faults are counted by.
type FaultKind uint8

// The kinds of faults.
const (
	Malformed   FaultKind = iota // 400
	TargetLong                   // 414
	HeadLarge                    // 431
	HeadTimeout                  // 408
	BodyLarge                    // 413
	BodyTimeout                  // 408
	Coding                       // 501
	Version                      // 505
	Expect                       // 417
	Unbuildable                  // 400, and a bug: it passed the scanner, but no request could be made of it
	NumFaultKinds
)

var faultNames = [NumFaultKinds]string{"malformed", "target_too_long", "head_too_large", "head_timeout",
	"body_too_large", "body_timeout", "transfer_coding", "version", "expectation", "unbuildable"}

// String is the name of the kind, fit for a metric label.
func (k FaultKind) String() string {
	if k >= NumFaultKinds {
		return "unknown"
	}
	return faultNames[k]
}

// Faults returns all there are.
func Faults() []*Fault { return slices.Clone(allFaults) }

var allFaults []*Fault

func newFault(status int, kind FaultKind, text string) *Fault {
	f := &Fault{status, kind, text, &Prebuilt{Status: status, Text: text + "\n"}}
	allFaults = append(allFaults, f)
	return f
}

// FaultHeadTimeout is for who waits for a head; no scanner finds it.
var FaultHeadTimeout = newFault(http.StatusRequestTimeout, HeadTimeout, "the head took too long")

// The faults of a body that is read ahead, which no scanner finds either.
var (
	FaultBodyTimeout = faultBodySlow
	FaultBodyCut     = faultBody
)

// The faults of a head.
var (
	faultMethod      = newFault(http.StatusBadRequest, Malformed, "the request does not begin with a method")
	faultRequestLine = newFault(http.StatusBadRequest, Malformed, "the request line must be: method SP target SP HTTP-version CRLF")
	faultTarget      = newFault(http.StatusBadRequest, Malformed, "the request target is not valid")
	faultVersion     = newFault(http.StatusHTTPVersionNotSupported, Version, "this server speaks HTTP/1.0 and HTTP/1.1")
	faultLineEnd     = newFault(http.StatusBadRequest, Malformed, "every line of the head must end with CRLF")
	faultFold        = newFault(http.StatusBadRequest, Malformed, "a field must not be folded over lines")
	faultFieldName   = newFault(http.StatusBadRequest, Malformed, "a field name must be a token followed by a colon")
	faultFieldValue  = newFault(http.StatusBadRequest, Malformed, "a field value must not have control characters")
	faultHost        = newFault(http.StatusBadRequest, Malformed, "the request needs exactly one valid Host")
	faultLength      = newFault(http.StatusBadRequest, Malformed, "Content-Length must be one decimal number")
	faultFraming     = newFault(http.StatusBadRequest, Malformed, "Transfer-Encoding must end in chunked, just once, and goes neither with Content-Length nor with HTTP/1.0")
	faultTrailer     = newFault(http.StatusBadRequest, Malformed, "Trailer must not name a framing field")
	faultCoding      = newFault(http.StatusNotImplemented, Coding, "the only transfer coding is chunked")
	faultExpect      = newFault(http.StatusExpectationFailed, Expect, "the only expectation is 100-continue")
	faultTargetLong  = newFault(http.StatusRequestURITooLong, TargetLong, "the request line is too long: it may have 8 KiB, unless the server allows more")
	faultHeadLarge   = newFault(http.StatusRequestHeaderFieldsTooLarge, HeadLarge, "the head is too large: a field may have 16 KiB, unless the server allows more, and there may be 100")
	faultUnbuildable = newFault(http.StatusBadRequest, Unbuildable, "the request cannot be understood")
)

// The faults of a body; the scanner knows the first of them too.
var (
	faultBodyLarge    = newFault(http.StatusRequestEntityTooLarge, BodyLarge, "the body is too large")
	faultBodySlow     = newFault(http.StatusRequestTimeout, BodyTimeout, "the body took too long")
	faultChunk        = newFault(http.StatusBadRequest, Malformed, "the body is not in the chunked coding: to the letter, lines of 4 KiB at most, extensions of 8 KiB")
	faultTrailerLarge = newFault(http.StatusRequestHeaderFieldsTooLarge, HeadLarge, "the trailers have more than 8 KiB, or than 100 fields")
	faultNoStream     = newFault(http.StatusServiceUnavailable, BodyTimeout, "too many requests wait for their clients; try again later")
	faultBody         = newFault(http.StatusBadRequest, Malformed, "the body is malformed")
)
