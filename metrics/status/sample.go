package status

import (
	"time"

	"millpond/metrics"
	"millpond/pool"
	"millpond/server"
)

// A Sample is what was seen at one time, and what happened in the second before
// it. Durations are in seconds.
type Sample struct {
	Seq         uint64      `json:"seq"` // from 1, grows by one
	Time        time.Time   `json:"time"`
	State       string      `json:"state"` // calm, overloaded or draining
	Connections Connections `json:"connections"`
	InFlight    int         `json:"in_flight"`      // requests read and not yet answered
	Pool        *Pool       `json:"pool,omitempty"` // of ModelPool
	Totals      Totals      `json:"totals"`
	Rates       Rates       `json:"rates"`
	Wait        *Quantiles  `json:"wait"`     // in the queue; null if no request was started
	Service     *Quantiles  `json:"service"`  // on a worker; null if none was done
	Response    *Quantiles  `json:"response"` // of handlers, queue included; null if there was none
}

// Connections are the open ones, by state.
type Connections struct {
	New     int `json:"new"`
	Reading int `json:"reading"`
	Active  int `json:"active"`
	Idle    int `json:"idle"`
	Closing int `json:"closing"`
}

// Pool is the queue and its workers.
type Pool struct {
	Workers        int     `json:"workers"` // at most
	Running        int     `json:"running"`
	Queue          int     `json:"queue"` // at most
	Waiting        int     `json:"waiting"`
	OldestWaiting  float64 `json:"oldest_waiting"`
	LongestRunning float64 `json:"longest_running"`
	Utilisation    float64 `json:"utilisation"` // share of the workers' time that was used
	Held           float64 `json:"held"`        // workers per second that found the processors busy, and did not start
	StateFor       float64 `json:"state_for"`   // since it became overloaded, or calm
	Capacity       float64 `json:"capacity"`    // requests per second that it could start of late; 0 if unknown
	Classes        []Class `json:"classes"`
}

// Class is a share of the workers.
type Class struct {
	Name          string  `json:"name"`
	State         string  `json:"state"`
	Running       int     `json:"running"`
	Waiting       int     `json:"waiting"`
	OldestWaiting float64 `json:"oldest_waiting"`
	Started       float64 `json:"started"` // per second
	Refused       float64 `json:"refused"` // rejected or dropped, per second
}

// Totals count from the start of the server. They are those of /metrics.
type Totals struct {
	Served   uint64 `json:"served"`  // responses of handlers
	Shed     uint64 `json:"shed"`    // requests answered 503 without being worked on
	Refused  uint64 `json:"refused"` // requests refused for what they are
	Accepted uint64 `json:"accepted"`
	Received uint64 `json:"received_bytes"`
	Sent     uint64 `json:"sent_bytes"`
}

// Rates are how fast the totals grow, per second.
type Rates struct {
	Served   float64 `json:"served"`
	Shed     float64 `json:"shed"`
	Refused  float64 `json:"refused"`
	Accepted float64 `json:"accepted"`
	Received float64 `json:"received_bytes"`
	Sent     float64 `json:"sent_bytes"`
}

// Quantiles are durations that one half, 90 % and 99 % do not exceed.
type Quantiles struct {
	P50 float64 `json:"p50"`
	P90 float64 `json:"p90"`
	P99 float64 `json:"p99"`
}

// reading is a snapshot with its time.
type reading struct {
	time time.Time
	metrics.Snapshot
}

// newSample compares two readings.
func newSample(seq uint64, before, now reading) *Sample {
	s := &Sample{
		Seq:  seq,
		Time: now.time,
		Connections: Connections{
			New:     now.Conns[server.StateNew],
			Reading: now.Conns[server.StateReading],
			Active:  now.Conns[server.StateActive],
			Idle:    now.Conns[server.StateIdle],
			Closing: now.Conns[server.StateClosing],
		},
		InFlight: now.InFlight,
		Totals:   totals(&now.Snapshot),
		Wait:     quantiles(now.Waits.Since(before.Waits)),
		Service:  quantiles(now.Runs.Since(before.Runs)),
		Response: quantiles(now.Responses.Since(before.Responses)),
	}
	elapsed := now.time.Sub(before.time).Seconds()
	s.Rates = rates(totals(&before.Snapshot), s.Totals, elapsed)
	if now.Pool.Workers > 0 {
		s.Pool = poolOf(before.Pool, now.Pool, elapsed)
	}
	s.State = state(s, &now.Stats)
	return s
}

// state is that of the server. One whose queue is bounded by a number alone does
// not tell: it is overloaded while it sheds, or has no room.
func state(s *Sample, stats *server.Stats) string {
	switch {
	case stats.Draining:
		return "draining"
	case s.Rates.Shed > 0, s.Pool.full():
		return pool.Overloaded.String()
	}
	return stats.Pool.Load.State.String()
}

func totals(s *metrics.Snapshot) Totals {
	return Totals{
		Served:   s.Responses.Count(),
		Shed:     sum(s.Shed[:]),
		Refused:  sum(s.BadRequests[:]),
		Accepted: s.Accepted,
		Received: s.ReceivedBytes,
		Sent:     s.SentBytes,
	}
}

func sum(counts []uint64) (all uint64) {
	for _, n := range counts {
		all += n
	}
	return all
}

// perSecond is how fast a counter has grown.
func perSecond(before, now uint64, elapsed float64) float64 {
	if now <= before || elapsed <= 0 {
		return 0
	}
	return float64(now-before) / elapsed
}

func rates(before, now Totals, elapsed float64) Rates {
	rate := func(before, now uint64) float64 { return perSecond(before, now, elapsed) }
	return Rates{
		Served:   rate(before.Served, now.Served),
		Shed:     rate(before.Shed, now.Shed),
		Refused:  rate(before.Refused, now.Refused),
		Accepted: rate(before.Accepted, now.Accepted),
		Received: rate(before.Received, now.Received),
		Sent:     rate(before.Sent, now.Sent),
	}
}

func quantiles(d metrics.Durations) *Quantiles {
	if d.Count() == 0 {
		return nil
	}
	return &Quantiles{d.Quantile(0.5).Seconds(), d.Quantile(0.9).Seconds(), d.Quantile(0.99).Seconds()}
}
