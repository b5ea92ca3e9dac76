package stats

import (
	"fmt"
	"time"

	"millpond/bench"
)

// unlike says what makes two results hard to compare.
func unlike(a, b *bench.Result) []string {
	var notes []string
	for _, f := range []struct {
		name          string
		before, after any
	}{
		{"CPU", a.Env.CPUModel, b.Env.CPUModel},
		{"number of cores", a.Env.Cores, b.Env.Cores},
		{"kernel", a.Env.Kernel, b.Env.Kernel},
		{"Go version", a.Env.Go, b.Env.Go},
		{"pinning", fmt.Sprint(a.Env.GeneratorCores, a.Env.ServerCores), fmt.Sprint(b.Env.GeneratorCores, b.Env.ServerCores)},
		{"duration", inSeconds(a.Config.Duration), inSeconds(b.Config.Duration)},
		{"limit", inSeconds(a.Config.Limit), inSeconds(b.Config.Limit)},
		{"number of workers", a.Config.Workers, b.Config.Workers},
		{"queue", a.Config.Queue, b.Config.Queue},
	} {
		if f.before != f.after {
			notes = append(notes, fmt.Sprintf("The %s differs: %v before, %v after.", f.name, f.before, f.after))
		}
	}
	return notes
}

// inSeconds writes a time in seconds.
func inSeconds(s float64) string { return time.Duration(s * 1e9).String() }

// capacityOf is what the multiples of a result refer to.
func capacityOf(r *bench.Result) float64 {
	for _, run := range r.Runs {
		if run.Capacity > 0 {
			return run.Capacity
		}
	}
	return 0
}
