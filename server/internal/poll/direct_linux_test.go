package poll

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// connected returns both ends of a connection.
func connected(t *testing.T, network, addr string) (client, server net.Conn) {
	t.Helper()
	l, err := net.Listen(network, addr)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if client, err = net.Dial(network, l.Addr().String()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	if server, err = l.Accept(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	return client, server
}

// TestDirect sends more than any buffer of a system takes both ways at once, and
// looks at how each way ends.
func TestDirect(t *testing.T) {
	for network, addr := range map[string]string{"tcp": "127.0.0.1:0", "unix": filepath.Join(t.TempDir(), "s")} {
		t.Run(network, func(t *testing.T) {
			client, server := connected(t, network, addr)
			d := Direct(client)
			if _, same := d.(net.Conn); same {
				t.Fatal("it is what it was made of")
			}
			sent := bytes.Repeat([]byte("0123456789abcdef"), 1<<20)
			go func() {
				io.Copy(server, io.LimitReader(server, int64(len(sent)))) // an echo
				server.Close()
			}()
			wrote := make(chan error, 1)
			go func() {
				n, err := d.Write(sent)
				if n != len(sent) {
					t.Errorf("%d bytes written, want %d", n, len(sent))
				}
				wrote <- err
			}()
			got, err := io.ReadAll(d)
			if err != nil || !bytes.Equal(got, sent) {
				t.Errorf("%d bytes and %v, want all %d that were sent", len(got), err, len(sent))
			}
			if err := <-wrote; err != nil {
				t.Error(err)
			}
			if n, err := d.Read(nil); n != 0 || err != nil {
				t.Errorf("a read into nothing: %d, %v", n, err)
			}
		})
	}
}

// TestDirectFails checks that errors are those that package net would have.
func TestDirectFails(t *testing.T) {
	client, server := connected(t, "tcp", "127.0.0.1:0")
	d := Direct(client)
	client.SetReadDeadline(time.Unix(1, 0))
	if _, err := d.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("after the deadline: %v", err)
	}
	client.SetReadDeadline(time.Time{})
	server.(*net.TCPConn).SetLinger(0)
	server.Close()
	_, err := d.Read(make([]byte, 1))
	if failed, ok := errors.AsType[*net.OpError](err); !ok || failed.Op != "read" || failed.Addr == nil {
		t.Errorf("of a connection that was reset: %v", err)
	}
	if n, err := d.Write([]byte("x")); n != 0 || err == nil {
		t.Errorf("%d bytes are written to a connection that was reset, %v", n, err)
	}
	client.Close()
	for name, do := range map[string]func([]byte) (int, error){"read": d.Read, "write": d.Write} {
		if n, err := do(make([]byte, 1)); n != 0 || !errors.Is(err, net.ErrClosed) {
			t.Errorf("%s of a closed connection: %d, %v", name, n, err)
		}
	}
}

// TestDirectOfWhatIsNoSocket checks that there is a way to any connection.
func TestDirectOfWhatIsNoSocket(t *testing.T) {
	client, server := net.Pipe()
	defer client.Close()
	defer server.Close()
	if d := Direct(client); d != client {
		t.Errorf("it is a %T", d)
	}
}

// TestDirectAllocatesNothing counts for a request and its answer.
func TestDirectAllocatesNothing(t *testing.T) {
	client, server := connected(t, "tcp", "127.0.0.1:0")
	a, b := Direct(client), Direct(server)
	p := []byte("0123456789")
	n := testing.AllocsPerRun(100, func() {
		if _, err := a.Write(p); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(b, p); err != nil {
			t.Fatal(err)
		}
	})
	if n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// TestDirectWriters has two write at once: what each has written arrives whole, and
// once.
func TestDirectWriters(t *testing.T) {
	client, server := connected(t, "tcp", "127.0.0.1:0")
	d := Direct(client)
	const each = 2000
	lines := []string{"short\n", "quite a bit longer\n"}
	var writers sync.WaitGroup
	for _, line := range lines {
		writers.Go(func() {
			for range each {
				if n, err := io.WriteString(d, line); n != len(line) || err != nil {
					t.Errorf("%d bytes of %q written, %v", n, line, err)
				}
			}
		})
	}
	go func() {
		writers.Wait()
		client.Close()
	}()
	came := map[string]int{}
	for in := bufio.NewScanner(server); in.Scan(); {
		came[in.Text()+"\n"]++
	}
	for _, line := range lines {
		if came[line] != each {
			t.Errorf("%q came %d times, want %d", line, came[line], each)
		}
		delete(came, line)
	}
	if len(came) > 0 {
		t.Errorf("nobody has written %v", came)
	}
}
