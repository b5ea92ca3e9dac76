package load

import (
	"bytes"
	"errors"
	"strconv"
)

// maxHead bounds the head of a response, in bytes.
const maxHead = 64 << 10

var (
	errNotHTTP   = errors.New("the answer is not HTTP/1")
	errHeadLimit = errors.New("the answer's head is longer than 64 KiB")
	errChunk     = errors.New("the answer's chunked coding is broken")
	errLength    = errors.New("the answer's Content-Length is not a number")
)

// responsePart is what a response reader expects next.
type responsePart uint8

const (
	partStatus responsePart = iota
	partFields
	partBody      // left bytes
	partUntilEOF  // everything up to the end of the connection
	partChunkSize // a line
	partChunk     // left bytes, its line end included
	partTrailer
	partDone
)

// response reads one HTTP/1 response (RFC 9112) from pieces of any size. It
// looks only at what a load generator needs, drops the body, and allocates
// nothing once its line buffer has grown.
type response struct {
	part    responsePart
	noBody  bool // the request was HEAD
	status  int
	close   bool // the connection ends with this response
	chunked bool
	length  int64 // from Content-Length, or -1
	left    int64
	head    int    // bytes of head so far
	line    []byte // an incomplete line
}

// reset prepares r for the next response. With noBody it answers a HEAD request.
func (r *response) reset(noBody bool) {
	*r = response{noBody: noBody, length: -1, line: r.line[:0]}
}

// done tells whether the response is complete.
func (r *response) done() bool { return r.part == partDone }

// feed reads b and returns how many bytes belonged to the response: fewer than
// len(b) only when it is done or broken.
func (r *response) feed(b []byte) (int, error) {
	n := 0
	for n < len(b) && r.part != partDone {
		switch r.part {
		case partUntilEOF:
			return len(b), nil
		case partBody, partChunk:
			k := min(r.left, int64(len(b)-n))
			r.left -= k
			n += int(k)
			if r.left == 0 {
				r.bodyEnd()
			}
		default:
			k, err := r.readLine(b[n:])
			n += k
			if err != nil {
				return n, err
			}
		}
	}
	return n, nil
}

// eof tells r that the connection has ended, and returns whether that completed
// the response.
func (r *response) eof() bool {
	if r.part == partUntilEOF {
		r.part = partDone
	}
	return r.part == partDone
}

// bodyEnd moves on from a body or a chunk that has been read.
func (r *response) bodyEnd() {
	if r.part == partChunk {
		r.part = partChunkSize
		return
	}
	r.part = partDone
}

// readLine consumes b up to the end of the line, and acts on the line if that
// is in b.
func (r *response) readLine(b []byte) (int, error) {
	i := bytes.IndexByte(b, '\n')
	n := i + 1
	if i < 0 {
		n = len(b)
	}
	if r.head += n; r.head > maxHead {
		return n, errHeadLimit
	}
	if i < 0 {
		r.line = append(r.line, b...)
		return n, nil
	}
	line := b[:i]
	if len(r.line) > 0 {
		r.line = append(r.line, line...)
		line = r.line
	}
	err := r.takeLine(bytes.TrimSuffix(line, []byte("\r")))
	r.line = r.line[:0]
	return n, err
}

// takeLine acts on a whole line, without its end.
func (r *response) takeLine(line []byte) error {
	switch r.part {
	case partStatus:
		return r.statusLine(line)
	case partFields:
		if len(line) == 0 {
			r.headEnd()
			return nil
		}
		return r.field(line)
	case partChunkSize:
		return r.chunkSize(line)
	case partTrailer:
		if len(line) == 0 {
			r.part = partDone
		}
	}
	return nil
}

// statusLine reads "HTTP/1.1 200 OK". A server that speaks HTTP/1.0 closes.
func (r *response) statusLine(line []byte) error {
	if len(line) < 12 || string(line[:7]) != "HTTP/1." || line[8] != ' ' {
		return errNotHTTP
	}
	if len(line) > 12 && line[12] != ' ' {
		return errNotHTTP
	}
	status := 0
	for _, c := range line[9:12] {
		if c < '0' || c > '9' {
			return errNotHTTP
		}
		status = 10*status + int(c-'0')
	}
	if status < 100 {
		return errNotHTTP
	}
	r.status = status
	r.close = line[7] == '0'
	r.part = partFields
	return nil
}

// field reads the fields that decide how long the body is and whether the
// connection stays.
func (r *response) field(line []byte) error {
	name, value, ok := bytes.Cut(line, []byte(":"))
	if !ok {
		return errNotHTTP
	}
	value = bytes.TrimSpace(value)
	switch {
	case equalFold(name, "content-length"):
		n, err := strconv.ParseUint(string(value), 10, 62)
		if err != nil || r.length >= 0 && r.length != int64(n) {
			return errLength
		}
		r.length = int64(n)
	case equalFold(name, "transfer-encoding"):
		r.chunked = equalFold(value, "chunked")
		r.close = r.close || !r.chunked
	case equalFold(name, "connection"):
		r.close = !equalFold(value, "keep-alive") && (r.close || equalFold(value, "close"))
	}
	return nil
}

// headEnd decides what follows the head (RFC 9112, section 6.3).
func (r *response) headEnd() {
	switch {
	case r.status < 200 && r.status != 101: // an interim answer: the real one follows
		r.reset(r.noBody)
	case r.noBody || r.status == 101 || r.status == 204 || r.status == 304:
		r.close = r.close || r.status == 101
		r.part = partDone
	case r.chunked:
		r.part = partChunkSize
	case r.length > 0:
		r.part, r.left = partBody, r.length
	case r.length == 0:
		r.part = partDone
	default:
		r.part, r.close = partUntilEOF, true
	}
}

// chunkSize reads the line that begins a chunk.
func (r *response) chunkSize(line []byte) error {
	size, _, _ := bytes.Cut(line, []byte(";"))
	n, err := strconv.ParseUint(string(bytes.TrimSpace(size)), 16, 62)
	if err != nil {
		return errChunk
	}
	r.head = 1 // the limit is for each line of a chunked body, not for their sum
	if n == 0 {
		r.part = partTrailer
		return nil
	}
	r.part, r.left = partChunk, int64(n)+2
	return nil
}

// equalFold is bytes.EqualFold against a lower-case ASCII word, made cheap by
// comparing lengths first.
func equalFold(b []byte, word string) bool {
	return len(b) == len(word) && bytes.EqualFold(b, []byte(word))
}
