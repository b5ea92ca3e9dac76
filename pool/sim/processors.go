package sim

import "time"

// timeSlice is how long a goroutine computes until another gets its turn.
const timeSlice = 10 * time.Millisecond

// processors run workers in the order in which they became ready, as the
// scheduler of Go does by and large.
type processors struct {
	n     int // 0 for as many as needed
	busy  int
	ready []job
}

// job is what a worker does next when it gets a processor.
type job struct {
	kind jobKind
	task int32
}

type jobKind uint8

const (
	begin  jobKind = iota // look for a first task
	resume                // go on with a task
	finish                // end a task and look for another
)

// queue makes a worker ready to run.
func (p *processors) queue(j job) { p.ready = append(p.ready, j) }

// dispatch gives a processor to the next worker, if there are both.
func (p *processors) dispatch() (j job, ok bool) {
	if len(p.ready) == 0 || p.full() {
		return job{}, false
	}
	j, p.ready = p.ready[0], p.ready[1:]
	p.busy++
	return j, true
}

// full reports whether every processor is busy.
func (p *processors) full() bool { return p.n > 0 && p.busy >= p.n }

// free gives a processor back.
func (p *processors) free() { p.busy-- }

// signal is what a gate wants to know.
func (p *processors) signal() (runnable, n int) { return len(p.ready), p.n }
