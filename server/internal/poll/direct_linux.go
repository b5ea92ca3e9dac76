package poll

import (
	"io"
	"net"
	"os"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// Direct returns a way to read from c, and to write to it, that does so without
// telling Go's scheduler, as transfer has it: with a peer on the same processor
// each write has the peer run at once, and the scheduler would think that it
// blocks. Only a read that has waited tells it, for the same reason as
// Poller.Tell: what goes on then may hog the processor. Both wait as c does, and
// end with its deadlines. Any number may write, and one may read meanwhile. For what
// is no socket it is c.
func Direct(c net.Conn) io.ReadWriter {
	socket, ok := c.(syscall.Conn)
	if !ok {
		return c
	}
	raw, err := socket.SyscallConn()
	if err != nil {
		return c
	}
	d := &direct{of: c, raw: raw}
	d.in.attempt, d.out.attempt = d.receive, d.send
	return d
}

type direct struct {
	of      net.Conn
	raw     syscall.RawConn
	in, out way
	waited  bool       // for input, since Read was called
	writing sync.Mutex // held by who has out
}

// A way is one of the two directions.
type way struct {
	p       []byte // to be filled or sent
	n       int    // of the last attempt
	err     error
	attempt func(fd uintptr) bool // bound once, so that it allocates once
}

func (d *direct) receive(fd uintptr) bool {
	if d.waited {
		return d.in.try(syscall.Read, int(fd))
	}
	came := d.in.try(receive, int(fd))
	d.waited = !came
	return came
}

func (d *direct) send(fd uintptr) bool { return d.out.try(sendOne, int(fd)) }

// try reports whether the way was open.
func (w *way) try(transfer func(fd int, p []byte) (int, error), fd int) bool {
	for {
		w.n, w.err = transfer(fd, w.p[:min(len(w.p), transferBytes)])
		if w.err != unix.EINTR {
			return w.err != unix.EAGAIN
		}
	}
}

// Read implements io.Reader.
func (d *direct) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	d.in.p, d.waited = p, false
	err := d.raw.Read(d.in.attempt)
	d.in.p = nil
	switch {
	case err != nil:
		return 0, err
	case d.in.err != nil:
		return 0, d.failure("read", d.in.err)
	case d.in.n == 0:
		return 0, io.EOF
	}
	return d.in.n, nil
}

// Write implements io.Writer. An http.Transport calls it for what follows a 101
// before its call for the request has returned, where the answer was that quick.
func (d *direct) Write(p []byte) (n int, err error) {
	d.writing.Lock()
	defer d.writing.Unlock()
	for n < len(p) && err == nil {
		d.out.p = p[n:]
		switch err = d.raw.Write(d.out.attempt); {
		case err != nil:
		case d.out.err != nil:
			err = d.failure("write", d.out.err)
		default:
			n += d.out.n
		}
	}
	d.out.p = nil
	return n, err
}

// failure is err as package net would have it.
func (d *direct) failure(op string, err error) error {
	return &net.OpError{Op: op, Net: d.of.LocalAddr().Network(), Source: d.of.LocalAddr(), Addr: d.of.RemoteAddr(), Err: os.NewSyscallError(op, err)}
}
