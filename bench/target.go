package bench

// Target is what a server under overload should reach, and what it did.
type Target struct {
	// Row is its number in the list of targets, Name what is asked.
	Row  int    `json:"row"`
	Name string `json:"name"`
	// Unit is how Bound and Value are meant: share, seconds, requests or cores.
	Unit string `json:"unit"`
	// Less tells whether the value must be at most Bound, rather than at least.
	Less  bool    `json:"less"`
	Bound float64 `json:"bound"`
	// Value is the worst of all servers and loads that the target is about, Where
	// which that was. It is unknown if it could not be measured; Why says so.
	Value Value  `json:"value"`
	Where string `json:"where,omitempty"`
	Why   string `json:"why,omitempty"`
	Met   bool   `json:"met"`
}

// Judge compares the value with the bound. What is not known is not met.
func (t *Target) Judge() {
	v := t.Value.Float()
	t.Met = v >= t.Bound
	if t.Less {
		t.Met = v <= t.Bound
	}
}
