package main

import (
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

// Exit codes.
const (
	exitOK          = 0
	exitFailed      = 1
	exitUsage       = 2
	exitInterrupted = 130 // 128 + SIGINT, as shells have it
)

func main() {
	signal.Ignore(syscall.SIGPIPE) // whoever reads the logs may leave: they fail then, and nothing else
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	if !signal.Ignored(syscall.SIGHUP) { // which nohup asks for
		signal.Notify(signals, syscall.SIGHUP)
	}
	if handOverSignal != nil {
		signal.Notify(signals, handOverSignal)
	}
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr, signals))
}

// run is the program. It serves until the first signal, drains, and returns the exit code; a second signal, a moment
// later, ends the drain. The signal for a hand-over begins a drain only when a new process serves.
func run(args []string, stdout, stderr io.Writer, signals <-chan os.Signal) int {
	opts, faults := parse(args, stdout)
	if opts != nil {
		faults = opts.judge()
	}
	if len(faults) > 0 {
		for _, fault := range faults {
			fmt.Fprintln(stderr, fault)
		}
		return exitUsage
	}
	if opts == nil {
		return exitOK // The help or the version is printed.
	}
	if opts.Probe != "" {
		return probe(opts.Probe, stdout, stderr)
	}
	socks, err := inherit()
	if err == nil {
		defer socks.close()
		err = opts.listen(socks)
	}
	if err != nil {
		fmt.Fprintln(stderr, "millpond:", err)
		return exitFailed
	}

	log, spill := opts.logger(stderr)
	defer spill.end()
	stderr = spill
	adopt(log)
	opts.warn(log)
	limitMemory(log, groupMemory)
	handler, end, err := opts.handler(isLoopback(socks.main.Addr()), log)
	if err != nil {
		fmt.Fprintln(stderr, "millpond:", err)
		return exitFailed
	}
	defer end()
	access, endAccess, err := opts.accessLog(stdout, log)
	if err != nil {
		fmt.Fprintln(stderr, "millpond:", err)
		return exitFailed
	}
	defer endAccess()
	a, err := newApp(opts, handler, socks, access, log)
	if err != nil {
		fmt.Fprintln(stderr, err)
		return exitUsage
	}
	defer a.close()
	a.stopAside = a.serveAside(socks)
	defer a.stopAside()
	spill.settle() // who waits for the line may look for what was logged before
	defer a.sayReady(socks.main.Addr(), stdout, spill)()
	return a.serve(socks, signals)
}
