package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"millpond/bench"
	"millpond/bench/load"
)

// shape is how much is asked for, and when.
type shape struct {
	Rate        float64 `xor:"load" required:"" help:"Open loop: requests per second." placeholder:"PER-SECOND"`
	Ramp        string  `xor:"load" required:"" help:"Open loop: rate that goes from one to another in a straight line." placeholder:"FROM:TO"`
	Stages      string  `xor:"load" required:"" help:"Open loop: rates one after the other, each for its time, such as 100:30s,500:1m." placeholder:"RATE:TIME,…"`
	Concurrency int     `xor:"load" required:"" help:"Closed loop: clients that each wait for their answer." placeholder:"CLIENTS"`
	Arrivals    string  `help:"Shape of the open loop: ${enum}." enum:"poisson,constant,burst" default:"poisson" placeholder:"SHAPE"`
}

// errNoLoad tells what to give.
var errNoLoad = errors.New("how much load? Give one of --rate, --ramp, --stages and --concurrency, above 0")

// describe says what the load is, in words.
func (s *shape) describe() string {
	switch {
	case s.Concurrency == 1:
		return "closed loop of 1 client"
	case s.Concurrency > 0:
		return "closed loop of " + bench.Counted(s.Concurrency, "client")
	}
	rate := s.Ramp + s.Stages
	if s.Rate > 0 {
		rate = strconv.FormatFloat(s.Rate, 'g', -1, 64)
	}
	return fmt.Sprintf("%s arrivals, %s requests/s", s.Arrivals, rate)
}

// segments is the course of the rate: the warm-up runs at the first rate. Stages bring
// their own length, which takes the place of duration.
func (s *shape) segments(warmup, duration time.Duration) ([]load.Segment, error) {
	switch {
	case duration <= 0 && s.Stages == "":
		return nil, fmt.Errorf("--duration %v: it must be above 0", duration)
	case s.Concurrency > 0:
		return load.Plateau(0, warmup+duration), nil
	case s.Stages != "":
		return s.stages(warmup)
	case s.Ramp != "":
		return s.ramp(warmup, duration)
	case !(s.Rate > 0):
		return nil, errNoLoad
	}
	return load.Plateau(s.Rate, warmup+duration), nil
}

func (s *shape) ramp(warmup, duration time.Duration) ([]load.Segment, error) {
	a, b, ok := strings.Cut(s.Ramp, ":")
	from, errA := strconv.ParseFloat(a, 64)
	to, errB := strconv.ParseFloat(b, 64)
	if !ok || errA != nil || errB != nil || !(from >= 0 && to >= 0 && from+to > 0) {
		return nil, fmt.Errorf("ramp %q: write two rates, such as 100:5000, of which one is above 0", s.Ramp)
	}
	return warmed(warmup, load.Segment{Name: "ramp", From: from, To: to, Length: duration}), nil
}

func (s *shape) stages(warmup time.Duration) ([]load.Segment, error) {
	var all []load.Segment
	for i, stage := range strings.Split(s.Stages, ",") {
		a, b, _ := strings.Cut(strings.TrimSpace(stage), ":")
		rate, errA := strconv.ParseFloat(a, 64)
		length, errB := time.ParseDuration(b)
		if errA != nil || errB != nil || !(rate >= 0) || length <= 0 {
			return nil, fmt.Errorf("stage %q: write a rate and its time, such as 100:30s", stage)
		}
		all = append(all, load.Segment{Name: fmt.Sprintf("stage %d", i+1), From: rate, To: rate, Length: length})
	}
	return warmed(warmup, all...), nil
}

// warmed puts a warm-up at the first rate before a load.
func warmed(warmup time.Duration, rest ...load.Segment) []load.Segment {
	if warmup == 0 {
		return rest
	}
	first := load.Segment{Name: "warm-up", From: rest[0].From, To: rest[0].From, Length: warmup}
	return append([]load.Segment{first}, rest...)
}
