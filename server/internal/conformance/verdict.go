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
	if model == netHTTP {
		return d.reason != "" && o == serverless
	}
	return d.covers(model) && !slices.Contains(d.sometimes, model) && o == passed
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
		for n := 1; n < o.attempts && r.outcome == failed && !known[r.String()].covers(r.model); n++ {
			r = job{r.test, r.model}.run(o.limit)
			results[i] = r
		}
	}
}

// report writes what happened, and reports whether all is as expected.
func report(out io.Writer, o options, results []result, known map[string]difference) (ok bool) {
	ok = true
	for _, r := range results {
		d := known[r.String()]
		switch {
		case r.outcome == failed && !d.covers(r.model):
			ok = ok && r.model == netHTTP
			fmt.Fprintf(out, "FAIL %s %v (%s, %v): %s\n", r.model, r.test, r.file, r.took.Round(time.Millisecond), r.reason())
			if o.verbose {
				fmt.Fprintln(out, r.output)
			}
		case d.disowns(r.model, r.outcome):
			ok = false
			fmt.Fprintf(out, "PASS %s %v (%s): take it out of differences.txt\n", r.model, r.test, r.file)
		case o.verbose && d.covers(r.model):
			fmt.Fprintf(out, "known %s %v: %s\n", r.model, r.test, d.reason)
		}
	}
	table(out, results, known)
	return ok
}

// table counts the outcomes of each package and model. What fails as it is
// known to is counted as a difference.
func table(out io.Writer, results []result, known map[string]difference) {
	type row struct{ pkg, model string }
	var rows []row
	counts := map[row]*[numOutcomes + 1]int{}
	for _, r := range results {
		in := row{r.suite.ImportPath, r.model}
		if counts[in] == nil {
			counts[in] = new([numOutcomes + 1]int)
			rows = append(rows, in)
		}
		if r.outcome == failed && known[r.String()].covers(r.model) {
			r.outcome = numOutcomes
		}
		counts[in][r.outcome]++
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	defer w.Flush()
	fmt.Fprintf(w, "\nserver\ttests of\t%s\tdiffers\n", strings.Join(outcomeNames[:], "\t"))
	for _, in := range rows {
		cells := strings.Trim(fmt.Sprint(*counts[in]), "[]")
		fmt.Fprintf(w, "%s\t%s\t%s\n", in.model, in.pkg, strings.ReplaceAll(cells, " ", "\t"))
	}
}
