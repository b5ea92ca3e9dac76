// Package report writes results for people: a page, a table for a terminal, a
// headline for a README.
package report
