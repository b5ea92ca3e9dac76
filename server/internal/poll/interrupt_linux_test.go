package poll

import (
	"net"
	"os"
	"os/exec"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestInterrupted has the only processor idle until a peer sends something, and
// then has what that resumes hog it: another goroutine must get its turn all the
// same. What sees to that in Go's runtime sleeps while all is idle, until it is
// told of a system call.
func TestInterrupted(t *testing.T) {
	for name, await := range map[string]func(t *testing.T, end *os.File, hog func()) error{
		"a read from a backend": func(t *testing.T, end *os.File, hog func()) error {
			c, err := net.FileConn(end)
			if err != nil {
				return err
			}
			defer c.Close()
			_, err = Direct(c).Read(make([]byte, 1))
			hog()
			return err
		},
		"a task that a pass brings": afterTasks(1),
		"a task soon after another": afterTasks(2),
		"a handler that waits for its client": func(t *testing.T, end *os.File, hog func()) error {
			var parking Parking
			var s *Socket
			p, err := NewPoller(func(_ Tag, signals Signals) {
				parking.Signal(signals)
				s.Notify(signals)
			})
			if err != nil {
				return err
			}
			defer p.Close()
			s = new(Socket)
			s.Begin(p, &parking, int(end.Fd()), nil, &unix.SockaddrUnix{})
			if err := s.Register(Tag{}); err != nil {
				return err
			}
			go p.Run()
			_, err = s.Read(make([]byte, 1))
			hog()
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
			err := await(t, later(t), func() {
				var turn atomic.Bool
				go turn.Store(true)
				for began := time.Now(); !turn.Load() && !t.Failed(); {
					if time.Since(began) > 10*time.Second {
						t.Error("a goroutine that is ready gets no turn")
					}
				}
			})
			if err != nil {
				t.Fatal(err)
			}
		})
	}
}

// afterTasks has the last of so many tasks, each brought by a pass, hog the
// processor.
func afterTasks(n int) func(t *testing.T, end *os.File, hog func()) error {
	return func(_ *testing.T, end *os.File, hog func()) error {
		came := make(chan struct{}, 2)
		p, err := NewPoller(func(Tag, Signals) { came <- struct{}{} })
		if err != nil {
			return err
		}
		defer p.Close()
		if err := p.Watch(int(end.Fd()), 0, true); err != nil {
			return err
		}
		go p.Run()
		for range n {
			<-came
			p.BeforeTask()
		}
		hog()
		return nil
	}
}

// later returns the end of a connection whose peer, another process, sends a byte
// when this one has been idle for a while, and neither does nor ends anything then
// that this one would be told of.
func later(t *testing.T) *os.File {
	t.Helper()
	ends, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	mine, theirs := os.NewFile(uintptr(ends[0]), "mine"), os.NewFile(uintptr(ends[1]), "theirs")
	t.Cleanup(func() { mine.Close() })
	defer theirs.Close()
	peer := exec.Command("sh", "-c", "sleep 0.2; printf x; sleep 0.004; printf x; read end")
	peer.Stdout = theirs
	end, err := peer.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := peer.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { end.Close(); peer.Wait() })
	return mine
}
