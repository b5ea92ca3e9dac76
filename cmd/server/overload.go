package main

import (
	"log/slog"

	"millpond/pool"
)

// logOverload returns hooks that log when overload begins and ends.
func logOverload(log *slog.Logger) *pool.Trace {
	return &pool.Trace{
		OverloadBegan: func(class string) {
			log.Warn("overloaded: requests are refused, so that others are served soon", "class", class)
		},
		OverloadEnded: func(e pool.Episode) {
			log.Info("calm again", "class", e.Class, "lasted", e.Lasted, "started", e.Started,
				"rejected", sum(e.Rejected[:]), "dropped", sum(e.Dropped[:]), "work_saved", e.Saved, "capacity_per_second", e.Capacity)
		},
	}
}

func sum(counts []uint64) (all uint64) {
	for _, n := range counts {
		all += n
	}
	return all
}
