package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestAccessLog checks that the file has a line for each request when the
// program has ended, and that /metrics counts them before.
func TestAccessLog(t *testing.T) {
	for _, model := range []string{modelPool, modelGoroutine, modelThread} {
		t.Run(model, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "access.log")
			p := start(t, "--model", model, "--access-log", file)
			get(t, p.url+"/mill")
			get(t, p.url+"/a/b")
			counted := eventually(func() bool {
				_, text := get(t, p.url+metricsPath)
				return strings.Contains(text, `millpond_access_log_requests_total{result="written"}`) &&
					!strings.Contains(text, `millpond_access_log_requests_total{result="written"} 0`)
			})
			if !counted {
				t.Error("the lines are not counted")
			}
			p.stop(t)
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range []string{`"path":"/mill","route":"/{name}","status":200,"origin":"handler"`, `"path":"/a/b","status":404`, `"path":"/metrics"`} {
				if !strings.Contains(string(text), want) {
					t.Errorf("no %s in\n%s", want, text)
				}
			}
		})
	}
}

func TestAccessLogCannotBeOpened(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "unread")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{t.TempDir(), pipe} {
		var stdout, stderr bytes.Buffer
		code := run([]string{"--addr=127.0.0.1:0", "--burn-per-ms=1", "--access-log", file}, &stdout, &stderr, nil)
		if code != exitFailed || !strings.Contains(stderr.String(), "millpond: --access-log: ") {
			t.Errorf("%s: exit code %d, stderr %q", file, code, &stderr)
		}
	}
}

// TestAccessLogOnStandardOutput checks that nothing else is there, so that a
// program can read it. Then that leaves: the server serves on, and ends.
func TestAccessLogOnStandardOutput(t *testing.T) {
	stdout, write := io.Pipe()
	p := &program{signals: make(chan os.Signal, 1), exited: make(chan int, 1)}
	go func() {
		p.exited <- run([]string{"--addr=127.0.0.1:0", "--burn-per-ms=1", "--access-log=-"}, write, &p.stderr, p.signals)
	}()
	url := p.awaitLog(t, `serving (http://\S+)`)
	for i := range 3 {
		if status, _ := get(t, url+"/mill"); status != http.StatusOK {
			t.Errorf("status %d", status)
		}
		if i > 0 {
			continue
		}
		var record struct{ Path string }
		if err := json.NewDecoder(limited(t, stdout)).Decode(&record); err != nil || record.Path != "/mill" {
			t.Errorf("the first that is read is of %q: %v", record.Path, err)
		}
		stdout.Close()
	}
	if code := p.stop(t); code != exitOK || !strings.Contains(p.stderr.String(), "access log: requests were not logged") {
		t.Errorf("exit code %d\n%s", code, &p.stderr)
	}
}
