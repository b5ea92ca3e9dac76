package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// TestLogsWhoseReadersLeave closes the other ends of standard output and standard
// error: the program serves on, and ends as it should.
func TestLogsWhoseReadersLeave(t *testing.T) {
	p := startBinary(t, buildBinary(t), "--access-log=-")
	for _, end := range p.pipes {
		end.Close()
	}
	for range 20 {
		if status, _ := get(t, "http://"+p.addr+"/mill"); status != http.StatusOK {
			t.Errorf("status %d", status)
		}
	}
	p.signal(t, syscall.SIGTERM)
	if code := p.end(); code != exitOK {
		t.Errorf("%v", p.cmd.ProcessState)
	}
}

// TestLogOfTheStandardLibrary checks that what packages log by themselves, as
// net/http does of backends, goes the way of all records, in their form.
func TestLogOfTheStandardLibrary(t *testing.T) {
	p := start(t, "--log-format=json")
	log.Print("said by\nanother")
	p.awaitLog(t, `"msg":"said by\\nanother"}`)
}

// TestAdopt has others log a line for each of many requests: a few are logged, and
// how many were not.
func TestAdopt(t *testing.T) {
	before, flags, to := slog.Default(), log.Flags(), log.Writer()
	defer func() {
		slog.SetDefault(before)
		log.SetFlags(flags)
		log.SetOutput(to)
	}()
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		adopt(slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		}})))
		var want strings.Builder
		for i := range 10_000 {
			log.Printf("unsolicited %d", i)
			if i < seldomLines {
				fmt.Fprintf(&want, "level=INFO msg=\"unsolicited %d\"\n", i)
			}
		}
		time.Sleep(seldomEvery)
		log.Print("once more")
		time.Sleep(seldomEvery)
		log.Print("and again")
		fmt.Fprintf(&want, "level=INFO msg=\"%d lines of this kind were left out\"\n", 10_000-seldomLines)
		fmt.Fprint(&want, "level=INFO msg=\"once more\"\nlevel=INFO msg=\"and again\"\n")
		if out.String() != want.String() {
			t.Errorf("logged\n%s\nwant\n%s", &out, &want)
		}
	})
}

// TestReadyLineComesAfterTheLog has what was logged at the start written by then.
func TestReadyLineComesAfterTheLog(t *testing.T) {
	both, write := io.Pipe()
	signals, exited := make(chan os.Signal, 1), make(chan int, 1)
	go func() {
		exited <- run([]string{"--addr=127.0.0.1:0", "--admin-addr=127.0.0.1:0", "--burn-per-ms=1"}, write, write, signals)
		write.Close()
	}()
	var logged []string
	for lines := bufio.NewScanner(limited(t, both)); lines.Scan(); {
		if strings.HasPrefix(lines.Text(), "millpond: serving ") {
			signals <- syscall.SIGTERM
			break
		}
		logged = append(logged, lines.Text())
	}
	go io.Copy(io.Discard, both)
	within(t, exited, "the end of the program")
	if text := strings.Join(logged, "\n"); !strings.Contains(text, "burn_per_ms=1") || !strings.Contains(text, "admin address") {
		t.Errorf("before the ready line: %q", text)
	}
}

// unread is a writer that takes nothing until it is freed.
type unread chan struct{}

func (u unread) Write(p []byte) (int, error) {
	<-u
	return len(p), nil
}

// TestOutputThatNobodyReads has the program serve, and end, while neither its log
// nor the line that says so is taken.
func TestOutputThatNobodyReads(t *testing.T) {
	output := make(unread)
	defer close(output)
	signals, exited := make(chan os.Signal, 1), make(chan int, 1)
	signals <- syscall.SIGTERM // taken when it serves
	go func() {
		exited <- run([]string{"--addr=127.0.0.1:0", "--admin-addr=127.0.0.1:0", "--burn-per-ms=1"}, output, output, signals)
	}()
	if code := within(t, exited, "the end of the program"); code != exitOK {
		t.Errorf("exit code %d", code)
	}
}
