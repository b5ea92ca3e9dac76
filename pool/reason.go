package pool

import "fmt"

// RejectReason says why a task was not admitted. It is a closed set, so that
// its String can be the label of a metric.
type RejectReason uint8

// The reasons for which a task is not admitted.
const (
	RejectFull        RejectReason = iota // "queue_full": TrySubmit found no room
	RejectWaitTimeout                     // "wait_timeout": the context of Submit ended before there was room
	RejectClosed                          // "draining": the pool is closed
	NumRejectReasons                      // the number of reasons
)

// String returns the reason as the value of a metric's label.
func (r RejectReason) String() string {
	names := [NumRejectReasons]string{"queue_full", "wait_timeout", "draining"}
	return label(r, names[:])
}

// DropReason says why an admitted task was dropped instead of run. It is a
// closed set.
type DropReason uint8

// The reasons for which an admitted task is dropped.
const (
	DropShutdown   DropReason = iota // "shutdown": the context of Close ended first
	NumDropReasons                   // the number of reasons
)

// String returns the reason as the value of a metric's label.
func (r DropReason) String() string {
	names := [NumDropReasons]string{"shutdown"}
	return label(r, names[:])
}

// Result says how a task ended. It is a closed set.
type Result uint8

// The ways in which a task ends.
const (
	ResultOK      Result = iota // "ok": Run returned
	ResultPanic                 // "panic": Run panicked
	ResultAborted               // "aborted": Run called runtime.Goexit
	NumResults                  // the number of results
)

// String returns the result as the value of a metric's label.
func (r Result) String() string {
	names := [NumResults]string{"ok", "panic", "aborted"}
	return label(r, names[:])
}

// label names a value of a closed set. A value outside the set is shown as a
// number, so that a String method never panics.
func label[E ~uint8](value E, names []string) string {
	if int(value) < len(names) {
		return names[value]
	}
	return fmt.Sprintf("unknown_%d", uint8(value))
}
