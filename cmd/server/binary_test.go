package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"
)

// TestExitCodes runs the built program: only that has the signals and the exit codes of a process.
func TestExitCodes(t *testing.T) {
	signal.Notify(make(chan os.Signal, 1), syscall.SIGHUP) // who runs the tests may ignore it, as nohup does; the program would, too
	defer signal.Reset(syscall.SIGHUP)
	binary := buildBinary(t)
	t.Run("bad usage", func(t *testing.T) {
		if code := exitCode(t, binary, "--workers=0"); code != exitUsage {
			t.Errorf("exit code %d, want %d", code, exitUsage)
		}
	})
	for _, model := range allModels {
		t.Run(model, func(t *testing.T) {
			for _, sig := range []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP} {
				p := startBinary(t, binary, "--model", model)
				p.signal(t, sig)
				if code := p.wait(t); code != exitOK {
					t.Errorf("%v: exit code %d, want %d", sig, code, exitOK)
				}
			}
			p := startBinary(t, binary, "--model", model)
			if code := exitCode(t, binary, "--addr", p.addr); code != exitFailed {
				t.Errorf("port taken: exit code %d, want %d", code, exitFailed)
			}
			h := hold(t, "http://"+p.addr)
			p.signal(t, os.Interrupt)
			p.awaitLog(t, "draining")
			if code := p.insist(t, os.Interrupt); code != exitInterrupted {
				t.Errorf("two signals: exit code %d, want %d", code, exitInterrupted)
			}
			if err := <-h.answered; err == nil {
				t.Error("the held request got a whole answer")
			}
		})
	}
}

// builtIn is the directory with the built program, "" before buildOnce has made it. TestMain removes it.
var builtIn string

var buildOnce = sync.OnceValue(func() (err error) {
	if builtIn, err = os.MkdirTemp("", "millpond"); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	if out, err := exec.CommandContext(ctx, "go", "build", "-o", builtIn, ".").CombinedOutput(); err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	return nil
})

// buildBinary returns the path of the built program, which is the test's own.
func buildBinary(t *testing.T) string {
	t.Helper()
	if err := buildOnce(); err != nil {
		t.Fatal(err)
	}
	binary := filepath.Join(t.TempDir(), "server")
	if err := os.Link(filepath.Join(builtIn, "server"), binary); err != nil {
		t.Fatal(err)
	}
	return binary
}

// process is a run of the built program.
type process struct {
	addr string
	cmd  *exec.Cmd
	proc *os.Process // of cmd, or the one that has taken over
	log  *bufio.Reader

	pipes [2]pipe // what is read of its standard output and standard error
}

type pipe interface {
	io.Closer
	SetReadDeadline(time.Time) error
}

// startBinary returns when the ready line is there.
func startBinary(t *testing.T, binary string, args ...string) *process {
	t.Helper()
	return startCommand(t, exec.CommandContext(t.Context(), binary, append([]string{"--addr=127.0.0.1:0", "--burn-per-ms=1"}, args...)...))
}

// startCommand is startBinary for a command that runs it.
func startCommand(t *testing.T, cmd *exec.Cmd) *process {
	t.Helper()
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &process{"", cmd, cmd.Process, bufio.NewReader(stderr), [2]pipe{stdout.(pipe), stderr.(pipe)}}
	p.limit()
	line := ""
	if slices.Contains(cmd.Args, "--access-log=-") {
		line = p.awaitLine(t, "serving http")
	} else if line, err = bufio.NewReader(stdout).ReadString('\n'); err != nil {
		t.Fatalf("ready line %q: %v", line, err)
	}
	found := regexp.MustCompile(`^millpond: serving http://(127\.0\.0\.1:\d+) \(model \w+, .*\)\n$`).FindStringSubmatch(line)
	if found == nil {
		t.Fatalf("ready line %q", line)
	}
	p.addr = found[1]
	return p
}

// limit has reads of the output fail when the test has waited for too long from now.
func (p *process) limit() {
	for _, pipe := range p.pipes {
		pipe.SetReadDeadline(time.Now().Add(patienceOfTests))
	}
}

func (p *process) signal(t *testing.T, sig os.Signal) {
	t.Helper()
	if err := p.proc.Signal(sig); err != nil {
		t.Fatal(err)
	}
}

// awaitLog reads the log up to a line with a message, and returns that.
func (p *process) awaitLog(t *testing.T, message string) (line string) {
	t.Helper()
	return p.awaitLine(t, `msg="?`+message)
}

// awaitLine reads standard error up to a line that pattern matches, and returns that.
func (p *process) awaitLine(t *testing.T, pattern string) (line string) {
	t.Helper()
	p.limit()
	wanted := regexp.MustCompile(pattern)
	for {
		line, err := p.log.ReadString('\n')
		if err != nil {
			t.Fatalf("no %s on standard error: %v", pattern, err)
		}
		if wanted.MatchString(line) {
			return line
		}
	}
}

// rest waits for the end of all processes that write to the log, and returns what is left of it.
func (p *process) rest(t *testing.T) string {
	t.Helper()
	p.limit()
	log, err := io.ReadAll(p.log)
	if err != nil {
		t.Fatalf("waiting for the end: %v, after\n%s", err, log)
	}
	p.end()
	return string(log)
}

// end waits for the end of the process that was started, and returns its exit code.
func (p *process) end() int {
	alarm := time.AfterFunc(patienceOfTests, func() { p.cmd.Process.Kill() })
	defer alarm.Stop()
	p.cmd.Wait() // The error repeats the exit code.
	return p.cmd.ProcessState.ExitCode()
}

// wait returns the exit code.
func (p *process) wait(t *testing.T) int {
	t.Helper()
	p.rest(t)
	return p.cmd.ProcessState.ExitCode()
}

// insist sends signals until the process has ended, as the first ones may count as those before, and returns the exit
// code.
func (p *process) insist(t *testing.T, sig os.Signal) int {
	t.Helper()
	ended := make(chan struct{})
	defer close(ended)
	go func() {
		for again := time.Tick(10 * time.Millisecond); ; {
			select {
			case <-ended:
				return
			case <-again:
				p.proc.Signal(sig) // The error is that it has ended.
			}
		}
	}()
	return p.wait(t)
}

func exitCode(t *testing.T, binary string, args ...string) int {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patienceOfTests)
	defer cancel()
	cmd := exec.CommandContext(ctx, binary, args...)
	cmd.Run() // The error repeats the exit code.
	return cmd.ProcessState.ExitCode()
}
