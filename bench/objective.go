package bench

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Objective is a service level objective that a trial keeps or breaks.
type Objective struct {
	expression string
	Metric     string
	Less       bool // the value must be below the bound
	Bound      float64
	// ofCapacity makes the bound a multiple of the capacity, or of what was
	// offered if that is less: nobody can serve more than was asked for.
	ofCapacity bool
}

// metricUnit is how the bound of a metric is written.
type metricUnit uint8

const (
	unitRate metricUnit = iota
	unitTime
	unitBytes
	unitCount
	unitShare
)

// The units of a Gate.
const (
	UnitSeconds = "seconds"
	UnitBytes   = "bytes"
	UnitShare   = "share"
)

// gateUnits are what figures are in once they are read.
var gateUnits = map[metricUnit]string{unitTime: UnitSeconds, unitBytes: UnitBytes, unitShare: UnitShare}

// metric is something that can be gated on.
type metric struct {
	unit  metricUnit
	value func(*Trial) Value
}

// metrics lists the names that an objective may use. Latencies are over all that
// was offered, a failure being infinite, unless the name says otherwise.
var metrics = map[string]metric{
	"goodput":     {unitRate, func(t *Trial) Value { return Known(t.Goodput) }},
	"throughput":  {unitRate, func(t *Trial) Value { return Known(t.Throughput) }},
	"attainment":  {unitShare, func(t *Trial) Value { return t.Attainment }},
	"failures":    {unitShare, func(t *Trial) Value { return share(t.Outcomes.Failed(), t.Offered) }},
	"sheds":       {unitShare, func(t *Trial) Value { return share(t.Outcomes.Shed, t.Offered) }},
	"p50":         {unitTime, func(t *Trial) Value { return t.Latency.Offered.P50 }},
	"p90":         {unitTime, func(t *Trial) Value { return t.Latency.Offered.P90 }},
	"p95":         {unitTime, func(t *Trial) Value { return t.Latency.Offered.P95 }},
	"p99":         {unitTime, func(t *Trial) Value { return t.Latency.Offered.P99 }},
	"p999":        {unitTime, func(t *Trial) Value { return t.Latency.Offered.P999 }},
	"max":         {unitTime, func(t *Trial) Value { return t.Latency.Offered.Max }},
	"served_p50":  {unitTime, func(t *Trial) Value { return t.Latency.Served.P50 }},
	"served_p90":  {unitTime, func(t *Trial) Value { return t.Latency.Served.P90 }},
	"served_p95":  {unitTime, func(t *Trial) Value { return t.Latency.Served.P95 }},
	"served_p99":  {unitTime, func(t *Trial) Value { return t.Latency.Served.P99 }},
	"served_p999": {unitTime, func(t *Trial) Value { return t.Latency.Served.P999 }},
	"served_max":  {unitTime, func(t *Trial) Value { return t.Latency.Served.Max }},
	"shed_p99":    {unitTime, func(t *Trial) Value { return t.Latency.Shed.P99 }},
	"rss":         {unitBytes, func(t *Trial) Value { return t.Used().PeakRSS }},
	"threads":     {unitCount, func(t *Trial) Value { return t.Used().PeakThreads }},
	"goroutines":  {unitCount, func(t *Trial) Value { return t.Used().PeakGoroutines }},
}

// share is a/b.
func share(a, b int64) Value { return Known(float64(a) / float64(b)) }

var sloPattern = regexp.MustCompile(`^\s*([a-z0-9_]+)\s*([<>])\s*([0-9.]+)\s*(\*\s*capacity|[a-zA-Zµ%/]*)\s*$`)

