// Package process starts servers under test, each on processors and in a process
// group of its own, and watches what they use until they are stopped.
package process
