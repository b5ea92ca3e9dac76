package bench

import (
	"fmt"
	"strings"
)

// Outcomes counts arrivals by how they ended. Each arrival ends exactly once.
type Outcomes struct {
	// OK is a 2xx answer within the limit, Late a 2xx answer after it.
	OK   int64 `json:"ok"`
	Late int64 `json:"late"`
	// Shed is an answer of 503 or 429: the server said no.
	Shed int64 `json:"shed"`
	// Error is any other status, or an answer that is not HTTP.
	Error int64 `json:"error"`
	// Timeout is no whole answer by the deadline.
	Timeout int64 `json:"timeout"`
	// Refused is a connection that could not be opened.
	Refused int64 `json:"refused"`
	// Reset is a connection that the server closed without a whole answer.
	Reset int64 `json:"reset"`
	// Unsent is an arrival whose deadline passed before a connection was free, or
	// for which the generator ran out of descriptors or ports.
	Unsent int64 `json:"unsent"`
}

// Sum is the number of arrivals that o accounts for.
func (o Outcomes) Sum() int64 {
	return o.OK + o.Late + o.Shed + o.Error + o.Timeout + o.Refused + o.Reset + o.Unsent
}

// Failed is the number of arrivals that got no 2xx answer.
func (o Outcomes) Failed() int64 { return o.Sum() - o.OK - o.Late }

// Outcome is how an arrival ended; [Outcomes] explains each.
type Outcome uint8

const (
	OK Outcome = iota
	Late
	Shed
	Error
	Timeout
	Refused
	Reset
	Unsent
)

// Count returns the field of o that counts k.
func (o *Outcomes) Count(k Outcome) *int64 {
	return [...]*int64{&o.OK, &o.Late, &o.Shed, &o.Error, &o.Timeout, &o.Refused, &o.Reset, &o.Unsent}[k]
}

// Plus is the sum of what o and p counted.
func (o Outcomes) Plus(p Outcomes) Outcomes {
	for k := OK; k <= Unsent; k++ {
		*o.Count(k) += *p.Count(k)
	}
	return o
}

// Answered tells whether o stands for a whole answer, good or bad.
func (o Outcome) Answered() bool { return o <= Error }

// failures name the outcomes without a 2xx answer.
var failures = []struct {
	outcome   Outcome
	one, many string
}{
	{Shed, "refusal (503 or 429)", "refusals (503 or 429)"}, {Error, "wrong answer", "wrong answers"},
	{Timeout, "timeout", "timeouts"}, {Refused, "refused connection", "refused connections"},
	{Reset, "broken connection", "broken connections"}, {Unsent, "unsent request", "unsent requests"},
}

// Counted is a number of things, in the plural where it must be.
func Counted(n int, thing string) string {
	if n != 1 {
		thing += "s"
	}
	return fmt.Sprintf("%d %s", n, thing)
}

// Failures lists in words how arrivals failed, such as "380 timeouts, 5 refused
// connections"; it is empty if none did.
func (o Outcomes) Failures() string {
	var parts []string
	for _, f := range failures {
		switch n := *o.Count(f.outcome); n {
		case 0:
		case 1:
			parts = append(parts, "1 "+f.one)
		default:
			parts = append(parts, fmt.Sprintf("%d %s", n, f.many))
		}
	}
	return strings.Join(parts, ", ")
}
