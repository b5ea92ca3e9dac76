package load

import (
	"runtime"
	"testing"

	"golang.org/x/sys/unix"
)

// TestHurryKeepsItsShare: a loop that asked for more than a server in its
// session took from that server what others wanted of its processor.
func TestHurryKeepsItsShare(t *testing.T) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // never unlocked: the thread ends with the goroutine
		before, err := unix.SchedGetAttr(0, 0)
		if err != nil {
			t.Error(err)
			return
		}
		hurry()
		after, err := unix.SchedGetAttr(0, 0)
		if err != nil {
			t.Error(err)
			return
		}
		if after.Nice != before.Nice || after.Policy != before.Policy {
			t.Errorf("policy %d, nice %d; want them as before: %d and %d", after.Policy, after.Nice, before.Policy, before.Nice)
		}
	}()
	<-done
}
