package server

import (
	"cmp"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"

	"millpond/server/internal/http1"
	"millpond/server/internal/problem"
)

// refusals are all that there are of a server.
type refusals struct {
	shed [NumShedReasons]answers
	bad  map[*http1.Fault]answers
}

// A form is how a refusal is put.
type form uint8

// The forms of a refusal.
const (
	asText    form = iota
	asProblem      // JSON
	numForms
)

// preferred is the form for a client that accepts such content.
func preferred(accept []byte) form {
	if problem.Preferred(accept) {
		return asProblem
	}
	return asText
}

// answers are those to requests that are refused for one reason.
type answers [numForms]answer

// An answer may say after how many seconds to try again. That is made when it is
// first wanted: most never is, and every collection would look at all of it.
type answer struct {
	plain *http1.Prebuilt
	made  []atomic.Pointer[http1.Prebuilt] // by seconds; none if it does not say that
}

// in is the answer in one form.
func (a answers) in(f form, seconds int) *http1.Prebuilt {
	of := &a[f]
	if of.made == nil {
		return of.plain
	}
	p := of.made[seconds].Load()
	if p == nil {
		p = &http1.Prebuilt{Status: of.plain.Status, Type: of.plain.Type, Text: of.plain.Text,
			Fields: of.plain.Fields + fmt.Sprintf("Retry-After: %d\r\n", seconds)}
		of.made[seconds].Store(p)
	}
	return p
}

// prebuild readies them all.
func (r *Refusals) prebuild() *refusals {
	all := &refusals{bad: map[*http1.Fault]answers{}}
	for i := range all.shed {
		why := ShedReason(i)
		all.shed[i] = r.answers(r.Shed[why], http.StatusServiceUnavailable, why.String(), shedTexts[why], int(mostRetryAfter/time.Second))
	}
	for _, f := range http1.Faults() {
		why := BadReason(f.Kind)
		all.bad[f] = r.answers(r.Bad[why], f.Status, why.String(), f.Text+"\n", 0)
	}
	return all
}

// answers readies those for one reason, for 0 seconds to most.
func (r *Refusals) answers(own Refusal, status int, reason, text string, most int) (a answers) {
	text = cmp.Or(own.Body, text)
	fields, bodyType := fieldLines(r.Header, own.Header), own.Header.Get(contentType)
	for i := range a {
		p := &http1.Prebuilt{Status: status, Fields: fields, Type: bodyType, Text: text}
		if form(i) == asProblem && bodyType == "" {
			p.Type, p.Text = problem.Type, problem.JSON(status, reason, text)
		}
		if a[i].plain = p; most > 0 {
			a[i].made = make([]atomic.Pointer[http1.Prebuilt], most+1)
		}
	}
	return a
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
