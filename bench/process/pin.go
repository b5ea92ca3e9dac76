package process

import (
	"fmt"
	"os"
	"slices"
	"strconv"

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
// Affinity belongs to threads, and a new one takes it from the thread that
// starts it; so it goes over them until it finds none that it has not moved.
func (c Cores) PinGenerator() error {
	set := coreSet(c.Generator)
	moved := map[int]bool{}
	for {
		tasks, err := os.ReadDir("/proc/self/task")
		if err != nil {
			return fmt.Errorf("list the threads: %w", err)
		}
		before := len(moved)
		for _, task := range tasks {
			tid, err := strconv.Atoi(task.Name())
			if err != nil || moved[tid] {
				continue
			}
			// A thread may end between listing and moving it.
			if err := unix.SchedSetaffinity(tid, &set); err != nil && err != unix.ESRCH {
				return fmt.Errorf("pin to processors %v: %w", c.Generator, err)
			}
			moved[tid] = true
		}
		if len(moved) == before {
			return nil
		}
	}
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
