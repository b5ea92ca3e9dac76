package http1

import (
	"errors"
	"io"
	"net"
	"os"
	"slices"
	"sync"
	"testing"
	"time"
)

// A fake is a Transport in memory, and the client at its other end. What a
// test does not say, it does: it takes every byte, and has what it was given
// to read.
type fake struct {
	t     *testing.T
	waits bool          // as Waits
	room  int           // bytes that it takes; less than 0: any number
	piece int           // the most that it gives at a time, if not 0
	hold  chan struct{} // if there is one, Read returns when it is closed

	mu       sync.Mutex
	changed  chan struct{} // closed at the next change of what follows
	in       []byte
	inEnd    error // comes after in
	out      []byte
	outEnd   error // comes when there is no room
	deadline [2]time.Time
	tries    int   // calls of TryWrite
	files    error // why it cannot send a file, if so
	byFile   int   // bytes of out that came straight from one
	watched  bool
	untaken  int  // bytes of out that the client leaves in a buffer
	gone     bool // detached, or not the exchange's any more: nobody may use it
}

func newFake(t *testing.T, input string) *fake {
	return &fake{t: t, room: -1, in: []byte(input), changed: make(chan struct{}), files: errors.ErrUnsupported}
}

// change does f, and wakes who waits.
func (f *fake) change(do func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	do()
	close(f.changed)
	f.changed = make(chan struct{})
}

func (f *fake) used(what string) {
	if f.gone {
		f.t.Errorf("%s of a transport that is not the exchange's any more", what)
	}
}

func (f *fake) TryRead(p []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.used("TryRead")
	return f.read(p)
}

func (f *fake) read(p []byte) (int, error) {
	if f.piece > 0 {
		p = p[:min(len(p), f.piece)]
	}
	n := copy(p, f.in)
	if f.in = f.in[n:]; n > 0 || len(p) == 0 {
		return n, nil
	}
	if f.inEnd != nil {
		return 0, f.inEnd
	}
	return 0, ErrWouldBlock
}

func (f *fake) TryWrite(p, next []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.used("TryWrite")
	f.tries++
	return f.write(slices.Concat(p, next))
}

func (f *fake) write(p []byte) (int, error) {
	n := len(p)
	if f.room >= 0 {
		n = min(n, f.room)
		f.room -= n
	}
	f.out = append(f.out, p[:n]...)
	switch {
	case n == len(p):
		return n, nil
	case f.outEnd != nil:
		return n, f.outEnd
	}
	return n, ErrWouldBlock
}

func (f *fake) TrySendFile(file File, n int64) (int64, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.used("TrySendFile")
	if f.files != nil {
		return 0, f.files
	}
	full := f.room >= 0 && int64(f.room) < n
	if full {
		n = int64(f.room)
	}
	b := make([]byte, n)
	read, err := io.ReadFull(file, b)
	f.write(b[:read])
	f.byFile += read
	switch {
	case err != nil:
		return int64(read), io.EOF
	case full:
		return n, ErrWouldBlock
	}
	return n, nil
}

func (f *fake) AwaitRoom() error {
	_, err := f.wait(writing, nil, func([]byte) (int, error) {
		if f.room == 0 && f.outEnd == nil {
			return 0, ErrWouldBlock
		}
		return 1, nil
	})
	return err
}

func (f *fake) Read(p []byte) (int, error) {
	if f.hold != nil {
		<-f.hold
	}
	return f.wait(reading, p, f.read)
}

func (f *fake) Write(p []byte) (n int, err error) {
	for {
		more, err := f.wait(writing, p[n:], f.write)
		if n += more; n == len(p) || err != nil {
			return n, err
		}
	}
}

// wait calls try until it does something, or the deadline has passed.
func (f *fake) wait(dir direction, p []byte, try func([]byte) (int, error)) (int, error) {
	for {
		f.mu.Lock()
		f.used("Read or Write")
		deadline, changed := f.deadline[dir], f.changed
		var n int
		err := error(os.ErrDeadlineExceeded)
		if deadline.IsZero() || time.Until(deadline) > 0 {
			n, err = try(p)
		}
		f.mu.Unlock()
		if n > 0 && err == ErrWouldBlock {
			err = nil
		}
		if n > 0 || err != ErrWouldBlock {
			return n, err
		}
		var over <-chan time.Time
		if !deadline.IsZero() {
			timer := time.NewTimer(time.Until(deadline))
			defer timer.Stop()
			over = timer.C
		}
		select {
		case <-changed:
		case <-over:
		}
	}
}

func (f *fake) set(dir direction, at time.Time) error {
	f.change(func() {
		f.used("a deadline")
		f.deadline[dir] = at
	})
	return nil
}

func (f *fake) SetReadDeadline(at time.Time) error  { return f.set(reading, at) }
func (f *fake) SetWriteDeadline(at time.Time) error { return f.set(writing, at) }

func (f *fake) SetDeadline(at time.Time) error {
	f.set(reading, at)
	return f.set(writing, at)
}

func (f *fake) Waits() bool { return f.waits }

func (f *fake) Leave() bool { return true }
func (f *fake) Return()     {}

func (f *fake) Untaken() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.untaken
}

func (f *fake) Watch() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.used("Watch")
	f.watched = true
}

// Detach gives a connection that fails whatever is tried, after the bytes that
// are there.
func (f *fake) Detach() (net.Conn, []byte, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.used("Detach")
	f.gone = true
	ahead := f.in
	f.in = nil
	nc, client := net.Pipe()
	client.Close()
	return nc, ahead, nil
}

func (f *fake) Close() error         { return nil }
func (f *fake) LocalAddr() net.Addr  { return fakeAddr{} }
func (f *fake) RemoteAddr() net.Addr { return fakeAddr{} }

type fakeAddr struct{}

func (fakeAddr) Network() string { return "fake" }
func (fakeAddr) String() string  { return "fake" }

// send adds to what the client has sent.
func (f *fake) send(input string) { f.change(func() { f.in = append(f.in, input...) }) }

// end says how the client's output, or its taking of input, ends.
func (f *fake) end(dir direction, err error) {
	f.change(func() {
		if dir == reading {
			f.inEnd = err
		} else {
			f.outEnd, f.room = err, 0
		}
	})
}

// sent is what the client has got.
func (f *fake) sent() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return string(f.out)
}
