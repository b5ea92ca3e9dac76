package server

import (
	"fmt"
	"net/http"
	"time"

	"millpond/server/internal/http1"
)

// mostRetryAfter bounds what a refused client is told to wait.
const mostRetryAfter = 30 * time.Second

// timeoutField is what a client, or a proxy in front, says of its patience: how
// long after the first byte of the request an answer is of no use any more, in
// seconds, such as 2 or 0.5, or as a Go duration, such as 500ms.
const timeoutField = "X-Request-Timeout"

// prebuilt are the answers that need no handler, but for those to faults.
type prebuilt struct {
	live, onlyGet *http1.Prebuilt // of the control lane
	ready         [numReadiness]*http1.Prebuilt
	shed          [NumShedReasons]retrying
}

// A retrying answer says after how many seconds to try again; the first one is
// for 0, and never used.
type retrying [mostRetryAfter/time.Second + 1]http1.Prebuilt

const retryAfter = "Retry-After: 1\r\n"

func newPrebuilt() *prebuilt {
	p := &prebuilt{
		live: &http1.Prebuilt{Status: http.StatusOK, Text: "alive\n"},
		ready: [...]*http1.Prebuilt{
			Ready:      {Status: http.StatusOK, Text: "ready\n"},
			Draining:   {Status: http.StatusServiceUnavailable, Text: "draining\n", Fields: retryAfter},
			Overloaded: {Status: http.StatusServiceUnavailable, Text: "overloaded\n", Fields: retryAfter},
		},
		onlyGet: &http1.Prebuilt{Status: http.StatusMethodNotAllowed, Text: "use GET or HEAD\n", Fields: "Allow: GET, HEAD\r\n"},
	}
	const overloaded = "the server has more to do than it can; try again later\n"
	for reason, text := range [NumShedReasons]string{
		ShedQueueFull:   "every worker is busy and the queue is full; try again later\n",
		ShedPaced:       overloaded,
		ShedPushedOut:   overloaded,
		ShedWaited:      overloaded,
		ShedDeadline:    "the request could not be answered within its " + timeoutField + "; try again later\n",
		ShedDraining:    "the server is shutting down; try again later\n",
		ShedThreads:     "there is a thread for every connection, and no room for more threads; try again later\n",
		ShedStreams:     "too many requests wait for their clients; try again later\n",
		ShedMemory:      "too many requests arrive too slowly; try again later\n",
		ShedControlFull: "too many requests wait for the control lane; try again later\n",
	} {
		for seconds := range p.shed[reason] {
			a := &p.shed[reason][seconds]
			a.Status, a.Text, a.Fields = http.StatusServiceUnavailable, text, fmt.Sprintf("Retry-After: %d\r\n", seconds)
		}
	}
	return p
}
