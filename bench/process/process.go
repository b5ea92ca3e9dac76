package process

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// startTimeout is how long a server may take until it serves.
const startTimeout = 10 * time.Second

// Process is a server that was started for a trial.
type Process struct {
	Cmd     *exec.Cmd
	URL     string
	backend *Process // nil unless the server has one
	stderr  lastWords
	ready   chan string   // the URL that it printed
	exited  chan struct{} // closed when it has ended
	exitErr error         // valid then
}

// Start starts the server's command on the server's cores, in a
// process group of its own that dies with this process, and waits until it
// serves. The caller must stop it.
func Start(ctx context.Context, c Server, workers, queue int, cores []int) (*Process, error) {
	if len(c.Backend) == 0 {
		return startOne(ctx, c, workers, queue, cores, nil)
	}
	app, err := startOne(ctx, Server{Name: c.Name + "'s backend", Command: c.Backend}, workers, queue, cores, nil)
	if err != nil {
		return nil, err
	}
	p, err := startOne(ctx, c, workers, queue, cores, app)
	if err != nil {
		app.Stop()
	}
	return p, err
}

// startOne starts a command, in the process group of its backend if it has one.
func startOne(ctx context.Context, c Server, workers, queue int, cores []int, backend *Process) (*Process, error) {
	group, before := 0, ""
	if backend != nil {
		group, before = backend.Group(), backend.URL
	}
	args, addr, err := c.fill(workers, queue, before)
	if err != nil {
		return nil, err
	}
	p := &Process{Cmd: exec.Command(args[0], args[1:]...), backend: backend, ready: make(chan string, 1), exited: make(chan struct{})}
	p.Cmd.Env = scrubbedEnv(os.Environ())
	p.Cmd.Stderr = &p.stderr
	p.Cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pgid: group, Pdeathsig: syscall.SIGKILL}
	// A descendant that keeps the pipes open must not keep this process waiting.
	p.Cmd.WaitDelay = time.Second
	out, in := io.Pipe()
	p.Cmd.Stdout = in
	go p.watch(out)
	started := make(chan error)
	go func() {
		defer in.Close()
		p.supervise(cores, started)
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start %s: %w", c.Name, err)
	}
	if err := p.awaitReady(ctx, addr); err != nil {
		p.Stop()
		return nil, fmt.Errorf("start %s (%s): %w", c.Name, strings.Join(args, " "), err)
	}
	return p, nil
}

// supervise starts the command and waits for its end, all on one thread: the
// child takes its processors from the thread that starts it, and the kernel
// kills it when that thread ends, not when the process does.
func (p *Process) supervise(cores []int, started chan<- error) {
	runtime.LockOSThread() // never unlocked: the thread ends with the goroutine
	var own unix.CPUSet
	set := coreSet(cores)
	err := errors.Join(unix.SchedGetaffinity(0, &own), unix.SchedSetaffinity(0, &set))
	if err == nil {
		err = errors.Join(p.Cmd.Start(), unix.SchedSetaffinity(0, &own))
	}
	started <- err
	if p.Cmd.Process != nil {
		p.exitErr = p.Cmd.Wait()
	}
	close(p.exited)
}

// servingLine finds the URL in the line by which a server says that it is ready.
var servingLine = regexp.MustCompile(`serving (http://[^\s/]+)`)

// watch reads what the server prints.
func (p *Process) watch(out io.Reader) {
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if m := servingLine.FindStringSubmatch(lines.Text()); m != nil {
			select {
			case p.ready <- m[1]:
			default:
			}
		}
	}
	_, _ = io.Copy(io.Discard, out) // after a line that is too long
}

// awaitReady returns when the server serves: when it says so, or if it was told
// its address, when that can be connected to.
func (p *Process) awaitReady(ctx context.Context, addr string) error {
	timeout := time.NewTimer(startTimeout)
	defer timeout.Stop()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-p.exited:
			return fmt.Errorf("it ended at once: %s", p.obituary())
		case <-timeout.C:
			return fmt.Errorf("it was not ready after %v: %s", startTimeout, p.stderr.last())
		case p.URL = <-p.ready:
			return nil
		case <-again.C:
			if addr == "" {
				continue
			}
			if conn, err := net.Dial("tcp", addr); err == nil {
				conn.Close()
				p.URL = "http://" + addr
				return nil
			}
		}
	}
}

// PID is the process id.
func (p *Process) PID() int { return p.Cmd.Process.Pid }

// Group is the process group of the server and its backend.
func (p *Process) Group() int {
	if p.backend != nil {
		return p.backend.PID()
	}
	return p.PID()
}

// Died tells how the server ended, or its backend; it is empty while both live.
func (p *Process) Died() string {
	select {
	case <-p.exited:
		return p.obituary()
	default:
	}
	if p.backend != nil {
		if died := p.backend.Died(); died != "" {
			return "backend: " + died
		}
	}
	return ""
}

// obituary is the exit status and the last words of a server that has ended.
func (p *Process) obituary() string {
	status := "exit status 0"
	if p.exitErr != nil {
		status = p.exitErr.Error()
	}
	if words := p.stderr.last(); words != "" {
		status += ": " + words
	}
	return status
}

// Stop kills the process group and waits. There is no drain: the next trial has
// a fresh server, and this one may have a hopeless backlog.
func (p *Process) Stop() {
	_ = syscall.Kill(-p.Group(), syscall.SIGKILL) // gone already is fine
	<-p.exited
	if p.backend != nil {
		<-p.backend.exited
	}
}

// scrubbedEnv is env without what would configure a millpond server.
func scrubbedEnv(env []string) []string {
	return slices.DeleteFunc(env, func(e string) bool { return strings.HasPrefix(e, "MILLPOND_") })
}
