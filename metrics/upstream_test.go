package metrics

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"millpond/server/upstream"
)

// TestUpstream has one request find nobody behind the proxy.
func TestUpstream(t *testing.T) {
	h, err := upstream.New(upstream.Config{Backends: []string{"http://127.0.0.1:1"}})
	if err != nil {
		t.Fatal(err)
	}
	registry := prometheus.NewPedanticRegistry()
	registry.MustRegister(NewUpstream(h))
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
	lint(t, registry)
	want := `# HELP millpond_upstream_backend_unreachable_total Requests for which a backend could not be connected to.
# TYPE millpond_upstream_backend_unreachable_total counter
millpond_upstream_backend_unreachable_total{backend="http://127.0.0.1:1"} 1
# HELP millpond_upstream_requests_total Requests that were to be passed on, by what became of them.
# TYPE millpond_upstream_requests_total counter
millpond_upstream_requests_total{outcome="bad_response"} 0
millpond_upstream_requests_total{outcome="broken"} 0
millpond_upstream_requests_total{outcome="client"} 0
millpond_upstream_requests_total{outcome="connect"} 1
millpond_upstream_requests_total{outcome="refused"} 0
millpond_upstream_requests_total{outcome="served"} 0
millpond_upstream_requests_total{outcome="timeout"} 0
`
	if err := testutil.GatherAndCompare(registry, strings.NewReader(want),
		"millpond_upstream_requests_total", "millpond_upstream_backend_unreachable_total"); err != nil {
		t.Error(err)
	}
}
