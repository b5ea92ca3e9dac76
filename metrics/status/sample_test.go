package status

import (
	"reflect"
	"testing"
	"time"

	"millpond/metrics"
	"millpond/pool"
	"millpond/server"
)

func TestSample(t *testing.T) {
	srv := new(server.Server)
	c := metrics.New(srv)
	done := func(n int, took time.Duration) {
		for range n {
			srv.Trace.Done(server.Request{Method: "GET", Status: 200, Duration: took})
		}
	}
	done(10, time.Hour)
	before := reading{time.Unix(100, 0), c.Snapshot()}
	before.Shed[server.ShedQueueFull], before.Accepted = 5, 7
	before.Pool.Busy = 100 * time.Second
	before.Pool.Classes = []pool.ClassStats{{Started: 10, Rejected: [pool.NumRejectReasons]uint64{1}}}
	done(30, 20*time.Millisecond)
	srv.Pool.Trace.Started(3 * time.Millisecond)
	now := reading{time.Unix(102, 0), c.Snapshot()}
	now.Stats = server.Stats{
		Conns: [server.NumStates]int{1, 2, 3, 4, 5}, InFlight: 6, Accepted: 17, ReceivedBytes: 4096,
		Shed: [server.NumShedReasons]uint64{15, 1}, BadRequests: [server.NumBadReasons]uint64{8},
		Pool: pool.Stats{
			Workers: 4, Running: 3, Queue: 9, Waiting: 2, GateHeld: 20, Busy: 106 * time.Second,
			OldestWaiting: 1500 * time.Millisecond, LongestRunning: 2 * time.Second,
			Load: pool.Load{For: 5 * time.Second, Capacity: 120},
			Classes: []pool.ClassStats{{
				Name: "default", Running: 3, Waiting: 2, OldestWaiting: 1500 * time.Millisecond, Started: 20,
				Rejected: [pool.NumRejectReasons]uint64{5}, Dropped: [pool.NumDropReasons]uint64{4},
			}, {Name: "reports", Load: pool.Load{State: pool.Overloaded}}},
		},
	}
	s := newSample(7, before, now)
	want := Sample{
		Seq: 7, Time: time.Unix(102, 0), State: "overloaded", Connections: Connections{1, 2, 3, 4, 5}, InFlight: 6,
		Totals: Totals{Served: 40, Shed: 16, Refused: 8, Accepted: 17, Received: 4096},
		Rates:  Rates{Served: 15, Shed: 5.5, Refused: 4, Accepted: 5, Received: 2048},
	}
	wantPool := Pool{4, 3, 9, 2, 1.5, 2, 0.75, 10, 5, 120, []Class{
		{"default", "calm", 3, 2, 1.5, 5, 4}, {"reports", "overloaded", 0, 0, 0, 0, 0},
	}}
	if want.Pool = s.Pool; !reflect.DeepEqual(*s.Pool, wantPool) {
		t.Errorf("pool: %+v, want %+v", *s.Pool, wantPool)
	}
	if s.Service != nil || s.Wait == nil || s.Response == nil || s.Response.P50 < 0.019 || s.Response.P99 > 0.021 {
		t.Errorf("service %v, wait %v, response %v, want none, some, and 20 ms", s.Service, s.Wait, s.Response)
	}
	want.Wait, want.Response = s.Wait, s.Response
	if *s != want {
		t.Errorf("%+v, want %+v", *s, want)
	}
}

func TestState(t *testing.T) {
	for _, c := range []struct {
		pool     pool.State
		shed     float64
		draining bool
		want     string
	}{
		{pool.Calm, 0, false, "calm"}, {pool.Calm, 0.1, false, "overloaded"},
		{pool.Overloaded, 0, false, "overloaded"}, {pool.Overloaded, 1, true, "draining"},
	} {
		stats := server.Stats{Draining: c.draining, Pool: pool.Stats{Load: pool.Load{State: c.pool}}}
		if got := state(&Sample{Rates: Rates{Shed: c.shed}}, &stats); got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
	for want, p := range map[string]Pool{ // who sheds nobody has a queue that is full
		"calm":       {Queue: 5, Waiting: 8, Classes: []Class{{Waiting: 4}, {Waiting: 4}}},
		"overloaded": {Queue: 5, Waiting: 5, Classes: []Class{{}, {Waiting: 5}}},
	} {
		if got := state(&Sample{Pool: &p}, new(server.Stats)); got != want {
			t.Errorf("%+v: %s", p, got)
		}
	}
	if got := state(&Sample{Pool: &Pool{Classes: []Class{{}}}}, new(server.Stats)); got != "calm" {
		t.Errorf("without a queue: %s", got)
	}
}

func TestHeadline(t *testing.T) {
	times := &Quantiles{P50: 0.008, P90: 0.012, P99: 0.03}
	for want, s := range map[string]Sample{
		"Nobody asks.": {State: "calm"},
		"No answer in this second; 3 requests are in flight.":          {State: "calm", InFlight: 3},
		"All of 60/s are served: half within 8 ms, 99 % within 30 ms.": {State: "calm", Rates: Rates{Served: 60}, Response: times},
		"180/s of 1,800/s are served, the others told to come again: half within 8 ms, 99 % within 30 ms.": {
			State: "overloaded", Rates: Rates{Served: 180, Shed: 1620}, Response: times},
		"39/s are served, the others wait for room: half within 8 ms, 99 % within 30 ms.": {
			State: "overloaded", Rates: Rates{Served: 39}, Pool: &Pool{Queue: 5, Classes: []Class{{Waiting: 5}}}, Response: times},
		"0/s of 20/s are served, the others told to come again.": {State: "overloaded", Rates: Rates{Shed: 20}},
		"Nothing new is taken on; 12 requests are in flight.":    {State: "draining", InFlight: 12, Rates: Rates{Served: 60}},
	} {
		if got := s.headline(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestWhyNoMore checks that the page tells a CPU that is full from workers that
// all wait.
func TestWhyNoMore(t *testing.T) {
	for want, s := range map[string]Sample{
		"of 8, 12 % used":  {State: "calm", Pool: &Pool{Workers: 8, Utilisation: 0.12, Held: 3}},
		"of 8, 100 % used": {State: "overloaded", Pool: &Pool{Workers: 8, Utilisation: 1}},
		"of 8, 24 % used": { // a class has no more than two of them
			State: "overloaded", Rates: Rates{Served: 266}, Pool: &Pool{Workers: 8, Utilisation: 0.24, Held: 7}},
		"of 8; no CPU for more": {State: "overloaded", Rates: Rates{Served: 211}, Pool: &Pool{Workers: 8, Utilisation: 0.12, Held: 162}},
	} {
		if got := s.texts()["bound"]; got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestStartedAnew checks that counters which fall make no rate.
func TestStartedAnew(t *testing.T) {
	r := rates(Totals{Served: 10, Sent: 10}, Totals{Served: 3, Sent: 20}, 1)
	if r != (Rates{Sent: 10}) {
		t.Errorf("%+v", r)
	}
}

func TestTexts(t *testing.T) {
	for got, want := range map[string]string{
		count(0): "0", count(999): "999", count(1000): "1,000", count(uint64(1234567)): "1,234,567",
		rate(0): "0/s", rate(0.25): "0.2/s", rate(9.94): "9.9/s", rate(9.96): "10/s", rate(1520.4): "1,520/s",
		duration(0): "0", duration(42e-6): "42 µs", duration(0.0123456): "12.3 ms", duration(1.5): "1.5 s", duration(75): "1m15s",
		bytes(0.0): "0 B", bytes(uint64(2048)): "2.0 KiB",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
