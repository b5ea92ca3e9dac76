package bench

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
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// startTimeout is how long a server may take until it serves.
const startTimeout = 10 * time.Second

// process is a server that was started for a trial.
type process struct {
	cmd     *exec.Cmd
	url     string
	stderr  lastWords
	ready   chan string   // the URL that it printed
	exited  chan struct{} // closed when it has ended
	exitErr error         // valid then
}

// startProcess starts the candidate's command on the server's cores, in a
// process group of its own that dies with this process, and waits until it
// serves. The caller must stop it.
func startProcess(ctx context.Context, c Candidate, workers, queue int, cores []int) (*process, error) {
	args, addr, err := c.fill(workers, queue)
	if err != nil {
		return nil, err
	}
	p := &process{cmd: exec.Command(args[0], args[1:]...), ready: make(chan string, 1), exited: make(chan struct{})}
	p.cmd.Env = scrubbedEnv(os.Environ())
	p.cmd.Stderr = &p.stderr
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	// A descendant that keeps the pipes open must not keep this process waiting.
	p.cmd.WaitDelay = time.Second
	out, in := io.Pipe()
	p.cmd.Stdout = in
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
		p.stop()
		return nil, fmt.Errorf("start %s (%s): %w", c.Name, strings.Join(args, " "), err)
	}
	return p, nil
}

// supervise starts the command and waits for its end, all on one thread: the
// child takes its processors from the thread that starts it, and the kernel
// kills it when that thread ends, not when the process does.
func (p *process) supervise(cores []int, started chan<- error) {
	runtime.LockOSThread() // never unlocked: the thread ends with the goroutine
	var own unix.CPUSet
	set := coreSet(cores)
	err := errors.Join(unix.SchedGetaffinity(0, &own), unix.SchedSetaffinity(0, &set))
	if err == nil {
		err = errors.Join(p.cmd.Start(), unix.SchedSetaffinity(0, &own))
	}
	started <- err
	if p.cmd.Process != nil {
		p.exitErr = p.cmd.Wait()
	}
	close(p.exited)
}

// servingLine finds the URL in the line by which a server says that it is ready.
var servingLine = regexp.MustCompile(`serving (http://[^\s/]+)`)

// watch reads what the server prints.
func (p *process) watch(out io.Reader) {
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
func (p *process) awaitReady(ctx context.Context, addr string) error {
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
		case p.url = <-p.ready:
			return nil
		case <-again.C:
			if addr == "" {
				continue
			}
			if conn, err := net.Dial("tcp", addr); err == nil {
				conn.Close()
				p.url = "http://" + addr
				return nil
			}
		}
	}
}

// pid is the process id.
func (p *process) pid() int { return p.cmd.Process.Pid }

// died tells how the server ended, empty while it lives.
func (p *process) died() string {
	select {
	case <-p.exited:
		return p.obituary()
	default:
		return ""
	}
}

// obituary is the exit status and the last words of a server that has ended.
func (p *process) obituary() string {
	status := "exit status 0"
	if p.exitErr != nil {
		status = p.exitErr.Error()
	}
	if words := p.stderr.last(); words != "" {
		status += ": " + words
	}
	return status
}

// stop kills the process group and waits. There is no drain: the next trial has
// a fresh server, and this one may have a hopeless backlog.
func (p *process) stop() {
	_ = syscall.Kill(-p.pid(), syscall.SIGKILL) // gone already is fine
	<-p.exited
}

// scrubbedEnv is env without what would configure a millpond server.
func scrubbedEnv(env []string) []string {
	var out []string
	for _, e := range env {
		if !strings.HasPrefix(e, "MILLPOND_") {
			out = append(out, e)
		}
	}
	return out
}

// wordsSize is how much of a server's standard error is kept.
const wordsSize = 4 << 10

// lastWords keeps the beginning and the end of what is written to it. A Go program
// that crashes says why first, and then lists its goroutines.
type lastWords struct {
	mu   sync.Mutex
	head []byte
	end  []byte
}

func (t *lastWords) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if room := wordsSize - len(t.head); room > 0 {
		t.head = append(t.head, b[:min(room, len(b))]...)
	}
	t.end = append(t.end, b...)
	t.end = t.end[max(0, len(t.end)-wordsSize):]
	return len(b), nil
}

// last returns the line that tells most: that of a crash, or else the last one.
func (t *lastWords) last() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	text := string(t.head) + "\n" + string(t.end)
	last := ""
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "fatal error:") || strings.HasPrefix(line, "panic:") {
			return line
		}
		if line != "" {
			last = line
		}
	}
	return last
}

// find returns what a pattern's group matches in what was written first.
func (t *lastWords) find(pattern *regexp.Regexp) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if m := pattern.FindSubmatch(t.head); m != nil {
		return string(m[1])
	}
	return ""
}
