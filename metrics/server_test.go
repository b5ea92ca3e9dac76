package metrics

import (
	"net/http"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"millpond/server"
	"millpond/server/servertest"
)

// TestReady checks that the scrape says what a readiness probe would get.
func TestReady(t *testing.T) {
	s := servertest.NewUnstartedServer(http.NotFoundHandler())
	m := measured{Collector: New(s.Config), srv: s.Config, registry: prometheus.NewPedanticRegistry()}
	m.registry.MustRegister(m)
	s.Start()
	if got, is := sums(t, &m)["millpond_ready"], s.Config.Readiness(); got != 1 || is != server.Ready {
		t.Errorf("serving: %v, and readiness %v", got, is)
	}
	s.Close()
	if got, is := sums(t, &m)["millpond_ready"], s.Config.Readiness(); got != 0 || is != server.Draining {
		t.Errorf("shut down: %v, and readiness %v", got, is)
	}
}
