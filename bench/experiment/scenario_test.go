package experiment

import (
	"math"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"millpond/bench"
	"millpond/bench/load"
	"millpond/bench/process"
	"millpond/bench/stats"
)

// made is a point of a server at a multiple of 100/s.
func made(server string, multiple, goodput float64) []bench.Trial {
	return []bench.Trial{{
		Server: server, Phase: Offer{Multiple: multiple}.phase(), Multiple: multiple, Rate: 100 * multiple, Offered: int64(100 * multiple), Goodput: goodput,
		Loop: "open", Duration: 1, Attainment: bench.Known(goodput / 100 / multiple), Validity: bench.Validity{Valid: true},
	}}
}

func TestGoalsTakeTheWorst(t *testing.T) {
	run := &bench.Run{Kind: "overload", Capacity: 100}
	for _, trials := range [][]bench.Trial{
		made("workers 8", 0.5, 50), made("workers 8", 3, 99), made("workers 8", 10, 96), made("auto", 0.5, 50), made("auto", 3, 97),
		made("auto", 10, 90), made("fifo 512", 3, 10), made("haproxy", 3, 100), made("haproxy", 10, 80),
	} {
		run.Trials = append(run.Trials, trials...)
	}
	chosen := []Variant{{Server: process.Server{Name: "workers 8"}}, {Server: process.Server{Name: "auto"}},
		{Server: process.Server{Name: "fifo 512"}, Beside: true}, {Server: process.Server{Name: "haproxy"}, Beside: true}}
	targets := judgeGoals(run, []Goal{
		{Name: "kept", Bound: 0.95, From: 0.5, To: 10, Of: kept},
		{Name: "kept at 3", Bound: 0.95, From: 3, To: 3, Of: kept},
		{Name: "against", Bound: 1, From: 3, To: 10, Of: against(VariantHAProxy, ratio(goodput))},
		{Name: "less", Less: true, Bound: 0.9, From: 3, To: 10, Of: each(attained)},
		{Name: "nobody there", Bound: 1, From: 77, To: 78, Of: kept},
		{Name: "one of them", Bound: 0.9, From: 10, To: 10, Server: VariantAuto, Of: against("workers 8", ratio(goodput))},
	}, chosen, sure)
	for i, want := range []struct {
		value float64
		where string
		met   bool
	}{{0.9, "auto at 10x", false}, {0.97, "auto at 3x", true}, {0.97, "auto at 3x", false}, {0.99 / 3, "workers 8 at 3x", true}, {-1, "", false}, {90. / 96, "auto at 10x", true}} {
		got := targets[i]
		where := got.Server
		if got.Phase != "" {
			where += " at " + got.Phase
		}
		if v := got.Value.Or(-1); v < want.value-1e-9 || v > want.value+1e-9 || where != want.where || got.Met != want.met {
			t.Errorf("%s: got %+v, want %+v", got.Name, got, want)
		}
	}
	if why := targets[4].Why; why == "" {
		t.Error("a target that was not measured does not say so")
	}
	run.Trials[1].Validity.Valid = false
	if target := judgeGoals(run, []Goal{{Bound: 0.5, Of: kept}}, chosen, sure)[0]; target.Met || !strings.Contains(target.Why, "invalid") {
		t.Errorf("an invalid trial meets a target: %+v", target)
	}
}

func TestStepsAndStalls(t *testing.T) {
	trial := bench.Trial{Duration: 12, BinWidth: 0.1}
	for i, rate := range []float64{50, 1000, 50} {
		trial.Phases = append(trial.Phases, bench.Phase{From: float64(i), To: float64(i + 1), Rate: rate})
		for bin := range 10 {
			b := bench.Bin{At: float64(i) + float64(bin)/10, Offered: int64(rate / 10)}
			if b.Outcomes.OK = min(b.Offered, 10); bin < 2 {
				b.Outcomes.OK = 0 // the first 200 ms do not count
			} else if i == 2 && bin == 9 {
				b.Outcomes.OK = 1 // 4 of 5 are lost
			}
			b.Answered = b.Outcomes.OK
			if i == 1 && bin == 9 {
				b.Outcomes.OK += 20 // answered when the load is low again
			}
			trial.Series = append(trial.Series, b)
		}
	}
	e := evidence{run: &bench.Run{Capacity: 100}}
	p := stats.Point{Trials: []bench.Trial{trial}}
	if got := steps(true)(e, p).Median; got != 1 {
		t.Errorf("steps up keep %v, want all", got)
	}
	if got, want := steps(false)(e, p).Median, 76./80; got != want {
		t.Errorf("steps down keep %v, want %v", got, want)
	}
	trial.Series = []bench.Bin{{At: 4, Offered: 10}, {At: 6.9, Offered: 10}, {At: 7, Offered: 10, Outcomes: bench.Outcomes{OK: 9}}}
	if got := afterStall(trial); got != 0.9 {
		t.Errorf("after the stall %v are in time, want 0.9", got)
	}
}

