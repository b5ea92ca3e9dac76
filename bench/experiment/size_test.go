package experiment

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"millpond/bench"
	"millpond/bench/process"
)

// ladder is a sizing with measured rungs.
func ladder(rungs ...bench.Rung) *sizing {
	z := &sizing{
		suite: &Suite{Cores: process.Cores{Generator: []int{0}, Server: []int{1}}}, run: new(bench.Run),
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
			bench.Rung{Workers: 1, Throughput: 198, P99: bench.Known(0.006), CPU: bench.Known(0.99)}, bench.Rung{Workers: 2, Throughput: 200, P99: bench.Known(0.012), CPU: bench.Known(1)},
			bench.Rung{Workers: 4, Throughput: 199, P99: bench.Known(0.025), CPU: bench.Known(1)},
		), true, 1, 1, 4, 30, "cpu"},
		"wait": {ladder(
			bench.Rung{Workers: 8, Throughput: 160, P99: bench.Known(0.05), CPU: bench.Known(0.1)}, bench.Rung{Workers: 16, Throughput: 320, P99: bench.Known(0.05), CPU: bench.Known(0.2)},
			bench.Rung{Workers: 24, Throughput: 480, P99: bench.Known(0.05), CPU: bench.Known(0.3)}, bench.Rung{Workers: 32, Throughput: 485, P99: bench.Known(0.06), CPU: bench.Known(0.3)},
		), true, 24, 24, 32, 57, "unknown"},
		"still rising": {ladder(
			bench.Rung{Workers: 32, Throughput: 320, P99: bench.Known(0.1)}, bench.Rung{Workers: 64, Throughput: 640, P99: bench.Known(0.1)},
		), true, 64, 64, 64, 51, "ladder"},
		"too slow": {ladder(bench.Rung{Workers: 1, Throughput: 3, P99: bench.Known(0.3)}), false, 0, 0, 0, 0, ""},
		"the best breaks the objective": {ladder(
			bench.Rung{Workers: 1, Throughput: 100, P99: bench.Known(0.05)}, bench.Rung{Workers: 2, Throughput: 190, P99: bench.Known(0.25)},
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
	z := ladder(bench.Rung{Workers: 1, Throughput: 1e5, P99: bench.Known(0.001), CPU: bench.Known(0.5)})
	z.run.Trials = []bench.Trial{{Workers: 1, Generator: bench.Generator{CPU: 0.95}}}
	if z.choose(); z.Applies || !strings.Contains(z.Why, "generator") {
		t.Errorf("got %+v, want no answer because of the generator", z.Sizing)
	}
}

func TestSizeNeedsSomethingToChoose(t *testing.T) {
	s := &Suite{Servers: []process.Server{{Name: "fixed", Command: []string{"server"}}}}
	_, err := s.Size(context.Background(), SizeOptions{P99: time.Second})
	if _, ok := errors.AsType[*bench.ConfigError](err); !ok {
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
