package load

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"net/url"
	"slices"
	"strings"
	"time"

	"millpond/bench"
)

// Workload is what every request of a run asks for, in the parameters of the
// server's /task handler.
type Workload struct {
	// Name is how the user wrote it.
	Name     string
	Requests []Request
	// Workers and Queue suit it where a processor's worth of workers does not,
	// because it waits; -1 where the server's defaults are right.
	Workers, Queue int
	// about says what the requests have in common, where they are too many to list.
	about string
}

// readyMade are the workloads that have a name.
var readyMade = map[string]Workload{
	"cpu":    {Requests: []Request{{Target: "/task?cpu=5ms"}}, Workers: -1, Queue: -1},
	"wait":   {Requests: []Request{{Target: "/task?wait=50ms"}}, Workers: 64, Queue: 128},
	"mix":    {Requests: []Request{{Target: "/task?cpu=1ms&wait=10ms"}}, Workers: 16, Queue: 64},
	"memory": {Requests: []Request{{Target: "/task?alloc=4MiB&wait=20ms"}}, Workers: 16, Queue: 64},
	"bimodal": {Requests: []Request{
		{Weight: 95, Target: "/task?cpu=0.5ms"}, {Weight: 5, Target: "/task?cpu=20ms"},
	}, Workers: -1, Queue: -1},
	"exponential": {
		Requests: exponentialRequests(5*time.Millisecond, exponentialSteps), Workers: -1, Queue: -1,
		about: fmt.Sprintf("/task?cpu=…, exponential with mean 5ms, in %d steps", exponentialSteps),
	},
	"hello": {Requests: []Request{{Target: "/"}}, Workers: -1, Queue: -1},
}

// exponentialSteps is in how many steps of equal weight a distribution is drawn: the
// variance that is lost is 2 %.
const exponentialSteps = 100

// exponentialRequests ask for CPU times that are distributed exponentially: each step
// asks for the mean of its part of the distribution. The schedule draws which request an
// arrival is, so that every server, whatever it is written in, gets the same times.
func exponentialRequests(mean time.Duration, steps int) []Request {
	// The integral of -ln(1-p), the inverse of the distribution.
	integral := func(p float64) float64 {
		if p == 1 {
			return 1
		}
		return (1-p)*math.Log(1-p) + p
	}
	requests := make([]Request, steps)
	for i := range requests {
		from, to := float64(i)/float64(steps), float64(i+1)/float64(steps)
		ms := mean.Seconds() * 1e3 * float64(steps) * (integral(to) - integral(from))
		requests[i].Target = fmt.Sprintf("/task?cpu=%.4fms", ms)
	}
	return requests
}

// ParseWorkload reads a workload: one of the ready-made names, parameters of
// /task such as "cpu=5ms&wait=20ms" (commas do too), or a path.
func ParseWorkload(text string) (Workload, error) {
	if w, ok := readyMade[text]; ok {
		w.Name = text
		return w, nil
	}
	w := Workload{Name: text, Workers: -1, Queue: -1}
	if strings.HasPrefix(text, "/") {
		w.Requests = []Request{{Target: text}}
		return w, nil
	}
	query := strings.ReplaceAll(text, ",", "&")
	values, err := url.ParseQuery(query)
	if err != nil || !strings.Contains(text, "=") {
		return w, &bench.ConfigError{Err: fmt.Errorf("workload %q: use one of %s, parameters such as cpu=5ms&wait=20ms, or a path",
			text, strings.Join(slices.Sorted(maps.Keys(readyMade)), ", "))}
	}
	for name := range values {
		if !slices.Contains([]string{"cpu", "wait", "alloc", "size"}, name) {
			return w, &bench.ConfigError{Err: fmt.Errorf("workload %q: parameter %q is none of cpu, wait, alloc and size", text, name)}
		}
	}
	w.Requests = []Request{{Target: "/task?" + query}}
	return w, nil
}

// Describe lists the targets of the requests.
func (w Workload) Describe() string {
	if w.about != "" {
		return w.about
	}
	var parts []string
	for i := 0; i < len(w.Requests); {
		r, same := w.Requests[i], 1
		for i+same < len(w.Requests) && w.Requests[i+same].Target == r.Target && w.Requests[i+same].Weight == r.Weight {
			same++
		}
		part := r.Target
		if r.Weight > 0 {
			part = fmt.Sprintf("%g × %s", r.Weight, r.Target)
		}
		if same > 1 {
			part = fmt.Sprintf("%d times %s", same, part)
		}
		parts = append(parts, part)
		i += same
	}
	return strings.Join(parts, ", ")
}

// CPU is the processor time that an answer asks for on average, in seconds: with the
// outcomes of each kind of request as weights, or without any as they are drawn. What is
// not asked of /task asks for none.
func (w Workload) CPU(outcomes []bench.Outcomes) float64 {
	var sum, weights float64
	for i, r := range w.Requests {
		weight := cmp.Or(r.Weight, 1)
		if len(outcomes) == len(w.Requests) {
			weight = float64(outcomes[i].OK + outcomes[i].Late)
		}
		weights += weight
		if path, query, _ := strings.Cut(r.Target, "?"); path == "/task" || strings.HasPrefix(path, "/task/") {
			values, _ := url.ParseQuery(query) // what cannot be read asks for nothing
			cpu, _ := time.ParseDuration(values.Get("cpu"))
			sum += weight * cpu.Seconds()
		}
	}
	if weights == 0 {
		return 0
	}
	return sum / weights
}
