package main

import (
	"errors"
	"log/slog"
	"math"
	"os"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/KimMachineGun/automemlimit/memlimit"
)

func TestMemoryLimit(t *testing.T) {
	before := debug.SetMemoryLimit(-1)
	t.Cleanup(func() { debug.SetMemoryLimit(before) })
	const given = 123 << 20
	broken := func() (uint64, error) { return 0, errors.New("broken") }
	for name, c := range map[string]struct {
		group memlimit.Provider
		env   string
		want  int64
		log   string
	}{
		"of the group": {memlimit.Limit(1000 << 20), "", 900 << 20, "GOMEMLIMIT=900MiB"},
		"none":         {func() (uint64, error) { return 0, memlimit.ErrNoLimit }, "", math.MaxInt64, ""},
		"unknown":      {broken, "", given, "broken"},
		"given":        {memlimit.Limit(1000 << 20), "123MiB", given, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("GOMEMLIMIT", c.env) // so that it is put back
			if c.env == "" {
				os.Unsetenv("GOMEMLIMIT")
			}
			debug.SetMemoryLimit(given)
			var log buffer
			limitMemory(slog.New(slog.NewTextHandler(&log, nil)), c.group)
			if got := debug.SetMemoryLimit(-1); got != c.want {
				t.Errorf("limit %d, want %d", got, c.want)
			}
			if text := log.String(); !strings.Contains(text, c.log) || c.log == "" && text != "" {
				t.Errorf("log %q, want %q in it", text, c.log)
			}
		})
	}
}

// Where there is no control group to ask, as on other systems than Linux, there
// is no limit, and no complaint.
func TestGroupMemory(t *testing.T) {
	if n, err := groupMemory(); err != nil && err != memlimit.ErrNoLimit {
		t.Errorf("%d, %v", n, err)
	}
}
