// Package deploy has no code: it tests the files beside it with the programs that read them, and with the server as the
// Dockerfile builds it.
package deploy

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

var temp string // until all tests have ended

func TestMain(m *testing.M) {
	var err error
	if temp, err = os.MkdirTemp("", "deploy"); err != nil {
		panic(err)
	}
	code := m.Run()
	os.RemoveAll(temp)
	os.Exit(code)
}

// built is the path of the server, built once by the command of the Dockerfile.
var built = sync.OnceValues(func() (string, error) {
	dockerfile, err := os.ReadFile("Dockerfile")
	if err != nil {
		return "", err
	}
	found := regexp.MustCompile(`(?m)^RUN (.* go build .*)$`).FindSubmatch(dockerfile)
	if found == nil {
		return "", errors.New("the Dockerfile builds nothing")
	}
	path := filepath.Join(temp, "millpond")
	cmd := exec.Command("sh", "-c", strings.Replace(string(found[1]), "/millpond", path, 1))
	cmd.Dir = filepath.Join("..", "..", "..")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", errors.Join(err, errors.New(string(out)))
	}
	return path, nil
})

func binary(t *testing.T) string {
	t.Helper()
	path, err := built()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// tool skips the test where the machine lacks a program of a Debian package.
func tool(t *testing.T, name, debian string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("there is no %s, so that it takes the file that is for it is not checked: apt-get install %s", name, debian)
	}
	return path
}

// run runs a program to its end, which must be a success.
func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %q: %v\n%s", name, args, err, out)
	}
	return string(out)
}

// patience ends a program that never becomes ready.
const patience = time.Minute

// launch runs a program until the test ends, and returns, once it is in the output, what ready matches there.
func launch(t *testing.T, ready string, cmd *exec.Cmd) []string {
	t.Helper()
	out := &output{ready: regexp.MustCompile(ready), found: make(chan []string, 1)}
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	exited := make(chan struct{})
	go func() { cmd.Wait(); close(exited) }() // The error repeats the state.
	t.Cleanup(func() {
		cmd.Process.Signal(syscall.SIGTERM)
		<-exited
		// HAProxy ends by the signal itself.
		if end := cmd.ProcessState.Sys().(syscall.WaitStatus); end.ExitStatus() != 0 && end.Signal() != syscall.SIGTERM {
			t.Errorf("%v: %v\n%s", cmd, cmd.ProcessState, &out.text)
		}
	})
	defer time.AfterFunc(patience, func() { cmd.Process.Kill() }).Stop()
	select {
	case found := <-out.found:
		return found
	case <-exited:
		t.Fatalf("%v ended before it was ready", cmd)
		return nil
	}
}

// output waits for a text. A command writes to it from one goroutine.
type output struct {
	text  bytes.Buffer
	ready *regexp.Regexp
	found chan []string
}

func (o *output) Write(p []byte) (int, error) {
	o.text.Write(p)
	if o.ready != nil {
		if found := o.ready.FindStringSubmatch(o.text.String()); found != nil {
			o.ready = nil
			o.found <- found
		}
	}
	return len(p), nil
}

// serve runs the server on this machine alone until the test ends, and returns its main and its admin address.
func serve(t *testing.T, args ...string) (addr, admin string) {
	t.Helper()
	args = append([]string{"--addr=127.0.0.1:0", "--admin-addr=127.0.0.1:0", "--burn-per-ms=1"}, args...)
	return serving(t, exec.Command(binary(t), args...))
}

// serving runs it by a command that says where.
func serving(t *testing.T, cmd *exec.Cmd) (addr, admin string) {
	t.Helper()
	found := launch(t, `(?s)admin address" url=http://(\S+).*: serving http://(\S+) .*\n`, cmd)
	return found[2], found[1]
}

// anyPort has addresses end in a port that is free.
var anyPort = strings.NewReplacer(":8080", ":0", ":9090", ":0")

// elsewhere is an address of this machine at which only those answer who serve on all of them: who serves on 127.0.0.1
// does not.
func elsewhere(addr string) string { return strings.Replace(addr, "127.0.0.1:", "127.0.0.2:", 1) }

// client opens a connection for each request, so that none is left behind.
var client = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}

// get returns the status and the body, or why there is none.
func get(client *http.Client, url string) (int, string, error) {
	resp, err := client.Get(url)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(body), err
}

// until asks until the answer is yes. Only a test that fails runs out of time.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	again := time.NewTicker(time.Millisecond) // others need the processor as well
	defer again.Stop()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); <-again.C {
		if ok() {
			return
		}
	}
	t.Fatalf("not in %v: %s", patience, what)
}

// read returns the text of a file.
func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// flagDefault is the default of a flag, as the help tells it.
func flagDefault(t *testing.T, flag string) string {
	t.Helper()
	help := run(t, binary(t), "--help")
	found := regexp.MustCompile(`(?s)--` + flag + `=.*?Default:\s+(\S+?)\.?\s`).FindStringSubmatch(help)
	if found == nil {
		t.Fatalf("no default of --%s in the help", flag)
	}
	return found[1]
}

// TestVariables checks that each variable in these files is that of a flag.
func TestVariables(t *testing.T) {
	help := run(t, binary(t), "--help")
	names := regexp.MustCompile(`MILLPOND_[A-Z_]+`)
	for _, pattern := range []string{"Dockerfile", "*/*"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v", pattern, err)
		}
		for _, file := range files {
			for _, name := range names.FindAllString(read(t, file), -1) {
				if !strings.Contains(help, "($"+name+")") {
					t.Errorf("%s: no flag has the variable %s", file, name)
				}
			}
		}
	}
}
