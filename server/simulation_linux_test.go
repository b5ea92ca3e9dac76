package server

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"sync"
	"testing"
	"testing/synctest"
)

// The simulation drives everything between a kernel and a handler, both of which
// are simulated, from a seed: the table, the timers, the pool and the stages of a
// few connections are the real ones. Their clients send in pieces, pipeline, take
// little, half-close, leave and reset; the kernel reads and writes in part,
// reports what did not happen, reports late what happened to a descriptor that
// has another owner now, and runs out of descriptors; handlers stop at every
// call, wait, detach, hijack, panic and end their goroutines; hooks panic; and
// the server is drained or cut at any step. Time is that of a bubble.
//
// After each event, what must hold at any time is checked (simulation_laws), and
// in the end that all is given back, reported and answered. A seed that fails
// prints how to see it again:
//
//	go test ./server -run TestSimulation -v -seed 4711
//
// and a search for new ones is
//
//	go test ./server -run TestSimulation -timeout 0 -seed 20000 -seeds 1000000
var (
	simulateFrom = flag.Uint64("seed", 0, "the first seed of TestSimulation; it logs every event if that is the only one")
	simulateMany = flag.Uint64("seeds", 0, "how many seeds TestSimulation tries; by default 10,000, or one with -seed")
)

// TestSimulation finds no seed that breaks a law.
func TestSimulation(t *testing.T) {
	switch from, many := *simulateFrom, *simulateMany; {
	case many > 0:
		simulateAll(t, from, many)
	case from > 0:
		simulateAll(t, from, 1)
	case raceEnabled:
		simulateAside(t, 500)
	default:
		simulateAside(t, 10_000)
	}
}

// simulateAside tries the first seeds in processes of their own, as one that has
// failed is tried again. Here the collector, which each seed begins with, would
// have to look at all that other tests have left.
func simulateAside(t *testing.T, many int) {
	var all sync.WaitGroup
	defer all.Wait()
	each := many / runtime.NumCPU()
	for from := 0; from < many; from += each {
		all.Go(func() {
			out, err := exec.Command(os.Args[0], "-test.run=^TestSimulation$", "-test.v", "-test.timeout=10m",
				fmt.Sprintf("-seed=%d", from), fmt.Sprintf("-seeds=%d", min(each, many-from))).CombinedOutput()
			if err != nil {
				t.Errorf("seeds from %d: %v\n%s", from, err, out)
			}
		})
	}
}

// simulateAll tries seeds until one fails.
func simulateAll(t *testing.T, from, many uint64) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1)) // goroutines take turns in the same order each time
	for seed := from; seed < from+many && !t.Failed(); seed++ {
		simulate(t, seed, many == 1)
	}
}

// simulate runs the world of a seed.
func simulate(t *testing.T, seed uint64, verbose bool) {
	defer func() {
		if t.Failed() {
			t.Logf("to see it again: go test ./server -run TestSimulation -v -seed %d", seed)
		}
	}()
	defer func() {
		if p := recover(); p != nil {
			t.Errorf("seed %d: %v", seed, p) // somebody waits who must not, or for ever
		}
	}()
	defer debug.SetGCPercent(debug.SetGCPercent(-1)) // what is pooled has sizes, which count
	runtime.GC()
	runtime.GC()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, seed, verbose)
		for range 20 + w.rnd.IntN(150) {
			if w.step(); !w.lawful() {
				break
			}
		}
		w.end()
	})
}
