package bench

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
)

// Trial is one load against one freshly started server. One shape serves every
// kind of run; fields that a kind does not use stay empty.
type Trial struct {
	// Server names what was loaded: a model (pool, goroutine, thread, nethttp), a
	// peer, or the name or URL that the user gave.
	Server string `json:"server"`
	// Phase tells trials of one run apart: "capacity", "0.5x", "workers=8",
	// "confirm 0.9x", "idle 5000", "steady".
	Phase string `json:"phase"`
	// Repeat counts trials of the same server and phase from 1.
	Repeat int `json:"repeat"`

	// Search marks a trial that looks for a limit by going beyond it: neither
	// objectives nor --strict judge it.
	Search bool `json:"search,omitempty"`

	// Loop is "open" or "closed".
	Loop string `json:"loop"`
	// Arrivals is poisson, constant, burst or ramp; empty when closed.
	Arrivals string `json:"arrivals,omitempty"`
	// Concurrency is the number of clients of a closed loop.
	Concurrency int `json:"concurrency,omitempty"`
	// Multiple is the intended load in units of the run's capacity, 0 if none.
	Multiple float64 `json:"multiple,omitempty"`
	// Rate is the intended mean arrival rate; Duration the length of the
	// schedule, warm-up excluded.
	Rate     float64 `json:"rate"`
	Duration float64 `json:"duration_seconds"`
	// Timeout is when a client gives up, Limit what still counts as goodput; both
	// run from the intended send time.
	Timeout float64 `json:"timeout_seconds"`
	Limit   float64 `json:"limit_seconds"`
	// Workers and Queue are what the server was told; -1 where it was not.
	Workers int `json:"workers"`
	Queue   int `json:"queue"`
	// Phases are the steps of a load that changes, in order.
	Phases []Phase `json:"phases,omitempty"`
	// Background is what else was connected, beside the measured load.
	Background *Background `json:"background,omitempty"`

	// Offered is the number of arrivals: always Outcomes.Sum().
	Offered  int64    `json:"offered"`
	Outcomes Outcomes `json:"outcomes"`
	// Statuses counts the answers by their status, those to retries included.
	Statuses map[int]int64 `json:"statuses,omitempty"`
	// ByRequest are the outcomes of each kind of request, in the order in which
	// they were given; empty if there are not some, but less than 33.
	ByRequest []Outcomes `json:"by_request,omitempty"`
	// GaveUp says which objective was lost so surely that the load ended early.
	GaveUp string `json:"gave_up,omitempty"`
	// Retries counts attempts beyond the first of each arrival.
	Retries int64 `json:"retries,omitempty"`
	// Goodput is ok-in-time answers, Throughput all 2xx answers, that came
	// between the end of the warm-up and the end of the schedule, per second.
	// Whatever comes later is not work done in that time, nor is it left out of
	// what began before. Attainment is ok-in-time over offered, whenever the
	// answers came.
	Goodput    float64 `json:"goodput"`
	Throughput float64 `json:"throughput"`
	Attainment Value   `json:"attainment"`

	Latency Latency `json:"latency"`
	// Series is the course of the trial by intended send time, warm-up included
	// (negative At). BinWidth is its step.
	Series    []Bin     `json:"series"`
	BinWidth  float64   `json:"bin_seconds"`
	Usage     *Usage    `json:"usage,omitempty"`
	Generator Generator `json:"generator"`
	Recovery  *Recovery `json:"recovery,omitempty"`
	// Fault says in a few words what the server did so wrong that no figure
	// speaks for it: it died, it served nothing, or its counters lie. No
	// objective is kept then. It is empty if there is none.
	Fault    string   `json:"fault,omitempty"`
	Validity Validity `json:"validity"`
}

// Latency holds the latency distributions of a trial, warm-up excluded.
type Latency struct {
	// Served is all 2xx answers from the intended send time; Uncorrected is the
	// same answers from the actual send.
	Served      Histogram `json:"served"`
	Uncorrected Histogram `json:"served_uncorrected"`
	// Shed is how long being refused takes, from the intended send time.
	Shed Histogram `json:"shed"`
	// Lag is the generator's own send-time error.
	Lag Histogram `json:"send_lag"`
	// Connect is the time a new connection takes to open.
	Connect Histogram `json:"connect"`
	// Offered is over all arrivals, where a failure counts as infinite.
	Offered Percentiles `json:"offered"`
}

