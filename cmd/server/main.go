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
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr, signals))
}

// run is the program. It serves until the first signal, drains, and returns the exit code; a second signal ends the
// drain.
func run(args []string, stdout, stderr io.Writer, signals <-chan os.Signal) int {
	opts, faults := parse(args, stdout)
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
	ln, adminLn, err := opts.listen()
	if err != nil {
		fmt.Fprintln(stderr, "millpond:", err)
		return exitFailed
	}
	defer ln.Close()

	log := opts.logger(stderr)
	for _, flag := range opts.withoutEffect() {
		log.Warn("flag has no effect in this model", "flag", flag, "model", opts.Model)
	}
	handler, end, err := opts.handler(isLoopback(ln.Addr()), log)
	if err != nil {
		fmt.Fprintln(stderr, "millpond:", err)
		return exitFailed
	}
	defer end()
	a, err := newApp(opts, handler, ln.Addr(), log)
	if err != nil {
		fmt.Fprintln(stderr, err)
		return exitUsage
	}
	defer a.close()
	if adminLn != nil {
		defer a.serveAdmin(adminLn)()
	}
	fmt.Fprintln(stdout, a.readyLine(ln.Addr()))
	return a.serve(ln, signals)
}
