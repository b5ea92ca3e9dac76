package http1

import (
	"fmt"
	"runtime"
	"strings"
)

// complain logs, as net/http does, a call that has no effect, with its caller.
func (x *Exchange) complain(what string) {
	caller := foreignCaller()
	x.cfg.Log.Warn(fmt.Sprintf("%s from %s (%s:%d)", what, caller.Function, caller.File[strings.LastIndexByte(caller.File, '/')+1:], caller.Line))
}

// foreignCaller is the innermost caller that belongs neither to an exchange nor
// to net/http.
func foreignCaller() (frame runtime.Frame) {
	var pcs [16]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs[:])])
	for more := true; more; {
		frame, more = frames.Next()
		if !strings.HasPrefix(frame.Function, "net/http.") && !strings.HasPrefix(frame.Function, ourMethods) {
			return frame
		}
	}
	return frame
}

const ourMethods = "millpond/server/internal/http1.(*Exchange)."
