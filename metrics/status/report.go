package status

import (
	"time"

	"millpond/metrics"
)

// report is /status.json. Durations are in seconds.
type report struct {
	Settings []Setting `json:"settings"`
	Running  []request `json:"running"`  // oldest first
	Episodes []episode `json:"episodes"` // of overload that are over, oldest first
	Samples  []*Sample `json:"samples"`
}

// request is a running one.
type request struct {
	Method string  `json:"method"`
	Path   string  `json:"path"`
	Age    float64 `json:"age"`
}

// episode is a time of overload of a class.
type episode struct {
	Class    string    `json:"class"`
	Ended    time.Time `json:"ended"`
	Lasted   float64   `json:"lasted"`
	Started  uint64    `json:"started"` // requests
	Refused  uint64    `json:"refused"` // rejected or dropped
	Saved    float64   `json:"saved"`   // work that was dropped unworked
	Capacity float64   `json:"capacity"`
}

func (p *Page) report(samples []*Sample) report {
	r := report{Settings: p.config.Settings, Running: []request{}, Episodes: []episode{}, Samples: samples}
	for _, q := range p.running() {
		r.Running = append(r.Running, request{q.Method, q.Path, q.Age.Seconds()})
	}
	for _, e := range p.episodes() {
		r.Episodes = append(r.Episodes, episodeOf(&e))
	}
	return r
}

func episodeOf(e *metrics.Episode) episode {
	return episode{
		Class: e.Class, Ended: e.Ended, Lasted: e.Lasted.Seconds(), Started: e.Started,
		Refused: sum(e.Rejected[:]) + sum(e.Dropped[:]), Saved: e.Saved.Seconds(), Capacity: e.Capacity,
	}
}
