package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

func TestAdminAddressTakesTheControlLane(t *testing.T) {
	for _, model := range allModels {
		t.Run(model, func(t *testing.T) {
			p := start(t, "--model", model, "--admin-addr=127.0.0.1:0")
			admin := p.adminURL(t)
			for _, path := range []string{livePath, readyPath, metricsPath, "/status", "/status.json", "/debug/pprof/", "/debug/pprof/goroutine", "/debug/pprof/cmdline"} {
				if status, _ := get(t, admin+path); status != http.StatusOK {
					t.Errorf("%s on the admin address: %d", path, status)
				}
				if status, _ := get(t, p.url+path); status != http.StatusNotFound {
					t.Errorf("%s on the main address: %d", path, status)
				}
			}
			if status, page := get(t, admin+"/"); status != http.StatusOK || !strings.Contains(page, "<h1>millpond</h1>") {
				t.Errorf("who asks the admin address for nothing in particular does not get the live page: %d %.100s", status, page)
			}
			if status, _ := get(t, admin+"/mill"); status != http.StatusNotFound {
				t.Errorf("the handlers are on the admin address: %d", status)
			}
		})
	}
}

// TestAdminAddressLeavesAnAppItsPaths checks that an app behind is asked for what
// the control lane would have answered.
func TestAdminAddressLeavesAnAppItsPaths(t *testing.T) {
	for _, model := range allModels {
		t.Run(model, func(t *testing.T) {
			app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "app "+r.URL.Path) }))
			defer app.Close()
			p := start(t, "--model", model, "--upstream", app.URL, "--admin-addr=127.0.0.1:0")
			for _, path := range []string{livePath, readyPath, metricsPath, "/status"} {
				if status, body := get(t, p.url+path); status != http.StatusOK || body != "app "+path {
					t.Errorf("%s: %d %q", path, status, body)
				}
			}
		})
	}
}

// TestAdminAddressTellsOfOverload checks that readiness is the same wherever it
// is asked for.
func TestAdminAddressTellsOfOverload(t *testing.T) {
	p := start(t, "--admin-addr=127.0.0.1:0", "--workers=1", "--max-wait=100ms", "--unready-after=1ns")
	admin := p.adminURL(t)
	if status, _ := get(t, admin+readyPath); status != http.StatusOK {
		t.Errorf("ready at first: %d", status)
	}
	io.WriteString(dial(t, p.url), "GET /task?wait=60s HTTP/1.1\r\nHost: pond\r\n\r\n") // it has the only worker
	var stop atomic.Bool
	var waiting sync.WaitGroup
	for range 4 { // there is always one that waits for longer than requests may
		waiting.Go(func() {
			for !stop.Load() {
				if resp, err := client.Get(p.url + "/mill"); err == nil {
					resp.Body.Close()
				}
			}
		})
	}
	unready := eventually(func() bool {
		status, text := get(t, admin+readyPath)
		return status == http.StatusServiceUnavailable && text == "overloaded\n"
	})
	stop.Store(true)
	waiting.Wait()
	if !unready {
		t.Error("the admin address does not tell of the overload")
	}
}
