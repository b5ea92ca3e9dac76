package server

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"millpond/server/internal/http1"
)

// TestMovesAreDocumented holds the diagram of the package comment to the table:
// it has a line for each state, with the states that it can go to.
func TestMovesAreDocumented(t *testing.T) {
	doc, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	for s := range numStates {
		var to []string
		for next := range numStates {
			if moves[s]&(1<<next) != 0 && next != stateClosed {
				to = append(to, next.String())
			}
		}
		if to == nil {
			continue
		}
		line := fmt.Sprintf("//\t%-10s → %s\n", s, strings.Join(to, ", "))
		if !strings.Contains(string(doc), line) {
			t.Errorf("the package comment lacks the line %q", line)
		}
	}
}

// TestMovesAreChecked checks that a move which is not in the table is noticed.
func TestMovesAreChecked(t *testing.T) {
	for s := range numStates {
		for next := range numStates {
			c := &conn{engine: &engine{}, state: s}
			if panics := panicsIn(func() { c.enter(next) }); panics != (moves[s]&(1<<next) == 0) {
				t.Errorf("from %v to %v panics: %v", s, next, panics)
			}
		}
	}
}

func panicsIn(f func()) (panics bool) {
	defer func() { panics = recover() != nil }()
	f()
	return false
}

// TestBadReasons checks that the reasons are those of package http1, in order.
func TestBadReasons(t *testing.T) {
	if int(NumBadReasons) != int(http1.NumFaultKinds) {
		t.Fatalf("%d reasons for %d kinds of faults", NumBadReasons, http1.NumFaultKinds)
	}
	for r := range NumBadReasons {
		if k := http1.FaultKind(r); r.String() != k.String() {
			t.Errorf("reason %v stands for %v", r, k)
		}
	}
}
