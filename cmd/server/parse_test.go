package main

import (
	"bytes"
	"flag"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"millpond/server"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func TestHelp(t *testing.T) {
	t.Setenv("MILLPOND_QUEUE", "many") // Who asks for help gets it, whatever else is wrong.
	var stdout, stderr bytes.Buffer
	if code := run([]string{"--workers=0", "--help"}, &stdout, &stderr, nil); code != exitOK || stderr.Len() > 0 {
		t.Errorf("exit code %d, stderr %q", code, &stderr)
	}
	golden := filepath.Join("testdata", "help.txt")
	if *update {
		if err := os.WriteFile(golden, stdout.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if stdout.String() != string(want) {
		t.Errorf("the help differs from %s; run the test with -update and look at the difference\n%s", golden, &stdout)
	}
}

// TestHelpWhoseReaderLeaves is help as a pager or head(1) takes it.
func TestHelpWhoseReaderLeaves(t *testing.T) {
	gone, write := io.Pipe()
	gone.Close()
	var stderr bytes.Buffer
	if code := run([]string{"--help"}, write, &stderr, nil); code != exitOK || stderr.Len() > 0 {
		t.Errorf("exit code %d, stderr %q", code, &stderr)
	}
}

func TestVersion(t *testing.T) {
	var stdout, stderr bytes.Buffer
	if code := run([]string{"--version"}, &stdout, &stderr, nil); code != exitOK || stderr.Len() > 0 {
		t.Errorf("exit code %d, stderr %q", code, &stderr)
	}
	if got := stdout.String(); !strings.HasPrefix(got, "millpond ") || strings.Count(got, "\n") != 1 {
		t.Errorf("stdout %q", got)
	}
}

func TestAllFaultsAtOnce(t *testing.T) {
	t.Setenv("MILLPOND_MAX_CONNS", "many")
	t.Setenv("MILLPOND_LOG_FORMAT", "xml")
	var stdout, stderr bytes.Buffer
	code := run([]string{
		"--workers", "0", "--queue", "-1", "--wrokers=3", "--model=fork", "--idle-timeout", "0s", "--head-timeout=-1s",
		"--max-body=1.5 pails", "stray", "--unknown", "its-value", "--overflow=", "--max-head", "a b\n", "--addr", "", "--burn-per-ms",
	}, &stdout, &stderr, nil)
	want := `--workers must be a number from 1 to 1000000, auto, or LEAST..MOST such as 4..64, got 0
--queue must be at least 0, got -1
unknown flag --wrokers, did you mean "--workers"?; see --help
--model must be one of pool, goroutine, thread, nethttp, got fork
--idle-timeout must be a duration above 0 such as 500ms, 10s or 1m, got 0s
--head-timeout must be a duration above 0 such as 500ms, 10s or 1m, got -1s
--max-body must be a size of at least 1 byte such as 4096, 32KiB or 10MiB, got "1.5 pails"
unexpected argument stray; see --help
unknown flag --unknown; see --help
--overflow must be one of reject, block, got ""
--max-head must be a size from 256 to 1048576 bytes such as 4096 or 32KiB, got "a b\n"
--addr must be an address such as 127.0.0.1:8080 or :0, got ""
--burn-per-ms must be a whole number of at least 0, got nothing
--max-conns must be a whole number of at least 1, got many (from MILLPOND_MAX_CONNS)
--log-format must be one of text, json, got xml (from MILLPOND_LOG_FORMAT)
`
	if code != exitUsage || stdout.Len() > 0 || stderr.String() != want {
		t.Errorf("exit code %d, stdout %q, stderr\n%s\nwant\n%s", code, &stdout, &stderr, want)
	}
}

func TestFault(t *testing.T) {
	for arg, want := range map[string]string{
		"--workers=2000000":              "--workers must be a number from 1 to 1000000, auto, or LEAST..MOST such as 4..64, got 2000000",
		"--workers=99999999999999999999": "--workers must be a number from 1 to 1000000, auto, or LEAST..MOST such as 4..64, got 99999999999999999999",
		"--workers=":                     `--workers must be a number from 1 to 1000000, auto, or LEAST..MOST such as 4..64, got ""`,
		"--drain-timeout=5":              "--drain-timeout must be a duration above 0 such as 500ms, 10s or 1m, got 5",
		"--max-head=0":                   "--max-head must be a size from 256 to 1048576 bytes such as 4096 or 32KiB, got 0",
		"--max-head=2MiB":                "--max-head must be a size from 256 to 1048576 bytes such as 4096 or 32KiB, got 2MiB",
		"--max-body=16EiB":               "--max-body must be a size of at least 1 byte such as 4096, 32KiB or 10MiB, got 16EiB",
		"--max-body=-1":                  "--max-body must be a size of at least 1 byte such as 4096, 32KiB or 10MiB, got -1",
		"--body-buffer=2GiB":             "--body-buffer must be a size from 0 to 1073741824 bytes such as 4096 or 32KiB, got 2GiB",
		"--write-buffer=lots":            "--write-buffer must be a size from 0 to 1073741824 bytes such as 4096 or 32KiB, got lots",
		"--buffer-memory=0":              "--buffer-memory must be a size of at least 1 byte such as 4096, 32KiB or 10MiB, got 0",
		"--streams=0":                    "--streams must be at least 1, got 0",
		"--addr=8080":                    "--addr must be an address such as 127.0.0.1:8080 or :0, got 8080",
		"--addr=127.0.0.1:99999":         "--addr must be an address such as 127.0.0.1:8080 or :0, got 127.0.0.1:99999",
		"--admin-addr=a\nb:1":            `--admin-addr must be an address such as 127.0.0.1:8080 or :0, got "a\nb:1"`,
		"a\nb":                           `unexpected argument a\nb; see --help`,
		"--refusal-header=a":             "--refusal-header must be a field such as 'Access-Control-Allow-Origin: *', got a",
		"--refusal-header=A: b=":         "",
		"--class=a b=/x":                 "--class must be " + classForm + `; "a" has no name, or no path, got "a b=/x"`,
		"--class=a=x":                    "--class must be " + classForm + `; the path must begin with /, as "x" does not, got a=x`,
		"--class=a=/x borrow=perhaps":    "--class must be " + classForm + `; borrow must be true or false, not "perhaps", got "a=/x borrow=perhaps"`,
		"--trusted-proxy=":               "--trusted-proxy must not be empty",
		"--log-level=trace":              "--log-level must be one of debug, info, warn, error, got trace",
		"-x":                             `unknown flag -x, did you mean "-h"?; see --help`,
		"--":                             "",
	} {
		_, faults := parse([]string{arg}, new(bytes.Buffer))
		if got := strings.Join(faults, "\n"); got != want {
			t.Errorf("%s: %q, want %q", arg, got, want)
		}
	}
}

// mustParse parses what must have no fault.
func mustParse(t *testing.T, args ...string) *options {
	t.Helper()
	opts, faults := parse(args, new(bytes.Buffer))
	if len(faults) > 0 {
		t.Fatalf("%q: %q", args, faults)
	}
	return opts
}

func TestDefaults(t *testing.T) {
	opts := mustParse(t)
	want := flags{
		UpstreamTimeout: 30 * time.Second, Model: "pool", Discipline: "default", FairBy: "ip", Overflow: "reject", MaxHead: 32 << 10, MaxBody: 10 << 20,
		BodyBuffer: 64 << 10, WriteBuffer: 256 << 10, Streams: 1024,
		HeadTimeout: 10 * time.Second, MinRate: 240,
		IdleTimeout: 75 * time.Second, DrainTimeout: 30 * time.Second, LogLevel: "info", LogFormat: "text", AccessLogRate: 1000,
	}
	if !reflect.DeepEqual(opts.flags, want) {
		t.Errorf("%+v, want %+v", opts.flags, want)
	}
}

func TestEveryFlagHasAVariable(t *testing.T) {
	for _, flag := range mustParse(t).app.Flags {
		want := []string{"MILLPOND_" + strings.ToUpper(strings.ReplaceAll(flag.Name, "-", "_"))}
		if flag.Name == "help" || flag.Name == "version" || flag.Name == "probe" { // They do not configure a server.
			want = nil
		}
		if !reflect.DeepEqual(flag.Envs, want) {
			t.Errorf("--%s is also set by %q, want %q", flag.Name, flag.Envs, want)
		}
	}
}

func TestFlagWinsOverEnvironment(t *testing.T) {
	t.Setenv("MILLPOND_WORKERS", "3")
	t.Setenv("MILLPOND_QUEUE", "0")
	if l := limits(t, "--workers=5"); l.Workers != 5 || l.Queue != 0 {
		t.Errorf("%d workers, queue %d, want 5 and 0", l.Workers, l.Queue)
	}
}

// limits returns what the flags come to.
func limits(t *testing.T, args ...string) server.Limits {
	t.Helper()
	l, err := mustParse(t, args...).newServer(nil).Limits()
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestQueue(t *testing.T) {
	for arg, want := range map[string]int{"--workers=3": 16384, "--discipline=fifo --workers=3": 192, "--overflow=block --workers=3": 192, "--queue=0": 0, "--queue=7": 7} {
		if got := limits(t, strings.Fields(arg)...).Queue; got != want {
			t.Errorf("%s: queue %d, want %d", arg, got, want)
		}
	}
}

func TestDefaultsAreThoseOfTheServer(t *testing.T) {
	want, err := new(server.Server).Limits()
	if err != nil {
		t.Fatal(err)
	}
	want.MaxBodyBytes = 10 << 20 // which is stricter here
	if got := limits(t); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

func TestSizes(t *testing.T) {
	for text, want := range map[string]int64{
		"4096": 4096, "1.5MiB": 3 << 19, "10 MB": 10e6, "2GiB": 2 << 30, "1KB": 1000, "9223372036854775807": 1<<63 - 1,
	} {
		if got := limits(t, "--max-body="+text).MaxBodyBytes; got != want {
			t.Errorf("%s: %d, want %d", text, got, want)
		}
	}
}

func TestBuffers(t *testing.T) {
	l := limits(t, "--body-buffer=0", "--write-buffer=1MiB", "--buffer-memory=64MiB", "--streams=7")
	if l.BodyBuffer != -1 || l.WriteBuffer != 1<<20 || l.BufferMemory != 64<<20 || l.Streams != 7 {
		t.Errorf("%+v", l)
	}
}

func TestWithoutEffect(t *testing.T) {
	t.Setenv("MILLPOND_IDLE_TIMEOUT", "1s")
	args := []string{"--workers=1", "--queue", "5", "--max-conns=10", "--drain-timeout=1s"}
	for model, want := range map[string]string{
		modelPool:      "",
		modelGoroutine: "--workers --queue",
		modelThread:    "--workers --queue",
		modelNetHTTP:   "--workers --queue --max-conns --idle-timeout",
	} {
		if got := idleFlags(t, append(args, "--model="+model)...); got != want {
			t.Errorf("%s: %s, want %s", model, got, want)
		}
	}
	if got := idleFlags(t, "--model=nethttp"); got != "--idle-timeout" {
		t.Errorf("defaults are warned about: %s", got)
	}
	alone := []string{"--upstream-timeout=1s", "--list", "--access-log-rate=1"}
	if got := idleFlags(t, alone...); got != "--upstream-timeout --list --access-log-rate" {
		t.Errorf("without what they belong to: %s", got)
	}
	if got := idleFlags(t, append(alone, "--upstream=http://127.0.0.1:1", "--root=.", "--access-log=-")...); got != "" {
		t.Errorf("with what they belong to: %s", got)
	}
}

// idleFlags are the flags of those that have no effect.
func idleFlags(t *testing.T, args ...string) string {
	t.Helper()
	var names []string
	for _, flag := range mustParse(t, args...).withoutEffect() {
		names = append(names, flag.name)
	}
	return strings.Join(names, " ")
}

func TestWarnsOnceForEachFlagWithoutEffect(t *testing.T) {
	p := start(t, "--model=nethttp", "--workers=3", "--log-format=json")
	p.stop(t)
	if got := strings.Count(p.stderr.String(), `"level":"WARN","msg":"flag has no effect","flag":"--workers","why":"it has none with --model=nethttp"`); got != 1 {
		t.Errorf("%d warnings, want 1:\n%s", got, &p.stderr)
	}
}
