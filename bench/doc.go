// Package bench loads an HTTP server honestly and says what it saw.
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
// per second of schedule. Latencies of served and of shed requests are never
// mixed.
//
// # Results
//
// Every command fills a [Result], which is what report.json holds. Unless a name
// says otherwise, times in it are seconds, sizes are bytes, and rates are
// requests per second; the encoded histograms are in nanoseconds.
package bench
