package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"runtime"
	"time"

	"millpond/bench"
	"millpond/bench/experiment"
	"millpond/bench/process"
)

// checkCommand is "bench check".
type checkCommand struct{ measure }

// Run lets the instrument examine itself.
func (c *checkCommand) Run(ctx context.Context, con *console) error {
	s, err := c.open()
	if err != nil {
		return err
	}
	return c.perform(ctx, con, s, examine)
}

// examine checks the instrument with this program as the server.
func examine(ctx context.Context, s *experiment.Suite) (bench.Run, error) {
	program, err := os.Executable()
	if err != nil {
		return bench.Run{}, fmt.Errorf("find this program: %w", err)
	}
	return s.Check(ctx, program)
}

// neighbourCommand is "bench neighbour": a process that takes a share of the
// processor.
type neighbourCommand struct {
	Share   float64 `help:"Share of each thread's processor." default:"0.5"`
	Threads int     `help:"Threads." default:"1"`
}

// Run takes its share until it is interrupted.
func (c *neighbourCommand) Run(ctx context.Context) error {
	if !(c.Share > 0 && c.Share < 1) || c.Threads < 1 {
		return usageError{fmt.Errorf("--share %v, --threads %d: a share is between 0 and 1, and threads are 1 or more", c.Share, c.Threads)}
	}
	process.Occupy(ctx, c.Share, c.Threads)
	return nil
}

// simulateCommand is "bench simulate": the server that check measures.
type simulateCommand struct {
	Addr    string        `help:"Where to listen." default:"127.0.0.1:0" placeholder:"HOST:PORT"`
	Servers int           `help:"Servers of the queue; 0 answers at once." default:"0" placeholder:"COUNT"`
	Mean    time.Duration `help:"Mean service time." default:"2ms" placeholder:"TIME"`
	Seed    uint64        `help:"Seed of the service times." default:"1" placeholder:"NUMBER"`
}

// Run serves until it is interrupted.
func (c *simulateCommand) Run(ctx context.Context, con *console) error {
	if c.Servers < 0 || c.Mean < 0 {
		return usageError{errors.New("--servers and --mean cannot be negative")}
	}
	// A server of the queue sleeps in the kernel, and must not take a processor
	// of the runtime's with it.
	runtime.GOMAXPROCS(c.Servers + 2)
	ln, err := net.Listen("tcp", c.Addr)
	if err != nil {
		return err
	}
	fmt.Fprintf(con.stdout, "simulator: serving http://%s\n", ln.Addr())
	return experiment.Simulator{Servers: c.Servers, Mean: c.Mean, Seed: c.Seed}.Serve(ctx, ln)
}
