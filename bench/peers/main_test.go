package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"millpond/server/demo"
)

// Two goroutines of fasthttp sleep for a while, or for ever, after Shutdown.
func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m,
		goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.updateServerDate.func1"),
		goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.(*workerPool).Start.func2"))
}

// TestModels starts each model as a user would, asks it what the demo handlers
// know, and stops it.
func TestModels(t *testing.T) {
	all := models()
	delete(all, "reverseproxy") // which has no handlers of its own
	for name := range all {
		t.Run(name, func(t *testing.T) {
			if name == "haproxy" {
				if _, err := exec.LookPath("haproxy"); err != nil {
					t.Skip("HAProxy is not installed: its model is not checked")
				}
			}
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			out, in := io.Pipe()
			done := make(chan error, 1)
			go func() {
				done <- run(ctx, []string{"--model", name, "--addr", "127.0.0.1:0", "--workers", "2", "--burn-per-ms", "1000"}, in, t.Output())
				in.Close()
			}()
			base := readyURL(t, out)
			for _, target := range []string{"/", "/Ada", "/task?cpu=1ms&size=10KiB", "/task?cpu=long", "/no/where"} {
				compare(t, base, target)
			}
			if body := get(t, base+"/metrics").body; !strings.Contains(body, "go_goroutines") {
				t.Errorf("/metrics has no go_goroutines:\n%s", body)
			}
			stop()
			if err := <-done; err != nil {
				t.Errorf("run returned %v after it was stopped, want nil", err)
			}
		})
	}
}

// TestProxies puts both proxies before a server of another process.
func TestProxies(t *testing.T) {
	app := httptest.NewServer(demo.New(demo.Config{BurnPerMs: -1}))
	defer app.Close()
	for _, name := range []string{"reverseproxy", "haproxy"} {
		t.Run(name, func(t *testing.T) {
			if name == "haproxy" {
				if _, err := exec.LookPath(name); err != nil {
					t.Skip("HAProxy is not installed: its model is not checked")
				}
			}
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			out, in := io.Pipe()
			done := make(chan error, 1)
			go func() {
				done <- run(ctx, []string{"--model", name, "--addr", "127.0.0.1:0", "--workers", "2", "--backend", app.URL}, in, t.Output())
				in.Close()
			}()
			base := readyURL(t, out)
			for _, target := range []string{"/Ada", "/task?size=10KiB", "/no/where"} {
				compare(t, base, target)
			}
			stop()
			if err := <-done; err != nil {
				t.Errorf("run returned %v after it was stopped, want nil", err)
			}
		})
	}
}

// TestPython does the same with the Python servers, as far as they agree with
// the demo handlers.
func TestPython(t *testing.T) {
	for script, needs := range map[string]string{"threads.py": "threading", "streams.py": "asyncio", "aiohttp_app.py": "aiohttp", "flask_app.py": "flask"} {
		t.Run(script, func(t *testing.T) {
			python := pythonWith(needs)
			if python == "" {
				t.Skipf("there is no python3 with %s: %s is not checked", needs, script)
			}
			cmd := exec.CommandContext(t.Context(), python, "-B", "python/"+script, "--addr", "127.0.0.1:0", "--burn-per-ms", "1000")
			cmd.Stderr = t.Output()
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			base := readyURL(t, out)
			compare(t, base, "/")
			if a := get(t, base+"/task?cpu=1ms&wait=1ms"); a.status != http.StatusOK {
				t.Errorf("/task: status %d, want 200", a.status)
			}
			if a := get(t, base+"/task?cpu=long"); a.status != http.StatusBadRequest {
				t.Errorf("/task?cpu=long: status %d, want 400", a.status)
			}
			if err := cmd.Process.Signal(os.Interrupt); err != nil {
				t.Error(err)
			}
			if err := cmd.Wait(); err != nil {
				t.Errorf("after an interrupt: %v, want exit code 0", err)
			}
		})
	}
}

// pythonWith finds an interpreter that has a module: that of the PATH or that of
// the system, which need not be the same.
func pythonWith(module string) string {
	for _, python := range []string{"python3", "/usr/bin/python3"} {
		if exec.Command(python, "-c", "import "+module).Run() == nil {
			return python
		}
	}
	return ""
}

func TestUsage(t *testing.T) {
	for _, c := range []struct {
		args []string
		want []string
	}{
		{[]string{"--workers=-1", "--queue=-2"}, []string{"--workers must be at least 1", "--queue must be at least 0"}},
		{[]string{"--wait=-1s", "--burn-per-ms=-1"}, []string{"--wait must be at least 0s", "--burn-per-ms must be at least 1"}},
		{[]string{"--model=nginx"}, []string{"--model must be one of"}},
		{[]string{"--model=reverseproxy"}, []string{"--backend"}},
		{[]string{"--model=haproxy", "--backend=nowhere"}, []string{"--backend", "http://"}},
		{[]string{"--addr=nowhere"}, []string{"nowhere"}},
	} {
		err := run(t.Context(), c.args, io.Discard, io.Discard)
		if err == nil {
			t.Errorf("%v: no error", c.args)
			continue
		}
		for _, want := range c.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%v: %q does not say %q", c.args, err, want)
			}
		}
	}
}

var readyLine = regexp.MustCompile(`^peers: serving (http://127\.0\.0\.1:\d+) \(.+\)$`)

func readyURL(t *testing.T, out io.Reader) string {
	t.Helper()
	line, err := bufio.NewReader(out).ReadString('\n')
	match := readyLine.FindStringSubmatch(strings.TrimSuffix(line, "\n"))
	if match == nil {
		t.Fatalf("ready line %q (%v), want %v", line, err, readyLine)
	}
	return match[1]
}

// answer is what a client can tell two servers apart by.
type answer struct {
	status  int
	content []string
	nosniff []string
	body    string
}

func (a answer) equal(b answer) bool {
	return a.status == b.status && a.body == b.body && slices.Equal(a.content, b.content) && slices.Equal(a.nosniff, b.nosniff)
}

func answerOf(t *testing.T, r *http.Response) answer {
	t.Helper()
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{r.StatusCode, r.Header["Content-Type"], r.Header["X-Content-Type-Options"], string(body)}
}

func get(t *testing.T, url string) answer {
	t.Helper()
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	r, err := client.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	return answerOf(t, r)
}

// compare fails unless the server at base answers target as the demo handlers
// do on their own.
func compare(t *testing.T, base, target string) {
	t.Helper()
	recorder, request := httptest.NewRecorder(), httptest.NewRequest("GET", target, nil)
	request.RemoteAddr = "127.0.0.1:1"
	demo.New(demo.Config{BurnPerMs: 1000}).ServeHTTP(recorder, request)
	want, got := answerOf(t, recorder.Result()), get(t, base+target)
	if !got.equal(want) {
		t.Errorf("GET %s: got %.200v\nwant %.200v", target, got, want)
	}
}
