package pool

import (
	"fmt"
	"slices"
	"time"
	"unicode/utf8"
)

// A Class is a share of the workers for tasks of one kind, so that they and
// others do not get in each other's way. Each class has a queue of its own.
type Class struct {
	// Name tells the class from others in Stats. It is required, and UTF-8.
	Name string

	// Workers is the most tasks of the class that run at once, and as many of
	// the pool's workers are kept for it. If zero, the class runs on workers
	// that are kept for no other, as the default class does.
	Workers int

	// Borrow says that other classes may use those workers while there is
	// nothing in this class for them to do. A task of this class may then have
	// to wait for one of another to end.
	Borrow bool

	// QueueWait is for how long tasks of the class wait at most, in place of
	// Config.MaxWait. If zero, that holds.
	QueueWait time.Duration

	// Priority says whose tasks run first when several classes have some
	// waiting: those of the highest. The default class has 0. Those of the lowest
	// get one turn in 32 nevertheless.
	Priority int
}

// validateClasses reports every fault of the classes.
func (c *Config) validateClasses() (faults []error) {
	fault := func(format string, args ...any) {
		faults = append(faults, fmt.Errorf("pool: Config."+format, args...))
	}
	named, kept := make(map[string]int), 0
	for i, class := range c.Classes {
		switch other, ok := named[class.Name]; {
		case class.Name == "" || class.Name == DefaultClass:
			fault("Classes[%d].Name is %q; it must be neither empty nor %q", i, class.Name, DefaultClass)
		case !utf8.ValidString(class.Name):
			fault("Classes[%d].Name is %q; it must be UTF-8, as labels of metrics are", i, class.Name)
		case ok:
			fault("Classes[%d].Name is %q, as that of Classes[%d]; it must be unique", i, class.Name, other)
		}
		named[class.Name] = i
		if class.Workers < 0 {
			fault("Classes[%d].Workers is %d; it must be at least 1, or 0 to keep none", i, class.Workers)
		}
		if class.Borrow && class.Workers <= 0 {
			fault("Classes[%d].Borrow is true, but the class has no workers that others could use; set its Workers", i)
		}
		if class.QueueWait < 0 {
			fault("Classes[%d].QueueWait is %v; it must be positive, or 0 for that of the pool", i, class.QueueWait)
		}
		kept += max(0, class.Workers)
	}
	if kept >= c.workers() && kept > 0 {
		fault("Classes keep %d workers of %d; at least one must be left for other tasks", kept, c.workers())
	}
	return faults
}

// DefaultClass is the name of class 0, that of tasks which name none.
const DefaultClass = "default"

// classes are all classes, the default one first.
func (c *Config) classes() []Class {
	return append([]Class{{Name: DefaultClass}}, c.Classes...)
}

// kept is the number of workers that classes keep for themselves.
func (c *Config) kept() (n int) {
	for _, class := range c.Classes {
		n += class.Workers
	}
	return n
}

// sweeps reports whether tasks are dropped when their time is up.
func (c *Config) sweeps() bool {
	return c.Discipline == Adaptive || c.MaxWait > 0 ||
		slices.ContainsFunc(c.Classes, func(class Class) bool { return class.QueueWait > 0 })
}
