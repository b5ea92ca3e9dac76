package main

import (
	"net/http"
	"strings"
	"testing"
)

// TestBackendsAreMeasured has one server stand in front of another.
func TestBackendsAreMeasured(t *testing.T) {
	backend := start(t)
	for _, model := range allModels {
		t.Run(model, func(t *testing.T) {
			front := start(t, "--model", model, "--upstream", backend.url)
			if status, text := get(t, front.url+"/mill"); status != http.StatusOK || text != "Hello, mill!" {
				t.Errorf("%d %s", status, text)
			}
			counted := eventually(func() bool {
				_, text := get(t, front.url+metricsPath)
				return strings.Contains(text, `millpond_upstream_requests_total{outcome="served"} 1`) &&
					strings.Contains(text, `millpond_upstream_backend_requests_total{backend="`+backend.url+`"} 1`)
			})
			if !counted {
				t.Error("the request is not counted")
			}
		})
	}
}