// TestWastedBelievesNoCounterThatClientsContradict has a server that says it worked off
// fewer requests than its clients got answers to.
func TestWastedBelievesNoCounterThatClientsContradict(t *testing.T) {
	trial := bench.Trial{Duration: 10, Usage: new(bench.Usage)}
	for _, c := range []struct{ completed, answered, want float64 }{{1000, 900, 0.1}, {1000, 1000, 0}, {1000, 1009, 0}, {900, 1000, -1}, {0, 1000, -1}} {
		trial.Usage.Samples = []bench.Sample{
			{At: 1, Completed: bench.Known(0), Answered: bench.Known(0)}, {At: 9, Completed: bench.Known(c.completed), Answered: bench.Known(c.answered)},
		}
		if got := bench.Known(wasted(trial)).Or(-1); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("%v worked off and %v answered: wasted %v, want %v", c.completed, c.answered, got, c.want)
		}
	}
}

// A server that refuses some where all should be served is not the cheaper one.
func TestCostOfRequestsThatAreServed(t *testing.T) {
	for _, c := range []struct {
		refused int64
		want    float64
	}{{0, 10e-6}, {10, 10e-6}, {11, -1}, {1000, -1}} {
		trial := bench.Trial{Outcomes: bench.Outcomes{OK: 1000 - c.refused, Shed: c.refused}, Usage: &bench.Usage{CPUSeconds: bench.Known(10e-3)}}
		trial.Generator.Answers = 1000
		if got := bench.Known(servedCost(trial)).Or(-1); got != c.want {
			t.Errorf("%d of 1000 refused: a request costs %v s; want %v", c.refused, got, c.want)
		}
	}
}

// What a server does during the warm-up is not what a refusal costs.
func TestSteadyCost(t *testing.T) {
	trial := bench.Trial{Duration: 2, Outcomes: bench.Outcomes{OK: 10, Late: 10, Shed: 19_980}, Usage: &bench.Usage{CPUSeconds: bench.Known(10)}}
	if got := steadyCost(trial); !math.IsNaN(got) {
		t.Errorf("without a sample it is %v s", got)
	}
	for _, x := range []struct{ at, cores float64 }{{-0.1, 1}, {0.4, 1}, {0.9, 0.05}, {1.4, 0.15}, {1.9, 0.1}, {2.1, 1}} {
		trial.Usage.Samples = append(trial.Usage.Samples, bench.Sample{At: x.at, CPU: x.cores})
	}
	if got := steadyCost(trial); math.Abs(got-10e-6) > 1e-12 {
		t.Errorf("a tenth of a core at 10,000 answers/s: an answer costs %v s; want 10 µs", got)
	}
}

// Every scenario names its targets, and all rows of the table are there.
func TestScenarios(t *testing.T) {
	seen := map[int]bool{}
	for _, s := range Scenarios() {
		if len(s.Offers) == 0 || len(s.Variants) == 0 || len(s.Goals) == 0 || len(s.Workload.Requests) == 0 {
			t.Errorf("%s is incomplete", s.Name)
		}
		for _, g := range s.Goals {
			seen[g.Row] = true
			if g.Of == nil || g.Name == "" || g.Unit == "" {
				t.Errorf("%s: a goal of row %d is incomplete", s.Name, g.Row)
			}
		}
	}
	for row := 1; row <= 14; row++ {
		if !seen[row] {
			t.Errorf("row %d has no target", row)
		}
	}
}

