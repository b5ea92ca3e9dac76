package process

import (
	"fmt"
	"slices"

	"golang.org/x/sys/unix"

	"millpond/bench"
)

// Cores says which processors generator and server use. Where there is only one
// they share it, and no measurement is valid.
type Cores struct {
	Generator []int
	Server    []int
}

// SplitCores divides the processors that this process may use: the first for
// the generator, and as many of the rest as named for the server; 0 means all of
// them.
func SplitCores(server int) (Cores, error) {
	var set unix.CPUSet
	if err := unix.SchedGetaffinity(0, &set); err != nil {
		return Cores{}, fmt.Errorf("read the processors that may be used: %w", err)
	}
	all := listCores(&set)
	if len(all) == 1 && server <= 1 {
		return Cores{Generator: all, Server: all}, nil
	}
	if server == 0 {
		server = len(all) - 1
	}
	if server >= len(all) {
		return Cores{}, &bench.ConfigError{Err: fmt.Errorf("%d processors for the server: of %d, one must be left for the generator", server, len(all))}
	}
	return Cores{Generator: all[:1], Server: all[1 : 1+server]}, nil
}

// Shared tells whether generator and server must take turns.
func (c Cores) Shared() bool {
	return slices.ContainsFunc(c.Generator, func(core int) bool { return slices.Contains(c.Server, core) })
}

// PinGenerator moves every thread of this process to the generator's cores.
func (c Cores) PinGenerator() error {
	if err := pinThreads("/proc/self/task", coreSet(c.Generator)); err != nil {
		return fmt.Errorf("pin to processors %v: %w", c.Generator, err)
	}
	return nil
}

// KeepPinning returns a function that gives this process the processors back
// that it may use now.
func KeepPinning() func() {
	var had unix.CPUSet
	if unix.SchedGetaffinity(0, &had) != nil {
		return func() {}
	}
	return func() { _ = pinThreads("/proc/self/task", had) }
}

// coreSet is the kernel's form of a list of processors.
func coreSet(cores []int) unix.CPUSet {
	var set unix.CPUSet
	for _, c := range cores {
		set.Set(c)
	}
	return set
}

// listCores is its inverse.
func listCores(set *unix.CPUSet) []int {
	var cores []int
	for c := 0; len(cores) < set.Count(); c++ {
		if set.IsSet(c) {
			cores = append(cores, c)
		}
	}
	return cores
}
