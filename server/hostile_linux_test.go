package server

import (
	"net"
	"net/http"
	"os"
	"os/exec"
	"testing"

	"golang.org/x/sys/unix"
)

// TestOutOfFiles runs in a process of its own, whose limit on open files it
// lowers: the server must close who is idle, back off, count, and recover.
func TestOutOfFiles(t *testing.T) {
	const inside = "MILLPOND_TEST_OUT_OF_FILES"
	if os.Getenv(inside) == "" {
		cmd := exec.Command(os.Args[0], "-test.run=^TestOutOfFiles$", "-test.count=1")
		cmd.Env = append(os.Environ(), inside+"=1")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v:\n%s", err, out)
		}
		return
	}
	for _, m := range []Model{ModelPool, ModelGoroutine} {
		r := serving(t, &Server{Model: m, Handler: http.HandlerFunc(hello)}, sockets)
		before := r.call()
		before.send(getRoot)
		before.expect(http.StatusOK)
		clients := make([]int, 20) // sockets that need no more descriptors to connect
		for i := range clients {
			fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
			if err != nil {
				t.Fatal(err)
			}
			clients[i] = fd
		}
		limit := leaveNoFile(t)
		addr := r.l.Addr().(*net.TCPAddr)
		for _, fd := range clients {
			if err := unix.Connect(fd, &unix.SockaddrInet4{Port: addr.Port, Addr: [4]byte(addr.IP.To4())}); err != nil {
				t.Fatal(err)
			}
		}
		until(t, "it has failed a few times", func() bool { return r.Stats().AcceptErrors[AcceptNoFiles] >= 4 })
		before.expectEnd() // it was idle, and somebody wants to come in
		if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
			t.Fatal(err)
		}
		for _, fd := range clients {
			file := os.NewFile(uintptr(fd), "client")
			nc, err := net.FileConn(file)
			if err != nil {
				t.Fatal(err)
			}
			file.Close()
			c := newCaller(t, nc)
			c.send(getRoot)
			c.expect(http.StatusOK)
		}
		st := r.Stats()
		if failures := st.AcceptErrors[AcceptNoFiles]; failures > 100 || st.AcceptPaused == 0 {
			t.Errorf("failed %d times, paused for %v; want it to back off", failures, st.AcceptPaused)
		}
		if st.AcceptErrors[AcceptOther] != 0 || st.Accepted != 21 {
			t.Errorf("%d other failures, %d accepted; want none and 21", st.AcceptErrors[AcceptOther], st.Accepted)
		}
	}
}

// leaveNoFile lowers the limit on open files so that no more can be opened, and
// returns what it was.
func leaveNoFile(t *testing.T) (was unix.Rlimit) {
	t.Helper()
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &was); err != nil {
		t.Fatal(err)
	}
	next, err := unix.Dup(0)
	if err != nil {
		t.Fatal(err)
	}
	unix.Close(next)
	if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: uint64(next), Max: was.Max}); err != nil {
		t.Fatal(err)
	}
	return was
}
