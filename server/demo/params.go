package demo

import (
	"fmt"
	"net/url"
	"strings"
	"time"
)

// The largest values that /task takes.
const (
	maxCPU   = 10 * time.Second
	maxWait  = 60 * time.Second
	maxAlloc = 64 << 20
	maxSize  = 16 << 20
)

// params is what a query of /task asks for. A parameter that is not given is 0.
type params struct {
	cpu, wait   time.Duration
	alloc, size int64 // bytes
}

// param is one parameter of /task: its range in words, and how to take its value.
type param struct {
	name, allowed string
	take          func(value string) (inRange bool)
}

// parseParams reads the query of /task. It returns all faults at once, one a
// line, or "".
func parseParams(query string) (params, string) {
	var p params
	known := []param{
		{"cpu", "a duration from 0s to 10s, such as 5ms", durationInto(&p.cpu, maxCPU)},
		{"wait", "a duration from 0s to 60s, such as 20ms", durationInto(&p.wait, maxWait)},
		{"alloc", "a size from 0B to 64MiB, such as 1MiB", sizeInto(&p.alloc, maxAlloc)},
		{"size", "a size from 0B to 16MiB, such as 10KiB", sizeInto(&p.size, maxSize)},
	}
	var faults []string
	values, err := url.ParseQuery(query)
	if err != nil {
		faults = append(faults, fmt.Sprintf("the query must be name=value pairs joined by &, got %q: %v", query, err))
	}
	for _, k := range known {
		given := values[k.name]
		switch {
		case len(given) == 1 && !k.take(given[0]):
			faults = append(faults, fmt.Sprintf("%s must be %s, got %q", k.name, k.allowed, given[0]))
		case len(given) > 1:
			faults = append(faults, fmt.Sprintf("%s must be given once, as %s, got %q", k.name, k.allowed, given))
		}
		delete(values, k.name)
	}
	if len(values) > 0 {
		faults = append(faults, fmt.Sprintf("parameters must be among cpu, wait, alloc and size, got %q", values.Encode()))
	}
	return p, strings.Join(faults, "\n")
}

func durationInto(target *time.Duration, limit time.Duration) func(string) bool {
	return func(value string) bool {
		d, err := time.ParseDuration(value)
		*target = d
		return err == nil && 0 <= d && d <= limit
	}
}

func sizeInto(target *int64, limit int64) func(string) bool {
	return func(value string) bool {
		n, err := parseSize(value)
		*target = n
		return err == nil && n <= limit
	}
}
