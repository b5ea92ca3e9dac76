package http1

import (
	"io"
	"io/fs"
	"syscall"
)

// A File is an *os.File, or what io.Copy wraps one in.
type File interface {
	fs.File
	syscall.Conn
}

// A FileSender is a Transport that can have the kernel send a file.
type FileSender interface {
	// TrySendFile sends as much of the next n bytes of a regular file as the
	// client takes at once, without waiting for it, and moves the file's offset on.
	// The error is ErrWouldBlock if the client takes no more now. Any other one,
	// io.EOF among them, leaves it to an ordinary copy to find out what is wrong.
	TrySendFile(file File, n int64) (int64, error)

	// AwaitRoom waits, as Write does, until the client may take more: that it does
	// is for TrySendFile to find out.
	AwaitRoom() error
}

const (
	// fileBytes is from how many bytes on a file is sent by the kernel: fewer are
	// copied as soon.
	fileBytes = copyBuffer

	// fileTurn bounds what is sent without a look at the time.
	fileTurn = 64 << 20
)

// ReadFrom implements io.ReaderFrom. A regular file goes to the client without a
// copy in this process, if the length of the response is known and the transport
// can do it.
func (x *Exchange) ReadFrom(src io.Reader) (int64, error) {
	sent, err := x.sendFile(src)
	if err != nil {
		return sent, err
	}
	buf := copyBuffers.Get().(*[copyBuffer]byte)
	defer copyBuffers.Put(buf)
	n, err := io.CopyBuffer(struct{ io.Writer }{x}, struct{ io.Reader }{src}, buf[:])
	return sent + n, err
}

// sendFile has the kernel send what it can of src. What is left of that, it leaves
// to be copied: the errors of files, and of much else, are found there.
func (x *Exchange) sendFile(src io.Reader) (sent int64, err error) {
	file, n := fileIn(src)
	sender, ok := x.t.(FileSender)
	if file == nil || !ok {
		return 0, nil
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.begin() != nil || !x.takesFiles() {
		return 0, nil
	}
	if n = min(n, x.length-x.written); n < fileBytes {
		return 0, nil
	}
	if err := x.push(nil); err != nil {
		return 0, err
	}
	if err := x.sendUntil(0); err != nil {
		x.fail(err)
		return 0, err
	}
	sent, err = x.sendFileBusy(sender, file, n)
	x.written += sent
	if limited, ok := src.(*io.LimitedReader); ok {
		limited.N -= sent
	}
	if err != nil {
		x.fail(err)
	}
	return sent, err
}

// fileIn is the regular file that src reads, and how much of it at most.
func fileIn(src io.Reader) (file File, n int64) {
	n = 1<<63 - 1
	if limited, ok := src.(*io.LimitedReader); ok {
		src, n = limited.R, limited.N
	}
	file, ok := src.(File)
	if !ok || n < fileBytes {
		return nil, 0
	}
	if info, err := file.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, 0 // to read it may take for ever
	}
	return file, n
}

// takesFiles reports whether the body goes out as it is, to a length that is
// known, and nothing has to be told from it.
func (x *Exchange) takesFiles() bool {
	return x.length >= 0 && !x.unbounded && !x.chunked && x.head().Method != VerbHead &&
		bodyAllowed(int(x.status)) && (!x.untyped || x.state == headSent)
}

// sendFileBusy sends up to n bytes of file, waits for the client where it takes no
// more, and leaves the last ones that the buffers can keep. It is called with mu
// held, which it releases: reading a file can take its time.
func (x *Exchange) sendFileBusy(sender FileSender, file File, n int64) (sent int64, err error) {
	x.readAhead()
	x.leave(writing)
	defer x.enter(writing)
	for sent < n && (!x.isOverdue(writing) || x.isTaken(writing)) {
		more, err := sender.TrySendFile(file, min(n-sent, fileTurn))
		sent += more
		x.out.sent += more
		switch {
		case err == nil:
			continue
		case err != ErrWouldBlock, n-sent <= int64(x.cfg.WriteBuffer):
			return sent, nil
		}
		if err := x.awaitRoom(sender); err != nil {
			return sent, err
		}
	}
	return sent, nil
}

// awaitRoom waits until the client may take more, on the terms of transfer.
func (x *Exchange) awaitRoom(sender FileSender) error {
	_, err := x.outside(writing, false, func() (int, error) {
		wait := func(int) (int, error) { return 0, sender.AwaitRoom() }
		if x.isTaken(writing) {
			return wait(0)
		}
		return x.await(writing, 0, wait)
	})
	return err
}
