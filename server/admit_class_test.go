package server

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"millpond/pool"
)

func TestClassOfPath(t *testing.T) {
	classes := classTable{{Path: "/reports/*"}, {Path: "/reports/quick"}, {Path: "/"}, {Path: "/api/*"}}
	for path, want := range map[string]int{
		"/": 3, "/x": 0, "/reports": 1, "/reports/": 1, "/reports/1/2": 1, "/reportsx": 0, "/reports/quick": 2, "/reports/quicker": 1,
		"/api": 4, "/apis": 0, "": 0, "*": 0, "/%61pi/x": 4, "/api%2Fx": 4, "/%": 0,
	} {
		if got := classes.of([]byte(path)); got != want {
			t.Errorf("%q is of class %d; want %d", path, got, want)
		}
	}
}

// TestBadClasses checks that all faults are named at once, each with the way out.
func TestBadClasses(t *testing.T) {
	s := &Server{FairBy: "tenant", Classes: []Class{
		{Class: pool.Class{Name: "a"}, Path: "reports"},
		{Class: pool.Class{Name: "b"}, Path: "/x*y"},
		{Class: pool.Class{Name: "c"}, Path: "/z"},
		{Class: pool.Class{Name: "d"}, Path: "/z"},
	}}
	_, err := s.settings()
	for _, want := range []string{"Classes[0].Path must begin with /", "Classes[1].Path may have a * only at its end",
		`Classes[3].Path is "/z", as that of class "c"`, `FairBy must be ip, none, or header:`} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v; want %q in it", err, want)
		}
	}
}

// TestClassesKeepApart checks that requests of a class with one worker leave the
// other workers to the rest, in whatever form they name their path.
func TestClassesKeepApart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		s := &Server{
			Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if strings.HasPrefix(r.URL.Path, "/reports") {
					<-release
				}
			}),
			Classes: []Class{{Class: pool.Class{Name: "reports", Workers: 1}, Path: "/reports/*"}},
		}
		s.Pool = pool.Config{Workers: 3, MinWorkers: 3}
		r := serving(t, s, memory)
		var reports []*caller
		for _, target := range []string{"/reports/1", "/%72eports/1?a", "http://h/reports/1", "HTTPS://h/reports?/"} {
			c := r.call()
			c.send("GET " + target + " HTTP/1.1\r\nHost: h\r\n\r\n")
			reports = append(reports, c)
		}
		synctest.Wait()
		if st := r.Stats().Pool.Classes[1]; st.Running != 1 || st.Waiting != 3 {
			t.Errorf("%d reports run and %d wait; want 1 and 3", st.Running, st.Waiting)
		}
		for range 10 {
			c := r.call()
			c.send(getRoot)
			c.expect(http.StatusOK)
		}
		close(release)
		for _, c := range reports {
			c.expect(http.StatusOK)
		}
	})
}