// The peak that goodput is held against is looked for where refusals cost least, whatever
// rows were chosen.
func TestPeakIsLookedForNearCapacity(t *testing.T) {
	for _, s := range Scenarios() {
		for _, g := range s.Goals {
			if !strings.Contains(g.Name, "of the peak") {
				continue
			}
			only := s
			only.Goals = slices.DeleteFunc(slices.Clone(s.Goals), func(other Goal) bool { return other.Row != g.Row })
			if !slices.ContainsFunc(only.wanted(), func(o Offer) bool { return o.Multiple >= 1 && o.Multiple <= 1.5 }) {
				t.Errorf("row %d of %s, %s: no load near the capacity", g.Row, s.Name, g.Name)
			}
		}
	}
}

func TestOverloaded(t *testing.T) {
	good, absent := kind("good"), kind("stillborn")
	good.Name, absent.Name = VariantDefault, VariantAuto
	s := suite(t)
	s.Duration, s.Capacity, s.Timeout = 100*time.Millisecond, 200, time.Minute // for a busy machine
	run, err := s.Overloaded(t.Context(), Scenario{
		Name: "calm", Workload: load.Workload{Requests: []load.Request{{Target: "/"}, {Target: "/x"}}},
		Offers:   []Offer{{Multiple: 0.5}, {Multiple: 0.9, Shape: load.Burst}, {Clients: 2}, {Multiple: 1, Cold: true}},
		Variants: []string{VariantDefault, VariantAuto, "no such"},
		Goals:    []Goal{{Row: 6, Name: "in time", Unit: "share", Bound: 1, Of: each(attained)}},
	}, []Variant{{Server: good}, {Server: absent}})
	if err != nil {
		t.Fatal(err)
	}
	if len(run.Trials) != 4 || len(run.Targets) != 1 || run.Targets[0].Value.Or(0) != 1 {
		t.Errorf("%d trials and targets %+v", len(run.Trials), run.Targets)
	}
	if target := run.Targets[0]; target.Met || !strings.Contains(target.Why, "auto does not start as") {
		t.Errorf("a target about a server that does not start is met: %+v", target)
	}
	for _, trial := range run.Trials {
		if len(trial.ByRequest) != 2 || trial.ByRequest[0].Plus(trial.ByRequest[1]) != trial.Outcomes {
			t.Errorf("%s: %+v does not add up to %+v", trial.Phase, trial.ByRequest, trial.Outcomes)
		}
	}
	if notes := strings.Join(run.Notes, "\n"); !strings.Contains(notes, "auto was left out") || !strings.Contains(notes, "There is no no such") {
		t.Errorf("notes %q", notes)
	}
}

// A server that is not there fails its targets, with the reason.
func TestOverloadedWithout(t *testing.T) {
	absent := kind("stillborn")
	absent.Name = VariantAuto
	run, err := suite(t).Overloaded(t.Context(), Scenario{
		Workload: load.Workload{Requests: []load.Request{{Target: "/"}}}, Offers: []Offer{{Multiple: 1}}, Variants: []string{VariantAuto},
		Needs: []string{"--fair"}, Goals: []Goal{{Bound: 1, Of: each(attained)}},
	}, []Variant{{Server: absent}})
	if err != nil || len(run.Trials) != 0 || run.Targets[0].Met || !strings.Contains(run.Targets[0].Why, "does not start as") {
		t.Errorf("error %v, %d trials, targets %+v", err, len(run.Trials), run.Targets)
	}
}

func TestDisturbances(t *testing.T) {
	trial, err := once(t, kind("good"), func(p *spec) {
		p.steady(400, time.Second) // so long that the stall, on a busy machine a late one, meets some of it
		p.stall, p.load.BinWidth = 200*time.Millisecond, 50*time.Millisecond
	})
	if err != nil {
		t.Fatal(err)
	}
	// Nobody is answered while the server is stopped, and everyone after it.
	if longest := trial.Latency.Served.Max.Float(); trial.Outcomes.OK != trial.Offered || longest < 0.1 {
		t.Errorf("got %+v, the longest after %v s", trial.Outcomes, longest)
	}
	s := suite(t, kind("good"))
	s.Program, s.neighbour = os.Args[0], 0.5
	p := s.spec(s.Servers[0], "test", 0)
	p.steady(100, s.Duration)
	p.load.Timeout = time.Minute
	trial, err = s.runOne(t.Context(), p)
	if err != nil || trial.Outcomes.OK == 0 {
		t.Errorf("beside a neighbour: %+v, error %v", trial, err)
	}
}
