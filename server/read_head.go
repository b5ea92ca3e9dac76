package server

import (
	"bytes"
	"net/http"
)

// A fault is why a head cannot be served: the answer it gets, and the reason
// it is counted under. Faults are fixed values, so that refusing a client
// allocates nothing.
type fault struct {
	status int
	reason BadReason
	text   string // tells the client what is allowed
}

// Limits that hold whatever MaxHeaderBytes says, and the answer past each.
const (
	maxMethodBytes      = 32
	maxRequestLineBytes = 8 << 10  // 414
	maxFieldLineBytes   = 16 << 10 // 431
	maxFields           = 100      // 431
)

var (
	faultMethod      = &fault{http.StatusBadRequest, BadMalformed, "the request does not begin with a method"}
	faultRequestLine = &fault{http.StatusBadRequest, BadMalformed, "the request line must be: method SP target SP HTTP-version CRLF"}
	faultTarget      = &fault{http.StatusBadRequest, BadMalformed, "the request target is not valid"}
	faultVersion     = &fault{http.StatusHTTPVersionNotSupported, BadVersion, "this server speaks HTTP/1.0 and HTTP/1.1"}
	faultLineEnd     = &fault{http.StatusBadRequest, BadMalformed, "every line of the head must end with CRLF"}
	faultFold        = &fault{http.StatusBadRequest, BadMalformed, "a field must not be folded over lines"}
	faultFieldName   = &fault{http.StatusBadRequest, BadMalformed, "a field name must be a token followed by a colon"}
	faultFieldValue  = &fault{http.StatusBadRequest, BadMalformed, "a field value must not have control characters"}
	faultHost        = &fault{http.StatusBadRequest, BadMalformed, "the request needs exactly one valid Host"}
	faultLength      = &fault{http.StatusBadRequest, BadMalformed, "Content-Length must be one decimal number"}
	faultFraming     = &fault{http.StatusBadRequest, BadMalformed, "Transfer-Encoding goes neither with Content-Length nor with HTTP/1.0, nor twice"}
	faultTrailer     = &fault{http.StatusBadRequest, BadMalformed, "Trailer must not name a framing field"}
	faultCoding      = &fault{http.StatusNotImplemented, BadCoding, "the only transfer coding is chunked"}
	faultExpect      = &fault{http.StatusExpectationFailed, BadExpect, "the only expectation is 100-continue"}
	faultTargetLong  = &fault{http.StatusRequestURITooLong, BadTargetLong, "the request line has more than 8 KiB, or than a head may have"}
	faultHeadLarge   = &fault{http.StatusRequestHeaderFieldsTooLarge, BadHeadLarge, "the head is too large, has a field of more than 16 KiB, or more than 100 fields"}
	faultBodyLarge   = &fault{http.StatusRequestEntityTooLarge, BadBodyLarge, "the body is too large"}
	faultHeadSlow    = &fault{http.StatusRequestTimeout, BadHeadTimeout, "the head took too long"}

	// These come up when a worker reads the body.
	faultBodySlow = &fault{http.StatusRequestTimeout, BadBodyTimeout, "the body took too long"}
	faultBody     = &fault{http.StatusBadRequest, BadMalformed, "the body is malformed"}
)

// faults are all of them, for the answers to be made.
var faults = [...]*fault{
	faultMethod, faultRequestLine, faultTarget, faultVersion, faultLineEnd, faultFold, faultFieldName,
	faultFieldValue, faultHost, faultLength, faultFraming, faultTrailer, faultCoding, faultExpect,
	faultTargetLong, faultHeadLarge, faultBodyLarge, faultHeadSlow, faultBodySlow, faultBody,
}

// A head is what has to be known of a request before it is admitted: how it
// is framed, where it goes, and whether the connection outlives it. Offsets
// count from the first byte given to the scanner.
type head struct {
	size           int   // bytes of the head, up to and with the blank line
	start          int   // where the request line begins: past a leading CRLF
	pathFrom       int   // the target without its query
	pathTo         int   //
	length         int64 // of the body, from Content-Length
	method         verb
	http10         bool
	chunked        bool
	keepAlive      bool
	expectContinue bool
	plain          bool // no field says anything of a body: the head is all of the request
}

