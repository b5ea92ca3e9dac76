package status

import (
	"time"

	"millpond/metrics"
)

// report is /status.json. Durations are in seconds.
type report struct {
	Settings []Setting `json:"settings"`
	Running  []request `json:"running"`  // oldest first
	Clients  []client  `json:"clients"`  // those who ask most first
	Episodes []episode `json:"episodes"` // of overload that are over, oldest first
	Samples  []*Sample `json:"samples"`
}

// request is a running one.
type request struct {
	Method string  `json:"method"`
	Route  string  `json:"route"` // empty if it is not known
	Path   string  `json:"path"`
	Age    float64 `json:"age"`
}

// client is one that asks often.
type client struct {
	Name  string  `json:"name"`
	Share float64 `json:"share"` // of all requests of late
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
	r := report{Settings: p.config.Settings, Running: []request{}, Clients: []client{}, Episodes: []episode{}, Samples: samples}
	for _, q := range p.running() {
		r.Running = append(r.Running, request{q.Method, q.Route, q.Path, q.Age.Seconds()})
	}
	for _, c := range p.clients() {
		r.Clients = append(r.Clients, client(c))
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
