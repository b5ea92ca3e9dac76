package process

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"syscall"
	"time"

	"github.com/prometheus/procfs"
	"golang.org/x/sys/unix"
)

// Neighbour is a process that takes a share of the server's processors from it,
// as another tenant of the machine does.
type Neighbour struct {
	cores int
	proc  procfs.Proc
	own   *Process
	began time.Time
	spent float64
	last  float64
}

// neighbourSettles is how long a neighbour takes to start.
const neighbourSettles = 100 * time.Millisecond

// StartNeighbour starts program as "neighbour" on cores, where it takes so much
// of each. The caller must stop it.
func StartNeighbour(ctx context.Context, program string, share float64, cores []int) (*Neighbour, error) {
	n := &Neighbour{cores: len(cores)}
	n.own = &Process{exited: make(chan struct{})}
	n.own.Cmd = exec.Command(program, "neighbour", "--share", strconv.FormatFloat(share, 'g', -1, 64), "--threads", strconv.Itoa(len(cores)))
	n.own.Cmd.Stderr = &n.own.stderr
	// In a session of its own it takes from the server alone, not from whatever
	// else is in the session of this process on other processors.
	n.own.Cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGKILL}
	started := make(chan error)
	go n.own.supervise(cores, started)
	err := <-started
	if err == nil {
		n.proc, err = procfs.NewProc(n.own.PID())
	}
	if err != nil {
		return nil, fmt.Errorf("start a neighbour: %w", err)
	}
	select {
	case <-ctx.Done():
	case <-time.After(neighbourSettles):
	}
	n.began, n.spent = time.Now(), n.CPU()
	return n, nil
}

// CPU is the time that it has spent, in seconds.
func (n *Neighbour) CPU() float64 {
	if stat, err := n.proc.Stat(); err == nil {
		n.last = max(n.last, stat.CPUTime()) // what has ended has spent nothing, the kernel says
	}
	return n.last
}

// Took is the share that it really got since it was started.
func (n *Neighbour) Took() float64 {
	return (n.CPU() - n.spent) / time.Since(n.began).Seconds() / float64(n.cores)
}

// Stop ends it.
func (n *Neighbour) Stop() {
	n.CPU()
	n.own.Stop()
}

// neighbourPeriod is how often a neighbour comes and goes.
const neighbourPeriod = 10 * time.Millisecond

// Occupy is what a neighbour does until ctx ends: so many threads that are busy
// for a share of the time. It asks for precedence over the server, for its
// session (sched(7), "The autogroup feature") and its threads, for else a kernel
// that is fair would give it no more than half.
func Occupy(ctx context.Context, share float64, threads int) {
	_ = os.WriteFile("/proc/self/autogroup", []byte("-20"), 0) // not every kernel has it
	for range threads - 1 {
		go occupy(ctx, share)
	}
	occupy(ctx, share)
}

func occupy(ctx context.Context, share float64) {
	runtime.LockOSThread() // never unlocked: the thread ends with the goroutine
	_ = unix.Setpriority(unix.PRIO_PROCESS, 0, -20)
	for next := time.Now(); ctx.Err() == nil; next = next.Add(neighbourPeriod) {
		for end := next.Add(time.Duration(share * float64(neighbourPeriod))); time.Now().Before(end); {
		}
		if rest := time.Until(next.Add(neighbourPeriod)); rest > 0 {
			ts := unix.NsecToTimespec(int64(rest))
			_ = unix.ClockNanosleep(unix.CLOCK_MONOTONIC, 0, &ts, nil)
		} else {
			next = time.Now().Add(-neighbourPeriod) // what was missed is not made up for
		}
	}
}

// Stall stops a process group for some time, as a paused virtual machine does.
// It returns at once, and the returned function, after which nothing is stopped
// any more, must be called.
func Stall(group int, after, length time.Duration) (end func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		wait := func(d time.Duration) {
			select {
			case <-ctx.Done():
			case <-time.After(d):
			}
		}
		if wait(after); ctx.Err() != nil {
			return
		}
		_ = syscall.Kill(-group, syscall.SIGSTOP) // gone already is fine
		wait(length)
		_ = syscall.Kill(-group, syscall.SIGCONT)
	}()
	return func() {
		cancel()
		<-done
	}
}
