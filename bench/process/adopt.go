package process

import (
	"errors"
	"fmt"
	"os"
	"strconv"

	"golang.org/x/sys/unix"

	"millpond/bench"
)

// Adopt pins every thread of a process that runs already to cores. The returned
// function gives them the processors back that the process had.
func Adopt(pid int, cores []int) (release func(), err error) {
	var had unix.CPUSet
	if err := unix.SchedGetaffinity(pid, &had); err != nil {
		return nil, &bench.ConfigError{Err: fmt.Errorf("process %d cannot be pinned: %w", pid, err)}
	}
	tasks := fmt.Sprintf("/proc/%d/task", pid)
	if err := pinThreads(tasks, coreSet(cores)); err != nil {
		return nil, &bench.ConfigError{Err: fmt.Errorf("process %d cannot be pinned: %w", pid, err)}
	}
	return func() { _ = pinThreads(tasks, had) }, nil // gone already is fine
}

// Gone says that a process does not run any more, empty while it does.
func Gone(pid int) string {
	if errors.Is(unix.Kill(pid, 0), unix.ESRCH) {
		return fmt.Sprintf("process %d has gone", pid)
	}
	return ""
}

// pinThreads moves every thread that a directory lists. Affinity belongs to
// threads, and a new one takes it from the thread that starts it; so it goes
// over them until it finds none that it has not moved.
func pinThreads(tasks string, set unix.CPUSet) error {
	moved := map[int]bool{}
	for {
		entries, err := os.ReadDir(tasks)
		if err != nil {
			return fmt.Errorf("list the threads: %w", err)
		}
		before := len(moved)
		for _, entry := range entries {
			tid, err := strconv.Atoi(entry.Name())
			if err != nil || moved[tid] {
				continue
			}
			// A thread may end between listing and moving it.
			if err := unix.SchedSetaffinity(tid, &set); err != nil && err != unix.ESRCH {
				return fmt.Errorf("pin a thread: %w", err)
			}
			moved[tid] = true
		}
		if len(moved) == before {
			return nil
		}
	}
}
