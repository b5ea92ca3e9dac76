package report

import (
	"cmp"
	"embed"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"
	"time"

	"millpond/bench"
)

//go:embed report.html.tmpl report.css
var reportFiles embed.FS

// page is what the template of a report shows.
type page struct {
	Title, Subtitle string
	CSS             template.CSS
	Badges          []string
	// Rows are the targets of all sections.
	RowsVerdict   string
	Rows          *grid
	Sections      []section
	Gates         *grid
	Validity      grid
	Valid, Trials int
	// Diverging counts trials without a steady state.
	Diverging   int
	Environment []pair
	Settings    []pair
	Method      []string
	Glossary    []pair
	Command     string
}

// section is the part of a page about one run.
type section struct {
	ID, Name, Title, Question string
	// Lead is the chart of the first figure, to be shown with the answer.
	Lead    *figure
	Verdict verdict
	Figures []figure
	Notes   []string
}

// pair is a name and what there is to say about it.
type pair struct{ Name, Value string }

// WriteHTML writes r as one self-contained page that needs neither network nor
// script. The same r gives the same bytes.
func WriteHTML(w io.Writer, r *bench.Result) error {
	t, err := template.New("report.html.tmpl").Funcs(template.FuncMap{"unbroken": unbroken}).ParseFS(reportFiles, "report.html.tmpl")
	if err != nil {
		return fmt.Errorf("report template: %w", err)
	}
	css, err := reportFiles.ReadFile("report.css")
	if err != nil {
		return fmt.Errorf("report style: %w", err)
	}
	p := newPage(r)
	p.CSS = template.CSS(css)
	return t.Execute(w, p)
}

func newPage(r *bench.Result) page {
	p := page{
		Title:       pageTitle(r),
		Subtitle:    fmt.Sprintf("%s, %s, took %s", machine(r.Env), r.Started.UTC().Format(time.DateTime+" MST"), formatElapsed(r.Elapsed)),
		Command:     r.Command,
		Badges:      badges(r),
		Gates:       gateTable(r.Gates),
		Environment: environment(r.Env),
		Settings:    settings(r.Config),
		Method:      method(r),
		Glossary:    glossary,
	}
	if rows, all := rowsVerdict(r); rows != "" {
		p.RowsVerdict, p.Rows = rows, &all
	}
	for i := range r.Runs {
		p.Sections = append(p.Sections, newSection(&r.Runs[i], i))
	}
	p.Validity, p.Valid, p.Trials = validityTable(r.Runs)
	for _, run := range r.Runs {
		for _, t := range run.Trials {
			if t.Validity.Diverging {
				p.Diverging++
			}
		}
	}
	return p
}

// pageTitle names the only run, or all of them.
func pageTitle(r *bench.Result) string {
	switch n := len(r.Runs); n {
	case 0:
		return "An empty benchmark"
	case 1:
		return title(&r.Runs[0])
	default:
		names := make([]string, n)
		for i := range r.Runs {
			names[i] = cmp.Or(kinds[r.Runs[i].Kind].name, r.Runs[i].Kind)
		}
		return listed(slices.Compact(names))
	}
}

func badges(r *bench.Result) []string {
	var b []string
	if r.Interrupted {
		b = append(b, "Partial: the run was interrupted")
	}
	if r.Failure != "" {
		b = append(b, "Partial: "+r.Failure)
	}
	if r.Config.Quick {
		b = append(b, "Illustration: --quick, too short to draw conclusions from")
	}
	if _, valid, all := validityTable(r.Runs); valid < all {
		b = append(b, fmt.Sprintf("Of %s %s not valid: see Validity", counted(all, "trial"), isOrAre(all-valid)))
	}
	return b
}

func newSection(r *bench.Run, index int) section {
	s := section{
		ID: fmt.Sprintf("run-%d-%s", index+1, r.Kind), Name: nameOf(r), Title: title(r), Question: kinds[r.Kind].question,
		Verdict: verdictOf(r), Notes: r.Notes,
		Figures: slices.DeleteFunc(figuresOf(r), func(f figure) bool { return len(f.Panels) == 0 && len(f.Table.Rows) == 0 }),
	}
	if len(s.Figures) > 0 && len(s.Figures[0].Panels) > 0 {
		lead := s.Figures[0].Lead()
		s.Lead = &lead
	}
	return s
}

func machine(e bench.Env) string {
	return fmt.Sprintf("%s, %s, %s", strings.TrimSpace(e.CPUModel), counted(e.Cores, "core"), e.Go)
}