// Phase is one step of a load that changes over time.
type Phase struct {
	Name string  `json:"name"`
	From float64 `json:"from_seconds"`
	To   float64 `json:"to_seconds"`
	Rate float64 `json:"rate"`
}

// Background is connections that were held beside the measured load.
type Background struct {
	// Kind is idle, half-head or slow-reader.
	Kind        string `json:"kind"`
	Connections int    `json:"connections"`
	// BytesEach is the growth of the server's PSS per connection.
	BytesEach Value `json:"bytes_each"`
}

// Bin is one step of a time series. Counts belong to the arrivals whose intended
// send time falls into the bin.
type Bin struct {
	At       float64  `json:"at_seconds"`
	Offered  int64    `json:"offered"`
	Outcomes Outcomes `json:"outcomes"`
	// Answered is how many ok-in-time answers came in the bin, whenever they were
	// asked for.
	Answered int64 `json:"answered"`
	Retries  int64 `json:"retries,omitempty"`
	// InFlight is the number of requests outstanding at the end of the bin.
	InFlight int64 `json:"in_flight"`
	// P99 is of 2xx answers.
	P99 Value `json:"p99_seconds"`
}

// Recovery tells how a server came back after a trigger.
type Recovery struct {
	From float64 `json:"trigger_from_seconds"`
	To   float64 `json:"trigger_to_seconds"`
	// After is the time from the end of the trigger until goodput stays at 90 %
	// of what was offered. Where it is unknown, the trial ended first: it is more
	// than Watched.
	After   Value   `json:"recovered_after_seconds"`
	Watched float64 `json:"watched_seconds"`
	// Lost is the number of arrivals after the trigger that missed the limit.
	Lost int64 `json:"lost_after_trigger"`
}

// Generator is what the generator says about itself during a trial.
type Generator struct {
	// CPU is the share, 0 to 1, that its busiest thread used of a processor, or
	// all of them of the processors that they may use, whichever is more.
	CPU float64 `json:"cpu_share"`
	// InFlight is how many requests were under way on average.
	InFlight float64 `json:"mean_in_flight"`
	// PeakConnections is the most connections open at once; Dialled counts all
	// that were opened.
	PeakConnections int   `json:"peak_connections"`
	Dialled         int64 `json:"dialled"`
	// Attempts counts the requests that got a connection, Answers the whole
	// answers to them. Both include the warm-up and retries, as the server's own
	// counters do.
	Attempts int64 `json:"attempts"`
	Answers  int64 `json:"answers"`
}

// Validity says whether a trial may be believed. An invalid trial is shown and
// marked, never hidden.
type Validity struct {
	Valid bool `json:"valid"`
	// Reasons are whole sentences; empty if and only if Valid.
	Reasons []string `json:"reasons,omitempty"`
	// RateRatio is sent over offered.
	RateRatio float64 `json:"rate_ratio"`
	// LittleResidual is the relative gap between the number of requests that
	// the client had under way and the number that the server says waited or
	// was being worked on. It is unknown of a server that does not say.
	LittleResidual Value `json:"little_residual"`
	// Diverging marks an open-loop trial without a steady state; InFlightSlope is
	// by how many requests per second the backlog grew.
	Diverging     bool    `json:"diverging"`
	InFlightSlope float64 `json:"in_flight_per_second"`
}

// Reject adds a reason not to believe the trial.
func (v *Validity) Reject(format string, args ...any) {
	v.Valid = false
	v.Reasons = append(v.Reasons, fmt.Sprintf(format, args...))
}

// BytesEach is the memory of a connection in the background, NaN if none was told.
func (t Trial) BytesEach() float64 {
	if t.Background == nil {
		return math.NaN()
	}
	return t.Background.BytesEach.Float()
}

// Broken tells whether the server is at fault whatever the load: it died, it lied,
// or it served nothing where it could have served all.
func (t *Trial) Broken() bool {
	calm := t.Multiple <= 1 && len(t.Phases) == 0
	return t.Fault != "" && (calm || t.Outcomes.OK+t.Outcomes.Late > 0 || t.Used().Died != "")
}

// StatusText lists the statuses of the answers, such as "200 × 950, 503 × 50".
func (t *Trial) StatusText() string {
	var parts []string
	for _, status := range slices.Sorted(maps.Keys(t.Statuses)) {
		parts = append(parts, fmt.Sprintf("%d × %d", status, t.Statuses[status]))
	}
	return strings.Join(parts, ", ")
}
