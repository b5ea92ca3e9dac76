package status

import (
	"millpond/metrics"
	"millpond/server"
)

// A table has a row for each of several things of a kind.
type table struct {
	ID, Title string
	Head      []string
	Rows      [][]string
}

// tables are those of the newest sample.
func (p *Page) tables(s *Sample) []table {
	tables := []table{
		{"running", "Running now, oldest first", []string{"method", "path", "age"}, runningRows(p.running())},
		{"episodes", "Overload that is over, latest first", []string{"class", "ended", "lasted", "started", "refused", "work saved"},
			episodeRows(p.episodes())},
	}
	if s.Pool != nil && len(s.Pool.Classes) > 1 {
		tables = append(tables, table{"classes", "Classes",
			[]string{"name", "state", "running", "waiting", "oldest", "started", "refused"}, classRows(s.Pool.Classes)})
	}
	return tables
}

func runningRows(running []server.Running) [][]string {
	rows := make([][]string, len(running))
	for i, r := range running {
		if path := []rune(r.Path); len(path) > maxPath {
			r.Path = string(path[:maxPath-1]) + "…"
		}
		rows[i] = []string{r.Method, r.Path, duration(r.Age.Seconds())}
	}
	return rows
}

const maxPath = 80

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
		rows = append(rows, []string{e.Class, e.Ended.UTC().Format("15:04:05 UTC"), duration(e.Lasted),
			count(e.Started), count(e.Refused), duration(e.Saved)})
	}
	return rows
}
