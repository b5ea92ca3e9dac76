package server

import (
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// TestRunning checks that what handlers work on is listed, oldest first, and
// that a handler may do with its request what it likes meanwhile.
func TestRunning(t *testing.T) {
	inBubbles(t, "", func(t *testing.T, way way) {
		release := make(chan struct{})
		mux := http.NewServeMux()
		mux.HandleFunc("/{name}", func(_ http.ResponseWriter, r *http.Request) {
			for range 100 {
				r.Method, r.RequestURI, r.URL.Path, r.Pattern = "PUT", "/other", "/other", "/other"
			}
			<-release
		})
		s := &Server{Model: way.model, Handler: Control{}.Handler(func() Readiness { return Ready }, mux)}
		s.Pool.Workers = 3
		r := serving(t, s, way.wire)
		if got := s.Running(10); got != nil {
			t.Errorf("before the first request: %v", got)
		}
		callers := []*caller{r.call(), r.call(), r.call()}
		for i, target := range []string{"/old?secret=1", "/middle", "/new"} {
			callers[i].send("GET " + target + " HTTP/1.1\r\nHost: h\r\n\r\n")
			synctest.Wait()
			time.Sleep(time.Second)
		}
		want := []Running{
			{"GET", "/old", "/{name}", 3 * time.Second},
			{"GET", "/middle", "/{name}", 2 * time.Second},
			{"GET", "/new", "/{name}", time.Second},
		}
		if got := s.Running(10); !slices.Equal(got, want) {
			t.Errorf("%v; want %v", got, want)
		}
		if got := s.Running(2); !slices.Equal(got, want[:2]) {
			t.Errorf("two of them: %v; want %v", got, want[:2])
		}
		if got := s.Running(-1); len(got) > 0 {
			t.Errorf("less than none of them: %v", got)
		}
		close(release)
		for _, c := range callers {
			c.expect(http.StatusOK)
		}
		synctest.Wait()
		if got := s.Running(10); len(got) != 0 {
			t.Errorf("after the last: %v", got)
		}
	})
}
