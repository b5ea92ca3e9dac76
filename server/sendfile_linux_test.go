package server

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"millpond/pool"
	"millpond/server/internal/http1"
	"millpond/server/internal/poll"
)

// A countingLink counts what goes out straight from files.
type countingLink struct {
	poll.Link
	sent *atomic.Int64
}

func (l countingLink) TrySendFile(file http1.File, n int64) (int64, error) {
	sent, err := l.Link.(http1.FileSender).TrySendFile(file, n)
	l.sent.Add(sent)
	return sent, err
}

func (l countingLink) AwaitRoom() error { return l.Link.(http1.FileSender).AwaitRoom() }

// countFiles has s count what goes out straight from files, on connections whose
// link can do that.
func countFiles(s *Server) *atomic.Int64 {
	var sent atomic.Int64
	s.ConnContext = func(ctx context.Context, _ net.Conn) context.Context {
		for _, c := range s.engine.conns.all() {
			if _, counted := c.Link.(countingLink); !counted {
				c.Link = countingLink{c.Link, &sent}
			}
		}
		return ctx
	}
	return &sent
}

// largeFile is a file of so many bytes, its name, and what is in it.
func largeFile(t *testing.T, size int) (name string, content []byte) {
	t.Helper()
	content = make([]byte, size)
	rand.New(rand.NewSource(1)).Read(content)
	name = filepath.Join(t.TempDir(), "file.bin")
	if err := os.WriteFile(name, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return name, content
}

// A file goes out without a copy in this process and, while its client takes its
// time, without a worker.
func TestFileHoldsNoWorker(t *testing.T) {
	const size = 10 << 20
	name, content := largeFile(t, size)
	for link, wire := range map[string]wiring{"epoll": sockets, "stream": streams} {
		t.Run(link, func(t *testing.T) {
			s := &Server{Pool: pool.Config{Workers: 1}, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				http.ServeFile(w, r, name)
			})}
			sent := countFiles(s)
			r := serving(t, s, wire)
			slow := r.call()
			slow.send(getRoot)
			resp := slow.response()
			until(t, "the client is waited for", func() bool { st := r.Stats(); return st.Streams == 1 && st.Pool.Running == 0 })
			other := r.call()
			other.send("GET / HTTP/1.1\r\nHost: h\r\nRange: bytes=5-104\r\n\r\n")
			if _, got := other.expect(http.StatusPartialContent); got != string(content[5:105]) {
				t.Errorf("beside a slow download: %q", got)
			}
			got, err := io.ReadAll(resp.Body)
			if err != nil || !bytes.Equal(got, content) {
				t.Errorf("%d bytes that differ, %v", len(got), err)
			}
			if n := sent.Load(); n < size-defaultWriteBuffer {
				t.Errorf("%d of %d bytes came straight from the file", n, size)
			}
		})
	}
}

// What a link tells of a file that the kernel is to send.
func TestTrySendFile(t *testing.T) {
	name, content := largeFile(t, 100<<10)
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	near, far := net.Pipe()
	defer near.Close()
	defer far.Close()
	if n, err := poll.NewStream(near, new(poll.Parking), 0, nil).TrySendFile(file, 1); n != 0 || err == nil {
		t.Errorf("to a pipe: %d, %v; want an error", n, err)
	}
	l, dial := sockets(t)
	defer l.Close()
	client, err := dial()
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	nc, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	stream := poll.NewStream(nc, new(poll.Parking), 0, nil)
	got := make([]byte, len(content))
	if n, err := stream.TrySendFile(file, 10); n != 10 || err != nil {
		t.Errorf("10 bytes: %d, %v", n, err)
	}
	if n, err := stream.TrySendFile(file, int64(len(content))); n != int64(len(content)-10) || err != io.EOF {
		t.Errorf("more than there is: %d, %v; want %v", n, err, io.EOF)
	}
	if _, err := io.ReadFull(client, got); err != nil || !bytes.Equal(got, content) {
		t.Errorf("the client got other bytes, %v", err)
	}
	for err = nil; err == nil; { // nobody reads
		file.Seek(0, io.SeekStart)
		_, err = stream.TrySendFile(file, int64(len(content)))
	}
	if !errors.Is(err, http1.ErrWouldBlock) {
		t.Errorf("full: %v, want %v", err, http1.ErrWouldBlock)
	}
	nc.SetWriteDeadline(time.Unix(1, 0))
	if err := stream.AwaitRoom(); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("no room until the deadline: %v, want %v", err, os.ErrDeadlineExceeded)
	}
	nc.SetWriteDeadline(time.Time{})
	go io.Copy(io.Discard, client)
	if err := stream.AwaitRoom(); err != nil {
		t.Errorf("the client reads: %v", err)
	}
}
