package server

import (
	"strconv"
	"time"
)

// timeoutField is what a client, or a proxy in front, says of its patience: how
// long after the first byte of the request an answer is of no use any more, in
// seconds, such as 2 or 0.5, or as a Go duration, such as 500ms.
const timeoutField = "X-Request-Timeout"

// maxRequestTimeout is beyond all patience: more than that is a mistake.
const maxRequestTimeout = 24 * time.Hour

// parseTimeout reads the value of timeoutField.
func parseTimeout(value []byte) (d time.Duration, ok bool) {
	text := string(value)
	if seconds, err := strconv.ParseFloat(text, 64); err == nil {
		if seconds > 0 && seconds <= maxRequestTimeout.Seconds() {
			return time.Duration(seconds * float64(time.Second)), true
		}
		return 0, false
	}
	d, err := time.ParseDuration(text)
	return d, err == nil && d > 0 && d <= maxRequestTimeout
}
