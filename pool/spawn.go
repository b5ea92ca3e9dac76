package pool

import "github.com/alitto/pond/v2"

// newSpawner returns what starts goroutines for workers, at most so many at
// once. Its queue is unbounded because admission is decided here: a worker that
// has finished counts in pond until it looks for its next ticket, so that a
// bound of pond's would refuse tasks for which there is room.
func newSpawner(workers int) pond.Pool {
	return pond.NewPool(workers, pond.WithQueueSize(pond.Unbounded), pond.WithNonBlocking(true))
}
