package http1

import (
	"bytes"
	"strconv"
)

// seenFields remembers what single fields said until the whole head is known.
type seenFields struct {
	lengths    uint64 // of all names, as a set, by lengthBit
	hosts      int
	codings    int    // Transfer-Encoding fields
	length     string // the first Content-Length, as written
	close      bool   // Connection options
	keepAlive  bool
	badTrailer bool
}

// judgeField judges one field line (RFC 9112, section 5).
func (s *scanner) judgeField(line []byte) *Fault {
	if s.head.fields++; s.head.fields > maxFields {
		return faultHeadLarge
	}
	name, value, f := splitField(line)
	if f != nil {
		return f
	}
	s.seen.lengths |= lengthBit(len(name))
	return s.note(name, value)
}

// splitField splits a field line, which is not empty, at its colon.
func splitField(line []byte) (name, value []byte, f *Fault) {
	if line[0] == ' ' || line[0] == '\t' {
		return nil, nil, faultFold
	}
	colon := bytes.IndexByte(line, ':')
	if colon <= 0 {
		return nil, nil, faultFieldName
	}
	name, value = line[:colon], trim(line[colon+1:])
	for _, b := range name {
		if !isToken(b) {
			return nil, nil, faultFieldName
		}
	}
	for _, b := range value {
		if isControl(b) {
			return nil, nil, faultFieldValue
		}
	}
	return name, value, nil
}

// trim is without the white space that may surround a value (RFC 9110, section
// 5.6.3). A set of bytes.Trim costs more than the rest of the line.
func trim(b []byte) []byte {
	isSpace := func(b byte) bool { return b == ' ' || b == '\t' }
	for len(b) > 0 && isSpace(b[0]) {
		b = b[1:]
	}
	for len(b) > 0 && isSpace(b[len(b)-1]) {
		b = b[:len(b)-1]
	}
	return b
}

// isControl reports whether b must not be in a value (RFC 9110, section 5.5).
func isControl(b byte) bool { return b < ' ' && b != '\t' || b == 0x7f }

// note keeps what the field says of framing, routing and the connection.
func (s *scanner) note(name, value []byte) *Fault {
	switch len(name) {
	case len("Host"):
		if foldsTo(name, "host") {
			return s.noteHost(value)
		}
	case len("Expect"):
		if foldsTo(name, "expect") {
			return s.noteExpect(value)
		}
	case len("Trailer"):
		if foldsTo(name, "trailer") {
			s.noteTrailer(value)
		}
	case len("Connection"):
		if foldsTo(name, "connection") {
			s.noteConnection(value)
		}
	case len("Content-Length"):
		if foldsTo(name, "content-length") {
			return s.noteLength(value)
		}
	case len("Transfer-Encoding"):
		if foldsTo(name, "transfer-encoding") {
			return s.noteCoding(value)
		}
	}
	return nil
}

func (s *scanner) noteHost(value []byte) *Fault {
	s.seen.hosts++
	if !validHost(value) {
		return faultHost
	}
	return nil
}

// noteExpect takes the one expectation that there is, or none: the field is a
// list, whose members may be empty (RFC 9110, sections 5.6.1 and 10.1.1).
func (s *scanner) noteExpect(value []byte) *Fault {
	for expectation := range bytes.SplitSeq(value, []byte{','}) {
		switch expectation = trim(expectation); {
		case len(expectation) == 0:
		case foldsTo(expectation, "100-continue"):
			s.head.expectContinue = true
		default:
			return faultExpect
		}
	}
	return nil
}

func (s *scanner) noteConnection(value []byte) {
	for option := range bytes.SplitSeq(value, []byte{','}) {
		switch option = trim(option); {
		case foldsTo(option, "close"):
			s.seen.close = true
		case foldsTo(option, "keep-alive"):
			s.seen.keepAlive = true
		}
	}
}

// noteLength takes digits only: a sign, a list or an overflow is how requests
// are smuggled (RFC 9112, section 6.3). A repeated field must be the same to
// the letter.
func (s *scanner) noteLength(value []byte) *Fault {
	if s.seen.length != "" {
		if s.seen.length != string(value) {
			return faultLength
		}
		return nil
	}
	for _, b := range value {
		if b < '0' || b > '9' {
			return faultLength
		}
	}
	text := string(value)
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return faultLength
	}
	s.seen.length, s.head.Length = text, n
	return nil
}

// noteCoding takes chunked alone. What does not end in it has no end that two
// readers agree on; what only ends in it needs a decoder that there is not (RFC
// 9112, section 6.3).
func (s *scanner) noteCoding(value []byte) *Fault {
	s.seen.codings++
	if s.head.HTTP10 {
		return faultFraming
	}
	members := 0
	for coding := range bytes.SplitSeq(value, []byte{','}) {
		if s.head.Chunked {
			return faultFraming // it must be the last
		}
		members++
		s.head.Chunked = foldsTo(trim(coding), "chunked")
	}
	switch {
	case !s.head.Chunked:
		return faultFraming
	case members > 1:
		return faultCoding
	}
	return nil
}

func (s *scanner) noteTrailer(value []byte) {
	for name := range bytes.SplitSeq(value, []byte{','}) {
		name = trim(name)
		if foldsTo(name, "content-length") || foldsTo(name, "transfer-encoding") || foldsTo(name, "trailer") {
			s.seen.badTrailer = true
		}
	}
}

// foldsTo reports whether b is lower, which is in lower case, in any case of
// ASCII letters.
func foldsTo(b []byte, lower string) bool {
	if len(b) != len(lower) {
		return false
	}
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != lower[i] {
			return false
		}
	}
	return true
}
