package http1

import "bytes"

// Limits beside Config.MaxHead, and the status beyond each.
const (
	maxEmptyBytes       = 4        // of empty lines before the request line, else 400
	maxMethodBytes      = 32       // 400
	maxRequestLineBytes = 8 << 10  // 414
	maxFieldLineBytes   = 16 << 10 // 431
	maxFields           = 100      // 431

	// usualHead is what a head needs at most. Where more is allowed, lines may
	// be longer by as much.
	usualHead = 32 << 10
)

// A Head is what has to be known of a request before it is admitted: how it
// is framed, where it goes, and whether the connection outlives it.
type Head struct {
	Size      int   // bytes of the head, up to and with the blank line; 0 until it is complete
	Length    int64 // of the body, from Content-Length
	Method    Verb
	HTTP10    bool
	Chunked   bool
	KeepAlive bool

	expectContinue bool
	plain          bool // no field says anything of a body: the head is all of the request
	fields         int
	start          int // where the request line begins: after a leading CRLF
	pathFrom       int // the target without its query
	pathTo         int
}

// hasBody reports whether body bytes follow the head.
func (h *Head) hasBody() bool { return h.Chunked || h.Length > 0 }

// A Verb is a method of RFC 9110 or PATCH, as far as a request line has told.
type Verb uint8

// The verbs.
const (
	VerbOther Verb = iota // another method, or not yet known
	VerbGet
	VerbHead
	VerbPost
	VerbPut
	VerbDelete
	VerbConnect
	VerbOptions
	VerbTrace
	VerbPatch
	numVerbs
)

var verbNames = [numVerbs]string{"", "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"}

// String is the method, or "" for VerbOther.
func (v Verb) String() string {
	if v >= numVerbs {
		return ""
	}
	return verbNames[v]
}

func verbOf(method []byte) Verb {
	for v, name := range verbNames {
		if string(method) == name {
			return Verb(v)
		}
	}
	return VerbOther
}

// A scanner judges the head of a request, strictly, from bytes that arrive in
// any number of pieces (RFC 9112, sections 2 to 7). Each line is judged once,
// when it is complete; what is judged before that depends only on the bytes so
// far, so the verdict does not depend on where the input was split. The zero
// scanner with its limits set is ready; a scanner is not safe for concurrent
// use, and allocates nothing for an origin-form target.
type scanner struct {
	head   Head
	line   int // where the first line not yet judged begins
	looked int // no line feed before this offset and after line
	seen   seenFields

	maxHead int
	maxBody int64 // no limit if negative
}

// reset readies the scanner for the next request.
func (s *scanner) reset() {
	*s = scanner{maxHead: s.maxHead, maxBody: s.maxBody}
}

// scan looks at b, which holds the request from its first byte on and has
// only grown since the last call. It reports whether the head is complete, or
// the fault that refuses it.
func (s *scanner) scan(b []byte) (done bool, f *Fault) {
	for {
		i := bytes.IndexByte(b[s.looked:], '\n')
		if i < 0 {
			s.looked = len(b)
			return false, s.judgePart(b[s.line:])
		}
		end := s.looked + i + 1
		line := b[s.line:end]
		if s.atStart() && s.head.start < maxEmptyBytes && string(line) == "\r\n" {
			s.head.start = end // RFC 9112, section 2.2: ignore at least one empty line
		} else if done, f = s.judgeLine(line, end); done || f != nil {
			return done, f
		}
		s.line, s.looked = end, end
	}
}

// atStart reports whether the request line is still to come.
func (s *scanner) atStart() bool { return s.line == s.head.start }

// judgePart judges what can be judged before the line is complete: that it
// may still become one within the limits.
func (s *scanner) judgePart(line []byte) *Fault {
	if s.atStart() {
		if s.head.start < maxEmptyBytes && string(line) == "\r" {
			return nil
		}
		if f := judgeMethod(line); f != nil {
			return f
		}
		if len(line) > min(maxRequestLineBytes+s.beyondUsual(), s.maxHead) {
			method, _ := cutBytes(line, ' ')
			s.head.Method = verbOf(method) // the answer to HEAD has no content
			return faultTargetLong
		}
		return nil
	}
	if s.line+len(line) > s.maxHead || len(line) > maxFieldLineBytes+s.beyondUsual() {
		return faultHeadLarge
	}
	return nil
}

func (s *scanner) beyondUsual() int { return max(0, s.maxHead-usualHead) }

// judgeLine judges a whole line, its line feed included, that ends at end.
func (s *scanner) judgeLine(line []byte, end int) (done bool, f *Fault) {
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
		s.head.Size = end
		return true, s.judgeWhole()
	default:
		return false, s.judgeField(text)
	}
}

// judgeWhole applies the rules that need every field.
func (s *scanner) judgeWhole() *Fault {
	h := &s.head
	switch {
	case s.seen.hosts != 1 && !(h.HTTP10 && s.seen.hosts == 0):
		return faultHost
	case s.seen.codings > 0 && s.seen.length != "":
		return faultFraming
	case h.Chunked && s.seen.badTrailer:
		return faultTrailer
	case s.maxBody >= 0 && h.Length > s.maxBody:
		return faultBodyLarge
	}
	h.plain = s.seen.length == "" && s.seen.codings == 0 && h.Method != VerbConnect
	h.KeepAlive = !s.seen.close && (!h.HTTP10 || s.seen.keepAlive)
	h.expectContinue = h.expectContinue && !h.HTTP10 && h.hasBody()
	return nil
}
