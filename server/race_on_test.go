//go:build race

package server

// raceEnabled is for tests that must be smaller under the race detector.
const raceEnabled = true
