package deploy

import (
	"path/filepath"
	"regexp"
	"testing"
	"time"
)

// exposure is the most that systemd may say of the sandbox, in tenths: what is
// left of it are the network, which a server needs, and that a hand-over
// changes the main process.
const exposure = "15"

func TestUnits(t *testing.T) {
	analyze := tool(t, "systemd-analyze", "systemd")
	dir := t.TempDir()
	service, socket := filepath.Join(dir, "millpond.service"), filepath.Join(dir, "millpond.socket")
	place(t, "systemd/millpond.socket", socket)
	// The program is not where it is to be installed.
	place(t, "systemd/millpond.service", service, "/usr/local/bin/millpond", binary(t))
	// Of an unknown key it only warns.
	if out := run(t, analyze, "verify", "--man=no", service, socket); out != "" {
		t.Error(out)
	}
	run(t, analyze, "security", "--no-pager", "--offline=true", "--threshold="+exposure, service)
}

// TestUnitDrains checks that systemd waits for a drain.
func TestUnitDrains(t *testing.T) {
	found := regexp.MustCompile(`(?m)^TimeoutStopSec=(\w+)$`).FindStringSubmatch(read(t, "systemd/millpond.service"))
	if found == nil {
		t.Fatal("the service has no TimeoutStopSec")
	}
	outlasts(t, found[1], 0)
}

// outlasts checks that a supervisor which kills after so long lets a drain end,
// that begins after delay.
func outlasts(t *testing.T, kill string, delay time.Duration) {
	t.Helper()
	killed, err := time.ParseDuration(kill)
	if err != nil {
		t.Fatal(err)
	}
	drain, err := time.ParseDuration(flagDefault(t, "drain-timeout"))
	if err != nil {
		t.Fatal(err)
	}
	if killed <= delay+drain {
		t.Errorf("killed after %v, though a drain may take %v after %v", killed, drain, delay)
	}
}
