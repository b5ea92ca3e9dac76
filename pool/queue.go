package pool

import "millpond/pool/internal/policy"

// queue holds the tasks that wait for a worker: the policy knows them by their
// times, and by the place in which each is kept.
type queue struct {
	*policy.Scheduler
	tasks table
}

// table keeps the tasks that wait, each in a place of its own. It grows to the
// most that ever waited at once. The zero table is empty. It is not safe for
// concurrent use.
type table struct {
	tasks  []Task
	vacant []int32 // places without a task; the last one vacated is used next
}

// put keeps a task, and returns its place.
func (t *table) put(task *Task) (place int32) {
	if last := len(t.vacant) - 1; last >= 0 {
		place, t.vacant = t.vacant[last], t.vacant[:last]
		t.tasks[place] = *task
		return place
	}
	t.tasks = append(t.tasks, *task)
	return int32(len(t.tasks) - 1)
}

// vacate lets go of the task in a place.
func (t *table) vacate(place int32) {
	t.tasks[place] = Task{}
	t.vacant = append(t.vacant, place)
}

// take moves the task out of its place.
func (t *table) take(place int32, task *Task) {
	*task = t.tasks[place]
	t.vacate(place)
}
