package server

// A Model says who runs a request.
type Model uint8

// The models. The first is bounded; the others are here to compare with.
const (
	ModelPool      Model = iota // a worker of the fixed pool, for the time of the handler
	ModelGoroutine              // a goroutine per connection, from accept to close
	ModelThread                 // an OS thread per connection, from accept to close
	numModels
)

var modelNames = [numModels]string{"pool", "goroutine", "thread"}

// String is the name of the model, as in a flag.
func (m Model) String() string { return label(m, modelNames[:]) }

// An Overflow says what happens to a request that finds the queue full.
type Overflow uint8

// The policies for a full queue.
const (
	// OverflowReject answers 503 with Retry-After.
	OverflowReject Overflow = iota
	// OverflowBlock stops reading and accepting, so that TCP and the
	// kernel's backlog push back on the clients.
	OverflowBlock
	numOverflows
)

var overflowNames = [numOverflows]string{"reject", "block"}

// String is the name of the policy, as in a flag.
func (o Overflow) String() string { return label(o, overflowNames[:]) }
