package metrics

import (
	"strings"
	"testing"

	"millpond/pool"
	"millpond/server"
)

// sums gathers once and adds the samples of each family up.
func sums(t *testing.T, m *measured) map[string]float64 {
	t.Helper()
	families, err := m.registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	sums := make(map[string]float64)
	for _, f := range families {
		name := strings.TrimPrefix(f.GetName(), "millpond_pool_")
		for _, metric := range f.GetMetric() {
			value := metric.GetCounter().GetValue() + metric.GetGauge().GetValue()
			sums[name] += value
			for _, l := range metric.GetLabel() {
				if l.GetName() == "state" {
					sums[name+" "+l.GetValue()] += value
				}
			}
		}
	}
	return sums
}

// TestLawsHoldInEachScrape uses a pool that has moved on whenever it is asked,
// so that a scrape which asks twice mixes two states.
func TestLawsHoldInEachScrape(t *testing.T) {
	asked := uint64(0)
	m := measure(server.ModelPool, func() server.Stats {
		asked++
		n := asked * 1000
		return server.Stats{Pool: pool.Stats{
			Workers: 4, Queue: 20, Running: 3,
			Classes: []pool.ClassStats{{
				Name: "default", Waiting: int(asked),
				Submitted: n,
				Rejected:  [pool.NumRejectReasons]uint64{n / 2, n / 10, 7},
				Dropped:   [pool.NumDropReasons]uint64{5},
				Started:   n - n/2 - n/10 - 7 - 5 - asked,
				Completed: [pool.NumResults]uint64{n - n/2 - n/10 - 7 - 5 - asked - 3 - 2, 2, 0},
			}},
		}}
	})
	for range 3 {
		s := sums(t, m)
		if s["submitted_total"] == 0 || s["submitted_total"] != s["rejected_total"]+s["started_total"]+s["dropped_total"]+s["queue_depth"] {
			t.Errorf("submitted %v ≠ rejected %v + started %v + dropped %v + waiting %v",
				s["submitted_total"], s["rejected_total"], s["started_total"], s["dropped_total"], s["queue_depth"])
		}
		if s["started_total"] != s["completed_total"]+s["workers busy"] {
			t.Errorf("started %v ≠ completed %v + busy %v", s["started_total"], s["completed_total"], s["workers busy"])
		}
		if s["workers busy"]+s["workers idle"] != s["workers_limit"] {
			t.Errorf("busy %v + idle %v ≠ limit %v", s["workers busy"], s["workers idle"], s["workers_limit"])
		}
	}
	if asked != 3 {
		t.Errorf("%d snapshots were taken for 3 scrapes", asked)
	}
}

func TestIdleWorkersAfterAShrink(t *testing.T) {
	m := measure(server.ModelPool, func() server.Stats { return server.Stats{Pool: pool.Stats{Workers: 2, Running: 5}} })
	if s := sums(t, m); s["workers busy"] != 5 || s["workers idle"] != 0 {
		t.Errorf("busy %v, idle %v, want 5 and 0", s["workers busy"], s["workers idle"])
	}
}
