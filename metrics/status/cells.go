package status

import (
	"fmt"
	"strconv"
	"time"

	"github.com/dustin/go-humanize"
)

// A Section is a part of the table.
type Section struct {
	Title string
	Cells []Cell
}

// A Cell is a number of a sample as it is shown.
type Cell struct {
	ID    string // where the page shows it
	Label string
	Text  string
}

// Sections returns what the page shows of s.
func (s *Sample) Sections() []Section {
	c, r := &s.Connections, &s.Rates
	sections := []Section{{"Connections", []Cell{
		{"open", "open", count(c.New + c.Reading + c.Active + c.Idle + c.Closing)},
		{"parked", "parked", count(c.New + c.Reading + c.Idle)},
		{"active", "active", count(c.Active)},
		{"closing", "closing", count(c.Closing)},
		{"accepted", "accepted", rate(r.Accepted)},
	}}}
	if s.Pool != nil {
		sections = append(sections, s.Pool.sections()...)
	}
	sections = append(sections,
		Section{"Answers", []Cell{
			{"served", "served", rate(r.Served)},
			{"shed", "shed", rate(r.Shed)},
			{"refused", "refused", rate(r.Refused)},
			{"inflight", "in flight", count(s.InFlight)},
			{"received", "received", bytes(r.Received)},
			{"sent", "sent", bytes(r.Sent)},
		}},
		Section{"Since the start", []Cell{
			{"total-served", "served", count(s.Totals.Served)},
			{"total-shed", "shed", count(s.Totals.Shed)},
			{"total-refused", "refused", count(s.Totals.Refused)},
			{"total-accepted", "connections", count(s.Totals.Accepted)},
		}})
	if s.Pool != nil {
		sections = append(sections, s.Wait.section("wait", "Wait in the queue"), s.Service.section("service", "Time on a worker"))
	}
	return append(sections, s.Response.section("response", "Response time"))
}

func (p *Pool) sections() []Section {
	return []Section{
		{"Queue", []Cell{
			{"waiting", "waiting", count(p.Waiting)},
			{"queue", "at most", count(p.Queue)},
			{"oldest", "oldest", duration(p.OldestWaiting)},
		}},
		{"Workers", []Cell{
			{"running", "busy", count(p.Running)},
			{"workers", "at most", count(p.Workers)},
			{"utilisation", "utilisation", fmt.Sprintf("%.0f %%", 100*p.Utilisation)},
			{"longest", "longest", duration(p.LongestRunning)},
			{"capacity", "can do", capacity(p.Capacity)},
		}},
	}
}

func (q *Quantiles) section(id, title string) Section {
	texts := [3]string{"–", "–", "–"}
	if q != nil {
		texts = [3]string{duration(q.P50), duration(q.P90), duration(q.P99)}
	}
	return Section{title, []Cell{
		{id + "-p50", "p50", texts[0]}, {id + "-p90", "p90", texts[1]}, {id + "-p99", "p99", texts[2]},
	}}
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

func bytes(perSecond float64) string {
	return humanize.IBytes(uint64(perSecond)) + "/s"
}
