package experiment

import (
	"context"
	"sync"
	"testing"
	"time"

	"millpond/bench"
	"millpond/bench/load"
	"millpond/bench/process"
)

// TestTogether has each server wait, before its load, for the others: in turns none
// would ever begin.
func TestTogether(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	one, two := kind("good"), kind("good")
	one.Name, two.Name = "one", "two"
	s := suite(t, one, two)
	var others sync.WaitGroup
	others.Add(2)
	meet := func(context.Context, int, *load.Endpoint) (*bench.Background, func(), error) {
		others.Done()
		met := make(chan struct{})
		go func() {
			others.Wait()
			close(met)
		}()
		select {
		case <-met:
			return nil, func() {}, nil
		case <-ctx.Done():
			return nil, nil, ctx.Err()
		}
	}
	specs := s.offerSpecs([]Offer{{Rate: 400, Name: "each", Together: true, Unasked: true}, {Multiple: 1}}, true, 100, 0)
	for i := range specs {
		specs[i].beside = meet
		specs[i].load.Timeout = time.Minute // for a busy machine
		specs[i].load.Arrivals.Segments = load.Plateau(400, 300*time.Millisecond)
	}
	var told int
	s.Notify = func(e Event) {
		if e.Trial != nil {
			told++
		}
	}
	run := s.newRun("overload")
	if err := s.runTogether(ctx, &run, specs); err != nil {
		t.Fatal(err)
	}
	if len(run.Trials) != 2 || told != 2 || run.Trials[0].Server != "one" || run.Trials[1].Server != "two" {
		t.Fatalf("%d trials, told of %d", len(run.Trials), told)
	}
	for _, trial := range run.Trials {
		if trial.Outcomes.OK != trial.Offered || trial.Offered == 0 || !(trial.Used().CPUSeconds.Or(0) > 0) {
			t.Errorf("%s: %+v of %d, %v s of processor time", trial.Server, trial.Outcomes, trial.Offered, trial.Used().CPUSeconds)
		}
	}
}

func TestTogetherWhereOneDoesNotStart(t *testing.T) {
	s := suite(t, kind("good"), process.Server{Name: "none", Command: []string{"/no/such/program"}})
	run := s.newRun("overload")
	if err := s.runTogether(t.Context(), &run, s.offerSpecs([]Offer{{Rate: 100, Together: true}}, true, 0, 0)); err == nil || len(run.Trials) > 0 {
		t.Errorf("got %d trials and the error %v", len(run.Trials), err)
	}
}
