package bench

import (
	"encoding/json"
	"math"
	"testing"
)

func TestUnknownIsNeverZero(t *testing.T) {
	for want, v := range map[string]Value{"null": {}, "0": Known(0), "1.5": Known(1.5), `"infinite"`: Infinite} {
		got, err := json.Marshal(v)
		if err != nil || string(got) != want {
			t.Errorf("%+v is %s in JSON (error %v), want %s", v, got, err, want)
		}
		var back Value
		if err := json.Unmarshal(got, &back); err != nil || back != v {
			t.Errorf("%s is read as %+v, error %v, want %+v", got, back, err, v)
		}
	}
	if err := json.Unmarshal([]byte(`"much"`), new(Value)); err == nil {
		t.Error("a word was read as a figure")
	}
	if Known(math.NaN()).Known() || (Value{}).Below(1) || !math.IsNaN(Value{}.Float()) {
		t.Error("what is not known is known")
	}
	if (Value{}).Highest(Known(-1)) != Known(-1) || Known(2).Highest(Value{}) != Known(2) || Known(1).Highest(Known(2)) != Known(2) {
		t.Error("the highest of two is not the one that is known and higher")
	}
}

func TestFailuresInWords(t *testing.T) {
	for want, o := range map[string]Outcomes{"": {OK: 5}, "1 timeout": {Timeout: 1}, "20 refusals (503 or 429), 1 wrong answer, 3 unsent requests": {Shed: 20, Error: 1, Unsent: 3}} {
		if got := o.Failures(); got != want {
			t.Errorf("%+v: got %q, want %q", o, got, want)
		}
	}
}
