package bench

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"
)

// SchemaVersion is the version of the JSON form of [Result]. It grows when a
// field changes its meaning or disappears, not when one is added.
const SchemaVersion = 2

// Result is everything one invocation of bench found out: the content of
// report.json.
type Result struct {
	// SchemaVersion is [SchemaVersion] at the time of writing.
	SchemaVersion int `json:"schema_version"`
	// Command is the command line as a user would type it again.
	Command string    `json:"command"`
	Started time.Time `json:"started"`
	// Elapsed is the wall time of the whole invocation, builds included.
	Elapsed float64 `json:"elapsed_seconds"`
	// Interrupted marks a partial result: it is reported but never gated. Failure says
	// what else kept it from being whole.
	Interrupted bool   `json:"interrupted,omitempty"`
	Failure     string `json:"failure,omitempty"`
	// Summary is flat, for CI: names such as "contrast.pool.3x.goodput".
	Summary map[string]Value `json:"summary"`
	Env     Env              `json:"env"`
	Config  Config           `json:"config"`
	// Runs holds one entry per experiment; only "all" has several.
	Runs  []Run  `json:"runs"`
	Gates []Gate `json:"gates,omitempty"`
}

// Run is one experiment: a command with its workload and all its trials.
type Run struct {
	// Kind is contrast, pulse, retry, idle, size, load, limit, versus, overload, proxy or check.
	Kind string `json:"kind"`
	// Workload is what was asked for, such as "/task?cpu=5ms".
	Workload string `json:"workload"`
	// Capacity is the throughput, in requests/s, that multiples of load refer to;
	// 0 where none was measured. Its trial is Trials' entry of phase "capacity".
	Capacity float64 `json:"capacity,omitempty"`
	// Trials are in the order in which they ran.
	Trials []Trial `json:"trials"`
	// Refused says of servers that did not take part in a load, such as "pool did not take
	// the connections in the background: …", what they did instead.
	Refused []string `json:"refused,omitempty"`
	// Notes are findings and caveats in whole sentences, for the reader.
	Notes []string `json:"notes,omitempty"`
	// Sizing is the answer of a run of kind size.
	Sizing *Sizing `json:"sizing,omitempty"`
	// Instrument is the answer of a run of kind check.
	Instrument *Instrument `json:"instrument,omitempty"`
	// Targets are what a run of kind overload is judged by.
	Targets []Target `json:"targets,omitempty"`
	// Limit is the answer of a run of kind limit.
	Limit *Limit `json:"limit,omitempty"`
}

// Limit is the highest rate at which a server keeps objectives.
type Limit struct {
	Objectives []string `json:"objectives"`
	// Rate, in requests/s, was confirmed; unknown if none was.
	Rate Value `json:"rate"`
	// LostAt is the lowest rate at which one was lost at last, and Lost which.
	LostAt Value `json:"lost_at"`
	Lost   *Gate `json:"lost,omitempty"`
	// Why says what kept the search from going on; empty if nothing did.
	Why string `json:"why,omitempty"`
}

// Env records where a result comes from.
type Env struct {
	CPUModel   string `json:"cpu_model"`
	Cores      int    `json:"cores"`
	MemoryMB   int64  `json:"memory_mb"`
	Kernel     string `json:"kernel"`
	OS         string `json:"os"`
	Arch       string `json:"arch"`
	Go         string `json:"go"`
	GOMAXPROCS int    `json:"gomaxprocs"`
	// GeneratorCores and ServerCores are the processors that each process is
	// pinned to; equal lists mean that they had to share.
	GeneratorCores []int  `json:"generator_cores"`
	ServerCores    []int  `json:"server_cores"`
	Governor       string `json:"governor,omitempty"`
	// OpenFiles is the limit on file descriptors, soft, of the generator.
	OpenFiles  uint64 `json:"open_files"`
	PortRange  string `json:"port_range,omitempty"`
	SoMaxConn  string `json:"somaxconn,omitempty"`
	Revision   string `json:"revision,omitempty"`
	BurnPerMS  int64  `json:"burn_per_ms,omitempty"`
	LoadBefore string `json:"load_average,omitempty"`
}

// Config is what the user asked for, with defaults filled in.
type Config struct {
	Seed        uint64   `json:"seed"`
	Arrivals    string   `json:"arrivals,omitempty"`
	Trials      int      `json:"trials"`
	Warmup      float64  `json:"warmup_seconds"`
	Duration    float64  `json:"duration_seconds"`
	Timeout     float64  `json:"timeout_seconds"`
	Limit       float64  `json:"limit_seconds"`
	Workers     int      `json:"workers,omitempty"`
	Queue       int      `json:"queue,omitempty"`
	Connections int      `json:"connections,omitempty"`
	Quick       bool     `json:"quick,omitempty"`
	Objectives  []string `json:"slo,omitempty"`
}

