package pool

import "fmt"

// RejectReason says why a task was not admitted. It is a closed set, so that
// its String can be the label of a metric.
type RejectReason uint8

// The reasons for which a task is not admitted.
const (
	RejectFull        RejectReason = iota // "queue_full": as many wait as may
	RejectPaced                           // "paced": under overload, newer tasks would take its place
	RejectDeadline                        // "deadline": the task would wait beyond its deadline
	RejectWaitTimeout                     // "wait_timeout": the context of Submit ended before there was room
	RejectClosed                          // "draining": the pool is closed
	NumRejectReasons                      // the number of reasons
)

// String returns the reason as the value of a metric's label.
func (r RejectReason) String() string {
	names := [NumRejectReasons]string{"queue_full", "paced", "deadline", "wait_timeout", "draining"}
	return label(r, names[:])
}

// DropReason says why an admitted task was dropped instead of run. It is a
// closed set.
type DropReason uint8

// The reasons for which an admitted task is dropped.
const (
	DropPushedOut  DropReason = iota // "pushed_out": under overload, newer tasks take its place
	DropWaited                       // "waited_too_long": it was not started within the patience of the pool
	DropDeadline                     // "deadline": its deadline has passed
	DropGone                         // "client_gone": its submitter does not want it any more
	DropShutdown                     // "shutdown": the context of Close ended first
	NumDropReasons                   // the number of reasons
)

// String returns the reason as the value of a metric's label.
func (r DropReason) String() string {
	names := [NumDropReasons]string{"pushed_out", "waited_too_long", "deadline", "client_gone", "shutdown"}
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
