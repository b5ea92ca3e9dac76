package main

import (
	"bytes"
	"strings"
	"testing"
)

func TestProbe(t *testing.T) {
	p := start(t, "--workers=1", "--admin-addr=127.0.0.1:0")
	gone := start(t)
	gone.stop(t)
	for name, try := range map[string]struct {
		url            string
		code           int
		stdout, stderr string
	}{
		"alive":     {p.adminURL(t) + livePath, exitOK, "200 OK\n", ""},
		"not found": {p.adminURL(t) + "/nowhere", exitFailed, "", "answers 404"},
		"gone":      {gone.url + livePath, exitFailed, "", "connection refused"},
		"no URL":    {"127.0.0.1:8080", exitUsage, "", "--probe must be a URL such as"},
	} {
		t.Run(name, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			code := run([]string{"--probe", try.url}, &stdout, &stderr, nil)
			if code != try.code || stdout.String() != try.stdout || !strings.Contains(stderr.String(), try.stderr) || (stderr.Len() == 0) != (code == exitOK) {
				t.Errorf("exit code %d, stdout %q, stderr %q", code, &stdout, &stderr)
			}
		})
	}
}
