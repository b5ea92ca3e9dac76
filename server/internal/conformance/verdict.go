package main

import (
	_ "embed"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"conformance/standin"
)

//go:embed differences.txt
var differencesText string

// A difference is a test that is known to end otherwise than with net/http.
type difference struct {
	models    []string
	sometimes []string // those of models where it can also pass
	reason    string
}

// covers reports whether the difference is to be seen under a model.
func (d difference) covers(model string) bool { return slices.Contains(d.models, model) }

// disowns reports whether a test that ended so proves the list wrong.
func (d difference) disowns(model string, o outcome) bool {
	return d.covers(model) && !slices.Contains(d.sometimes, model) && (o == passed || o == serverless)
}

// readDifferences reads the list, whose head says what is in a line.
func readDifferences(text string) (map[string]difference, error) {
	all := map[string]difference{}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, d, err := parseDifference(line)
		if _, twice := all[name]; twice {
			err = errors.New("it is there twice")
		}
		if err != nil {
			return nil, fmt.Errorf("differences.txt: %s: %w", name, err)
		}
		all[name] = d
	}
	return all, nil
}

func parseDifference(line string) (name string, d difference, err error) {
	name, rest, _ := strings.Cut(line, " ")
	models, reason, _ := strings.Cut(strings.TrimSpace(rest), " ")
	d.reason = strings.TrimSpace(reason)
	if d.reason == "" {
		return name, d, errors.New("it has no reason")
	}
	if models == "all" {
		d.models = standin.Models
		return name, d, nil
	}
	for m := range strings.SplitSeq(models, ",") {
		m, sometimes := strings.CutSuffix(m, "?")
		if !slices.Contains(standin.Models, m) {
			return name, d, fmt.Errorf("no model %q: there are %v", m, standin.Models)
		}
		d.models = append(d.models, m)
		if sometimes {
			d.sometimes = append(d.sometimes, m)
		}
	}
	return name, d, nil
}

// again runs what failed against expectation once more, alone: a machine with
// other work makes some tests fail.
func again(results []result, o options, known map[string]difference) {
	for i, r := range results {
		for n := 1; n < o.attempts && r.outcome == failed && !known[r.name].covers(r.model); n++ {
			r = job{r.test, r.model}.run(o.limit)
			results[i] = r
		}
	}
}

// report writes what happened, and reports whether all is as expected.
func report(out io.Writer, o options, results []result, known map[string]difference) (ok bool) {
	ok = true
	for _, r := range results {
		d := known[r.name]
		switch {
		case r.outcome == failed && !d.covers(r.model):
			ok = false
			fmt.Fprintf(out, "FAIL %s %s (%s, %v): %s\n", r.model, r.name, r.file, r.took.Round(time.Millisecond), r.reason())
			if o.verbose {
				fmt.Fprintln(out, r.output)
			}
		case d.disowns(r.model, r.outcome):
			ok = false
			fmt.Fprintf(out, "PASS %s %s (%s): take it out of differences.txt\n", r.model, r.name, r.file)
		case o.verbose && d.covers(r.model):
			fmt.Fprintf(out, "known %s %s: %s\n", r.model, r.name, d.reason)
		}
	}
	table(out, o, results, known)
	return ok
}

// table counts the outcomes of each file and model. What fails as it is known
// to is counted as a difference.
func table(out io.Writer, o options, results []result, known map[string]difference) {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	defer w.Flush()
	fmt.Fprintf(w, "\nfile\tmodel\t%s\tdiffers\n", strings.Join(outcomeNames[:], "\t"))
	for _, s := range suites {
		for _, file := range s.files {
			for _, model := range o.models {
				var counts [numOutcomes + 1]int
				for _, r := range results {
					if r.suite.pkg != s.pkg || r.file != file || r.model != model {
						continue
					}
					if r.outcome == failed && known[r.name].covers(model) {
						r.outcome = numOutcomes
					}
					counts[r.outcome]++
				}
				if counts != [numOutcomes + 1]int{} {
					cells := strings.Trim(fmt.Sprint(counts), "[]")
					fmt.Fprintf(w, "%s\t%s\t%s\n", file, model, strings.ReplaceAll(cells, " ", "\t"))
				}
			}
		}
	}
}
