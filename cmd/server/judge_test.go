package main

import (
	"bytes"
	"testing"
)

// Faults that no value has by itself are bad usage, too, told of all at once, before anything is opened, and by the
// name of their flag.
func TestJudge(t *testing.T) {
	for _, test := range []struct {
		name string
		args []string
		want string
	}{
		{"together", []string{"--upstream=http://127.0.0.1:1", "--root=.", "--demo", "--overflow=block", "--discipline=adaptive"},
			"--demo goes neither with --upstream nor with --root: choose one\n" +
				"--overflow=block, which refuses nobody, and --discipline=adaptive do not go together: choose one\n" +
				"--upstream and --root do not go together: choose one\n"},
		{"server", []string{"--workers=2", "--class=a=/a workers=2", "--class=b=/a", "--class=a=/b", "--refusal-header=Date: now", "--fair-by=header:a/b"},
			"--class: Classes keep 2 workers of 2; at least one must be left for other tasks\n" +
				"--class: Classes[1].Path is \"/a\", as that of class \"a\"; it must be unique\n" +
				"--class: Classes[2].Name is \"a\", as that of Classes[0]; it must be unique\n" +
				"--fair-by: FairBy must be ip, none, or header: and the name of a field, such as header:X-Tenant, got \"header:a/b\"\n" +
				"--refusal-header: Refusals.Header must not have Date, which the server sets\n"},
		{"upstream", []string{"--upstream=app:3000", "--upstream=http://"},
			"--upstream: backend \"app:3000\": it has no scheme: write http://HOST:PORT or unix:PATH\n" +
				"--upstream: backend \"http://\": \"\" is no name or address of a host\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			code := run(append(test.args, "--addr=192.0.2.1:0"), &stdout, &stderr, nil)
			if code != exitUsage || stdout.Len() > 0 || stderr.String() != test.want {
				t.Errorf("exit code %d, stdout %q, stderr\n%s", code, &stdout, &stderr)
			}
		})
	}
}
