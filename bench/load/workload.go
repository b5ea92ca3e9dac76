package load

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

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
}

// readyMade are the workloads that have a name.
var readyMade = map[string]Workload{
	"cpu":    {Requests: []Request{{Target: "/task?cpu=5ms"}}, Workers: -1, Queue: -1},
	"wait":   {Requests: []Request{{Target: "/task?wait=50ms"}}, Workers: 64, Queue: 128},
	"mix":    {Requests: []Request{{Target: "/task?cpu=1ms&wait=10ms"}}, Workers: 16, Queue: 64},
	"memory": {Requests: []Request{{Target: "/task?alloc=4MiB&wait=20ms"}}, Workers: 16, Queue: 64},
	"bimodal": {Requests: []Request{
		{Weight: 99, Target: "/task?cpu=1ms"}, {Weight: 1, Target: "/task?cpu=100ms"},
	}, Workers: -1, Queue: -1},
	"hello": {Requests: []Request{{Target: "/"}}, Workers: -1, Queue: -1},
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
	var parts []string
	for _, r := range w.Requests {
		part := r.Target
		if r.Weight > 0 {
			part = fmt.Sprintf("%g × %s", r.Weight, r.Target)
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, ", ")
}
