//go:build unix

package main

import (
	"context"
	"errors"
	"flag"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

var (
	handOvers = flag.Int("handovers", 2, "how often to hand over to a new process under load")
	drains    = flag.Int("drains", 4, "how often to drain under load")
)

// A process that replaces another one under load takes over its sockets, and no request of anybody fails.
func TestHandOverLosesNoRequest(t *testing.T) {
	binary := buildBinary(t)
	for name, c := range map[string]struct {
		args  []string
		fresh bool
	}{
		"mixed":      {nil, false},
		"at the cap": {[]string{"--max-conns=4"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			p := startBinary(t, binary, append(c.args, "--admin-addr=127.0.0.1:0", patient)...)
			tr := new(traffic)
			tr.drive(t, p.addr, 8, c.fresh)
			for range *handOvers {
				tr.await(200)
				p.signal(t, syscall.SIGUSR2)
				p.follow(t)
			}
			tr.await(200)
			tr.end(func() { p.signal(t, syscall.SIGTERM) })
			log := p.rest(t)
			if strings.Contains(log, "level=ERROR") || strings.Contains(log, "level=WARN") {
				t.Errorf("the log has complaints:\n%s", log)
			}
			t.Logf("%d requests served over %d hand-overs", tr.served, *handOvers)
		})
	}
}

// follow waits for the end of a hand-over, and makes p the new process.
func (p *process) follow(t *testing.T) {
	t.Helper()
	line := p.awaitLog(t, "handed over")
	pid, _ := strconv.Atoi(regexp.MustCompile(`pid=(\d+)`).FindStringSubmatch(line)[1])
	var err error
	if p.proc, err = os.FindProcess(pid); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.proc.Kill() })
}

// The new process writes the access log to a file of its own if the old one was renamed.
func TestHandOverOpensTheAccessLogAnew(t *testing.T) {
	file := filepath.Join(t.TempDir(), "access.log")
	p := startBinary(t, buildBinary(t), "--access-log", file)
	get(t, "http://"+p.addr+"/before")
	if err := os.Rename(file, file+".1"); err != nil {
		t.Fatal(err)
	}
	p.signal(t, syscall.SIGUSR2)
	p.follow(t)
	p.awaitLog(t, "drained")
	get(t, "http://"+p.addr+"/after")
	p.signal(t, syscall.SIGTERM)
	p.rest(t)
	for name, want := range map[string]string{file + ".1": `"path":"/before"`, file: `"path":"/after"`} {
		if text, err := os.ReadFile(name); err != nil || !strings.Contains(string(text), want) || strings.Count(string(text), "\n") != 1 {
			t.Errorf("%v, %s", err, text)
		}
	}
}

// What cannot take over, or does not in time, changes nothing, but for the log.
func TestHandOverFails(t *testing.T) {
	binary := buildBinary(t)
	p := startBinary(t, binary)
	for _, try := range []struct{ program, log string }{
		{"#!/bin/sh\nexit 3\n", "before it served: exit status 3"},
		{"not a program", "exec format error"},
	} {
		// A new file of that name, as an installation makes it: the one that runs cannot be written to.
		if err := os.WriteFile(binary+".new", []byte(try.program), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(binary+".new", binary); err != nil {
			t.Fatal(err)
		}
		p.signal(t, syscall.SIGUSR2)
		if line := p.awaitLog(t, "hand-over failed"); !strings.Contains(line, try.log) {
			t.Errorf("log %q, want %q", line, try.log)
		}
		if status, _ := get(t, "http://"+p.addr); status != http.StatusOK {
			t.Errorf("status %d after a hand-over that failed", status)
		}
	}
	p.signal(t, syscall.SIGTERM)
	if code := p.wait(t); code != exitOK {
		t.Errorf("exit code %d", code)
	}
}

// Of a new process that is not ready in time, nothing is left.
func TestHandOverToWhoHangs(t *testing.T) {
	ln, err := listen("--addr", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &sockets{main: ln}
	defer s.close()
	why := errors.New("too late")
	ctx, cancel := context.WithTimeoutCause(t.Context(), time.Millisecond, why)
	defer cancel()
	if _, err := s.handOver(ctx, "/bin/sleep", []string{"60"}); !errors.Is(err, why) {
		t.Errorf("%v, want %v", err, why)
	}
}

// SIGTERM costs nobody the answer who gets a connection, whatever the state of the server.
func TestDrainLosesNoRequest(t *testing.T) {
	binary := buildBinary(t)
	cases := []struct {
		name    string
		args    []string
		clients int
		fresh   bool
		before  int // answers, before the signal
		refusal bool
	}{
		{"mixed", nil, 16, false, 200, false},
		{"at the cap", []string{"--max-conns=50"}, 300, true, 300, false},
		{"full queue", []string{"--workers=1", "--queue=2", "--discipline=fifo"}, 16, false, 200, true},
		{"startup", nil, 16, false, 0, false},
	}
	for i := range *drains {
		c := cases[i%len(cases)]
		t.Run(c.name, func(t *testing.T) {
			p := startBinary(t, binary, append(c.args, patient)...)
			tr := &traffic{refusal: c.refusal, through: true}
			tr.drive(t, p.addr, c.clients, c.fresh)
			tr.await(c.before)
			tr.end(func() { p.signal(t, syscall.SIGTERM) })
			if code := p.wait(t); code != exitOK {
				t.Errorf("exit code %d", code)
			}
			t.Logf("%d served, %d refused", tr.served, tr.refused)
		})
	}
}
