package http1

import (
	"bytes"
	"time"
)

// inputBytes is what one read takes, unless a head is larger.
const inputBytes = 4 << 10

// An Input holds what was read from a connection and not yet consumed, and
// the verdict on the request that it begins with. A connection needs one only
// while there are such bytes or a request is under way; it is used for another
// one after that. It is not safe for concurrent use; while an exchange is served,
// it belongs to that.
type Input struct {
	buf     []byte
	r, w    int           // buf[r:w] is not yet consumed
	began   time.Duration // when the first byte came of the request that it begins with
	latest  time.Duration // when the last bytes came
	scan    scanner
	account account // for what waits for more
	ahead   ahead   // the zero one if the request has no body
}

// NewInput returns an empty input.
func (cfg *Config) NewInput() *Input {
	return &Input{buf: make([]byte, inputBytes), scan: scanner{maxHead: cfg.MaxHead, maxBody: cfg.MaxBody}}
}

// Reset readies in for another connection, and reports whether it is fit for
// that: one that has grown is better left to the collector.
func (in *Input) Reset() (fit bool) {
	in.account.close()
	in.forgetRequest()
	in.r, in.w = 0, 0
	return !in.Grown()
}

// forgetRequest forgets what was found out of the request. Most have no body.
func (in *Input) forgetRequest() {
	if in.scan.head.hasBody() {
		in.ahead = ahead{}
	}
	in.scan.reset()
}

// Pending is what was read and not yet consumed. It is valid until the next
// call of a method that changes in.
func (in *Input) Pending() []byte { return in.buf[in.r:in.w] }

// Empty reports whether nothing is pending.
func (in *Input) Empty() bool { return in.r == in.w }

// Space is where the next read goes; it is never empty. It moves or grows what
// is pending where it has to; Scan bounds how large a head can become.
func (in *Input) Space() []byte {
	if in.w == len(in.buf) {
		to := in.buf
		if in.r == 0 {
			to = make([]byte, in.growth())
		}
		in.r, in.w, in.buf = 0, copy(to, in.Pending()), to
	}
	return in.buf[in.w:]
}

// Add says that n bytes were read into Space, at now on the clock of the
// server.
func (in *Input) Add(n int, now time.Duration) {
	if in.Empty() {
		in.began = now
	}
	in.latest = now
	in.w += n
}

// Began is when the first byte of the request came.
func (in *Input) Began() time.Duration { return in.began }

// Scan looks at what is pending since the last call. It reports whether the
// head of a request is complete, or the fault that refuses it.
func (in *Input) Scan() (done bool, f *Fault) { return in.scan.scan(in.Pending()) }

// Head is what Scan has found out so far.
func (in *Input) Head() *Head { return &in.scan.head }

// Method is that of the request, or "" while it is not known. It allocates
// for one that is not a Verb.
func (in *Input) Method() string {
	h := &in.scan.head
	if h.Method != VerbOther || h.pathFrom == 0 {
		return h.Method.String()
	}
	return string(in.Pending()[h.start : h.pathFrom-1])
}

// Path is the target of the request without its query and, if it is a URL, from
// where its path begins, before anything of the request is consumed. It is valid
// as long as Pending.
func (in *Input) Path() []byte {
	h := &in.scan.head
	path := in.Pending()[h.pathFrom:h.pathTo]
	if len(path) == 0 || path[0] == '/' {
		return path
	}
	if _, authority, ok := bytes.Cut(path, []byte("://")); ok { // RFC 9112, section 3.2.2
		host, _ := cutBytes(authority, '/')
		return authority[len(host):]
	}
	return path
}

// Skip consumes n bytes, which must be pending.
func (in *Input) Skip(n int) { in.r += n }

// Next readies in for the next request, which begins now if it is pending.
func (in *Input) Next(now time.Duration) {
	in.forgetRequest()
	if in.Empty() {
		in.r, in.w = 0, 0
		return
	}
	in.began, in.latest = now, now
}

// more says that n bytes of a body were read into Space.
func (in *Input) more(n int) { in.w += n }

// take consumes up to len(p) bytes, and copies them to p.
func (in *Input) take(p []byte) int {
	n := copy(p, in.Pending())
	if in.r += n; in.Empty() {
		in.r, in.w = 0, 0
	}
	return n
}
