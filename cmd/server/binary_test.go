package main

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"syscall"
	"testing"
)

// TestExitCodes runs the built program: only that has the signals and the exit codes of a process.
func TestExitCodes(t *testing.T) {
	binary := filepath.Join(t.TempDir(), "server")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Run("bad usage", func(t *testing.T) {
		if code := exitCode(t, exec.Command(binary, "--workers=0")); code != exitUsage {
			t.Errorf("exit code %d, want %d", code, exitUsage)
		}
	})
	for _, model := range allModels {
		t.Run(model, func(t *testing.T) {
			for _, sig := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
				p := startBinary(t, binary, model)
				p.signal(t, sig)
				if code := p.wait(t); code != exitOK {
					t.Errorf("%v: exit code %d, want %d", sig, code, exitOK)
				}
			}
			p := startBinary(t, binary, model)
			if code := exitCode(t, exec.Command(binary, "--addr", p.addr)); code != exitFailed {
				t.Errorf("port taken: exit code %d, want %d", code, exitFailed)
			}
			h := hold(t, "http://"+p.addr)
			p.signal(t, os.Interrupt)
			p.awaitLog(t, "draining")
			p.signal(t, os.Interrupt)
			if code := p.wait(t); code != exitInterrupted {
				t.Errorf("two signals: exit code %d, want %d", code, exitInterrupted)
			}
			if err := <-h.answered; err == nil {
				t.Error("the held request got a whole answer")
			}
		})
	}
}

// process is a run of the built program.
type process struct {
	addr string
	cmd  *exec.Cmd
	log  *bufio.Reader
}

// startBinary returns when the ready line is there.
func startBinary(t *testing.T, binary, model string) *process {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), binary, "--addr=127.0.0.1:0", "--burn-per-ms=1", "--model", model)
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
	line, err := bufio.NewReader(stdout).ReadString('\n')
	found := regexp.MustCompile(`^millpond: serving http://(127\.0\.0\.1:\d+) \(model ` + model + `, .*\)\n$`).FindStringSubmatch(line)
	if found == nil {
		t.Fatalf("ready line %q: %v", line, err)
	}
	return &process{found[1], cmd, bufio.NewReader(stderr)}
}

func (p *process) signal(t *testing.T, sig os.Signal) {
	t.Helper()
	if err := p.cmd.Process.Signal(sig); err != nil {
		t.Fatal(err)
	}
}

// awaitLog reads the log up to a line with a message.
func (p *process) awaitLog(t *testing.T, message string) {
	t.Helper()
	wanted := regexp.MustCompile(`msg="?` + message)
	for {
		line, err := p.log.ReadString('\n')
		if err != nil {
			t.Fatalf("%q is not in the log: %v", message, err)
		}
		if wanted.MatchString(line) {
			return
		}
	}
}

// wait returns the exit code.
func (p *process) wait(t *testing.T) int {
	t.Helper()
	if _, err := io.Copy(io.Discard, p.log); err != nil {
		t.Fatal(err)
	}
	p.cmd.Wait() // The error repeats the exit code.
	return p.cmd.ProcessState.ExitCode()
}

func exitCode(t *testing.T, cmd *exec.Cmd) int {
	t.Helper()
	cmd.Run() // The error repeats the exit code.
	return cmd.ProcessState.ExitCode()
}