// ParseObjective reads an objective such as "p99<100ms", "goodput>0.95*capacity",
// "shed_p99<5ms", "rss<256MiB" or "failures<1%".
func ParseObjective(expression string) (Objective, error) {
	m := sloPattern.FindStringSubmatch(expression)
	if m == nil {
		return Objective{}, fmt.Errorf("objective %q: write METRIC<BOUND or METRIC>BOUND, such as p99<100ms", expression)
	}
	what, ok := metrics[m[1]]
	if !ok {
		return Objective{}, fmt.Errorf("objective %q: metric %q is none of %s", expression, m[1], strings.Join(slices.Sorted(maps.Keys(metrics)), ", "))
	}
	s := Objective{expression: expression, Metric: m[1], Less: m[2] == "<"}
	var err error
	if strings.HasSuffix(m[4], "capacity") {
		if what.unit != unitRate {
			return Objective{}, fmt.Errorf("objective %q: only goodput and throughput compare with capacity", expression)
		}
		s.ofCapacity = true
		s.Bound, err = strconv.ParseFloat(m[3], 64)
	} else {
		s.Bound, err = what.unit.parse(m[3], m[4])
	}
	if err != nil {
		return Objective{}, fmt.Errorf("objective %q: %w", expression, err)
	}
	return s, nil
}

// parse reads a bound.
func (u metricUnit) parse(number, unit string) (float64, error) {
	n, err := strconv.ParseFloat(number, 64)
	if err != nil {
		return 0, fmt.Errorf("%q is not a number", number)
	}
	switch u {
	case unitTime:
		d, err := time.ParseDuration(number + unit)
		if err != nil {
			return 0, fmt.Errorf("%q is not a time: use ns, us, ms or s", number+unit)
		}
		return d.Seconds(), nil
	case unitBytes:
		scale, ok := map[string]float64{"": 1, "B": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "kB": 1e3, "MB": 1e6, "GB": 1e9}[unit]
		if !ok {
			return 0, fmt.Errorf("%q is not a size: use B, KiB, MiB, GiB, kB, MB or GB", number+unit)
		}
		return n * scale, nil
	case unitShare:
		if unit == "%" {
			return n / 100, nil
		}
	case unitRate:
		if unit == "/s" {
			return n, nil
		}
	}
	if unit != "" {
		return 0, fmt.Errorf("unit %q does not fit this metric", unit)
	}
	return n, nil
}

// errNoCapacity is for an objective that needs what was not measured.
var errNoCapacity = errors.New("no capacity was measured, so nothing can be compared with it")

// Check judges a trial. Capacity is that of the run, 0 if unknown. What is not
// known, and what a server with a fault did, keeps no objective.
func (s Objective) Check(t *Trial, capacity float64) (Gate, error) {
	bound := s.Bound
	if s.ofCapacity {
		if capacity <= 0 {
			return Gate{}, fmt.Errorf("objective %q: %w", s.expression, errNoCapacity)
		}
		bound *= min(capacity, t.Rate)
	}
	m := metrics[s.Metric]
	g := Gate{Expression: s.expression, Trial: strings.TrimSpace(t.Server + " " + t.Phase), Unit: gateUnits[m.unit], Value: m.value(t), Bound: bound}
	switch v := g.Value.Float(); {
	case t.Fault != "":
		g.Why = "the server " + t.Fault
	case !g.Value.Known():
		g.Why = "it is not known"
	case s.Less:
		g.Passed = v < bound
	default:
		g.Passed = v > bound
	}
	return g, nil
}

// Judge holds the trials of r against objectives and keeps the verdicts in
// Gates. In a run with several servers only the first is judged: the others are
// there to compare with. Trials that only find a capacity or a size are not
// judged, nor is the instrument.
func (r *Result) Judge(slos []Objective) error {
	for i := range r.Runs {
		run := &r.Runs[i]
		if run.Kind == "size" || run.Kind == "check" {
			continue
		}
		before := len(r.Gates)
		for _, text := range run.Refused {
			if strings.HasPrefix(text, run.Main()+" ") {
				r.fail(slos, text)
			}
		}
		for j := range run.Trials {
			t := &run.Trials[j]
			if t.Server != run.Main() || t.Search || t.Phase == PhaseCapacity {
				continue
			}
			for _, s := range slos {
				g, err := s.Check(t, run.Capacity)
				if err != nil {
					return err
				}
				r.Gates = append(r.Gates, g)
			}
		}
		if len(r.Gates) == before {
			r.fail(slos, "nothing was measured that it could be held against")
		}
	}
	return nil
}

// fail breaks every objective for a reason other than a figure.
func (r *Result) fail(slos []Objective, why string) {
	for _, s := range slos {
		r.Gates = append(r.Gates, Gate{Expression: s.expression, Bound: s.Bound, Why: why})
	}
}
