package main

import (
	"errors"
	"log/slog"
	"math"
	"os"

	"github.com/KimMachineGun/automemlimit/memlimit"
)

// limitMemory has the collector keep the process within nine tenths of limit,
// which is that of the control group, unless GOMEMLIMIT says what to keep to.
func limitMemory(log *slog.Logger, limit memlimit.Provider) {
	if _, given := os.LookupEnv("GOMEMLIMIT"); given {
		return
	}
	switch bytes, err := memlimit.Set(memlimit.WithProvider(limit)); {
	case err != nil:
		log.Warn("cannot find out how much memory there is; set GOMEMLIMIT", "err", err)
	case bytes != math.MaxInt64:
		log.Info("memory limit, by the control group", "GOMEMLIMIT", sizeText(bytes))
	}
}

// groupMemory is how much memory the control group allows.
func groupMemory() (uint64, error) {
	limit, err := memlimit.FromCgroup()
	if errors.Is(err, memlimit.ErrNoCgroup) || errors.Is(err, memlimit.ErrCgroupsNotSupported) {
		return 0, memlimit.ErrNoLimit
	}
	return limit, err
}
