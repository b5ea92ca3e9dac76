package load

import (
	"math"
	"testing"

	"millpond/bench"
)

func TestWorkloadCPU(t *testing.T) {
	for text, want := range map[string]float64{
		"cpu": 5e-3, "wait": 0, "mix": 1e-3, "hello": 0, "exponential": 5e-3, "bimodal": 0.95*0.5e-3 + 0.05*20e-3, "/other?cpu=5ms": 0, "/task?cpu=x": 0,
	} {
		w, err := ParseWorkload(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := w.CPU(nil); math.Abs(got-want) > 1e-6 {
			t.Errorf("%s asks for %v s, want %v", text, got, want)
		}
	}
	if got := readyMade["bimodal"].CPU([]bench.Outcomes{{OK: 5, Late: 5, Shed: 100}, {Shed: 9}}); math.Abs(got-0.5e-3) > 1e-9 {
		t.Errorf("short requests alone ask for %v s", got)
	}
	if got := readyMade["bimodal"].CPU(make([]bench.Outcomes, 2)); got != 0 {
		t.Errorf("no answers ask for %v s", got)
	}
}
