package server

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
)

// A canned answer is a response that the server gives itself. Its bytes are
// made once a second, for the date, and written without a copy.
type canned struct {
	status int
	fields string // further field lines, each with CRLF
	text   string
	made   [4]atomic.Pointer[stamped] // by variant
}

type stamped struct {
	date  *date
	bytes []byte
}

// Variants of a canned answer.
const (
	cannedClose    = 1 << iota // says Connection: close
	cannedHeadOnly             // answers HEAD
)

// bytes returns the response. Nobody may write to it.
func (a *canned) bytes(variant int, d *date) []byte {
	if s := a.made[variant].Load(); s != nil && s.date == d {
		return s.bytes
	}
	s := &stamped{date: d, bytes: a.make(variant, d)}
	a.made[variant].Store(s)
	return s.bytes
}

func (a *canned) make(variant int, d *date) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "HTTP/1.1 %d %s\r\n", a.status, http.StatusText(a.status))
	fmt.Fprintf(&b, "Content-Type: text/plain; charset=utf-8\r\nX-Content-Type-Options: nosniff\r\n")
	fmt.Fprintf(&b, "Date: %s\r\nContent-Length: %d\r\n", d.text, len(a.text))
	b.WriteString(a.fields)
	if variant&cannedClose != 0 {
		b.WriteString("Connection: close\r\n")
	}
	b.WriteString("\r\n")
	if variant&cannedHeadOnly == 0 {
		b.WriteString(a.text)
	}
	return []byte(b.String())
}

// answers are all the canned answers of an engine.
type answers struct {
	live, ready, notReady, onlyGet *canned // of the control lane
	failed                         *canned // of a handler that panicked

	shed    [NumShedReasons]*canned
	refusal map[*fault]*canned
}

const retryAfter = "Retry-After: 1\r\n"

func newAnswers() answers {
	a := answers{
		live:     &canned{status: http.StatusOK, text: "alive\n"},
		ready:    &canned{status: http.StatusOK, text: "ready\n"},
		notReady: &canned{status: http.StatusServiceUnavailable, text: "draining\n", fields: retryAfter},
		onlyGet:  &canned{status: http.StatusMethodNotAllowed, text: "use GET or HEAD\n", fields: "Allow: GET, HEAD\r\n"},
		failed:   &canned{status: http.StatusInternalServerError, text: "the handler failed\n"},
		refusal:  map[*fault]*canned{},
	}
	for reason, text := range [NumShedReasons]string{
		ShedQueueFull: "every worker is busy and the queue is full; try again later\n",
		ShedDraining:  "the server is shutting down; try again later\n",
		ShedThreads:   "there is a thread for every connection, and no room for more threads; try again later\n",
	} {
		a.shed[reason] = &canned{status: http.StatusServiceUnavailable, text: text, fields: retryAfter}
	}
	for _, f := range faults {
		a.refusal[f] = &canned{status: f.status, text: f.text + "\n"}
	}
	return a
}
