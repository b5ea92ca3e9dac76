package balance

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"millpond/pool"
	"millpond/server"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fake is a server that does one request in a worker-second.
type fake struct {
	mu    sync.Mutex
	stats pool.Stats
	state server.Readiness
	queue float64 // worker-seconds that wait
	done  float64 // worker-seconds
	came  float64
	lost  float64
}

func (f *fake) Stats() server.Stats {
	f.mu.Lock()
	defer f.mu.Unlock()
	return server.Stats{Pool: f.stats}
}

func (f *fake) Readiness() server.Readiness {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.state
}

// set changes what the server says.
func (f *fake) set(change func(*fake)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change(f)
}

// serve lets time pass in which so many requests come. As much waits as is done
// in a fifth of a second, and the rest is refused.
func (f *fake) serve(requests, seconds float64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	can := float64(f.stats.Workers) * seconds
	f.queue += requests
	did := min(f.queue, can)
	f.queue -= did
	refused := max(0, f.queue-float64(f.stats.Workers)/5)
	f.queue -= refused
	f.done, f.came, f.lost = f.done+did, f.came+requests, f.lost+refused
	f.stats.Busy = time.Duration(f.done * float64(time.Second))
	f.stats.Submitted, f.stats.Rejected[0] = uint64(1000*f.came), uint64(1000*f.lost)
}

// balanced has servers of some sizes share a load, which is in parts of what they
// can do together, for a minute after two in which they find their weights. It
// returns what they did of what they could have, and the weights.
func balanced(load float64, byTurns bool, sizes ...int) (goodput float64, weights []float64) {
	const step = every
	var servers []*fake
	var meters []*Meter
	can := 0.0
	for _, size := range sizes {
		f := &fake{stats: pool.Stats{Workers: size}}
		m := New(f)
		defer m.Close()
		servers, meters, can = append(servers, f), append(meters, m), can+float64(size)
	}
	time.Sleep(step / 2) // so that the meters look in between
	weights = make([]float64, len(sizes))
	done := 0.0
	for passed := time.Duration(0); passed < 3*time.Minute; passed += step {
		if passed%time.Second == 0 { // the balancer asks
			for i, m := range meters {
				if weights[i] = m.Reading().Weight; byTurns {
					weights[i] = 1
				}
			}
		}
		all := 0.0
		for _, w := range weights {
			all += w
		}
		for i, f := range servers {
			before := f.done
			f.serve(load*can*step.Seconds()*weights[i]/all, step.Seconds())
			if passed >= 2*time.Minute {
				done += f.done - before
			}
		}
		time.Sleep(step)
	}
	return done / (60 * can * min(load, 1)), weights
}

// TestGoodputOfAModel checks that servers that know nothing of each other do
// together nearly all that they could, where by turns they do not.
func TestGoodputOfAModel(t *testing.T) {
	for _, sizes := range [][]int{{2, 4, 8}, {1, 10}, {4, 4, 4}, {3}} {
		for _, load := range []float64{0.5, 0.9, 1, 1.1, 1.3, 2, 5} {
			synctest.Test(t, func(t *testing.T) {
				turns, _ := balanced(load, true, sizes...)
				got, weights := balanced(load, false, sizes...)
				t.Logf("%v at %v: %.3f, by turns %.3f, weights %.2f", sizes, load, got, turns, weights)
				if got < 0.97 || got < turns-0.01 {
					t.Errorf("%v at %v: %.3f of what they could; by turns %.3f", sizes, load, got, turns)
				}
			})
		}
	}
}

func TestLoad(t *testing.T) {
	for _, test := range []struct {
		name          string
		busy          time.Duration
		waits         time.Duration
		came, refused uint64
		want          float64
	}{
		{"idle", 0, 0, 0, 0, 0},
		{"half busy", 2 * time.Second, 0, 10, 0, 0.5},
		{"busy", 4 * time.Second, 0, 10, 0, 1},
		{"few are busy, but requests wait", time.Second, 100 * time.Millisecond, 10, 0, 0.8},
		{"requests wait for long", time.Second, time.Second, 10, 0, 1},
		{"half are refused", 4 * time.Second, time.Second, 10, 5, 2},
		{"who waited is refused, and nobody came", 4 * time.Second, time.Second, 0, 5, 20},
		{"all are refused", 4 * time.Second, time.Second, 10, 10, 20},
	} {
		s := pool.Stats{Workers: 4, OldestWaiting: test.waits}
		if got := load(&s, test.busy, time.Second, test.came, test.refused); got < test.want-1e-9 || got > test.want+1e-9 {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}

func TestWeight(t *testing.T) {
	for load, want := range map[float64]float64{0: 1, 0.9: 1, 1.2: 0.01, 20: 0.01} {
		if got := weight(load); got < want-1e-9 || got > want+1e-9 {
			t.Errorf("load %v: weight %v, want %v", load, got, want)
		}
	}
	if w := weight(1); w <= 0.01 || w >= 1 {
		t.Errorf("load 1: weight %v", w)
	}
}
