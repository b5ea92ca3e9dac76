// Command bench loads HTTP servers and says what a bound on concurrency buys.
//
//	bench                 offer every concurrency model the same loads (contrast)
//	bench pulse           how long until a server is back after a burst?
//	bench retry           does it come back at all if clients retry?
//	bench idle            idle, half-sent and slow connections beside a probe
//	bench size            how many workers, how long a queue?
//	bench overload        every kind of overload, held against targets
//	bench proxy           an app alone and behind proxies, and what these cost
//	bench load URL        load anything once, open or closed loop
//	bench limit URL       the highest rate within an objective
//	bench check           can the instrument be trusted on this machine?
//	bench compare A B     what has changed between two reports?
//	bench versus A B      what has changed between two builds, loaded in turns?
//	bench all             all of it, in one report
//
// Each leaves report.html and report.json, and a table on standard output. For
// scripts, report.json has a flat summary under names that stay, such as
// load.goodput or contrast.pool.3x.goodput; what is not known is null there.
//
// The exit code says how it went; the help of each command says how.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, cancel := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go interrupt(context.Background(), signals, cancel, func() { os.Exit(exitInterrupted) })
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}
