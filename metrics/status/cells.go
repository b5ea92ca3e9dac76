package status

import (
	"fmt"
	"strconv"
	"time"

	"github.com/dustin/go-humanize"

	"millpond/pool"
)

// A Section is a part of the table.
type Section struct {
	Title string
	Head  []string // of the columns, if there are several
	Rows  []Row
}

// A Row has a cell for each column.
type Row struct {
	Label string
	Cells []Cell
}

// A Cell is a number of a sample as it is shown.
type Cell struct {
	ID   string // where the page shows it
	Text string
}

// row is one of a single cell.
func row(id, label, text string) Row { return Row{label, []Cell{{id, text}}} }

// Sections returns what the page shows of s in tables.
func (s *Sample) Sections() []Section {
	c, r := &s.Connections, &s.Rates
	times := []Row{s.Response.row("response", "response")}
	var sections []Section
	if s.Pool != nil {
		times = append([]Row{s.Wait.row("wait", "in the queue"), s.Service.row("service", "on a worker")}, times...)
		sections = s.Pool.sections()
	}
	return append(append([]Section{{"Times", []string{"p50", "p90", "p99"}, times}}, sections...),
		Section{"Answers", []string{"now", "in all"}, []Row{
			{"served", []Cell{{"served", rate(r.Served)}, {"total-served", count(s.Totals.Served)}}},
			{"shed", []Cell{{"shed", rate(r.Shed)}, {"total-shed", count(s.Totals.Shed)}}},
			{"refused", []Cell{{"refused", rate(r.Refused)}, {"total-refused", count(s.Totals.Refused)}}},
			{"connections", []Cell{{"accepted", rate(r.Accepted)}, {"total-accepted", count(s.Totals.Accepted)}}},
			{"received", []Cell{{"received", bytes(r.Received) + "/s"}, {"total-received", bytes(s.Totals.Received)}}},
			{"sent", []Cell{{"sent", bytes(r.Sent) + "/s"}, {"total-sent", bytes(s.Totals.Sent)}}},
		}},
		Section{"Connections", nil, []Row{
			row("open", "open", count(c.New+c.Reading+c.Active+c.Idle+c.Closing)),
			row("parked", "parked", count(c.New+c.Reading+c.Idle)),
			row("active", "active", count(c.Active)),
			row("closing", "closing", count(c.Closing)),
			row("inflight", "in flight", count(s.InFlight)),
		}})
}

func (p *Pool) sections() []Section {
	return []Section{
		{"Queue", nil, []Row{
			row("waiting", "waiting", count(p.Waiting)),
			row("oldest", "oldest", duration(p.OldestWaiting)),
			row("queue", "at most", count(p.Queue)),
		}},
		{"Workers", nil, []Row{
			row("running", "busy", count(p.Running)),
			row("workers", "at most", count(p.Workers)),
			row("longest", "longest", duration(p.LongestRunning)),
			row("utilisation", "utilisation", percent(p.Utilisation)),
			row("held", "held back", rate(p.Held)),
			row("capacity", "can do", capacity(p.Capacity)),
		}},
	}
}

func (q *Quantiles) row(id, label string) Row {
	texts := [3]string{"–", "–", "–"}
	if q != nil {
		texts = [3]string{duration(q.P50), duration(q.P90), duration(q.P99)}
	}
	return Row{label, []Cell{{id + "-p50", texts[0]}, {id + "-p90", texts[1]}, {id + "-p99", texts[2]}}}
}

// texts is all that the page shows of s, by where it shows it.
func (s *Sample) texts() map[string]string {
	texts := map[string]string{
		"state": s.State, "headline": s.headline(),
		"shed-share": percent(s.Rates.Shed / max(s.Rates.Served+s.Rates.Shed, 1e-9)),
	}
	if s.Pool != nil {
		texts["bound"] = fmt.Sprintf("of %s, %s used", count(s.Pool.Workers), percent(s.Pool.Utilisation))
		if s.State == pool.Overloaded.String() && s.Pool.Held > s.Rates.Served/4 { // not just now and then
			texts["bound"] = fmt.Sprintf("of %s; no CPU for more", count(s.Pool.Workers))
		}
	}
	for _, section := range s.Sections() {
		for _, r := range section.Rows {
			for _, c := range r.Cells {
				texts[c.ID] = c.Text
			}
		}
	}
	return texts
}

// headline says in a sentence what happens.
func (s *Sample) headline() string {
	asked := s.Rates.Served + s.Rates.Shed
	text := fmt.Sprintf("All of %s are served", rate(asked))
	switch {
	case s.State == "draining":
		return fmt.Sprintf("Nothing new is taken on; %s requests are in flight.", count(s.InFlight))
	case asked == 0 && s.InFlight > 0:
		return fmt.Sprintf("No answer in this second; %s requests are in flight.", count(s.InFlight))
	case asked == 0:
		return "Nobody asks."
	case s.Rates.Shed > 0:
		text = fmt.Sprintf("%s of %s are served, the others told to come again", rate(s.Rates.Served), rate(asked))
	case s.Pool.full():
		text = fmt.Sprintf("%s are served, the others wait for room", rate(asked))
	}
	if s.Response == nil {
		return text + "."
	}
	return fmt.Sprintf("%s: half within %s, 99 %% within %s.", text, duration(s.Response.P50), duration(s.Response.P99))
}

// count groups the digits by three.
func count[N int | uint64](n N) string {
	text := strconv.FormatUint(uint64(n), 10)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

func rate(perSecond float64) string {
	if perSecond > 0 && perSecond < 9.95 {
		return fmt.Sprintf("%.1f/s", perSecond)
	}
	return count(uint64(perSecond+0.5)) + "/s"
}

func percent(share float64) string { return fmt.Sprintf("%.0f %%", 100*share) }

// capacity is a rate that may be unknown.
func capacity(perSecond float64) string {
	if perSecond == 0 {
		return "–"
	}
	return rate(perSecond)
}

// duration keeps three digits.
func duration(seconds float64) string {
	d := time.Duration(seconds * float64(time.Second))
	switch {
	case d >= time.Minute:
		return d.Round(time.Second).String()
	case d >= time.Second:
		return fmt.Sprintf("%.3g s", seconds)
	case d >= time.Millisecond:
		return fmt.Sprintf("%.3g ms", 1e3*seconds)
	case d == 0:
		return "0"
	}
	return fmt.Sprintf("%.3g µs", 1e6*seconds)
}

func bytes[N float64 | uint64](n N) string { return humanize.IBytes(uint64(n)) }