// hasBody reports whether body bytes follow the head.
func (h *head) hasBody() bool { return h.chunked || h.length > 0 }

// A verb tells apart the methods that change how a head is judged or answered.
type verb uint8

const (
	verbOther verb = iota
	verbGet
	verbHead
	verbOptions
	verbConnect
)

var verbNames = [...]string{"", "GET", "HEAD", "OPTIONS", "CONNECT"}

func (v verb) String() string { return verbNames[v] }

// A headScanner judges the head of a request, strictly, from bytes that
// arrive in any number of pieces (RFC 9112, sections 2 to 7). Each line is
// judged once, when it is complete; what is judged before that depends only
// on the bytes so far, so the verdict does not depend on where the input was
// split. The zero scanner with its limits set is ready; a scanner is not safe
// for concurrent use, and allocates nothing for an origin-form target.
type headScanner struct {
	maxHead int
	maxBody int64 // no limit if negative

	line   int // where the first line not yet judged begins
	looked int // no line feed before this offset and after line
	fields int
	seen   seenFields
	head   head
}

// reset readies the scanner for the next request.
func (s *headScanner) reset() {
	*s = headScanner{maxHead: s.maxHead, maxBody: s.maxBody}
}

// scan looks at b, which holds the request from its first byte on and has
// only grown since the last call. It reports whether the head is complete, or
// the fault that refuses it.
func (s *headScanner) scan(b []byte) (done bool, f *fault) {
	for {
		i := bytes.IndexByte(b[s.looked:], '\n')
		if i < 0 {
			s.looked = len(b)
			return false, s.judgePart(b[s.line:])
		}
		end := s.looked + i + 1
		line := b[s.line:end]
		if s.atStart() && s.head.start == 0 && string(line) == "\r\n" {
			s.head.start = end // RFC 9112, section 2.2: ignore one empty line
		} else if done, f = s.judgeLine(line, end); done || f != nil {
			return done, f
		}
		s.line, s.looked = end, end
	}
}

// atStart reports whether the request line is still to come.
func (s *headScanner) atStart() bool { return s.line == s.head.start }

// judgePart judges what can be judged before the line is complete: that it
// may still become one within the limits.
func (s *headScanner) judgePart(line []byte) *fault {
	if s.atStart() {
		if s.head.start == 0 && string(line) == "\r" {
			return nil
		}
		if f := judgeMethod(line); f != nil {
			return f
		}
		if len(line) > min(maxRequestLineBytes, s.maxHead) {
			return faultTargetLong
		}
		return nil
	}
	if s.line+len(line) > s.maxHead || len(line) > maxFieldLineBytes {
		return faultHeadLarge
	}
	return nil
}

// judgeLine judges a whole line, its line feed included, that ends at end.
func (s *headScanner) judgeLine(line []byte, end int) (done bool, f *fault) {
	if f := s.judgePart(line); f != nil {
		return false, f
	}
	text, ok := bytes.CutSuffix(line, []byte("\r\n"))
	if !ok {
		return false, faultLineEnd
	}
	switch {
	case s.atStart():
		return false, s.judgeRequestLine(text)
	case len(text) == 0:
		s.head.size = end
		return true, s.judgeWhole()
	default:
		return false, s.judgeField(text)
	}
}

// judgeWhole applies the rules that need every field.
func (s *headScanner) judgeWhole() *fault {
	h := &s.head
	switch {
	case s.seen.hosts != 1 && !(h.http10 && s.seen.hosts == 0):
		return faultHost
	case s.seen.codings > 0 && (s.seen.length != "" || h.http10):
		return faultFraming
	case h.chunked && s.seen.badTrailer:
		return faultTrailer
	case s.maxBody >= 0 && h.length > s.maxBody:
		return faultBodyLarge
	}
	h.plain = s.seen.length == "" && s.seen.codings == 0 && h.method != verbConnect
	h.keepAlive = !s.seen.close && (!h.http10 || s.seen.keepAlive)
	h.expectContinue = h.expectContinue && !h.http10 && h.hasBody()
	return nil
}
