package process

import "millpond/bench"

// leastWork is the share of the processor time asked for that a server must have used:
// what a millisecond of work is was measured once, on a machine whose speed may vary.
const leastWork = 0.6

// CompareWork checks the processor time that a server used against what its good answers
// asked for, in seconds each on average. Who answers from a cache, or at once, has used
// less; so has a server whose work is done by a process that is not watched.
func CompareWork(t *bench.Trial, asked float64) {
	var answers float64
	for _, b := range t.Series {
		answers += float64(b.Outcomes.OK + b.Outcomes.Late)
	}
	used := t.Used().CPUSeconds.Float()
	if t.Fault != "" || !(used < leastWork*answers*asked) {
		return
	}
	t.Fault = "answered with less work than was asked for"
	t.Validity.Reject("The server used %.3g ms of processor time for each good answer, which asks for %.3g ms.", 1e3*used/answers, 1e3*asked)
}
