package server

import (
	"net/http"

	"millpond/server/internal/http1"
)

// prebuilt are the answers that need no handler, but for those to faults.
type prebuilt struct {
	live, ready, notReady, onlyGet *http1.Prebuilt // of the control lane
	shed                           [NumShedReasons]*http1.Prebuilt
}

const retryAfter = "Retry-After: 1\r\n"

func newPrebuilt() prebuilt {
	p := prebuilt{
		live:     &http1.Prebuilt{Status: http.StatusOK, Text: "alive\n"},
		ready:    &http1.Prebuilt{Status: http.StatusOK, Text: "ready\n"},
		notReady: &http1.Prebuilt{Status: http.StatusServiceUnavailable, Text: "draining\n", Fields: retryAfter},
		onlyGet:  &http1.Prebuilt{Status: http.StatusMethodNotAllowed, Text: "use GET or HEAD\n", Fields: "Allow: GET, HEAD\r\n"},
	}
	for reason, text := range [NumShedReasons]string{
		ShedQueueFull:   "every worker is busy and the queue is full; try again later\n",
		ShedDraining:    "the server is shutting down; try again later\n",
		ShedThreads:     "there is a thread for every connection, and no room for more threads; try again later\n",
		ShedControlFull: "too many requests wait for the control lane; try again later\n",
	} {
		p.shed[reason] = &http1.Prebuilt{Status: http.StatusServiceUnavailable, Text: text, Fields: retryAfter}
	}
	return p
}
