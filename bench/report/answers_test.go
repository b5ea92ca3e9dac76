package report

import (
	"testing"

	"millpond/bench"
)

// What is not valid is marked where it is said, not only in the tables below.
func TestAnswersOfInvalidTrialsSaySo(t *testing.T) {
	trial := func(server string, valid bool, background int) bench.Trial {
		made := brief(server, 1, 10, false)
		made.Validity.Valid = valid
		made.Recovery = &bench.Recovery{After: bench.Known(0), Watched: 14}
		if background > 0 {
			made.Background = &bench.Background{Kind: "idle", Connections: background}
		}
		return made
	}
	for kind, want := range map[string]string{
		"pulse": "After the pulse of overload, pool (invalid) and nethttp were back at once.",
		"idle":  "With pool the probe's p99 was at worst –, beside 9 idle connections (invalid).",
	} {
		background := map[string]int{"idle": 9}[kind]
		run := bench.Run{Kind: kind, Trials: []bench.Trial{trial("pool", false, background), trial("nethttp", true, background)}}
		if got := answerOf(&run).Headline; got != want {
			t.Errorf("%s: %s\nwant %s", kind, got, want)
		}
	}
}

func TestMissedHasUnits(t *testing.T) {
	for _, c := range []struct {
		unit         string
		value, bound float64
		want         string
	}{
		{bench.UnitSeconds, 0.17, 0.1, "pool 3x has 170 ms, the bound is 100 ms"},
		{bench.UnitShare, 0.031, 0.01, "pool 3x has 3.1 %, the bound is 1 %"},
		{bench.UnitBytes, 3 << 30, 1 << 20, "pool 3x has 3 GiB, the bound is 1 MiB"},
		{"", 120, 150, "pool 3x has 120, the bound is 150"},
	} {
		if got := Missed(bench.Gate{Trial: "pool 3x", Unit: c.unit, Value: bench.Known(c.value), Bound: c.bound}); got != c.want {
			t.Errorf("%s, want %s", got, c.want)
		}
	}
}
