package server

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

func TestBackoff(t *testing.T) {
	var b backoff
	for range 2 {
		last := time.Duration(0)
		for i, want := range []time.Duration{5, 10, 20, 40, 80, 160, 320, 640, 1000, 1000} {
			if last = b.next(); last != want*time.Millisecond {
				t.Errorf("delay %d is %v; want %v", i, last, want*time.Millisecond)
			}
		}
		b.reset()
	}
}

// TestAcceptFailuresAreSaidSeldom has failures between successes, each of which
// resets the delay: they are logged once a second, with their number.
func TestAcceptFailuresAreSaidSeldom(t *testing.T) {
	var b backoff
	said, counted := 0, 0
	for now := time.Duration(0); now <= 3*time.Second; now += 10 * time.Millisecond {
		b.next()
		if failures, due := b.say(now); due {
			said, counted = said+1, counted+failures
		}
		b.reset()
	}
	if said != 4 || counted != 301 {
		t.Errorf("logged %d times, %d failures; want 4 and 301", said, counted)
	}
}

// TestAcceptFailures checks after which errors, and how soon, a server tries
// again.
func TestAcceptFailures(t *testing.T) {
	errno := func(e syscall.Errno) error { return &net.OpError{Op: "accept", Err: os.NewSyscallError("accept4", e)} }
	other := errors.New("broken")
	for _, test := range []struct {
		name  string
		errs  []error
		after time.Duration // of the next success
		want  [NumAcceptErrors]uint64
		ends  error
	}{
		{"the connection's", []error{errno(syscall.ECONNABORTED), errno(syscall.EINTR)}, 0, [...]uint64{0, 2}, nil},
		{"no files", []error{errno(syscall.EMFILE), errno(syscall.ENFILE), errno(syscall.ENOMEM)}, 35 * time.Millisecond, [...]uint64{3, 0}, nil},
		{"a surprise", []error{errno(syscall.EPERM), errno(syscall.ENETDOWN)}, 15 * time.Millisecond, [...]uint64{0, 2}, nil},
		{"the listener's", []error{errno(syscall.EINVAL)}, 0, [...]uint64{0, 1}, syscall.EINVAL},
		{"not the system's", []error{other}, 0, [...]uint64{0, 1}, other},
	} {
		t.Run(test.name, bubble(func(t *testing.T) {
			inner, _ := memory(t)
			l := &failingListener{Listener: inner, errs: test.errs}
			s := &Server{Handler: http.HandlerFunc(hello), Logger: discard}
			served := make(chan error, 1)
			start := time.Now()
			go func() { served <- s.Serve(l) }()
			if test.ends == nil {
				nc, err := inner.(*memoryListener).dial()
				if err != nil {
					t.Fatal(err)
				}
				if took := time.Since(start); took != test.after {
					t.Errorf("accepted after %v; want %v", took, test.after)
				}
				c := newCaller(t, nc)
				c.send(getRoot)
				c.expect(http.StatusOK)
				c.Close()
				s.Shutdown(context.Background())
				test.ends = http.ErrServerClosed
			}
			if err := <-served; !errors.Is(err, test.ends) {
				t.Errorf("Serve: %v; want %v", err, test.ends)
			}
			if st := s.Stats(); st.AcceptErrors != test.want {
				t.Errorf("counted %v; want %v", st.AcceptErrors, test.want)
			}
			s.Close()
			synctest.Wait()
		}))
	}
}

// A failingListener fails with errs, and then no more.
type failingListener struct {
	net.Listener
	errs []error
}

func (l *failingListener) Accept() (net.Conn, error) {
	if len(l.errs) > 0 {
		err := l.errs[0]
		l.errs = l.errs[1:]
		return nil, err
	}
	return l.Listener.Accept()
}

// TestThreads checks that a connection of ModelThread has a thread of its own
// until it ends, and that the one beyond the cap is refused with an answer.
func TestThreads(t *testing.T) {
	const most = 30
	release := make(chan struct{})
	s := &Server{Model: ModelThread, Handler: holding(release)}
	e, err := s.start()
	if err != nil {
		t.Fatal(err)
	}
	e.maxThreads = most
	r := serving(t, s, sockets)
	before := threads(t)
	var all []*caller
	for range most {
		c := r.call()
		c.send("GET /hold HTTP/1.1\r\nHost: h\r\n\r\n")
		all = append(all, c)
	}
	until(t, "all run", func() bool { return r.Stats().InFlight == most })
	if n := threads(t); n < most {
		t.Errorf("%d threads for %d connections; want one each", n, most)
	}
	for range 3 {
		c := r.call()
		c.send(getRoot)
		if !c.refused(http.MethodGet, false) {
			t.Error("no refusal beyond the cap")
		}
		c.expectEnd()
		c.Close()
		until(t, "it has left", func() bool { st := r.Stats(); return st.Open() == most })
	}
	close(release)
	for _, c := range all {
		c.expect(http.StatusOK)
		c.send(getRoot)
		c.expect(http.StatusOK)
		c.Close()
	}
	until(t, "all threads are gone", func() bool { return threads(t) <= before+most/2 })
	if st := r.Stats(); st.Shed[ShedThreads] != 3 {
		t.Errorf("shed %v; want 3", st.Shed)
	}
}

// threads is the number of threads of this process.
func threads(t *testing.T) int {
	tasks, err := os.ReadDir("/proc/self/task")
	if err != nil {
		t.Skip("there is no /proc here: that threads end with their connections is not checked")
	}
	return len(tasks)
}
