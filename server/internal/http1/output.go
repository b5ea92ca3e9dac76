package http1

import "sync"

// An Output is the queue of bytes that still have to go out on a transport.
// Everything that an exchange sends goes through one, and what is left of it
// when the exchange has ended is its owner's to Flush. It is not safe for
// concurrent use.
type Output struct {
	buf    []byte // copied in: heads, framing, small bodies
	given  int    // how much of buf the transport has
	static []byte // comes after buf, and is not copied
	sent   int64

	body []byte // of a response: not yet framed, and so not yet in the queue

	account account // for what waits for the client
}

var outputs = sync.Pool{New: func() any { return new(Output) }}

// NewOutput returns an empty output, perhaps one that was released.
func NewOutput() *Output { return outputs.Get().(*Output) }

// Release gives o up, to be used for another response. One that has grown is
// left to the collector.
func (o *Output) Release() {
	o.clear()
	if cap(o.buf) > 4*bodyBuffer {
		return
	}
	o.sent = 0
	outputs.Put(o)
}

// clear drops what is queued, and keeps nothing any more.
func (o *Output) clear() {
	o.account.close()
	o.buf, o.given, o.static, o.body = o.buf[:0], 0, nil, o.body[:0]
}

// Queue appends a copy of b.
func (o *Output) Queue(b []byte) {
	o.settle()
	o.buf = append(o.buf, b...)
}

// SetStatic appends b without a copy: nobody may write to it until it is sent.
func (o *Output) SetStatic(b []byte) {
	o.settle()
	o.static = b
}

// Keep has o stay queued while the client takes its time, and reports whether b
// has room for that. It copies what was not.
func (o *Output) Keep(b *Budget) bool {
	if !o.account.ask(b, o.Len()) {
		return false
	}
	o.settle()
	o.MustKeep(b)
	return true
}

// MustKeep is Keep where nothing else can be done with what is queued.
func (o *Output) MustKeep(b *Budget) {
	if o.given > len(o.buf)/2 {
		o.buf, o.given = o.buf[:copy(o.buf, o.buf[o.given:])], 0
	}
	o.account.claim(b, cap(o.buf))
}

// shrink gives back what o has kept, now that nothing is queued.
func (o *Output) shrink() {
	o.account.close()
	if cap(o.buf) > 4*bodyBuffer {
		o.buf = nil
	}
}

// settle makes the end of what is queued one that can be appended to.
func (o *Output) settle() {
	o.buf, o.static = append(o.buf, o.static...), nil
}

// Len is how many bytes are queued.
func (o *Output) Len() int { return len(o.buf) - o.given + len(o.static) }

// Sent is how many bytes the transport was given.
func (o *Output) Sent() int64 { return o.sent }

// Flush gives t what it takes without waiting. The error is ErrWouldBlock if
// that is not all; what is left stays queued.
func (o *Output) Flush(t Transport) error {
	for p, next := o.front(); len(p) > 0; p, next = o.front() {
		n, err := t.TryWrite(p, next)
		o.gave(n)
		if err != nil {
			return err
		}
	}
	return nil
}

// front is what goes out next, and what after it.
func (o *Output) front() (p, next []byte) {
	if o.given < len(o.buf) {
		return o.buf[o.given:], o.static
	}
	return o.static, nil
}

// gave says that n bytes of front went out.
func (o *Output) gave(n int) {
	o.sent += int64(n)
	copied := min(n, len(o.buf)-o.given)
	o.static = o.static[n-copied:]
	if o.given += copied; o.given == len(o.buf) {
		o.buf, o.given = o.buf[:0], 0
	}
}
