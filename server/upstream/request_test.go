package upstream

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
)

// TestTargets checks that a backend is asked for what the client asked for,
// and for nothing else.
func TestTargets(t *testing.T) {
	for _, test := range []struct {
		method, target string
		status         int
		want           string // in the request line and Host of the backend
	}{
		{"GET", "/", 200, "/ h"},
		{"GET", "/a%2Fb/../c?x=%zz&y;z&&", 200, "/a%2Fb/../c?x=%zz&y;z&& h"},
		{"GET", "//evil.example/x", 200, "//evil.example/x h"},
		{"GET", "/?", 200, "/? h"},
		{"GET", "http://user:pw@other:81/p?q", 200, "/p?q other:81"},
		{"GET", "http://other", 200, "/ other"},
		{"OPTIONS", "*", 200, "* h"},
		{"GET", "*", 400, ""},
		{"CONNECT", "evil:443", 501, ""},
		{"GET", "mailto:a", 400, ""},
	} {
		t.Run(test.method+" "+test.target, func(t *testing.T) {
			got := ""
			rig := newRig(t, Config{Backends: []string{app(t, func(w http.ResponseWriter, r *http.Request) {
				got = r.RequestURI + " " + r.Host
				if auth := r.Header.Get("Authorization"); auth != "" {
					t.Errorf("Authorization: %s", auth)
				}
			})}})
			status := rawStatus(t, rig, test.method+" "+test.target+" HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
			if status != strconv.Itoa(test.status) || got != test.want {
				t.Errorf("status %s, backend asked for %q, want %d and %q", status, got, test.status, test.want)
			}
			if len(rig.results) > 0 {
				want := OutcomeServed
				if test.want == "" {
					want = OutcomeRefused
				}
				rig.result(t, want)
			}
		})
	}
}

func TestLoop(t *testing.T) {
	// The backend is the rig itself: it is known only after it has begun.
	var h *Handler
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h.ServeHTTP(w, r) }))
	defer front.Close()
	h = newHandler(t, Config{Backends: []string{front.URL}})
	res, err := http.Get(front.URL)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	http.DefaultClient.CloseIdleConnections()
	h.CloseIdleConnections()
	if res.StatusCode != http.StatusLoopDetected {
		t.Errorf("status %d, want 508", res.StatusCode)
	}
	if st := h.Stats(); st.Requests != 2 {
		t.Errorf("%d requests, want 2: the client's and its echo", st.Requests)
	}
}
