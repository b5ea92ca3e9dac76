package upstream

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
)

// TestProblems checks that clients that prefer JSON are told in JSON why they
// get no response of a backend.
func TestProblems(t *testing.T) {
	for _, test := range []struct {
		name, method string
		backend      string
		status       int
		reason       string
	}{
		{"nobody is there", "GET", dead(t), 502, "connect"},
		{"it closes", "POST", raw(t, answerOnce("garbage\n\n")), 502, "bad_response"},
		{"not for a backend", "CONNECT", dead(t), 501, "refused"},
	} {
		t.Run(test.name, func(t *testing.T) {
			h := newHandler(t, Config{Backends: []string{test.backend}})
			r := httptest.NewRequest(test.method, "http://h/", nil)
			r.Header.Set("Accept", "application/json, text/plain")
			w, _ := serveOne(h, r)
			var got struct {
				Title, Detail, Reason string
				Status                int
			}
			if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
				t.Fatalf("%v: %s", err, w.Body)
			}
			if w.Code != test.status || got.Status != test.status || got.Reason != test.reason || got.Detail == "" ||
				got.Title != http.StatusText(test.status) || w.Header().Get("Content-Type") != "application/problem+json" {
				t.Errorf("%d %v %+v", w.Code, w.Header(), got)
			}
		})
	}
}

// TestLoadIsTheServersOwn checks that a client gets one report of the load: that
// of the server in front if it has one, else the app's.
func TestLoadIsTheServersOwn(t *testing.T) {
	h := newHandler(t, Config{Backends: []string{app(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("endpoint-load-metrics", "the app's")
	})}})
	for _, own := range []string{"", "its own"} {
		w := httptest.NewRecorder()
		want := "the app's"
		if own != "" {
			w.Header().Set("endpoint-load-metrics", own)
			want = own
		}
		h.ServeHTTP(finalOnly{w}, httptest.NewRequest("GET", "/", nil))
		if got := w.Header()["Endpoint-Load-Metrics"]; !slices.Equal(got, []string{want}) {
			t.Errorf("%q is set before: %q, want %q", own, got, want)
		}
	}
}

// TestOutcomeOutOfRange checks that naming an outcome never panics.
func TestOutcomeOutOfRange(t *testing.T) {
	if got := Outcome(200).String(); got != "unknown_200" {
		t.Errorf("got %q; want unknown_200", got)
	}
}
