package http1

import (
	"bytes"
	"math"
	"net/http"
	"net/textproto"
)

// Limits of the chunked coding, beside that of the body itself.
const (
	maxChunkLine      = 4 << 10 // bytes of a line with a size
	maxExtensionBytes = 8 << 10 // of all extensions of a body
	maxTrailerBytes   = 8 << 10 // of all lines after the last chunk
	maxSizeDigits     = 16
)

// chunks finds the data in a body with the chunked coding, strictly (RFC 9112,
// section 7.1): whatever is not the coding to the letter is refused, as two
// readers who forgive different mistakes see different requests. Extensions
// are judged and dropped; white space in them, which the grammar calls bad, is
// refused. The bytes may come in any number of pieces, and the verdict does not
// depend on where they are split.
//
// The zero chunks with its limit set is ready. It is not safe for concurrent
// use, and allocates nothing but the trailer.
type chunks struct {
	maxBody int64 // no limit if negative
	stage   chunkStage
	left    int64 // bytes of data that are to come of the current chunk
	size    int64 // of all chunks so far

	extensions, trailers, fields int // so far: bytes, bytes and number

	trailer http.Header // what came after the last chunk; nil if nothing did
}

// A chunkStage is what comes next.
type chunkStage uint8

const (
	chunkSize    chunkStage = iota // a line with the size of a chunk
	chunkData                      // left bytes
	chunkEnd                       // the line end after them
	chunkTrailer                   // a line of the trailer section
	chunksDone                     // what follows is not of this body
)

// done reports whether the body has come to its end.
func (c *chunks) done() bool { return c.stage == chunksDone }

// next looks at b, what has come of the body and is not consumed. Skip bytes at
// its beginning are framing, and the data bytes after them are of the body;
// the caller consumes both. If there are neither, more has to come, unless the
// body is done.
func (c *chunks) next(b []byte) (skip, data int, f *Fault) {
	for {
		if c.stage == chunkData && len(b) > skip {
			data = int(min(c.left, int64(len(b)-skip)))
			c.passed(data)
			return skip, data, nil
		}
		if c.stage == chunkData || c.stage == chunksDone {
			return skip, 0, nil
		}
		line, whole, f := chunkLine(b[skip:])
		if judged := c.judgePart(line); judged != nil {
			return skip, 0, judged
		}
		if f != nil || !whole {
			return skip, 0, f
		}
		if f := c.judgeLine(line); f != nil {
			return skip, 0, f
		}
		skip += len(line) + len("\r\n")
	}
}

// passed says that n bytes of the current chunk are consumed.
func (c *chunks) passed(n int) {
	if c.left -= int64(n); c.left == 0 {
		c.stage = chunkEnd
	}
}

// chunkLine is the first line of b without its end, or the part that has come,
// or is right.
func chunkLine(b []byte) (line []byte, whole bool, f *Fault) {
	i := bytes.IndexAny(b, "\r\n")
	switch {
	case i < 0:
		return b, false, nil
	case b[i] == '\n':
		return b[:i], false, faultChunk
	case i+1 == len(b):
		return b[:i], false, nil
	case b[i+1] != '\n':
		return b[:i], false, faultChunk
	}
	return b[:i], true, nil
}

// judgePart judges what can be judged before the line is complete.
func (c *chunks) judgePart(line []byte) *Fault {
	switch c.stage {
	case chunkSize:
		if len(line) > maxChunkLine-len("\r\n") || len(line) > 0 && !isHex(line[0]) {
			return faultChunk
		}
	case chunkEnd:
		if len(line) > 0 {
			return faultChunk
		}
	case chunkTrailer:
		if c.trailers+len(line) > maxTrailerBytes-len("\r\n") {
			return faultTrailerLarge
		}
	}
	return nil
}

// judgeLine judges a whole line, and goes on to what comes after it.
func (c *chunks) judgeLine(line []byte) *Fault {
	switch c.stage {
	case chunkSize:
		return c.judgeSize(line)
	case chunkEnd:
		c.stage = chunkSize
		return nil
	}
	c.trailers += len(line) + len("\r\n")
	if len(line) == 0 {
		c.stage = chunksDone
		return nil
	}
	return c.judgeTrailer(line)
}

func (c *chunks) judgeSize(line []byte) *Fault {
	digits := 0
	var n uint64
	for digits < len(line) && isHex(line[digits]) {
		n = n<<4 | uint64(unhex(line[digits]))
		digits++
	}
	if digits == 0 || digits > maxSizeDigits || !validExtensions(line[digits:]) {
		return faultChunk
	}
	if c.extensions += len(line) - digits; c.extensions > maxExtensionBytes {
		return faultChunk
	}
	room := uint64(math.MaxInt64 - c.size)
	if c.maxBody >= 0 {
		room = uint64(c.maxBody - c.size)
	}
	if n > room {
		return faultBodyLarge
	}
	c.left, c.size, c.stage = int64(n), c.size+int64(n), chunkData
	if n == 0 {
		c.stage = chunkTrailer
	}
	return nil
}

// judgeTrailer judges a field line, and keeps it.
func (c *chunks) judgeTrailer(line []byte) *Fault {
	if c.fields++; c.fields > maxFields {
		return faultTrailerLarge
	}
	name, value, f := splitField(line)
	if f != nil {
		return f
	}
	if c.trailer == nil {
		c.trailer = make(http.Header)
	}
	key := textproto.CanonicalMIMEHeaderKey(string(name))
	c.trailer[key] = append(c.trailer[key], string(value))
	return nil
}

// validExtensions reports whether b is *( ";" token [ "=" ( token /
// quoted-string ) ] ).
func validExtensions(b []byte) bool {
	for len(b) > 0 {
		if b[0] != ';' {
			return false
		}
		var ok bool
		if b, ok = cutToken(b[1:]); !ok {
			return false
		}
		if len(b) == 0 || b[0] != '=' {
			continue
		}
		if b = b[1:]; len(b) > 0 && b[0] == '"' {
			b, ok = cutQuoted(b[1:])
		} else {
			b, ok = cutToken(b)
		}
		if !ok {
			return false
		}
	}
	return true
}

// cutToken returns what follows the token that b begins with.
func cutToken(b []byte) (rest []byte, ok bool) {
	n := 0
	for n < len(b) && isToken(b[n]) {
		n++
	}
	return b[n:], n > 0
}

// cutQuoted returns what follows the quoted string whose quote b comes after.
func cutQuoted(b []byte) (rest []byte, ok bool) {
	for i := 0; i < len(b); i++ {
		switch {
		case b[i] == '"':
			return b[i+1:], true
		case b[i] == '\\' && i+1 < len(b):
			i++
		}
		if isControl(b[i]) {
			return nil, false
		}
	}
	return nil, false
}

func unhex(b byte) byte {
	switch {
	case b <= '9':
		return b - '0'
	case b <= 'F':
		return b - 'A' + 10
	}
	return b - 'a' + 10
}
