package policy

import (
	"math/rand/v2"
	"testing"
	"time"
)

// hammer does at random what a pool does, and checks that every item that was
// admitted leaves exactly once, and that what is counted is what is there.
type hammer struct {
	t       *testing.T
	rnd     *rand.Rand
	s       *Scheduler
	now     time.Duration
	waiting map[int32]Item
	running []Item
	left    int // items that have left in any way
	drops   [3]int
}

func (h *hammer) leave(item Item) {
	was, ok := h.waiting[item.ID]
	if early := was.Deadline - item.Deadline; early > 0 && early <= time.Millisecond && item.Deadline > item.At {
		was.Deadline = item.Deadline // brought forward by a run
	}
	if !ok || was != item {
		h.t.Fatalf("%+v leaves, but %+v waits", item, was)
	}
	delete(h.waiting, item.ID)
	h.left++
}

func (h *hammer) events() Events {
	return Events{
		Drop: func(item Item, why Drop) {
			h.leave(item)
			h.drops[why]++
		},
		Overload: func(time.Duration, bool) {},
	}
}

func (h *hammer) step(id int32, classes int) (admitted bool) {
	h.now += time.Duration(h.rnd.ExpFloat64() * float64(500*time.Microsecond))
	switch op := h.rnd.IntN(100); {
	case op < 60:
		item := Item{
			ID: id, Class: int32(h.rnd.IntN(classes)), At: h.now, Deadline: Forever,
			Key: uint64(h.rnd.IntN(5)) * uint64(h.rnd.IntN(100)), Patient: h.rnd.IntN(5) == 0,
		}
		if h.rnd.IntN(3) == 0 {
			item.Deadline = h.now + time.Duration(h.rnd.IntN(int(time.Second)))
		}
		room := h.s.Room(item.Class)
		h.waiting[id] = item
		if why := h.s.Admit(h.now, item); why != Admitted {
			delete(h.waiting, id)
			if item.Patient && room {
				h.t.Fatalf("a patient item was refused: %d", why)
			}
			return false
		}
		return true
	case op < 75:
		ready := h.s.Ready()
		if item, ok := h.s.Next(h.now); ok {
			h.leave(item)
			h.running = append(h.running, item)
		} else if ready > 0 && len(h.waiting) > 0 && h.s.Ready() > 0 {
			h.t.Fatalf("%d are ready, but there is no next", ready)
		}
	case op < 90 && len(h.running) > 0:
		i := h.rnd.IntN(len(h.running))
		h.s.Finish(h.running[i].Class, time.Millisecond)
		h.running = append(h.running[:i], h.running[i+1:]...)
	case op < 91:
		h.s.Resize(4 + h.rnd.IntN(4))
	default:
		if again := h.s.Sweep(h.now); again <= h.now {
			h.t.Fatalf("swept at %v, and again at %v", h.now, again)
		}
	}
	return false
}

func TestHammer(t *testing.T) {
	for seed := range uint64(20) {
		h := &hammer{t: t, rnd: rand.New(rand.NewPCG(seed, 1)), waiting: make(map[int32]Item)}
		adaptive := []*Adaptive{
			NewAdaptive(100, 0, rand.NewPCG(seed, 2), h.events()),
			NewAdaptive(30, 40*time.Millisecond, rand.NewPCG(seed, 3), h.events()),
		}
		h.s = NewScheduler(6,
			Class{Discipline: adaptive[0]},
			Class{Discipline: adaptive[1], Workers: 2, Priority: 1},
			Class{Discipline: NewFIFO(20, 50*time.Millisecond, h.events()), Workers: 1, Borrow: true, Priority: -1},
		)
		admitted := 0
		for id := range int32(20_000) {
			if h.step(id, 3) {
				admitted++
			}
			if h.s.Waiting() != len(h.waiting) || h.s.Running() != len(h.running) {
				t.Fatalf("%d wait and %d run; want %d and %d", h.s.Waiting(), h.s.Running(), len(h.waiting), len(h.running))
			}
			if id%20 == 0 {
				checkAccounts(t, adaptive[0])
				checkAccounts(t, adaptive[1])
			}
		}
		if admitted != h.left+len(h.waiting) {
			t.Errorf("%d admitted, %d left, %d wait", admitted, h.left, len(h.waiting))
		}
		if h.drops[PushedOut]*h.drops[Waited]*h.drops[Missed] == 0 {
			t.Errorf("dropped %v; want some for each reason", h.drops)
		}
		h.s.Clear(h.leave)
		if len(h.waiting) != 0 {
			t.Errorf("%d wait after Clear", len(h.waiting))
		}
	}
}

// checkAccounts checks what fairness knows of the items that wait.
func checkAccounts(t *testing.T, a *Adaptive) {
	t.Helper()
	if !a.state.Overloaded {
		return
	}
	waiting, active := 0, 0
	for i := range a.fair.flows {
		if n := int(a.fair.flows[i].waiting); n != 0 {
			waiting += n
			active++
		}
	}
	if waiting != a.size || active != a.fair.active || a.size > crowd {
		t.Fatalf("%d wait in %d flows; fairness has %d in %d", a.size, active, waiting, a.fair.active)
	}
}

// The gate opens as it should.
func TestGateOpens(t *testing.T) {
	const open = -1
	for _, test := range []struct {
		name              string
		runnable          int
		workers, starting int
		urgent            bool
		again             time.Duration
	}{
		{"the first worker", 9, 0, 0, false, open},
		{"one for each processor", 9, 1, 1, false, open},
		{"time left", 1, 2, 0, false, open},
		{"one is starting", 0, 2, 1, false, Forever},
		{"no time left", 2, 2, 0, false, lookAgain},
		{"no time, but a claim", 2, 2, 0, true, open},
	} {
		g := Gate{Signal: func() (int, int) { return test.runnable, 2 }, processors: 2}
		ok, again := g.Open(0, test.workers, test.starting, test.urgent)
		if ok {
			again = open
		}
		if again != test.again {
			t.Errorf("%s: open %v, again in %v; want %v", test.name, ok, again, test.again)
		}
	}
}
