// Package bench holds what a load benchmark of HTTP servers found out: trials,
// their outcomes and latencies, and the objectives that they keep or miss.
//
// # Open and closed loop
//
// A closed-loop client sends its next request when the last one was answered, so
// a slow server slows its own load down, and the collapse that a real public
// causes is never seen (Schroeder, Wierman, Harchol-Balter, NSDI 2006). The load
// here is open loop: a schedule of arrivals is drawn beforehand from a seed, and
// requests leave at their times whatever the server does. Closed loop is there
// for what it is good at, finding a capacity.
//
// # Latency
//
// Latency and deadline both run from the time a request was meant to be sent, so
// that neither a busy generator nor a client waiting for a free connection hides
// a slow server (the "coordinated omission" of Gil Tene). The latency from the
// actual send is kept beside it, and so is the send-time error of the generator.
//
// # Outcomes
//
// Each scheduled arrival ends in exactly one [Outcomes] field, and offered equals
// their sum in every trial. Goodput is the number of 2xx answers within the limit
// that came in the measured time, per second; what comes later was not done in
// that time. Latencies of served and of shed requests are never
// mixed.
//
// # The packages
//
// Arrows go one way: whoever is further down knows nothing of what is above.
//
//	cmd/bench                flags, progress, files
//	├── bench/experiment     which loads on which servers, in which order; targets
//	│   ├── bench/load       when to send, sending, what came back, whether to believe it
//	│   ├── bench/process    servers under test: started, pinned, watched, disturbed
//	│   └── bench/stats      (the same as below)
//	└── bench/report         words, tables and pages for people
//	    ├── report/chart     axes, curves, bars
//	    └── bench/stats      trials of one load make a point, points are compared
//	        bench            what all of them hand on: results, outcomes, histograms, objectives
//
// One trial goes through them like this: an experiment draws its load, process
// starts a server and watches it, load sends and records, and the trial ends up
// in a [Result]; stats makes points of the trials, and report shows these.
//
// One word stands for what is loaded: a server. Millpond's own has several
// models, and each of these is a server here.
//
// # Results
//
// Every command fills a [Result], which is what report.json holds. Unless a name
// says otherwise, times in it are seconds, sizes are bytes, and rates are
// requests per second; the encoded histograms are in nanoseconds.
package bench
