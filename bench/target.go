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
	// Reached is the worst of all servers and loads that the target is about.
	// It is unknown if it could not be measured.
	Reached
	// Why says why the target is not met whatever the value.
	Why string `json:"why,omitempty"`
	Met bool   `json:"met"`
	// Beside is what the others did, each where it was worst.
	Beside []Reached `json:"beside,omitempty"`
}

// Reached is what a server did of a target.
type Reached struct {
	// Server and Phase are where it was.
	Server string `json:"server,omitempty"`
	Phase  string `json:"phase,omitempty"`
	// Value is the median of the trials. Low and High bound it with 95 %
	// confidence if Interval is true; otherwise they are the smallest and the
	// largest value.
	Value    Value `json:"value"`
	Trials   int   `json:"trials"`
	Low      Value `json:"low"`
	High     Value `json:"high"`
	Interval bool  `json:"interval,omitempty"`
}

// Judge compares the value with the bound. What is not known is not met, nor is a
// target that there is another reason against.
func (t *Target) Judge() { t.Met = t.Why == "" && t.Keeps(t.Value) }

// Keeps tells whether a value would meet the target. What is not known does not.
func (t *Target) Keeps(value Value) bool {
	if t.Less {
		return value.Float() <= t.Bound
	}
	return value.Float() >= t.Bound
}

// Worse tells whether a value is further from the target than another.
func (t *Target) Worse(value, than Value) bool {
	return value.Known() && (!than.Known() || t.Less == (value.Float() > than.Float()))
}
