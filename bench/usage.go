package bench

// Usage is what the server process used during a trial, warm-up included.
type Usage struct {
	// Args are the flags it was started with.
	Args []string `json:"args,omitempty"`
	// Died says how the process ended if it did so before the end of the trial.
	Died string `json:"died,omitempty"`

	PeakRSS        Value `json:"peak_rss_bytes"`
	PeakThreads    Value `json:"peak_threads"`
	PeakGoroutines Value `json:"peak_goroutines"`
	PeakQueue      Value `json:"peak_queue"`
	// CPU is the mean number of cores kept busy.
	CPU Value `json:"cpu_cores"`
	// CPUSeconds is the processor time that all requests of the trial took
	// together, Allocations how many objects the server allocated meanwhile.
	CPUSeconds  Value `json:"cpu_seconds"`
	Allocations Value `json:"allocations"`
	// Sheds is how many requests the server says it refused.
	Sheds   Value    `json:"sheds"`
	Samples []Sample `json:"samples,omitempty"`
}

// Sample is the server at one moment, on the clock of the series.
type Sample struct {
	At      float64 `json:"at_seconds"`
	RSS     int64   `json:"rss_bytes"`
	Threads int     `json:"threads"`
	// CPU covers the time since the previous sample.
	CPU float64 `json:"cpu_cores"`
	// Goroutines, Queue, Busy and Sheds come from /metrics.
	Goroutines Value `json:"goroutines"`
	Queue      Value `json:"queue"`
	Busy       Value `json:"busy_workers"`
	Sheds      Value `json:"sheds"`
	// Completed is how many requests its workers say they have worked off.
	Completed Value `json:"completed"`
	// InFlight is what the client had under way when Queue and Busy were read,
	// Answered how many good answers in time it had got by then.
	InFlight Value `json:"in_flight"`
	Answered Value `json:"answered"`
}

// Used is what is known of the server, nothing if it was not started here.
func (t *Trial) Used() *Usage {
	if t.Usage == nil {
		return &Usage{}
	}
	return t.Usage
}
