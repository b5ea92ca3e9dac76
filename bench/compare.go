package bench

import (
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
)

// Comparison is how the figures of one result differ from those of another.
type Comparison struct {
	// Differences are in the order of the later result.
	Differences []Difference
	// Notes say what else differs between the two, in whole sentences.
	Notes []string
}

// Difference is one figure of one target under one load, before and after.
type Difference struct {
	// Subject is the run, target and phase, such as "contrast pool 3x".
	Subject string
	// Metric is the figure, such as "goodput/s".
	Metric string
	// Change is the relative change of the median: -0.1 is 10 % less. It is
	// infinite if there was nothing before.
	Change float64
	// Worsening is Change if less is better and its opposite if more is.
	Worsening float64
	// P is the chance of such a difference between equals (Mann–Whitney U).
	P float64
	// Decidable is false where there are too few trials to tell a difference from
	// chance; Significant is true where chance is ruled out with 95 % confidence.
	Decidable, Significant bool

	before, after string
}

// comparedMeasures are the figures that results are compared by.
var comparedMeasures = []struct {
	name       string
	lessIsGood bool
	of         func(cell) estimate
	format     func(float64) string
}{
	{name: "goodput/s", of: cell.goodput, format: formatRate},
	{name: "p50 served", lessIsGood: true, of: func(c cell) estimate { return c.quantile(0.5, servedOf).trials() }, format: formatSeconds},
	{name: "p99 served", lessIsGood: true, of: func(c cell) estimate { return c.quantile(0.99, servedOf).trials() }, format: formatSeconds},
	{name: "peak memory", lessIsGood: true, of: func(c cell) estimate {
		return c.server(func(s *Server) float64 { return float64(s.PeakRSS) })
	}, format: formatBytes},
}

// trials is the estimate from single trials, without merging distributions.
func (t tail) trials() estimate { return estimateOf(t.values) }

// Compare compares the targets and loads that both results hold. Loads are the
// same if their phases have the same name. It fails if there are none.
func Compare(before, after *Result) (*Comparison, error) {
	earlier := map[string]cell{}
	for i := range before.Runs {
		for _, c := range before.Runs[i].cells() {
			earlier[before.Runs[i].cellName(c)] = c
		}
	}
	out := &Comparison{Notes: unlike(before, after)}
	for i := range after.Runs {
		for _, c := range after.Runs[i].cells() {
			subject := after.Runs[i].cellName(c)
			if old, ok := earlier[subject]; ok {
				out.compare(subject, old, c)
			}
		}
	}
	if len(out.Differences) == 0 {
		return nil, errors.New("the two results have no target and load in common")
	}
	return out, nil
}

// cellName names a cell in a way that is the same in two results.
func (r *Run) cellName(c cell) string {
	return strings.Join([]string{r.Kind, c.target, c.phase, r.Workload}, " ")
}

func (out *Comparison) compare(subject string, before, after cell) {
	for _, m := range comparedMeasures {
		old, now := m.of(before), m.of(after)
		if len(old.values) == 0 || len(now.values) == 0 {
			continue
		}
		c := compareValues(old.values, now.values)
		d := Difference{
			Subject: subject, Metric: m.name, Change: c.ratio - 1, P: c.p, Decidable: c.decidable, Significant: c.significant(),
			before: formatEstimate(old, m.format), after: formatEstimate(now, m.format),
		}
		if math.IsNaN(c.ratio) {
			d.Change = math.Inf(1)
		}
		d.Worsening = d.Change
		if !m.lessIsGood {
			d.Worsening = -d.Change
		}
		out.Differences = append(out.Differences, d)
	}
}

// unlike says what makes two results hard to compare.
func unlike(a, b *Result) []string {
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
		{"seed", a.Config.Seed, b.Config.Seed},
		{"duration", formatSeconds(a.Config.Duration), formatSeconds(b.Config.Duration)},
		{"limit", formatSeconds(a.Config.Limit), formatSeconds(b.Config.Limit)},
		{"number of workers", a.Config.Workers, b.Config.Workers},
		{"queue", a.Config.Queue, b.Config.Queue},
	} {
		if f.before != f.after {
			notes = append(notes, fmt.Sprintf("The %s differs: %v before, %v after.", f.name, f.before, f.after))
		}
	}
	return notes
}

// Regressions are the differences that are significant and worse by more than
// the given share. It fails if no difference at all could be told from chance,
// because a gate that cannot close must not be taken for one that held.
func (out *Comparison) Regressions(share float64) ([]Difference, error) {
	var worse []Difference
	decidable := false
	for _, d := range out.Differences {
		decidable = decidable || d.Decidable
		if d.Significant && d.Worsening > share {
			worse = append(worse, d)
		}
	}
	if !decidable {
		return nil, errors.New("too few trials to tell a difference from chance: measure both with --trials 4 or more, better 6")
	}
	return worse, nil
}

// WriteTable writes every difference for a terminal; ~ stands for one that could
// be chance.
func (out *Comparison) WriteTable(w io.Writer) error {
	g := grid{Head: []string{"what", "figure", "before", "after", "change", "p"}}
	decidable, significant := 0, 0
	for _, d := range out.Differences {
		change, p := "~", "too few trials"
		if d.Decidable {
			decidable++
			p = fmt.Sprintf("%.3f", d.P)
		}
		if d.Significant {
			significant++
			change = d.String()
		}
		g.add(d.Subject, d.Metric, d.before, d.after, change, p)
	}
	var b strings.Builder
	b.WriteString(render(g).Render() + "\n")
	for _, n := range out.Notes {
		b.WriteString(n + "\n")
	}
	if decidable == 0 {
		b.WriteString("Too few trials to claim any difference: measure both with --trials 4 or more, better 6.\n")
	} else {
		fmt.Fprintf(&b, "%d of %d differences are significant (p < 0.05); among so many, about %d would be if nothing had changed.\n",
			significant, decidable, int(math.Round((1-confidence)*float64(decidable))))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// String is the change in words: "12 % less".
func (d Difference) String() string {
	switch {
	case math.IsInf(d.Change, 1):
		return "from nothing"
	case d.Change < 0:
		return formatShare(-d.Change) + " less"
	}
	return formatShare(d.Change) + " more"
}
