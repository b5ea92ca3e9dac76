package upstream

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// several returns a Handler of n backends that are not connected to.
func several(t *testing.T, n int, c Config) *Handler {
	for i := range n {
		c.Backends = append(c.Backends, fmt.Sprintf("http://b%d", i))
	}
	return newHandler(t, c)
}

func TestLeastLoaded(t *testing.T) {
	g := several(t, 3, Config{}).backends
	for i := range 300 {
		g.choose(nil)
		for _, b := range g.all {
			if low := i / 3; b.inFlight < low || b.inFlight > low+1 {
				t.Fatalf("after %d requests one of 3 backends has %d", i+1, b.inFlight)
			}
		}
	}
	for range 10 {
		g.leave(g.all[1])
	}
	for range 10 {
		if b := g.choose(nil); b != g.all[1] {
			t.Fatalf("%s is chosen with %d requests in flight; b1 has %d", b.address, b.inFlight-1, g.all[1].inFlight)
		}
	}
}

// TestTiesAreRandom has each backend chosen among equals. By chance alone it
// fails once in 10^17 runs.
func TestTiesAreRandom(t *testing.T) {
	g := several(t, 3, Config{}).backends
	for range 300 {
		g.leave(g.choose(nil))
	}
	for _, b := range g.all {
		if b.requests < 30 {
			t.Errorf("%s was chosen %d of 300 times", b.address, b.requests)
		}
	}
}

func TestChooseLeavesOutWhatWasTried(t *testing.T) {
	g := several(t, 3, Config{}).backends
	tried := []*backend{g.all[0], g.all[2]}
	if b := g.choose(tried); b != g.all[1] {
		t.Errorf("chose %s, want b1", b.address)
	}
	if b := g.choose(g.all); b != nil {
		t.Errorf("chose %s, all were tried", b.address)
	}
}

func TestHealth(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var events []string
		h := several(t, 2, Config{Trace: &Trace{
			Out: func(b string, d time.Duration, err error) {
				events = append(events, fmt.Sprint(b, " out ", d, " ", err))
			},
			Back: func(b string) { events = append(events, b+" back") },
		}})
		g, bad := h.backends, h.backends.all[0]
		fail := func() { g.judge(bad, attemptUnreachable, errors.New("refused")) }
		chosen := func() bool { // ... with the other one loaded, so that bad is preferred if it is fit
			g.all[1].inFlight = 100
			b := g.choose(nil)
			g.leave(b)
			return b == bad
		}
		expect := func(when string, want bool) {
			t.Helper()
			if got := chosen(); got != want {
				t.Errorf("%s: chosen is %v, want %v", when, got, want)
			}
		}
		fail()
		expect("after a failure", true)
		g.judge(bad, attemptReached, nil)
		fail()
		expect("after a failure, a success and a failure", true)
		fail()
		fail() // Under way at the same time.
		for i, pause := range []time.Duration{1, 2, 4, 8, 16, 30, 30} {
			pause *= time.Second
			time.Sleep(pause - time.Nanosecond)
			expect(fmt.Sprintf("pause %d, at its end", i), false)
			time.Sleep(time.Nanosecond)
			expect(fmt.Sprintf("after pause %d, the first", i), true)
			expect(fmt.Sprintf("after pause %d, the second", i), false)
			if i == 0 {
				g.judge(bad, attemptUnknown, errors.New("client left"))
				expect("when the first one learnt nothing", true)
			}
			fail()
		}
		if st := h.Stats(); st.Backends[0].Out != outMost || st.Backends[1].Out != 0 || st.Backends[0].Unreachable != 11 {
			t.Errorf("stats: %+v", st.Backends)
		}
		time.Sleep(outMost)
		expect("at last", true)
		g.judge(bad, attemptReached, nil)
		expect("when it is back", true)
		expect("when it is back", true)

		var want []string
		for _, s := range []int{1, 2, 4, 8, 16, 30} {
			want = append(want, fmt.Sprintf("http://b0:80 out %ds refused", s))
		}
		want = append(want, "http://b0:80 back")
		// The longest pause is not announced again each time.
		if !slices.Equal(events, want) {
			t.Errorf("events:\n%s\nwant:\n%s", strings.Join(events, "\n"), strings.Join(want, "\n"))
		}
	})
}

func TestOneIsAlwaysTried(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := several(t, 2, Config{})
		g := h.backends
		for i, b := range g.all {
			for range outAfter {
				g.judge(b, attemptUnreachable, errors.New("refused"))
			}
			time.Sleep(time.Duration(i+1) * time.Millisecond)
		}
		if b := g.choose(nil); b != g.all[0] {
			t.Errorf("all are out: chose %s, want b0, whose time is up first", b.address)
		}
		if b := g.choose(g.all[:1]); b != g.all[1] {
			t.Errorf("all are out, b0 was tried: chose %s, want b1", b.address)
		}
	})
}

// TestDeadBackendGetsNoRequests has one of two backends die and return.
func TestDeadBackendGetsNoRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := several(t, 2, Config{})
		ok := seeing(func(*http.Request) {})
		piped(h, ok, nil)
		get := func(n int) {
			for range n {
				w, p := serveOne(h, httptest.NewRequest("GET", "/", nil))
				if w.Code != 200 || p != nil {
					t.Fatalf("status %d, panic %v", w.Code, p)
				}
			}
		}
		get(100)
		if st := h.Stats(); st.Backends[1].Requests != outAfter || st.Retries != outAfter {
			t.Errorf("the dead backend was tried %d times, with %d retries, want %d of each", st.Backends[1].Requests, st.Retries, outAfter)
		}
		time.Sleep(outFirst)
		get(100)
		if st := h.Stats(); st.Backends[1].Requests != outAfter+1 {
			t.Errorf("the dead backend was tried %d times, want once more", st.Backends[1].Requests)
		}
		piped(h, ok, ok)
		time.Sleep(2 * outFirst)
		get(100)
		if st := h.Stats(); st.Backends[1].Requests < outAfter+2+10 || st.Backends[1].Out != 0 {
			t.Errorf("the backend that is back: %+v", st.Backends[1])
		}
		h.CloseIdleConnections()
	})
}
