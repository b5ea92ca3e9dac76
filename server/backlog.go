package server

// A Backlog is the queue of connections that the kernel has established for a
// listener and that have not been accepted.
type Backlog struct {
	Listener string // its address
	Length   int
	Limit    int
}
