package process

import (
	"testing"

	"github.com/prometheus/procfs"
	"golang.org/x/sys/unix"
)

func TestCPUIsThatOfTheProcess(t *testing.T) {
	self, err := procfs.Self()
	if err != nil {
		t.Fatal(err)
	}
	own := func() float64 {
		var used unix.Timespec
		if err := unix.ClockGettime(unix.CLOCK_PROCESS_CPUTIME_ID, &used); err != nil {
			t.Fatal(err)
		}
		return float64(used.Nano()) / 1e9
	}
	s := Sampler{procs: []procfs.Proc{self}}
	before, got := own(), s.CPU()
	if after := own(); got < before || got > after {
		t.Errorf("got %v s, want it between %v and %v", got, before, after)
	}
}
