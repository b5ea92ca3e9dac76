package demo

import (
	"errors"
	"io"
	"net/http"
	"os"
	"strconv"
)

// echoBuffer is the most that echo reads before it writes, in bytes.
const echoBuffer = 32 << 10

// echo streams the request's body back. A body of unknown length is flushed
// after every piece, so that a client can wait for the echo of one piece before
// it sends the next.
func echo(w http.ResponseWriter, r *http.Request) {
	out := http.NewResponseController(w)
	// Where full duplex is not supported, the answer may come only after the
	// whole body, which is an echo as well.
	_ = out.EnableFullDuplex()

	h := w.Header()
	h["X-Content-Type-Options"] = noSniff
	h.Set("Content-Type", "application/octet-stream")
	if t := r.Header.Get("Content-Type"); t != "" {
		h.Set("Content-Type", t)
	}
	size := int64(echoBuffer)
	stream := r.ContentLength < 0
	if !stream {
		h.Set("Content-Length", strconv.FormatInt(r.ContentLength, 10))
		size = min(size, r.ContentLength+1) // One more byte than the body, so that a read can find its end.
	}

	buf := make([]byte, size)
	wrote := false
	for {
		n, err := r.Body.Read(buf)
		if n > 0 {
			if _, err := w.Write(buf[:n]); err != nil {
				panic(http.ErrAbortHandler)
			}
			wrote = true
			if stream {
				_ = out.Flush() // Not supported, or the next write fails too.
			}
		}
		switch {
		case err == io.EOF:
			return
		case err != nil && wrote:
			// The status is out. Only a broken connection can still say that
			// the answer is incomplete.
			panic(http.ErrAbortHandler)
		case err != nil:
			bodyFault(w, err)
			return
		}
	}
}

// bodyFault answers a request whose body could not be read.
func bodyFault(w http.ResponseWriter, err error) {
	if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
		limit := strconv.FormatInt(tooLarge.Limit, 10)
		http.Error(w, "the body must be at most "+limit+" bytes", http.StatusRequestEntityTooLarge)
		return
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		http.Error(w, "the body did not arrive in time", http.StatusRequestTimeout)
		return
	}
	http.Error(w, "the body could not be read: it is malformed or incomplete", http.StatusBadRequest)
}
