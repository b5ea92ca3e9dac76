package server

// A Backlog is the queue of connections that the kernel has established for a
// listener and that have not been accepted.
type Backlog struct {
	Listener string // its address
	Length   int
	Limit    int
}

// backlogs reads the kernel's queues.
func backlogs(l *lifecycle) (all []Backlog) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for ln := range l.listeners {
		if b, ok := backlogOf(ln.Listener); ok {
			all = append(all, b)
		}
	}
	return all
}
