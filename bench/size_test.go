package bench

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"
	"time"
)

// ladder is a sizing with measured rungs.
func ladder(rungs ...Rung) *sizing {
	z := &sizing{
		suite: &Suite{Cores: Cores{Generator: []int{0}, Server: []int{1}}}, run: new(Run),
		opts: SizeOptions{P99: 200 * time.Millisecond, MaxWorkers: 64},
	}
	z.Rungs = rungs
	return z
}

func TestChoiceOfSize(t *testing.T) {
	for name, tc := range map[string]struct {
		z                        *sizing
		applies                  bool
		workers, from, to, queue int
		limit                    string
	}{
		"cpu": {ladder(
			Rung{Workers: 1, Throughput: 198, P99: 0.006, CPU: 0.99}, Rung{Workers: 2, Throughput: 200, P99: 0.012, CPU: 1},
			Rung{Workers: 4, Throughput: 199, P99: 0.025, CPU: 1},
		), true, 1, 1, 4, 30, "cpu"},
		"wait": {ladder(
			Rung{Workers: 8, Throughput: 160, P99: 0.05, CPU: 0.1}, Rung{Workers: 16, Throughput: 320, P99: 0.05, CPU: 0.2},
			Rung{Workers: 24, Throughput: 480, P99: 0.05, CPU: 0.3}, Rung{Workers: 32, Throughput: 485, P99: 0.06, CPU: 0.3},
		), true, 24, 24, 32, 57, "unknown"},
		"still rising": {ladder(
			Rung{Workers: 32, Throughput: 320, P99: 0.1}, Rung{Workers: 64, Throughput: 640, P99: 0.1},
		), true, 64, 64, 64, 51, "ladder"},
		"too slow": {ladder(Rung{Workers: 1, Throughput: 3, P99: 0.3}), false, 0, 0, 0, 0, ""},
		"the best breaks the objective": {ladder(
			Rung{Workers: 1, Throughput: 100, P99: 0.05}, Rung{Workers: 2, Throughput: 190, P99: 0.25},
		), true, 1, 1, 1, 12, "unknown"},
	} {
		t.Run(name, func(t *testing.T) {
			z := tc.z
			z.choose()
			if z.Applies != tc.applies || z.Workers != tc.workers || z.FlatFrom != tc.from || z.FlatTo != tc.to ||
				z.Queue < tc.queue-1 || z.Queue > tc.queue+1 || z.LimitedBy != tc.limit || z.Why == "" {
				t.Errorf("got %+v", z.Sizing)
			}
		})
	}
}

func TestGeneratorAsTheLimit(t *testing.T) {
	z := ladder(Rung{Workers: 1, Throughput: 1e5, P99: 0.001, CPU: 0.5})
	z.run.Trials = []Trial{{Workers: 1, Generator: Generator{CPU: 0.95}}}
	if z.choose(); z.Applies || !strings.Contains(z.Why, "generator") {
		t.Errorf("got %+v, want no answer because of the generator", z.Sizing)
	}
}

func TestScalabilityLawPeak(t *testing.T) {
	var rungs []Rung
	const gamma, sigma, kappa = 100, 0.05, 0.002
	for n := 1; n <= 256; n *= 2 {
		x := float64(n)
		rungs = append(rungs, Rung{Workers: n, Throughput: gamma * x / (1 + sigma*(x-1) + kappa*x*(x-1))})
	}
	if got, want := uslPeak(rungs), math.Sqrt((1-sigma)/kappa); math.Abs(got-want) > 1e-6 {
		t.Errorf("peak at %v workers, want %v", got, want)
	}
	if got := uslPeak(rungs[:2]); got != 0 {
		t.Errorf("two points cannot fix three coefficients, but the peak is at %v", got)
	}
	linear := []Rung{{Workers: 1, Throughput: 10}, {Workers: 2, Throughput: 20}, {Workers: 4, Throughput: 40}, {Workers: 8, Throughput: 80}}
	if got := uslPeak(linear); got > 0 && got < 1e4 {
		t.Errorf("a line peaks at %v", got)
	}
}

func TestSizeNeedsSomethingToChoose(t *testing.T) {
	s := &Suite{Candidates: []Candidate{{Name: "fixed", Command: []string{"server"}}}}
	_, err := s.Size(context.Background(), SizeOptions{P99: time.Second})
	if _, ok := errors.AsType[*ConfigError](err); !ok {
		t.Errorf("got error %v, want a ConfigError", err)
	}
}

func TestSizeObjectives(t *testing.T) {
	opts, err := ParseSizeOptions([]string{"p99<150ms", "rss<1GiB"})
	if err != nil || opts.P99 != 150*time.Millisecond || opts.MaxRSS != 1<<30 {
		t.Errorf("got %+v and error %v", opts, err)
	}
	for _, bad := range [][]string{nil, {"rss<1GiB"}, {"p99>1ms"}, {"goodput>3"}, {"nonsense"}} {
		if _, err := ParseSizeOptions(bad); err == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
}
