package pool

// table keeps the tasks that wait, each in a place of its own. It grows to the
// most that ever waited at once. The zero table is empty. It is not safe for
// concurrent use.
type table struct {
	tasks  []Task
	vacant []int32 // places without a task; the last one vacated is used next
}

// next is the place that put will use.
func (t *table) next() int32 {
	if last := len(t.vacant) - 1; last >= 0 {
		return t.vacant[last]
	}
	return int32(len(t.tasks))
}

// put keeps a task in the place that next has named.
func (t *table) put(task *Task) {
	if last := len(t.vacant) - 1; last >= 0 {
		t.tasks[t.vacant[last]] = *task
		t.vacant = t.vacant[:last]
		return
	}
	t.tasks = append(t.tasks, *task)
}

// take moves the task out of its place, which lets go of what it refers to.
func (t *table) take(place int32, task *Task) {
	*task = t.tasks[place]
	t.tasks[place] = Task{}
	t.vacant = append(t.vacant, place)
}
