package balance

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"millpond/pool"
)

func TestORCA(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fake{stats: pool.Stats{Workers: 4, Waiting: 3}}
		m := New(f)
		defer m.Close()
		time.Sleep(every / 2) // so that the meter looks in between
		for range 400 {
			f.serve(2*every.Seconds(), every.Seconds())
			time.Sleep(every)
		}
		synctest.Wait()
		h := m.ORCA(http.NotFoundHandler())
		get := func(format string) string {
			w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil)
			r.Header.Set("endpoint-load-metrics-format", format)
			h.ServeHTTP(w, r)
			if w.Code != http.StatusNotFound {
				t.Errorf("status %d", w.Code)
			}
			return w.Header().Get("endpoint-load-metrics")
		}
		if got, want := get("TEXT"), "TEXT application_utilization=0.5,rps_fractional=2000,eps=0,named_metrics.queued=3"; got != want {
			t.Errorf("%s, want %s", got, want)
		}
		text, ok := strings.CutPrefix(get(""), "JSON ")
		var report map[string]any
		if err := json.Unmarshal([]byte(text), &report); err != nil || !ok {
			t.Fatalf("%v: %s", err, text)
		}
		if report["application_utilization"] != 0.5 || report["rps_fractional"] != 2000.0 || report["eps"] != 0.0 || report["named_metrics"].(map[string]any)["queued"] != 3.0 {
			t.Errorf("%s", text)
		}
	})
}

func TestORCAAllocatesOnce(t *testing.T) {
	m := New(&fake{})
	defer m.Close()
	h := m.ORCA(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil)
	if n := testing.AllocsPerRun(1000, func() { h.ServeHTTP(w, r) }); n != 0 {
		t.Errorf("%v allocations beside that of the header", n)
	}
}
