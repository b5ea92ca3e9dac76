package load

import (
	"fmt"
	"time"

	"golang.org/x/sys/unix"
)

// Clock counts nanoseconds from an instant. Reading it costs no system call.
type Clock struct {
	Start time.Time
}

// Now is the time since Start, in nanoseconds.
func (c Clock) Now() int64 { return int64(time.Since(c.Start)) }

// alarm is a timer on a descriptor: a timerfd armed with absolute deadlines on
// the clock CLOCK_MONOTONIC. It wakes an epoll wait to the microsecond, whereas
// Go's own timers, up to 1.26, round sub-millisecond waits up to a whole one
// (golang/go#53824); and an absolute deadline does not drift when the thread is
// preempted between computing a wait and starting it.
type alarm struct {
	fd    int
	zero  int64 // CLOCK_MONOTONIC at the clock's start
	armed int64 // the deadline it is set to
}

// newAlarm returns an alarm that takes deadlines of c.
func newAlarm(c Clock) (*alarm, error) {
	fd, err := unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_NONBLOCK|unix.TFD_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("create a timer: %w", err)
	}
	var ts unix.Timespec
	before := c.Now()
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &ts); err != nil {
		unix.Close(fd)
		return nil, fmt.Errorf("read the clock: %w", err)
	}
	middle := (before + c.Now()) / 2
	return &alarm{fd: fd, zero: ts.Nano() - middle, armed: -1}, nil
}

// set makes the alarm go off at a time of its clock, at once if that has passed.
func (a *alarm) set(at int64) error {
	if at == a.armed {
		return nil
	}
	a.armed = at
	// A zero value would disarm the timer.
	spec := unix.ItimerSpec{Value: unix.NsecToTimespec(max(1, a.zero+at))}
	return unix.TimerfdSettime(a.fd, unix.TFD_TIMER_ABSTIME, &spec, nil)
}

func (a *alarm) close() { unix.Close(a.fd) }
