package pool

// minRing is the room that a fifo starts with.
const minRing = 16

// fifo is a first-in-first-out queue of tasks in a ring that doubles when it is
// full. The zero fifo is empty. It is not safe for concurrent use.
type fifo struct {
	ring []queuedTask // len is zero or a power of two
	head int          // index of the oldest task
	size int          // number of tasks
}

func (q *fifo) len() int { return q.size }

// push appends a task.
func (q *fifo) push(t queuedTask) {
	if q.size == len(q.ring) {
		q.grow()
	}
	q.ring[(q.head+q.size)&(len(q.ring)-1)] = t
	q.size++
}

// pop removes the oldest task. The queue must not be empty.
func (q *fifo) pop() queuedTask {
	t := q.ring[q.head]
	q.ring[q.head] = queuedTask{} // let go of what the task refers to
	q.head = (q.head + 1) & (len(q.ring) - 1)
	q.size--
	return t
}

// oldest returns the task that pop would. The queue must not be empty.
func (q *fifo) oldest() *queuedTask { return &q.ring[q.head] }

func (q *fifo) grow() {
	ring := make([]queuedTask, max(minRing, 2*len(q.ring)))
	n := copy(ring, q.ring[q.head:])
	copy(ring[n:], q.ring[:q.head])
	q.ring, q.head = ring, 0
}
