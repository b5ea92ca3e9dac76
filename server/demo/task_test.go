package demo

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestTaskAnswersSizeBytes(t *testing.T) {
	for query, want := range map[string]int{
		"":                                    0,
		"size=0":                              0,
		"size=10KiB":                          10 << 10,
		"cpu=0.5ms&alloc=1MiB&size=100000":    100000,
		"size=16MiB":                          16 << 20,
		"cpu=10s&wait=0s&alloc=64MiB&size=1B": 1, // The limits are inclusive; without BurnPerMs, cpu is free.
	} {
		resp := serve(t, httptest.NewRequest("GET", "/task?"+query, nil))
		if got := len(readAll(t, resp)); got != want || resp.StatusCode != http.StatusOK {
			t.Errorf("%q: status %d, %d bytes, want %d", query, resp.StatusCode, got, want)
		}
		if resp.ContentLength != int64(want) {
			t.Errorf("%q: Content-Length %d, want %d", query, resp.ContentLength, want)
		}
	}
}

func TestTaskReportsAllFaultsAtOnce(t *testing.T) {
	resp := serve(t, httptest.NewRequest("GET", "/task?cpu=11s&wait=-1ms&alloc=1GiB&size=1&size=2&speed=3&x=%0A", nil))
	want := `cpu must be a duration from 0s to 10s, such as 5ms, got "11s"
wait must be a duration from 0s to 60s, such as 20ms, got "-1ms"
alloc must be a size from 0B to 64MiB, such as 1MiB, got "1GiB"
size must be given once, as a size from 0B to 16MiB, such as 10KiB, got ["1" "2"]
parameters must be among cpu, wait, alloc and size, got "speed=3&x=%0A"
`
	if got := readAll(t, resp); resp.StatusCode != http.StatusBadRequest || got != want {
		t.Errorf("status %d, want 400, and\n%s\nwant\n%s", resp.StatusCode, got, want)
	}
}

func TestTaskFaults(t *testing.T) {
	for _, query := range []string{
		"cpu=5", "cpu=", "cpu=10.001s", "cpu=5ms&cpu=5ms", "cpu=NaN", "cpu=99999999999h",
		"wait=61s", "wait=1e3s", "alloc=67108865", "alloc=-1", "alloc=1.5MiB", "alloc=18446744073709551616", "alloc=MiB",
		"size=17MiB", "size=+1", "size=1 KiB", "CPU=5ms", "cpu=5ms;wait=1ms", "%zz=1",
	} {
		if _, faults := parseParams(query); faults == "" {
			t.Errorf("%q is accepted", query)
		}
	}
}

func TestTaskWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		serve(t, httptest.NewRequest("GET", "/task?wait=20ms", nil))
		if got := time.Since(start); got != 20*time.Millisecond {
			t.Errorf("waited %v, want 20ms", got)
		}
	})
}

func TestTaskStopsWaitingWhenCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start := time.Now()
		serve(t, httptest.NewRequestWithContext(ctx, "GET", "/task?wait=60s", nil))
		if got := time.Since(start); got != time.Second {
			t.Errorf("waited %v, want 1s", got)
		}
	})
}

func TestTaskIterations(t *testing.T) {
	for _, c := range []struct {
		burnPerMs int
		cpu       time.Duration
		want      int64
	}{
		{1000, 0, 0},
		{1000, 5 * time.Millisecond, 5000},
		{1000, 1500 * time.Microsecond, 1500},
		{1000, time.Nanosecond, 0},
		{1_000_000, 10 * time.Second, 10_000_000_000},
		{-1, 10 * time.Second, 0},
	} {
		if got := (task{c.burnPerMs}).iterations(c.cpu); got != c.want {
			t.Errorf("%v at %d per ms: %d iterations, want %d", c.cpu, c.burnPerMs, got, c.want)
		}
	}
}

func TestXorshift(t *testing.T) {
	// The first outputs of the generator with its customary seed.
	for steps, want := range []uint64{88172645463325252, 8748534153485358512, 3040900993826735515} {
		if got := xorshift(int64(steps)); got != want {
			t.Errorf("after %d steps: %d, want %d", steps, got, want)
		}
	}
}

func TestCalibrateIsPlausible(t *testing.T) {
	// From one step in 100 ns to one in 0.15 ns: outside of that, a benchmark
	// would not mean what it says.
	if got := Calibrate(); got < 10_000 || got > calibrationSteps*50 {
		t.Errorf("%d iterations per ms", got)
	}
}

func TestCalibrateUnderAFakeClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		if got, want := Calibrate(), calibrationSteps*50; got != want {
			t.Errorf("%d iterations per ms, want the bound %d", got, want)
		}
	})
}

func BenchmarkBurnPerStep(b *testing.B) {
	for b.Loop() {
		burn(1000)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1000, "ns/step")
}

func FuzzTaskQuery(f *testing.F) {
	f.Add("cpu=5ms&wait=20ms&alloc=1MiB&size=10KiB")
	f.Add("cpu=-5ms&size=17MB&size=1&x=%00;")
	f.Fuzz(func(t *testing.T, query string) {
		p, faults := parseParams(query)
		if faults != "" {
			if strings.ContainsFunc(faults, func(r rune) bool { return r < ' ' && r != '\n' }) {
				t.Errorf("%q: control characters in %q", query, faults)
			}
			return
		}
		if p.cpu < 0 || p.cpu > maxCPU || p.wait < 0 || p.wait > maxWait ||
			p.alloc < 0 || p.alloc > maxAlloc || p.size < 0 || p.size > maxSize {
			t.Errorf("%q: out of range: %+v", query, p)
		}
	})
}
