// Package stats makes points of trials, with intervals and without claims that
// their number does not bear, and compares two results.
package stats
