package main

import (
	"fmt"
	"slices"
)

// maxMultiple is where a load in units of capacity is a slip of the keyboard.
const maxMultiple = 1000

// axis is the loads that servers are compared at.
type axis struct {
	Multiples []float64 `help:"Offered loads in units of capacity. Default: what suits the command." placeholder:"TIMES"`
	Capacity  float64   `help:"What multiples refer to, so that two measurements offer the same. Default: measured." placeholder:"PER-SECOND"`
}

// check refuses what cannot be offered, and fills in the multiples.
func (a *axis) check(multiples []float64) error {
	if len(a.Multiples) == 0 {
		a.Multiples = multiples
	}
	if a.Capacity < 0 {
		return usageError{fmt.Errorf("--capacity %v: it must be above 0", a.Capacity)}
	}
	if slices.ContainsFunc(a.Multiples, func(m float64) bool { return !(m > 0 && m <= maxMultiple) }) {
		return usageError{fmt.Errorf("--multiples %v: each must be above 0 and at most %d", a.Multiples, maxMultiple)}
	}
	return nil
}
