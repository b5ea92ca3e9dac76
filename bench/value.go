package bench

import (
	"encoding/json"
	"fmt"
	"math"
)

// Value is a figure that may be unknown, as the zero Value is: what was not
// measured must not look like 0. In JSON it is a number, null if it is unknown,
// and "infinite" for a time that never came.
type Value struct {
	number float64
	known  bool
}

// Known is a figure that was measured; NaN was not.
func Known(v float64) Value {
	if math.IsNaN(v) {
		return Value{}
	}
	return Value{number: v, known: true}
}

// Infinite is the latency of a request that failed.
var Infinite = Known(math.Inf(1))

// Known tells whether v was measured.
func (v Value) Known() bool { return v.known }

// Float is the figure, NaN if it is unknown.
func (v Value) Float() float64 {
	if !v.known {
		return math.NaN()
	}
	return v.number
}

// Or is the figure, and other if it is unknown.
func (v Value) Or(other float64) float64 {
	if !v.known {
		return other
	}
	return v.number
}

// Below tells whether v is known and at most bound.
func (v Value) Below(bound float64) bool { return v.known && v.number <= bound }

// Highest is the higher of two figures; one that is unknown does not count.
func (v Value) Highest(w Value) Value {
	if !v.known || w.known && w.number > v.number {
		return w
	}
	return v
}

// MarshalJSON implements json.Marshaler.
func (v Value) MarshalJSON() ([]byte, error) {
	switch {
	case !v.known:
		return []byte("null"), nil
	case math.IsInf(v.number, 0):
		return []byte(`"infinite"`), nil
	}
	return json.Marshal(v.number)
}

// UnmarshalJSON implements json.Unmarshaler.
func (v *Value) UnmarshalJSON(b []byte) error {
	switch string(b) {
	case "null":
		*v = Value{}
		return nil
	case `"infinite"`:
		*v = Infinite
		return nil
	}
	var number float64
	if err := json.Unmarshal(b, &number); err != nil {
		return fmt.Errorf("a figure is a number, null or \"infinite\": %w", err)
	}
	*v = Known(number)
	return nil
}
