package status

import (
	"cmp"
	"slices"
	"time"

	"millpond/metrics"
	"millpond/server"
)

// A table has a row for each of several things of a kind. Its first columns, Words
// of them, are no numbers.
type table struct {
	ID, Title string
	Words     int
	Head      []string
	Rows      [][]string
}

// tables are those of the newest sample.
func (p *Page) tables(s *Sample) []table {
	tables := []table{
		{"running", "Running now, oldest first", 3, []string{"method", "route", "path", "age"}, runningRows(p.running())},
		{"clients", "Clients that ask most", 1, []string{"client", "share", "requests"}, clientRows(p.clients(), s.Rates.Served+s.Rates.Shed)},
		{"episodes", "Overload that is over, latest first", 2, []string{"class", "ended, UTC", "lasted", "started", "refused", "work saved"},
			episodeRows(p.episodes())},
	}
	if s.Pool == nil || len(s.Pool.Classes) < 2 {
		tables[2].withoutFirst()
	} else {
		tables = append(tables, table{"classes", "Classes, busiest first", 2,
			[]string{"name", "state", "running", "waiting", "oldest", "started", "refused"}, classRows(busiest(s.Pool.Classes))})
	}
	return tables
}

// withoutFirst leaves out a column that says the same in each row.
func (t *table) withoutFirst() {
	t.Words--
	t.Head = t.Head[1:]
	for i := range t.Rows {
		t.Rows[i] = t.Rows[i][1:]
	}
}

func runningRows(running []server.Running) [][]string {
	rows := make([][]string, len(running))
	for i, r := range running {
		if path := []rune(r.Path); len(path) > maxPath {
			r.Path = string(path[:maxPath-1]) + "…"
		}
		rows[i] = []string{r.Method, r.Route, r.Path, duration(r.Age.Seconds())}
	}
	return rows
}

const maxPath = 80

// clientRows tells what clients ask for, of so many requests a second.
func clientRows(clients []server.Client, requests float64) [][]string {
	rows := make([][]string, len(clients))
	for i, c := range clients {
		rows[i] = []string{c.Name, percent(c.Share), rate(c.Share * requests)}
	}
	return rows
}

// busiest has the classes that are asked for most first.
func busiest(classes []Class) []Class {
	classes = slices.Clone(classes)
	slices.SortStableFunc(classes, func(a, b Class) int { return cmp.Compare(b.Started+b.Refused, a.Started+a.Refused) })
	return classes
}

func classRows(classes []Class) [][]string {
	rows := make([][]string, len(classes))
	for i, c := range classes {
		rows[i] = []string{c.Name, c.State, count(c.Running), count(c.Waiting), duration(c.OldestWaiting), rate(c.Started), rate(c.Refused)}
	}
	return rows
}

func episodeRows(episodes []metrics.Episode) [][]string {
	rows := make([][]string, 0, len(episodes))
	for i := range episodes {
		e := episodeOf(&episodes[len(episodes)-1-i])
		rows = append(rows, []string{e.Class, e.Ended.UTC().Format(time.TimeOnly), duration(e.Lasted),
			count(e.Started), count(e.Refused), duration(e.Saved)})
	}
	return rows
}
