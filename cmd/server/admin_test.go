package main

import (
	"net/http"
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
			if status, _ := get(t, admin+"/mill"); status != http.StatusNotFound {
				t.Errorf("the handlers are on the admin address: %d", status)
			}
		})
	}
}