// Gate is a service level objective and whether the result keeps it.
type Gate struct {
	Expression string `json:"expression"`
	// Trial is what was judged: its server and phase.
	Trial string `json:"trial"`
	// Unit is that of Value and Bound: seconds, bytes, share, or none.
	Unit   string  `json:"unit,omitempty"`
	Value  Value   `json:"value"`
	Bound  float64 `json:"bound"`
	Passed bool    `json:"passed"`
	// Why says why the objective is not kept whatever the value.
	Why string `json:"why,omitempty"`
}

// Sizing answers "how many workers, how long a queue?".
type Sizing struct {
	// Objective is what the size keeps, Cores the number of processors it is for.
	Objective string `json:"objective"`
	Cores     int    `json:"server_cores"`
	// Answer is the answer in whole sentences.
	Answer string `json:"answer"`
	// Recommended is true if Workers and Queue were tried in an open loop, in valid
	// trials, and kept the objective. Otherwise they are 0.
	Recommended bool `json:"recommended"`
	Workers     int  `json:"workers"`
	Queue       int  `json:"queue"`
	// WorthSetting is false where the server does as well with nothing set.
	WorthSetting bool `json:"worth_setting"`
	// FlatFrom and FlatTo bound the rungs within 3 % of the best throughput.
	FlatFrom int `json:"flat_from"`
	FlatTo   int `json:"flat_to"`
	// Best is the highest throughput in the ladder, Chosen that of the rung whose
	// number of workers was tried in an open loop.
	Best   float64 `json:"best_throughput"`
	Chosen float64 `json:"chosen_throughput"`
	// LimitedBy names the resource that ran out: cpu, memory, generator, ladder if
	// more workers than were tried would have brought more, or unknown.
	LimitedBy string `json:"limited_by"`
	// Rungs is the ladder, ascending by workers. The trials hold the details.
	Rungs []Rung `json:"rungs"`
	// Tried lists the open loops, in the order in which they ran.
	Tried []Tried `json:"tried"`
}

// Rung is one worker count on the ladder of [Sizing], closed loop: medians over
// its valid trials.
type Rung struct {
	Workers    int     `json:"workers"`
	Trials     int     `json:"trials"`
	Valid      int     `json:"valid_trials"`
	Throughput float64 `json:"throughput"`
	P99        Value   `json:"p99_seconds"`
	PeakRSS    Value   `json:"peak_rss_bytes"`
	CPU        Value   `json:"server_cpu_cores"`
}

// Tried is a size that was offered 0.9 and 1.5 times [Sizing.Chosen].
type Tried struct {
	// Workers and Queue are -1 where the server was left to itself.
	Workers int `json:"workers"`
	Queue   int `json:"queue"`
	// Attainment is the share answered within the objective at 0.9 ×, Goodput the
	// good answers per second at 1.5 × over Chosen.
	Attainment Value   `json:"attainment"`
	Goodput    float64 `json:"goodput_share"`
	// Valid tells whether both trials were, Kept whether both were and the
	// objective was kept in them.
	Valid bool `json:"valid"`
	Kept  bool `json:"kept"`
}

// Found tells whether any size was, to be set or the server's own, that kept the
// objective.
func (s *Sizing) Found() bool {
	return slices.ContainsFunc(s.Tried, func(t Tried) bool { return t.Kept })
}

// Alone tells whether the server was left to itself.
func (t Tried) Alone() bool { return t.Workers < 0 && t.Queue < 0 }

// WriteJSON writes r, indented, as report.json has it.
func (r *Result) WriteJSON(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", " ")
	return enc.Encode(r)
}

// ReadResult reads what [Result.WriteJSON] wrote. It refuses a schema version
// that this program does not know.
func ReadResult(r io.Reader) (*Result, error) {
	var res Result
	if err := json.NewDecoder(r).Decode(&res); err != nil {
		return nil, fmt.Errorf("not a benchmark result: %w", err)
	}
	switch {
	case res.SchemaVersion == 0:
		return nil, errors.New("not a benchmark result: no schema_version")
	case res.SchemaVersion < SchemaVersion:
		return nil, fmt.Errorf("the result has schema version %d, which is no longer read: measure again", res.SchemaVersion)
	case res.SchemaVersion > SchemaVersion:
		return nil, fmt.Errorf("the result has schema version %d, but this program knows only %d: use a newer one",
			res.SchemaVersion, SchemaVersion)
	}
	return &res, nil
}

// ConfigError is a mistake of the user that was found before any load was sent.
type ConfigError struct{ Err error }

// Error implements error.
func (e *ConfigError) Error() string { return e.Err.Error() }

// Unwrap returns what is wrong.
func (e *ConfigError) Unwrap() error { return e.Err }
