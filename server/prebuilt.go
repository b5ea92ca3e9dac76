package server

import (
	"net/http"

	"millpond/server/internal/http1"
)

// timeoutField is what a client, or a proxy in front, says of its patience: how
// long after the first byte of the request an answer is of no use any more, in
// seconds, such as 2 or 0.5, or as a Go duration, such as 500ms.
const timeoutField = "X-Request-Timeout"

// probes are the answers of the control lane that need no handler.
type probes struct {
	live, onlyGet *http1.Prebuilt
	ready         [numReadiness]*http1.Prebuilt
}

func newProbes() *probes {
	const retryAfter = "Retry-After: 1\r\n"
	return &probes{
		live: &http1.Prebuilt{Status: http.StatusOK, Text: "alive\n"},
		ready: [...]*http1.Prebuilt{
			Ready:      {Status: http.StatusOK, Text: "ready\n"},
			Draining:   {Status: http.StatusServiceUnavailable, Text: "draining\n", Fields: retryAfter},
			Overloaded: {Status: http.StatusServiceUnavailable, Text: "overloaded\n", Fields: retryAfter},
		},
		onlyGet: &http1.Prebuilt{Status: http.StatusMethodNotAllowed, Text: "use GET or HEAD\n", Fields: "Allow: GET, HEAD\r\n"},
	}
}

const overloaded = "the server has more to do than it can; try again later\n"

// shedTexts tell a client why its request was shed.
var shedTexts = [NumShedReasons]string{
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
}
