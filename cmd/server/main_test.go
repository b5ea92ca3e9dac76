package main

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"os"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// allModels are the values of --model.
var allModels = []string{modelPool, modelGoroutine, modelThread, modelNetHTTP}

func TestMain(m *testing.M) {
	// The environment of whoever runs the tests must not configure them.
	for _, entry := range os.Environ() {
		if name, _, _ := strings.Cut(entry, "="); strings.HasPrefix(name, "MILLPOND_") || name == "COLUMNS" {
			os.Unsetenv(name)
		}
	}
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		if builtIn != "" {
			os.RemoveAll(builtIn)
		}
		os.Exit(code)
	}))
}

// buffer is a bytes.Buffer for a program that writes while the test reads.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// program is a run of the program inside the test.
type program struct {
	ready   string // the ready line
	url     string
	signals chan os.Signal
	exited  chan int
	stderr  buffer
}

// start runs the program until it is ready. It ends with the test, if it has not before.
func start(t *testing.T, args ...string) *program {
	t.Helper()
	p := &program{signals: make(chan os.Signal, 2), exited: make(chan int, 1)}
	stdout, write := io.Pipe()
	args = append([]string{"--addr=127.0.0.1:0", "--burn-per-ms=1"}, args...)
	go func() {
		p.exited <- run(args, write, &p.stderr, p.signals)
		write.Close()
	}()
	p.ready, _ = bufio.NewReader(limited(t, stdout)).ReadString('\n')
	p.url = regexp.MustCompile(`http://\S+`).FindString(p.ready)
	if p.url == "" {
		t.Fatalf("not ready: %q\n%s", p.ready, &p.stderr)
	}
	t.Cleanup(func() { p.stop(t) })
	return p
}

// stop sends SIGTERM and returns the exit code.
func (p *program) stop(t *testing.T) int {
	t.Helper()
	if p.signals == nil {
		return 0
	}
	p.signals <- syscall.SIGTERM
	return p.awaitExit(t)
}

// awaitExit returns the exit code of a program that was told to end.
func (p *program) awaitExit(t *testing.T) int {
	t.Helper()
	p.signals = nil
	return within(t, p.exited, "the end of the program")
}

// patienceOfTests is for how long a test waits for what has to come. Only one that fails does so.
const patienceOfTests = 2 * time.Minute

// limited is r, which fails when the test has waited for too long.
func limited(t *testing.T, r *io.PipeReader) io.Reader {
	alarm := time.AfterFunc(patienceOfTests, func() { r.CloseWithError(os.ErrDeadlineExceeded) })
	t.Cleanup(func() { alarm.Stop() })
	return r
}

// within receives what must come on ch.
func within[T any](t *testing.T, ch <-chan T, what string) (v T) {
	t.Helper()
	select {
	case v = <-ch:
	case <-time.After(patienceOfTests):
		t.Fatalf("waited %v for %s", patienceOfTests, what)
	}
	return v
}

// awaitLog waits for a record that pattern matches, and returns what its group does.
func (p *program) awaitLog(t *testing.T, pattern string) string {
	t.Helper()
	var found []string
	if !eventually(func() bool {
		found = regexp.MustCompile(pattern).FindStringSubmatch(p.stderr.String())
		return found != nil
	}) {
		t.Fatalf("no %s in the log:\n%s", pattern, &p.stderr)
	}
	return found[len(found)-1]
}

// adminURL returns the admin address from the log.
func (p *program) adminURL(t *testing.T) string {
	t.Helper()
	return p.awaitLog(t, `admin address" url=(\S+)`)
}

// client opens a connection for each request, so that none is left behind.
var client = &http.Client{Timeout: patienceOfTests, Transport: &http.Transport{DisableKeepAlives: true}}

// get returns the status and the body.
func get(t *testing.T, url string) (int, string) {
	t.Helper()
	resp, err := client.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

// eventually asks for what a client cannot wait for, such as that a response is
// counted, which comes after it was sent. Only a test that fails runs out of time.
func eventually(ok func() bool) bool {
	again := time.NewTicker(time.Millisecond) // others need the processor as well
	defer again.Stop()
	for deadline := time.Now().Add(patienceOfTests); time.Now().Before(deadline); <-again.C {
		if ok() {
			return true
		}
	}
	return false
}

// patient has requests wait for a worker for as long as a busy machine takes: 250 ms are overload by default.
const patient = "--max-wait=1m"

// TestPromise7OneHandlerUnderEveryModel runs the same requests under each.
func TestPromise7OneHandlerUnderEveryModel(t *testing.T) {
	has := map[string]string{
		modelPool:      "(model pool, 2 workers, adaptive queue; demo)",
		modelGoroutine: "(model goroutine, no bound; demo)",
		modelThread:    "(model thread, at most 9000 threads; demo)",
		modelNetHTTP:   "(model nethttp, net/http defaults, no bound; demo)",
	}
	for _, model := range allModels {
		t.Run(model, func(t *testing.T) {
			args := []string{"--model", model}
			if model == modelPool {
				args = append(args, "--workers=2")
			}
			p := start(t, args...)
			if want := "millpond: serving " + p.url + " " + has[model] + "\n"; p.ready != want {
				t.Errorf("ready line %q, want %q", p.ready, want)
			}
			for path, want := range map[string]string{
				"/":                "Hello, 127.0.0.1!",
				"/mill":            "Hello, mill!",
				"/task?size=3":     "...",
				livePath:           "alive\n",
				readyPath:          "ready\n",
				"/task?cpu=1us&x=": "parameters must be among cpu, wait, alloc and size, got \"x=\"\n",
			} {
				if _, body := get(t, p.url+path); body != want {
					t.Errorf("%s: %q, want %q", path, body, want)
				}
			}
			var text string
			counted := eventually(func() bool {
				_, text = get(t, p.url+metricsPath)
				return strings.Contains(text, `millpond_http_requests_total{code="200",method="GET",origin="handler",route="/{name}"} 1`)
			})
			if !counted {
				t.Errorf("no request counted:\n%s", text)
			}
			if got := strings.Contains(text, "millpond_pool_"); got != (model == modelPool) {
				t.Errorf("has pool metrics: %t", got)
			}
			if status, _ := get(t, p.url+"/debug/pprof/"); status != http.StatusNotFound {
				t.Errorf("pprof on the main address: %d", status)
			}
			if code := p.stop(t); code != exitOK {
				t.Errorf("exit code %d\n%s", code, &p.stderr)
			}
		})
	}
}

func TestOneLineWhenItCannotListen(t *testing.T) {
	taken := start(t, "--model=nethttp")
	for name, args := range map[string][]string{
		"taken":       {"--addr", strings.TrimPrefix(taken.url, "http://")},
		"admin taken": {"--addr=127.0.0.1:0", "--admin-addr", strings.TrimPrefix(taken.url, "http://")},
		"not here":    {"--addr=192.0.2.1:0"},
	} {
		t.Run(name, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			if code := run(args, &stdout, &stderr, nil); code != exitFailed {
				t.Errorf("exit code %d, want %d", code, exitFailed)
			}
			text := stderr.String()
			if stdout.Len() > 0 || strings.Count(text, "\n") != 1 || !strings.HasPrefix(text, "millpond: --a") {
				t.Errorf("stdout %q, stderr %q", &stdout, text)
			}
		})
	}
}
