package server

import (
	"testing"

	"millpond/server/internal/poll"
)

// TestTableGenerations checks that a slot names one connection only, for ever.
func TestTableGenerations(t *testing.T) {
	table := table[*conn]{onLess: func() {}}
	var old []poll.Tag
	for range 5 {
		a, b := new(conn), new(conn)
		a.slot, b.slot = table.add(a), table.add(b)
		if table.size() != 2 || len(table.all()) != 2 || table.get(a.slot) != a || table.get(b.slot) != b {
			t.Fatalf("%d connections, %v; want two, each in its slot", table.size(), table.all())
		}
		for _, s := range old {
			if c := table.get(s); c != nil {
				t.Fatalf("slot %v of a connection that is gone names another", s)
			}
		}
		old = append(old, a.slot, b.slot)
		empty := table.whenEmpty()
		table.remove(a.slot)
		select {
		case <-empty:
			t.Fatal("empty with one left")
		default:
		}
		table.remove(b.slot)
		<-empty
		<-table.whenEmpty()
	}
	if len(table.slots) != 2 {
		t.Errorf("%d slots; want two, reused", len(table.slots))
	}
	table.slots[0].generation = ^uint32(0) // the next one would be 0, which tags listeners
	table.slots[1].generation = ^uint32(0)
	c := new(conn)
	if table.add(c).Generation == 0 {
		t.Error("a generation of 0 was given")
	}
}
