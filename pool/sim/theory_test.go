package sim

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

const ms = time.Millisecond

// The mean wait agrees with queueing theory: in M/M/c with Erlang's formula, in
// M/D/1 with that of Pollaczek and Khinchine.
func TestWaitsAgreeWithTheory(t *testing.T) {
	const service = 5 * ms
	for _, test := range []struct {
		name    string
		workers int
		load    float64
		service Time
		gaps    float64 // the wait, in times of service
	}{
		{"M/M/1 at .5", 1, .5, Exponential(service), 1},
		{"M/M/1 at .8", 1, .8, Exponential(service), .8 / .2},
		{"M/D/1 at .5", 1, .5, Constant(service), .5 / (2 * .5)},
		{"M/D/1 at .8", 1, .8, Constant(service), .8 / (2 * .2)},
		{"M/M/2 at .8", 2, .8, Exponential(service), .64 / (1 - .64)},
	} {
		t.Run(test.name, func(t *testing.T) {
			gap := time.Duration(float64(service) / test.load / float64(test.workers))
			s := Summarize(Run(Config{
				Workers: test.workers,
				Classes: []Class{{Discipline: FIFO(math.MaxInt)}},
				Streams: []Stream{{Gap: Exponential(gap), Service: test.service}},
				Lasts:   200_000 * gap,
				Seed:    1,
			}), nil)
			want := time.Duration(test.gaps * float64(service))
			if got := s.MeanWait(); got < want*94/100 || got > want*106/100 {
				t.Errorf("mean wait %v; want %v", got, want)
			}
		})
	}
}

// The times that are drawn have the means that they should.
func TestTimes(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 1))
	for _, test := range []struct {
		name string
		draw Time
		want time.Duration
	}{
		{"constant", Constant(5 * ms), 5 * ms},
		{"exponential", Exponential(5 * ms), 5 * ms},
		{"bimodal", Bimodal(ms, 21*ms, .05), 2 * ms},
		{"bursts", Bursts(Exponential(5*ms), time.Second, .2), 5 * ms},
	} {
		const n = 100_000
		var sum time.Duration
		for range n {
			sum += test.draw(rnd)
		}
		if got := sum / n; got < test.want*97/100 || got > test.want*103/100 {
			t.Errorf("%s: mean %v; want %v", test.name, got, test.want)
		}
	}
}

// A run depends on its seed, and on nothing else.
func TestRunsRepeat(t *testing.T) {
	run := func(seed uint64) (sum time.Duration) {
		for _, task := range Run(Config{
			Workers: 2,
			Classes: []Class{{Discipline: Adaptive(0)}},
			Streams: []Stream{{Key: Clients(1, 100), Gap: Exponential(ms), Service: Exponential(5 * ms)}},
			Lasts:   5 * time.Second,
			Seed:    seed,
		}) {
			sum += task.Ended - task.Came
		}
		return sum
	}
	if a, b, c := run(1), run(1), run(2); a != b || a == c {
		t.Errorf("got %v, %v and, with another seed, %v; want the first two equal and the third not", a, b, c)
	}
}
