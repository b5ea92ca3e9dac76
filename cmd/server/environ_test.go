package main

import (
	"strings"
	"testing"
)

// A variable that sets nothing is told of, with the flag that is near, unless Kubernetes has set it for a Service.
func TestUnknownVariables(t *testing.T) {
	for _, name := range []string{"WROKERS", "FROBNICATE", "WORKERS", "VERSION"} {
		t.Setenv("MILLPOND_"+name, "1")
	}
	for name, value := range map[string]string{"SERVICE_HOST": "10.0.0.1", "PORT": "tcp://10.0.0.1:80", "PORT_80_TCP": "tcp://10.0.0.1:80"} {
		t.Setenv("MILLPOND_"+name, value)
	}
	p := start(t)
	p.stop(t)
	for _, want := range []string{
		`msg="variable has no effect" variable=MILLPOND_FROBNICATE why="unknown flag --frobnicate; see --help"`,
		`msg="variable has no effect" variable=MILLPOND_WROKERS why="unknown flag --wrokers, did you mean \"--workers\"?; see --help"`,
	} {
		if !strings.Contains(p.stderr.String(), want) {
			t.Errorf("no %s in the log", want)
		}
	}
	if got := strings.Count(p.stderr.String(), "variable has no effect"); got != 2 {
		t.Errorf("%d warnings, want 2:\n%s", got, &p.stderr)
	}
}
